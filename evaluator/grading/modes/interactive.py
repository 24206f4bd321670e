"""interactive mode: the program and an interactor talk through pipes; the interactor decides."""

from __future__ import annotations

import signal

from evaluator.checking.match import Match
from evaluator.grading.author_program import LIMITS, AuthorProgram, NoDecision
from evaluator.grading.context import GradingContext, GradingTask, report_of, run_one_by_one
from evaluator.grading.outcome import JudgeBroken, TestOutcome, failure
from evaluator.schema import Report, TestCase
from sandbox.build import CompileFailed
from sandbox.execution import Execution, FilesRefused, Program
from sandbox.limits import RunLimits
from sandbox.pair import Conversation
from sandbox.sandbox import Sandbox


def grade(context: GradingContext, task: GradingTask) -> Report:
    """Grade a submission by its conversations with the suite's interactor, one for each test."""
    assert task.suite.interactor is not None
    built_in = context.sandbox.build(task.language, task.code, task.limits)
    with built_in as built, context.author_program(task.suite.interactor) as program:
        interactor = InteractorProgram(context.sandbox, program)
        outcomes = run_one_by_one(task, lambda test: interactor.talk(test, built.program, task.limits))
        return report_of(task, outcomes, built)


class InteractorProgram:
    """A suite's interactor, ready to talk."""

    def __init__(self, sandbox: Sandbox, program: AuthorProgram) -> None:
        self._sandbox, self._program = sandbox, program

    def talk(self, test: TestCase, program: Program, limits: RunLimits) -> TestOutcome:
        """Have a submission and the interactor talk, and judge the submission. Once the interactor has accepted, only a
        limit that was reached before then counts: what the program does after its last word is up to chance, since it
        may find its output closed or not. If the interactor fails, the submission is wrong, unless the interactor also
        fails where nobody says anything to it.

        Raises:
            CompileFailed: Python's parser refused the submission.
            JudgeBroken: the interactor failed, whatever it is told.
            SlotFailed: a fault of ours.
        """
        execution, judging, left = self._conversation(test, program, limits)
        # Killed while it was still parsed, since the interactor had ended: that is no word of the parser's.
        if execution.syntax_error is not None and execution.signal != signal.SIGKILL:
            raise CompileFailed(execution.syntax_error, execution.cpu_s)
        if execution.stopped_by is not None:
            return TestOutcome.stopped(execution, execution.stopped_by)
        match = self._decision(test, judging)
        ended_by_itself = left or (_was_left_alone(judging) and execution.signal != signal.SIGKILL)
        if ended_by_itself and not match.accepted and (failed := failure(execution)) is not None:
            return failed
        return TestOutcome.compared(execution, None, match, strict=match.accepted)

    def _conversation(self, test: TestCase, program: Program, limits: RunLimits) -> Conversation:
        longest = LIMITS._replace(wall_s=LIMITS.wall_s + limits.wall_s)
        interactor = self._program.with_files(test, b"")
        try:
            return self._sandbox.converse(program, limits, interactor, longest, self._program.accepts)
        except FilesRefused as error:
            raise JudgeBroken(f"the interactor's files do not fit: {error}") from error

    def _decision(self, test: TestCase, judging: Execution) -> Match:
        """Return what the interactor's end says of the submission.

        Raises:
            JudgeBroken: the interactor failed, and fails whatever it is told.
        """
        if _was_left_alone(judging) and not (self._program.accepts(judging) or self._program.refuses(judging)):
            return Match.no("the program ended in the middle of the conversation")
        try:
            return self._program.decision(judging, "interactor")
        except NoDecision as error:
            if not self._awaits_input(test):
                raise JudgeBroken(str(error)) from error
            return Match.no(str(error))

    def _awaits_input(self, test: TestCase) -> bool:
        """Try whether the interactor waits for input, or decides, where it is told nothing."""
        execution = self._sandbox.run_unanswered(self._program.with_files(test, b""), LIMITS)
        try:
            return execution is None or self._program.decision(execution, "interactor") is not None
        except NoDecision:
            return False


def _was_left_alone(execution: Execution) -> bool:
    """Return whether a program failed because the one that it talked with had gone."""
    last = execution.stderr.strip().rpartition(b"\n")[2]
    return execution.signal == signal.SIGPIPE or last.startswith((b"EOFError", b"BrokenPipeError"))
