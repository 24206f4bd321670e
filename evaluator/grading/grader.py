"""One submission in, one report out: extraction, compilation, the tests, the score."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from evaluator import harness
from evaluator.confinement import OverLimit
from evaluator.engine import ENGINE
from evaluator.errors import ApiError, InvalidRequest, JudgeFault
from evaluator.extraction.bounded import NoProgram, program_bounded
from evaluator.grading.context import GradingContext, GradingTask, compile_report
from evaluator.grading.modes import grade_of, program
from evaluator.grading.order import TestOrder
from evaluator.grading.outcome import JudgeBroken
from evaluator.grading.prepared import PreparedSuites
from evaluator.grading.preparing import Preparer
from evaluator.grading.report import cut, failed_compile, not_compiled, unjudged
from evaluator.grading.results import Results
from evaluator.grading.run_files import with_included
from evaluator.grading.test_runner import retry
from evaluator.languages import Languages
from evaluator.schema import (
    IsolationName,
    Limits,
    ProgramSource,
    Report,
    RunReport,
    RunRequest,
    Submission,
    Suite,
    SuiteCheck,
    Text,
    Verdict,
    to_bytes,
    to_string,
    to_text,
)
from evaluator.settings import Settings
from sandbox.build import Built, CompileFailed
from sandbox.execution import Execution, FilesRefused, Interrupted, Limit, SlotFailed
from sandbox.isolation import Tier
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.sources import Sources
from sandbox.store import HashStore
from sandbox.toolchain import Language, canonical, languages

_log = logging.getLogger(__name__)
_ORDER_BYTES = 64 * MIB


class Grader:
    """Grades one submission at a time, in one slot. Not for use from several threads."""

    def __init__(
        self,
        sandbox: Sandbox,
        languages: Languages,
        order: TestOrder,
        results: Results,
        suites: PreparedSuites,
        testlib: Path | None = None,
    ) -> None:
        self._sandbox, self.languages, self._results = sandbox, languages, results
        self._context = GradingContext(sandbox, languages, order, Preparer(sandbox, languages, suites), testlib)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.close()
        self._results.close()

    def interrupt_by(self, descriptor: int) -> None:
        """Let ``grade`` and ``run`` raise ``Interrupted`` as soon as the descriptor can be read."""
        self._sandbox.interrupt_by(descriptor)

    @property
    def isolation(self) -> IsolationName:
        """The tier that programs run in."""
        return self._sandbox.tier.value

    @property
    def slots_discarded(self) -> int:
        """Number of slots thrown away since this grader was opened."""
        return self._sandbox.slots_discarded

    @property
    def waited_s(self) -> float:
        """Seconds for which programs have waited for one that had the machine for itself."""
        return self._sandbox.waited_s

    def grade(self, submission: Submission, suite: Suite, holder: str = "") -> Report:
        """Judge a submission; whatever its program does is in the report. ``holder`` is whose key it came with.

        Raises:
            UnknownLanguage: the language has no recipe, or no working toolchain here.
            ModeNotSupported: the suite's mode does not work in that language.
            InvalidRequest: it has several files, and that mode takes one program.
        """
        language = self.languages.of_submission(submission, suite.mode)
        started = time.monotonic()
        try:
            with self._sandbox.of_submission(holder):
                report = self._report(submission, suite, language)
        except SlotFailed as error:
            _log.error("the sandbox failed: %s", error)
            report = unjudged(submission, suite, Verdict.JUDGE_ERROR, f"the sandbox failed: {error}")
        except (ApiError, Interrupted):
            raise
        except Exception as error:
            report = unjudged(submission, suite, Verdict.JUDGE_ERROR, self._after_fault(error))
        ran = {"isolation": self.isolation, "run_s": time.monotonic() - started}
        return report.model_copy(update=ran)

    def run(self, request: RunRequest, holder: str = "") -> RunReport:
        """Run a program once, without judging it. ``holder`` is whose key it came with.

        Raises:
            UnknownLanguage: the language has no recipe, or no working toolchain here.
            InvalidRequest: its files do not fit into a program's directory, or its runtime takes no options.
            JudgeFault: a fault of ours, again and again.
        """
        language = self.languages.require(request.language)
        if request.runtime_options and not language.run:
            raise InvalidRequest(f"runtime_options: {language.name} is not started by a command that takes any")
        try:
            with self._sandbox.of_submission(holder):
                return retry(lambda: self._ran(request, language))
        except CompileFailed as error:
            return self._not_run(error, self.languages.versions[language.name])
        except FilesRefused as error:
            raise InvalidRequest(f"files: {error}") from error
        except SlotFailed as error:
            _log.error("the sandbox failed: %s", error)
            raise JudgeFault(f"the sandbox failed: {error}") from error
        except Interrupted:
            raise
        except Exception as error:
            raise JudgeFault(self._after_fault(error)) from error

    def check(self, suite: Suite, holder: str = "") -> SuiteCheck:
        """Tell what is known of a suite of mode program before any submission is seen. ``holder`` is as of ``grade``.

        Raises:
            InvalidRequest: the suite has another mode.
            JudgeFault: a fault of ours, again and again.
        """
        if suite.mode != "program":
            raise InvalidRequest(f'suites of mode "program" can be checked; this one has mode "{suite.mode}"')
        limits = run_limits(suite.limits, self.languages.require("python"))
        try:
            with self._sandbox.of_submission(holder):
                return program.check(self._context, suite, limits)
        except SlotFailed as error:
            _log.error("the sandbox failed: %s", error)
            raise JudgeFault(f"the sandbox failed: {error}") from error
        except (ApiError, Interrupted):
            raise
        except Exception as error:
            raise JudgeFault(self._after_fault(error)) from error

    def _after_fault(self, error: Exception) -> str:
        """Log a fault of ours and throw the slots away, whose state nobody knows. Returns what to answer: to let the
        worker end instead would try the same twice more, and cost others their time."""
        _log.error("the judge failed", exc_info=error)
        self._sandbox.discard_slots()
        return f"the judge failed: {type(error).__name__}"

    def _ran(self, request: RunRequest, language: Language) -> RunReport:
        limits = run_limits(request.limits, language)
        sources = {name: to_bytes(text) for name, text in request.sources.items()}
        with self._sandbox.build(language, to_bytes(request.code), limits, sources) as built:
            files = {name: to_bytes(text) for name, text in request.files.items()}
            ready = built.program.with_files(files, request.args)
            argv = (ready.argv[0], *request.runtime_options, *ready.argv[1:])
            ready = dataclasses.replace(ready, argv=argv, collect=request.collect)
            execution = self._sandbox.run(ready, limits, to_bytes(request.stdin))
        if execution.syntax_error is not None:
            raise CompileFailed(execution.syntax_error, execution.cpu_s)
        return self._run_report(execution, built, limits.output_bytes)

    def _report(self, submission: Submission, suite: Suite, language: Language) -> Report:
        try:
            sources = _sources_of(submission, suite, language)
        except OverLimit as error:
            return self._without_code(submission, suite, language, f"looking for the program took {error}")
        except NoProgram as none:
            return self._without_code(submission, suite, language, str(none))
        task = GradingTask(submission, suite, language, sources, run_limits(suite.limits, language))
        if not self._results.may_have(submission):
            return self._judged(task)
        judge = self._circumstances(language, suite)
        report = self._results.get(submission, task.sources, judge)
        if report is None:
            report = self._judged(task)
            self._results.put(submission, task.sources, judge, report)
        return report

    def _without_code(self, submission: Submission, suite: Suite, language: Language, reason: str) -> Report:
        report = unjudged(submission, suite, Verdict.NO_CODE, reason)
        limits = run_limits(suite.limits, language)
        trust = retry(lambda: program.trust(self._context, suite, submission.suite_id, language, limits))
        return report.model_copy(update={"trust": trust})

    def _circumstances(self, language: Language, suite: Suite) -> tuple[str, ...]:
        """Return all that may decide a verdict on this host: how programs are kept apart, the toolchains of the
        submission and of the suite's own programs, and what compilers may use."""
        helper = "helper" if self._sandbox.can_share else ""
        parts = [self.isolation, helper, *self._compiler_of(language.name)]
        for source in (suite.checker, suite.interactor):
            if isinstance(source, ProgramSource):
                parts += self._compilers_of(source)
                parts.append(
                    ""
                    if self._context.testlib is None
                    else hashlib.sha256(self._context.testlib.read_bytes()).hexdigest()
                )
        return tuple(parts)

    def _compilers_of(self, source: ProgramSource) -> tuple[str, ...]:
        """Identities of the toolchains that make a program of the suite's author: a script may call any."""
        if source.executable is None:
            return self._compiler_of(canonical(source.language))
        return tuple(self.languages.identity(name) for name in self.languages.versions)

    def _compiler_of(self, name: str | None) -> tuple[str, ...]:
        """Identity of a language's toolchain, and what its compiler may use."""
        known = () if name is None else (str(self._sandbox.compile_limits(languages()[name])),)
        return (*known, self.languages.identity(name))

    def _judged(self, task: GradingTask) -> Report:
        report, submission = self._run_mode(task), task.submission
        trust = program.trust(self._context, task.suite, submission.suite_id, task.language, task.limits)
        return report if trust is None else report.model_copy(update={"trust": trust})

    def _run_mode(self, task: GradingTask) -> Report:
        try:
            return grade_of(task.suite)(self._context, task)
        except CompileFailed as error:
            return not_compiled(task.submission, task.suite, error, self.languages.versions[task.language.name])
        except JudgeBroken as error:
            return unjudged(task.submission, task.suite, Verdict.JUDGE_ERROR, str(error))
        except FilesRefused as error:
            if task.submission.files:
                failed = CompileFailed(f"its files do not fit into a directory: {error}", 0.0)
                return not_compiled(task.submission, task.suite, failed, self.languages.versions[task.language.name])
            return unjudged(task.submission, task.suite, Verdict.JUDGE_ERROR, f"a run's files do not fit: {error}")

    def _run_report(self, execution: Execution, built: Built, files_bytes: int) -> RunReport:
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
            files=_fitting(execution.collected, files_bytes),
            compile=compile_report(built),
            isolation=self.isolation,
            engine=ENGINE,
        )

    def _not_run(self, error: CompileFailed, compiler: str) -> RunReport:
        return RunReport(
            exit_code=None,
            signal=None,
            cpu_s=0.0,
            wall_s=0.0,
            memory_bytes=0,
            stdout="",
            stderr="",
            stopped_by=None,
            compile=failed_compile(error, compiler),
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
        cpu_s=settings.compile_cpu_s, wall_s=settings.compile_wall_s, memory_bytes=settings.compile_memory_mb * MIB
    )
    runtime = languages.python_runtime(harness.sources())
    sandbox = Sandbox(
        runtime,
        runtimes={"tests": harness.test_runtime(runtime), "judge": harness.judge_runtime(runtime)},
        minimum=Tier(settings.min_isolation),
        cache=settings.data_dir / "compiled",
        cache_bytes=settings.compiled_mb * MIB,
        compile_limits=compile_limits,
        compile_factors=settings.compile_factors,
        artefact_bytes=settings.artefact_mb * MIB,
    )
    order = TestOrder(HashStore(settings.data_dir / "order", max_bytes=_ORDER_BYTES))
    results_file = settings.data_dir / "results.sqlite" if settings.results_mb else None
    suites = PreparedSuites(HashStore(settings.data_dir / "prepared_suites", max_bytes=settings.prepared_mb * MIB))
    return Grader(sandbox, languages, order, Results(results_file, settings.results_mb * MIB), suites, settings.testlib)


def run_limits(limits: Limits, language: Language) -> RunLimits:
    """A suite's limits as the sandbox takes them."""
    cpu_s = limits.cpu_s * language.cpu_factor
    return RunLimits(
        cpu_s=cpu_s,
        wall_s=limits.wall_for(cpu_s),
        memory_bytes=(limits.memory_mb + language.memory_overhead_mb) * MIB,
        output_bytes=limits.output_mb * MIB,
        collect_bytes=limits.output_mb * MIB,
        processes=limits.processes,
    )


def _sources_of(submission: Submission, suite: Suite, language: Language) -> Sources:
    """Return a submission's program. Bytes that are not UTF-8 stay as they are: what they mean is for the compiler to
    say.

    Raises:
        NoProgram: the response holds none.
        OverLimit: the response takes too long to read.
    """
    if submission.files:
        return with_included(suite, language, {name: to_bytes(text) for name, text in submission.files.items()})
    if submission.code is not None:
        return with_included(suite, language, to_bytes(submission.code))
    code = program_bounded(to_string(submission.response or ""), language.name, suite)
    return with_included(suite, language, code.encode("utf-8", "surrogateescape"))


def _fitting(files: Mapping[str, bytes], size: int) -> dict[str, Text]:
    """The files that fit into ``size`` bytes together; what a program leaves may be larger than what can travel."""
    fitting: dict[str, Text] = {}
    for name, data in files.items():
        if len(data) <= size:
            fitting[name] = to_text(data)
            size -= len(data)
    return fitting
