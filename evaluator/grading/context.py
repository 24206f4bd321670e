"""The parts that all modes grade with, and the steps that several of them take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evaluator.grading import author_program
from evaluator.grading.order import TestOrder
from evaluator.grading.outcome import Case, TestOutcome
from evaluator.grading.preparing import Preparer
from evaluator.grading.report import judged
from evaluator.grading.test_runner import FEW_TESTS, TestRunner, retry
from evaluator.languages import Languages
from evaluator.schema import CompileReport, ProgramSource, Report, Submission, Suite, TestCase
from sandbox.build import Built
from sandbox.execution import Program
from sandbox.limits import RunLimits
from sandbox.sandbox import Sandbox
from sandbox.sources import Sources
from sandbox.toolchain import Language


@dataclass(frozen=True, slots=True)
class GradingTask:
    """A submission that there is code of, with everything that judging it takes."""

    submission: Submission
    suite: Suite
    language: Language
    sources: Sources
    limits: RunLimits

    @property
    def code(self) -> bytes:
        """The program's text, or that of its main file."""
        return self.sources.main


@dataclass(frozen=True, slots=True)
class GradingContext:
    """The parts of a grader that its modes use."""

    sandbox: Sandbox
    languages: Languages
    order: TestOrder
    preparer: Preparer
    testlib: Path | None

    def may_share(self, program: Program, suite: Suite) -> bool:
        """Tell whether several tests may run in one process."""
        many = len(suite.tests) >= FEW_TESTS
        return program.python and many and suite.isolation == "shared" and self.sandbox.can_share

    def build(self, task: GradingTask) -> AbstractContextManager[Built]:
        """Build a submission that is run as it is.

        Raises:
            CompileFailed: the compiler refused it or went over its limits.
            SlotFailed: a fault of ours.
        """
        sources = task.sources
        return self.sandbox.build(task.language, sources.main, task.limits, sources.others, sources.units)

    def author_program(self, source: ProgramSource) -> AbstractContextManager[author_program.AuthorProgram]:
        """Build a suite's checker or interactor.

        Raises:
            JudgeBroken: it does not compile, or its language is not offered here.
            SlotFailed: a fault of ours.
        """
        return author_program.build(self.sandbox, self.languages, source, self.testlib)

    def run_tests(self, task: GradingTask, runner: TestRunner) -> dict[int, TestOutcome]:
        """Run tests in the order that finds failures soonest, and learn from them.

        Raises:
            as ``TestRunner.outcomes``
        """
        suite_id, tests = task.submission.suite_id, task.suite.tests
        is_function = task.suite.mode == "function"
        order = self.order.of(
            suite_id,
            len(tests),
            task.code if runner.shared else None,
            input_bytes=lambda number: len(tests[number].arguments if is_function else tests[number].stdin),
        )
        outcomes = runner.outcomes(order, partial(self.order.patience_s, suite_id), self.order.expected_s(suite_id))
        self.order.learn(suite_id, outcomes)
        return outcomes


def run_one_by_one(task: GradingTask, run_test: Callable[[TestCase], TestOutcome]) -> dict[int, TestOutcome]:
    """Run the suite's tests in the suite's order, until the policy says that it is enough."""
    outcomes: dict[int, TestOutcome] = {}
    for number, test in enumerate(task.suite.tests):
        outcomes[number] = retry(partial(run_test, test))
        if not outcomes[number].accepted and task.submission.policy == "first_failure":
            break
    return outcomes


def report_of(task: GradingTask, outcomes: Mapping[int, TestOutcome], built: Built | None) -> Report:
    """Return the report of the outcomes of the suite's tests, by their numbers."""
    suite = task.suite
    compiled = compile_report(built) if built is not None and task.language.compile else None
    return judged(
        task.submission, suite.tests, lambda number: Case.of(suite.tests[number], suite.mode), outcomes, compiled,
        suite.groups,
    )  # fmt: skip


def compile_report(built: Built) -> CompileReport:
    """Return the report of a compilation that worked."""
    return CompileReport(ok=True, log=built.log, cpu_s=built.cpu_s)
