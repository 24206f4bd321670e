"""Programs of the suite's author that decide: checkers and interactors, by testlib's protocol or the ICPC's.

They run in the sandbox under limits of their own; one that fails, in whatever way, is ``JudgeBroken``, never a
verdict on the submission. testlib: ``checker input output answer``, exit code 0 accepts, 1, 2, 4 and 8 refuse, 3 is
the checker's own failure, 7 gives points (testlib.h, ``TResult``). ICPC: ``validator input answer feedback_dir <
output``, 42 accepts, 43 refuses (problem package format, "output validators").
"""

from __future__ import annotations

import dataclasses
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from evaluator.checking.match import Match
from evaluator.errors import ApiError
from evaluator.grading.outcome import JudgeBroken, Outcome, describe_exit, failure
from evaluator.languages import Languages
from evaluator.schema import ProgramSource, TestCase
from sandbox.execution import Execution, FilesRefused, Program
from sandbox.limits import MIB, Limits
from sandbox.sandbox import CompileFailed, Sandbox
from sandbox.sources import Sources

_LIMITS = Limits(cpu_s=30.0, wall_s=60.0, memory_bytes=2048 * MIB, output_bytes=64 * MIB)
_INPUT, _OUTPUT, _ANSWER, _FEEDBACK = "input.txt", "output.txt", "answer.txt", "feedback"
_MESSAGE = f"{_FEEDBACK}/judgemessage.txt"
_ACCEPTS = {"testlib": frozenset({0}), "icpc": frozenset({42})}
_REFUSES = {"testlib": frozenset({1, 2, 4, 8}), "icpc": frozenset({43})}
_SHOWN = 300
_POINTS = 7
_PARTIALLY = re.compile(rb"partially correct \(\d+\) ")
"""``quitf(_pc(n))`` ends with exit code n, be it that of another result; only testlib's own first words tell."""
_TRACE = b"Traceback (most recent call last):"


class Judge:
    """One checker or interactor, ready to run."""

    def __init__(self, sandbox: Sandbox, program: Program, source: ProgramSource) -> None:
        self._sandbox, self._program, self._source = sandbox, program, source

    def check(self, test: TestCase, output: bytes) -> Match:
        """Whether the checker accepts an output.

        Raises:
            JudgeBroken: the checker failed.
            SlotFailed: a fault of ours.
        """
        icpc = self._source.protocol == "icpc"
        program = self._with_files(test, output)
        try:
            execution = self._sandbox.run(program, _LIMITS, output if icpc else b"")
        except FilesRefused as error:
            raise JudgeBroken(f"the checker's files do not fit: {error}") from error
        return self._decided(execution, "checker")

    def talk(self, test: TestCase, program: Program, limits: Limits) -> Outcome:
        """Have a submission and the interactor talk, and judge the submission.

        Raises:
            CompileFailed: Python's parser refused the submission.
            JudgeBroken: the interactor failed.
            SlotFailed: a fault of ours.
        """
        waiting = _LIMITS._replace(wall_s=_LIMITS.wall_s + limits.wall_s)
        execution, judging = self._sandbox.converse(
            program, limits, self._with_files(test, b""), waiting, self._accepts
        )
        # Killed while it was still parsed, since the interactor had ended: that is no word of the parser's.
        if execution.syntax_error is not None and execution.signal != signal.SIGKILL:
            raise CompileFailed(execution.syntax_error, execution.cpu_s)
        failed = failure(execution)
        if execution.stopped_by is not None and execution.ended < judging.ended:
            return Outcome.stopped(execution, execution.stopped_by)
        # Which of two processes ended first cannot be measured when one ends because the other did; how it ended can.
        if not (self._accepts(judging) or self._refuses(judging)) and _was_left_alone(judging):
            match = Match.no("the program ended in the middle of the conversation")
        else:
            match = self._decided(judging, "interactor")
        by_itself = failed is not None and execution.signal != signal.SIGKILL and not _was_left_alone(execution)
        if failed is not None and (match.accepted or by_itself):
            return failed
        return Outcome.compared(execution, None, match, strict=match.accepted)

    def _with_files(self, test: TestCase, output: bytes) -> Program:
        answer = test.expected if isinstance(test.output, str | dict) else b""
        files = {_INPUT: test.stdin, _ANSWER: answer}
        if self._source.protocol == "icpc":
            files[f"{_FEEDBACK}/.keep"] = b""
            arguments = (_INPUT, _ANSWER, f"{_FEEDBACK}/", *self._source.args)
        else:
            files[_OUTPUT] = output
            arguments = (_INPUT, _OUTPUT, _ANSWER, *self._source.args)
        return dataclasses.replace(self._program.with_files(files, arguments), collect=(_MESSAGE,))

    def _decided(self, execution: Execution, role: str) -> Match:
        if self._accepts(execution):
            return Match.by(f"program: {self._source.protocol}")
        if self._gives_points(execution):
            points = execution.stderr.decode(errors="replace").strip()[:_SHOWN]
            raise JudgeBroken(f"the {role} gives points, and a test is passed or not: end with _ok or _wa ({points})")
        message = (execution.collected.get(_MESSAGE) or execution.stderr).decode(errors="replace").strip()[:_SHOWN]
        if self._refuses(execution):
            return Match.no(message or f"the {role} refused the output")
        if execution.syntax_error is not None:
            raise JudgeBroken(f"the {role} does not parse: {execution.syntax_error}")
        if (failed := failure(execution)) is None:
            raise JudgeBroken(
                f"the {role} ended with exit code 0, which means nothing in protocol {self._source.protocol}"
            )
        said = (failed.reason if execution.stopped_by else None) or describe_exit(execution)
        raise JudgeBroken(f"the {role} failed: {said}{f' ({message})' if message not in said else ''}")

    def _accepts(self, execution: Execution) -> bool:
        ended_well = execution.stopped_by is None and not self._gives_points(execution)
        return ended_well and execution.exit_code in _ACCEPTS[self._source.protocol]

    def _refuses(self, execution: Execution) -> bool:
        ended_well = execution.stopped_by is None and execution.syntax_error is None
        if self._gives_points(execution):
            return False
        # Python ends with 1, which testlib calls a wrong answer, when it fails itself.
        return ended_well and execution.exit_code in _REFUSES[self._source.protocol] and _TRACE not in execution.stderr

    def _gives_points(self, execution: Execution) -> bool:
        points = execution.exit_code == _POINTS or _PARTIALLY.match(execution.stderr) is not None
        return self._source.protocol == "testlib" and execution.stopped_by is None and points


def _was_left_alone(execution: Execution) -> bool:
    """Whether a program failed because the one that it talked with had gone."""
    last = execution.stderr.strip().rpartition(b"\n")[2]
    return execution.signal == signal.SIGPIPE or last.startswith((b"EOFError", b"BrokenPipeError"))


@contextmanager
def built(sandbox: Sandbox, languages: Languages, source: ProgramSource, testlib: Path | None) -> Iterator[Judge]:
    """A judge's program, compiled where its language asks for it.

    Raises:
        JudgeBroken: it does not compile, or its language is not offered here.
        SlotFailed: a fault of ours.
    """
    try:
        language = languages.require(source.language)
    except ApiError as error:
        raise JudgeBroken(f"the checker's language: {error.detail}") from error
    sources = Sources.of(language, source.code, source.files)
    if testlib is not None and sources.mention(b"testlib.h"):
        sources = sources.beside({"testlib.h": testlib.read_bytes()})
    with ExitStack() as open_program:
        try:
            ready = open_program.enter_context(sandbox.built(language, sources.main, _LIMITS, sources.others))
        except CompileFailed as error:
            hint = "; give testlib.h in its files, or MICROCODER_TESTLIB" if "testlib.h" in error.log else ""
            raise JudgeBroken(f"the checker does not compile{hint}: {error.log[:_SHOWN]}") from error
        yield Judge(sandbox, ready.program, source)
