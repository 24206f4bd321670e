"""One submission in, one report out: extraction, compilation, the tests, the score."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from evaluator import harness
from evaluator.confinement import OverLimit
from evaluator.engine import ENGINE
from evaluator.errors import ApiError, InvalidRequest, JudgeFault
from evaluator.extraction.bounded import extract_bounded
from evaluator.grading import author_program, function, program, stdio
from evaluator.grading.order import TestOrder
from evaluator.grading.outcome import Case, JudgeBroken, TestOutcome
from evaluator.grading.prepared import PreparedSuites
from evaluator.grading.program_mode import ProgramMode
from evaluator.grading.report import cut, failed_compile, judged, not_compiled, unjudged
from evaluator.grading.results import Results
from evaluator.grading.test_runner import FEW_TESTS, TestRunner, retry
from evaluator.languages import Languages
from evaluator.schema import (
    CompileReport,
    IsolationName,
    Limits,
    Mode,
    ProgramChecker,
    ProgramSource,
    Report,
    RunReport,
    RunRequest,
    Submission,
    Suite,
    SuiteCheck,
    TestCase,
    Text,
    Verdict,
    to_bytes,
    to_string,
    to_text,
)
from evaluator.settings import Settings
from sandbox.build import Built, CompileFailed
from sandbox.execution import Execution, FilesRefused, Input, Interrupted, Limit, Program, SlotFailed
from sandbox.isolation import Tier
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.store import HashStore
from sandbox.toolchain import Language, canonical, languages

_log = logging.getLogger(__name__)
_ORDER_BYTES = 64 * MIB


@dataclass(frozen=True, slots=True)
class GradingTask:
    """A submission that there is code of, with everything that judging it takes."""

    submission: Submission
    suite: Suite
    language: Language
    code: bytes
    limits: RunLimits


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
        self._sandbox, self.languages, self._testlib = sandbox, languages, testlib
        self._order, self._results = order, results
        self._program_mode = ProgramMode(sandbox, languages, suites)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.close()
        self._results.close()

    def interrupt_by(self, descriptor: int) -> None:
        """From now on ``grade`` and ``run`` raise ``Interrupted`` as soon as the descriptor can be read."""
        self._sandbox.interrupt_by(descriptor)

    @property
    def isolation(self) -> IsolationName:
        """The tier that programs run in."""
        return self._sandbox.tier.value

    @property
    def slots_discarded(self) -> int:
        """Number of slots thrown away since this grader was opened."""
        return self._sandbox.slots_discarded

    def grade(self, submission: Submission, suite: Suite, holder: str = "") -> Report:
        """Judge a submission; whatever its program does is in the report. ``holder`` is whose key it came with.

        Raises:
            UnknownLanguage: the language has no recipe, or no working toolchain here.
            ModeNotSupported: the suite's mode does not work in that language.
        """
        language = self.languages.require(submission.language, suite.mode)
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
            return self._not_run(error)
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
                return self._program_mode.check(suite, limits)
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
            program = built.program.with_files(
                {name: to_bytes(text) for name, text in request.files.items()}, request.args
            )
            program = dataclasses.replace(
                program,
                argv=(program.argv[0], *request.runtime_options, *program.argv[1:]),
                collect=request.collect,
            )
            execution = self._sandbox.run(program, limits, to_bytes(request.stdin))
        if execution.syntax_error is not None:
            raise CompileFailed(execution.syntax_error, execution.cpu_s)
        return self._run_report(execution, built, limits.output_bytes)

    def _report(self, submission: Submission, suite: Suite, language: Language) -> Report:
        try:
            code = _code_of(submission, suite, language)
        except OverLimit as error:
            return self._without_code(submission, suite, language, f"looking for the program took {error}")
        if code is None:
            return self._without_code(submission, suite, language, "the response holds no complete program")
        task = GradingTask(submission, suite, language, code, run_limits(suite.limits, language))
        if not self._results.may_have(submission):
            return self._judged(task)
        judge = self._circumstances(language, suite)
        report = self._results.get(submission, task.code, judge)
        if report is None:
            report = self._judged(task)
            self._results.put(submission, task.code, judge, report)
        return report

    def _without_code(self, submission: Submission, suite: Suite, language: Language, reason: str) -> Report:
        report = unjudged(submission, suite, Verdict.NO_CODE, reason)
        limits = run_limits(suite.limits, language)
        trust = retry(lambda: self._program_mode.trust(suite, submission.suite_id, language, limits))
        return report.model_copy(update={"trust": trust})

    def _circumstances(self, language: Language, suite: Suite) -> tuple[str, ...]:
        """All of this host that may decide a verdict: how programs are kept apart, the toolchains of the submission and
        of the suite's own programs, and what compilers may use."""
        helper = "helper" if self._sandbox.can_share else ""
        parts = [self.isolation, helper, *self._compiler_of(language.name)]
        for source in (suite.checker, suite.interactor):
            if isinstance(source, ProgramSource):
                parts += self._compiler_of(canonical(source.language))
                parts.append("" if self._testlib is None else hashlib.sha256(self._testlib.read_bytes()).hexdigest())
        return tuple(parts)

    def _compiler_of(self, name: str | None) -> tuple[str, ...]:
        """Identity of a language's toolchain, and what its compiler may use."""
        known = () if name is None else (str(self._sandbox.compile_limits(languages()[name])),)
        return (*known, self.languages.identity(name))

    def _judged(self, task: GradingTask) -> Report:
        report, submission = self._run_mode(task), task.submission
        trust = self._program_mode.trust(task.suite, submission.suite_id, task.language, task.limits)
        return report if trust is None else report.model_copy(update={"trust": trust})

    def _run_mode(self, task: GradingTask) -> Report:
        try:
            return _MODES[task.suite.mode](self, task)
        except CompileFailed as error:
            return not_compiled(task.submission, task.suite, error)
        except JudgeBroken as error:
            return unjudged(task.submission, task.suite, Verdict.JUDGE_ERROR, str(error))
        except FilesRefused as error:
            return unjudged(task.submission, task.suite, Verdict.JUDGE_ERROR, f"a run's files do not fit: {error}")

    def _function(self, task: GradingTask) -> Report:
        assert task.suite.function is not None
        with contextlib.ExitStack() as open_programs:
            built = None
            if task.language.name == "python":
                program = function.build(task.code)
            else:
                joined = function.join(task.language, task.code, task.suite)
                built = open_programs.enter_context(self._sandbox.build(task.language, joined, task.limits))
                program = function.harnessed(built.program)
            suite = task.suite
            runner = TestRunner(
                self._sandbox,
                program,
                task.limits,
                input_of=function.giving(suite),
                expected_of=lambda _: b"",  # what it writes is not what counts
                judge=function.judging(suite),
                policy=task.submission.policy,
                shared=self._may_share(program, suite),
            )
            return self._tested(task, runner, built)

    def _stdio(self, task: GradingTask) -> Report:
        checker = task.suite.checker
        with contextlib.ExitStack() as open_programs:
            built = open_programs.enter_context(self._sandbox.build(task.language, task.code, task.limits))
            decides = None
            if isinstance(checker, ProgramChecker):
                decides = open_programs.enter_context(self._judge(checker))
            suite, tests = task.suite, task.suite.tests
            runner = TestRunner(
                self._sandbox,
                built.program,
                task.limits,
                input_of=lambda number: Input(tests[number].stdin),
                expected_of=lambda number: tests[number].alternatives[0] if decides is None else b"",
                judge=stdio.judging(suite, decides),
                policy=task.submission.policy,
                # A checker that is a program has its run in the same slot, between two tests.
                shared=decides is None and self._may_share(built.program, suite),
            )
            return self._tested(task, runner, built)

    def _may_share(self, program: Program, suite: Suite) -> bool:
        """Tell whether several tests may run in one process."""
        many = len(suite.tests) >= FEW_TESTS
        return program.python and many and suite.isolation == "shared" and self._sandbox.can_share

    def _interactive(self, task: GradingTask) -> Report:
        assert task.suite.interactor is not None
        built_in = self._sandbox.build(task.language, task.code, task.limits)
        with built_in as built, self._judge(task.suite.interactor) as judge:
            outcomes = self._one_by_one(task, lambda test: judge.talk(test, built.program, task.limits))
            return self._reported(task, outcomes, built)

    def _program(self, task: GradingTask) -> Report:
        spec, submission = task.suite.program, task.submission
        assert spec is not None
        run = self._program_mode.tests(task.suite, submission.suite_id, task.language, task.code, task.limits)
        if spec.test_code is not None:
            judged_cases, compiled = retry(partial(run, 0, submission.policy))
            outcomes = {i: outcome for i, (_, outcome) in enumerate(judged_cases) if outcome is not None}
            cases = [case for case, _ in judged_cases]
            return judged(submission, cases, cases.__getitem__, outcomes, compiled)
        places = {id(test): place for place, test in enumerate(task.suite.tests)}
        one = self._one_by_one(task, lambda test: program.as_one(run(places[id(test)], "first_failure")[0]))
        return self._reported(task, one, None)

    def _judge(self, source: ProgramSource) -> AbstractContextManager[author_program.AuthorProgram]:
        return author_program.build(self._sandbox, self.languages, source, self._testlib)

    def _tested(self, task: GradingTask, runner: TestRunner, built: Built | None) -> Report:
        suite_id = task.submission.suite_id
        order = self._order.of(suite_id, len(task.suite.tests), task.code if runner.shared else None)
        outcomes = runner.outcomes(order)
        self._order.learn(suite_id, outcomes)
        return self._reported(task, outcomes, built)

    def _one_by_one(self, task: GradingTask, run_test: Callable[[TestCase], TestOutcome]) -> dict[int, TestOutcome]:
        """Run the suite's tests, in order, until the policy says that it is enough."""
        outcomes: dict[int, TestOutcome] = {}
        for number, test in enumerate(task.suite.tests):
            outcomes[number] = retry(partial(run_test, test))
            if not outcomes[number].accepted and task.submission.policy == "first_failure":
                break
        return outcomes

    def _reported(self, task: GradingTask, outcomes: Mapping[int, TestOutcome], built: Built | None) -> Report:
        suite = task.suite
        compiled = _compile_report(built) if built is not None and task.language.compile else None
        return judged(
            task.submission,
            suite.tests,
            lambda number: Case.of(suite.tests[number], suite.mode),
            outcomes,
            compiled,
        )

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
            compile=failed_compile(error),
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
        wall_s=settings.compile_wall_s,
        memory_bytes=settings.compile_memory_mb * MIB,
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


def _code_of(submission: Submission, suite: Suite, language: Language) -> bytes | None:
    """Return a submission's program, or None where its response holds none. Bytes that are not UTF-8 stay as they are:
    what they mean is for the compiler to say.

    Raises:
        OverLimit: the response takes too long to read.
    """
    if submission.code is not None:
        return to_bytes(submission.code)
    code = extract_bounded(to_string(submission.response or ""), language.name, suite)
    return None if code is None else code.encode("utf-8", "surrogateescape")


def _fitting(files: Mapping[str, bytes], size: int) -> dict[str, Text]:
    """The files that fit into ``size`` bytes together; what a program leaves may be larger than what can travel."""
    fitting: dict[str, Text] = {}
    for name, data in files.items():
        if len(data) <= size:
            fitting[name] = to_text(data)
            size -= len(data)
    return fitting


def _compile_report(built: Built) -> CompileReport:
    return CompileReport(ok=True, log=built.log, cpu_s=built.cpu_s)


_MODES: Mapping[Mode, Callable[[Grader, GradingTask], Report]] = {
    "stdio": Grader._stdio,
    "function": Grader._function,
    "program": Grader._program,
    "interactive": Grader._interactive,
}
