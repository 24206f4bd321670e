"""One submission in, one report out: extraction, compilation, the tests, the score."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Self

from evaluator.errors import InvalidRequest
from evaluator.extraction import extract
from evaluator.grading import function, stdio
from evaluator.grading.outcome import Outcome
from evaluator.grading.report import ENGINE, cut, judged, not_compiled, unjudged
from evaluator.languages import Languages
from evaluator.schema import (
    CompileReport,
    IsolationName,
    Limits,
    Report,
    RunReport,
    RunRequest,
    Submission,
    Suite,
    TestCase,
    Verdict,
    to_bytes,
)
from evaluator.settings import Settings
from sandbox.execution import Execution, FilesRefused, Limit
from sandbox.isolation import Tier
from sandbox.limits import MIB
from sandbox.limits import Limits as RunLimits
from sandbox.sandbox import Built, CompileFailed, Sandbox
from sandbox.slot import SlotFailed
from sandbox.toolchain import Language

_log = logging.getLogger(__name__)

ATTEMPTS = 2
"""How often a test is tried when the sandbox, and not the program, fails."""


class Grader:
    """Grades one submission at a time, in one slot. Not for use from several threads."""

    def __init__(self, sandbox: Sandbox, languages: Languages) -> None:
        self._sandbox, self.languages = sandbox, languages

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.close()

    @property
    def isolation(self) -> IsolationName:
        """The tier that programs run in."""
        return self._sandbox.tier.value

    def grade(self, submission: Submission, suite: Suite) -> Report:
        """Judge a submission; whatever its program does is in the report.

        Raises:
            UnknownLanguage: the language has no recipe, or no working toolchain here.
            ModeNotSupported: the suite's mode does not work in that language.
        """
        language = self.languages.require(submission.language, suite.mode)
        started = time.monotonic()
        try:
            report = self._report(submission, suite, language)
        except SlotFailed as error:
            _log.error("the sandbox failed: %s", error)
            report = unjudged(submission, suite, Verdict.JUDGE_ERROR, f"the sandbox failed: {error}")
        ran = {"isolation": self.isolation, "run_s": time.monotonic() - started}
        return report.model_copy(update=ran)

    def run(self, request: RunRequest) -> RunReport:
        """Run a program once, without judging it.

        Raises:
            UnknownLanguage: the language has no recipe, or no working toolchain here.
            InvalidRequest: its files do not fit into a program's directory.
            SlotFailed: a fault of ours.
        """
        language = self.languages.require(request.language)
        limits = run_limits(request.limits, language)
        try:
            with self._sandbox.built(language, encoded(request.code)) as built:
                program = built.program.with_files(
                    {name: to_bytes(text) for name, text in request.files.items()}, request.args
                )
                execution = self._sandbox.run(program, limits, to_bytes(request.stdin))
        except CompileFailed as error:
            return self._not_run(error)
        except FilesRefused as error:
            raise InvalidRequest(f"files: {error}") from error
        if execution.syntax_error is not None:
            return self._not_run(CompileFailed(execution.syntax_error, execution.cpu_s))
        return self._run_report(execution, built)

    def _report(self, submission: Submission, suite: Suite, language: Language) -> Report:
        code = submission.code
        if code is None:
            code = extract(submission.response or "", language.name)
        if code is None:
            return unjudged(submission, suite, Verdict.NO_CODE, "the response holds no complete program")
        limits = run_limits(suite.limits, language)
        checker = suite.effective_checker
        try:
            if suite.mode == "function" and suite.function is not None:
                harnessed = function.build(encoded(code), suite.function)
                outcomes = self._run_tests(
                    submission, suite, lambda test: function.run_test(self._sandbox, harnessed, test, checker, limits)
                )
                return judged(submission, suite, outcomes, None)
            with self._sandbox.built(language, encoded(code)) as built:
                outcomes = self._run_tests(
                    submission, suite, lambda test: stdio.run_test(self._sandbox, built.program, test, checker, limits)
                )
            return judged(submission, suite, outcomes, _compile_report(built) if language.compile else None)
        except CompileFailed as error:
            return not_compiled(submission, suite, error.log, error.cpu_s)

    def _run_tests(
        self, submission: Submission, suite: Suite, run_test: Callable[[TestCase], Outcome]
    ) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for test in suite.tests:
            outcomes.append(_tried(run_test, test))
            if outcomes[-1].verdict is not Verdict.ACCEPTED and submission.policy == "first_failure":
                break
        return outcomes

    def _run_report(self, execution: Execution, built: Built) -> RunReport:
        return RunReport(
            exit_code=execution.exit_code,
            signal=execution.signal,
            cpu_s=execution.cpu_s,
            wall_s=execution.wall_s,
            memory_bytes=execution.peak_memory,
            stdout=cut(execution.stdout, len(execution.stdout)),
            stderr=cut(execution.stderr, len(execution.stderr)),
            truncated=execution.stopped_by is Limit.OUTPUT,
            stopped_by=execution.stopped_by.value if execution.stopped_by else None,
            compile=_compile_report(built),
            isolation=self.isolation,
            engine=ENGINE,
        )

    def _not_run(self, error: CompileFailed) -> RunReport:
        return RunReport(
            exit_code=None,
            signal=None,
            cpu_s=0.0,
            wall_s=0.0,
            memory_bytes=0,
            stdout="",
            stderr="",
            stopped_by=None,
            compile=CompileReport(ok=False, log=error.log, cpu_s=error.cpu_s),
            isolation=self.isolation,
            engine=ENGINE,
        )


def open_grader(settings: Settings) -> Grader:
    """A grader as the settings ask for.

    Raises:
        IsolationTooWeak: the host grants less than ``min_isolation``.
        OSError: the configured interpreter does not start.
    """
    languages = Languages.probe(settings)
    compile_limits = RunLimits(
        cpu_s=settings.compile_cpu_s,
        wall_s=3 * settings.compile_cpu_s + 2,
        memory_bytes=settings.compile_memory_mb * MIB,
    )
    sandbox = Sandbox(
        languages.python_runtime(((function.HARNESS, function.harness_source()),)),
        minimum=Tier(settings.min_isolation),
        cache=settings.data_dir / "compiled",
        cache_bytes=settings.compiled_mb * MIB,
        compile_limits=compile_limits,
    )
    return Grader(sandbox, languages)


def run_limits(limits: Limits, language: Language) -> RunLimits:
    """A suite's limits as the sandbox takes them."""
    cpu_s = limits.cpu_s * language.cpu_factor
    return RunLimits(
        cpu_s=cpu_s,
        wall_s=limits.wall_for(cpu_s),
        memory_bytes=limits.memory_mb * MIB,
        output_bytes=limits.output_mb * MIB,
        processes=limits.processes,
    )


def encoded(code: str) -> bytes:
    """A program's bytes. Half a surrogate pair, which JSON can carry, is for the compiler to refuse."""
    return code.encode("utf-8", "surrogatepass")


def _tried(run_test: Callable[[TestCase], Outcome], test: TestCase) -> Outcome:
    """A test's outcome; a broken slot is replaced and the test run again before it counts as our fault."""
    for _ in range(ATTEMPTS - 1):
        try:
            return run_test(test)
        except SlotFailed as error:
            _log.warning("the sandbox failed and was replaced: %s", error)
    return run_test(test)


def _compile_report(built: Built) -> CompileReport:
    return CompileReport(ok=True, log=built.log, cpu_s=built.cpu_s)


__all__ = ["Grader", "open_grader"]
