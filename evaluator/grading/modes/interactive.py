"""interactive mode: the program and an interactor talk through pipes; the interactor decides."""

from __future__ import annotations

import contextlib
import re
import signal

from evaluator.checking.match import Match
from evaluator.grading.author_program import LIMITS, OUTPUT, AuthorProgram, NoDecision, Pass
from evaluator.grading.context import GradingContext, GradingTask, report_of, run_one_by_one
from evaluator.grading.outcome import JudgeBroken, TestOutcome, failure
from evaluator.grading.passes import run_passes
from evaluator.schema import ProgramChecker, Report, TestCase
from sandbox.build import CompileFailed
from sandbox.execution import Execution, FilesRefused, Program
from sandbox.limits import RunLimits
from sandbox.pair import Conversation
from sandbox.sandbox import Sandbox

_PARTNER_GONE = re.compile(rb"EOF|end of file|end-of-file|NoSuchElement|EPIPE|[Bb]roken ?[Pp]ipe")
"""Words of runtimes for an input that has ended, or an output that nobody reads."""


def grade(context: GradingContext, task: GradingTask) -> Report:
    """Grade a submission by its conversations with the suite's interactor, one for each test."""
    suite = task.suite
    assert suite.interactor is not None
    with contextlib.ExitStack() as open_programs:
        built = open_programs.enter_context(context.build(task))
        program = open_programs.enter_context(context.author_program(suite.interactor))
        checker = None
        if isinstance(suite.checker, ProgramChecker):
            checker = open_programs.enter_context(context.author_program(suite.checker))
        interactor = InteractorProgram(context.sandbox, program, checker)

        def converse(run: Pass) -> tuple[TestOutcome, Execution]:
            return interactor.talk(run, built.program, task.limits)

        def run_test(test: TestCase) -> TestOutcome:
            if suite.passes > 1:
                return run_passes(test, suite.passes, converse)
            return converse(Pass.first(test, writes_output=checker is not None))[0]

        return report_of(task, run_one_by_one(task, run_test), built)


class InteractorProgram:
    """A suite's interactor, ready to talk, and the checker of what it writes, if there is one."""

    def __init__(self, sandbox: Sandbox, program: AuthorProgram, checker: AuthorProgram | None) -> None:
        self._sandbox, self._program, self._checker = sandbox, program, checker

    def talk(self, run: Pass, program: Program, limits: RunLimits) -> tuple[TestOutcome, Execution]:
        """Have a submission and the interactor talk, and judge the submission. Returns the interactor's execution too.

        Once the interactor has accepted, two things count: a limit that was reached before then, and an end of the
        program's own that is a failure. Whether it finds its output closed is up to chance, so that and the end of its
        input are none. If the interactor fails, the submission is wrong, unless the interactor also fails where nobody
        says anything to it.

        Raises:
            CompileFailed: Python's parser refused the submission.
            JudgeBroken: the interactor failed, whatever it is told; or the checker, whatever it is given.
            SlotFailed: a fault of ours.
        """
        conversation = self._conversation(run, program, limits)
        return self._judged(run, conversation), conversation.judge

    def _judged(self, run: Pass, conversation: Conversation) -> TestOutcome:
        execution, judging, left = conversation
        # Killed while it was still parsed, since the interactor had ended: that is no word of the parser's.
        if execution.syntax_error is not None and execution.signal != signal.SIGKILL:
            raise CompileFailed(execution.syntax_error, execution.cpu_s)
        if execution.stopped_by is not None:
            return TestOutcome.stopped(execution, execution.stopped_by)
        match = self._decision(run, judging)
        if match.accepted:
            ended_by_itself = execution.signal != signal.SIGKILL and not _has_lost_partner(execution)
        else:
            ended_by_itself = left or (_was_left_alone(judging) and execution.signal != signal.SIGKILL)
        if ended_by_itself and (failed := failure(execution)) is not None:
            return failed
        if match.accepted and self._checker is not None:
            match = _checked(self._checker, run, judging)
        return TestOutcome.compared(execution, None, match, strict=match.accepted)

    def _conversation(self, run: Pass, program: Program, limits: RunLimits) -> Conversation:
        longest = LIMITS._replace(wall_s=LIMITS.wall_s + limits.wall_s)
        interactor = self._program.with_files(run, b"")
        program = program.with_files(run.test.file_bytes, run.test.args)
        try:
            return self._sandbox.converse(program, limits, interactor, longest, self._program.accepts)
        except FilesRefused as error:
            raise JudgeBroken(f"the interactor's files do not fit: {error}") from error

    def _decision(self, run: Pass, judging: Execution) -> Match:
        """Return what the interactor's end says of the submission.

        Raises:
            JudgeBroken: the interactor failed, and fails whatever it is told.
        """
        if _was_left_alone(judging) and not (self._program.accepts(judging) or self._program.refuses(judging)):
            return Match.no("the program ended in the middle of the conversation")
        try:
            return self._program.decision(judging, "interactor", run.test)
        except NoDecision as error:
            if not self._awaits_input(run):
                raise JudgeBroken(str(error)) from error
            return Match.no(str(error))

    def _awaits_input(self, run: Pass) -> bool:
        """Try whether the interactor waits for input, or decides, where it is told nothing."""
        execution = self._sandbox.run_unanswered(self._program.with_files(run, b""), LIMITS)
        try:
            return execution is None or self._program.decision(execution, "interactor", run.test) is not None
        except NoDecision:
            return False


def _checked(checker: AuthorProgram, run: Pass, judging: Execution) -> Match:
    """Have the checker decide about what the interactor wrote.

    Raises:
        JudgeBroken: the checker fails on the test's own output too.
    """
    if OUTPUT in judging.oversize:
        return Match.no(f"the interactor's {OUTPUT} is larger than a file may be that is handed back")
    return checker.check(run.test, judging.collected.get(OUTPUT, b""))


def _has_lost_partner(execution: Execution) -> bool:
    """Return whether a program failed since the one that it talked with had gone, in any language."""
    return execution.signal == signal.SIGPIPE or _PARTNER_GONE.search(execution.stderr) is not None


def _was_left_alone(execution: Execution) -> bool:
    """Return whether a program failed because the one that it talked with had gone."""
    last = execution.stderr.strip().rpartition(b"\n")[2]
    return execution.signal == signal.SIGPIPE or last.startswith((b"EOFError", b"BrokenPipeError"))
