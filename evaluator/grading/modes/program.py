"""program mode: the suite's test codes decide. Here is what runs them, how far a suite can be relied on, and what is
known of it before any submission is seen."""

from __future__ import annotations

from functools import partial
from typing import Any

from evaluator.engine import ENGINE
from evaluator.grading import joined_tests, python_tests
from evaluator.grading.context import GradingContext, GradingTask, compile_report, report_of, run_one_by_one
from evaluator.grading.outcome import JudgeBroken
from evaluator.grading.prepared import PreparedSuite, PreparedTest
from evaluator.grading.python_tests import Judged
from evaluator.grading.report import judged
from evaluator.grading.test_runner import retry
from evaluator.judging.items import author_name
from evaluator.schema import (
    CompileReport,
    Policy,
    ReferenceCheck,
    Report,
    SiteCheck,
    Suite,
    SuiteCheck,
    TestCodeCheck,
    Trust,
)
from sandbox.limits import RunLimits
from sandbox.toolchain import Language


def grade(context: GradingContext, task: GradingTask) -> Report:
    """Grade a submission by the suite's one test code, assertion by assertion; or by the test code of each test."""
    spec, policy = task.suite.program, task.submission.policy
    assert spec is not None
    test_codes = _PythonTestCodes(context, task) if task.language.name == "python" else _JoinedTestCodes(context, task)
    if spec.test_code is not None:
        judged_cases, compiled = retry(partial(test_codes.run, 0, policy))
        cases = [case for case, _ in judged_cases]
        outcomes = {number: outcome for number, (_, outcome) in enumerate(judged_cases) if outcome is not None}
        return judged(task.submission, cases, cases.__getitem__, outcomes, compiled)
    places = {id(test): place for place, test in enumerate(task.suite.tests)}
    each = run_one_by_one(task, lambda test: python_tests.as_one(test_codes.run(places[id(test)], "first_failure")[0]))
    return report_of(task, each, None)


class _PythonTestCodes:
    """A suite's test codes, ready to judge a Python submission."""

    def __init__(self, context: GradingContext, task: GradingTask) -> None:
        """Prepare them.

        Raises:
            JudgeBroken: one of them cannot judge.
            SlotFailed: a fault of ours.
        """
        suite, self._code = task.suite, task.code
        assert suite.program is not None
        self._tests = _prepared(context, suite, task.submission.suite_id, task.limits).tests
        for place, test in enumerate(self._tests):
            if test.reason is not None:
                raise JudgeBroken(f"tests[{place}]: {test.reason}" if suite.tests else test.reason)
        self._trials = context.preparer.trials(suite.program, task.limits)

    def run(self, place: int, policy: Policy) -> tuple[Judged, CompileReport | None]:
        """Run the test code at a place of the suite. Raises as ``python_tests.run``."""
        return python_tests.run(self._trials, self._code, self._tests[place], policy), None


class _JoinedTestCodes:
    """A suite's test codes in another language: each becomes one program with the submission."""

    def __init__(self, context: GradingContext, task: GradingTask) -> None:
        self._sandbox, self._task = context.sandbox, task
        assert task.suite.program is not None
        codes = (task.suite.program.test_code, *(test.test_code for test in task.suite.tests))
        self._codes = [code for code in codes if code is not None]

    def run(self, place: int, policy: Policy) -> tuple[Judged, CompileReport | None]:
        """Build and run the test code at a place of the suite. It ends at its first failure, whatever the policy.

        Raises:
            CompileFailed: the program does not compile.
            JudgeBroken: the language has no such form.
            SlotFailed: a fault of ours.
        """
        task = self._task
        source = joined_tests.join(task.language, task.code, self._codes[place].encode())
        with self._sandbox.build(task.language, source, task.limits) as built:
            compiled = compile_report(built) if task.language.compile else None
            return joined_tests.run(self._sandbox, built.program, task.limits), compiled


def trust(
    context: GradingContext, suite: Suite, suite_id: str | None, language: Language, limits: RunLimits
) -> Trust | None:
    """Tell how far a suite can be relied on: as much for a program that it was not run with. None in other modes.

    Raises:
        SlotFailed: a fault of ours.
    """
    if suite.mode != "program":
        return None
    return _prepared(context, suite, suite_id, limits).trust if language.name == "python" else Trust(way="compiled")


def check(context: GradingContext, suite: Suite, limits: RunLimits) -> SuiteCheck:
    """Tell what is known of a suite before any submission is seen.

    Raises:
        SlotFailed: a fault of ours.
    """
    prepared = _prepared(context, suite, None, limits)
    names = [test.name for test in suite.tests] or [None]
    checks = [_check(test, place, name) for place, (test, name) in enumerate(zip(prepared.tests, names, strict=True))]
    return SuiteCheck(
        suite_id=suite.id,
        usable=all(test.reason is None for test in prepared.tests),
        trust=prepared.trust,
        tests=tuple(checks),
        cpu_s=prepared.cpu_s,
        isolation=context.sandbox.tier.value,
        engine=ENGINE,
    )


def _prepared(context: GradingContext, suite: Suite, suite_id: str | None, limits: RunLimits) -> PreparedSuite:
    return retry(lambda: context.preparer.prepared(suite, suite_id, limits))


def _check(test: PreparedTest, place: int, name: str | None) -> TestCodeCheck:
    if test.reason is not None:
        failed = ReferenceCheck(accepted=False, reason=test.reason) if test.reference_failed else None
        return TestCodeCheck(index=place, name=name, reason=test.reason, reference=failed)
    required = None if test.reference is None else {number for number, _ in test.reference.required}
    return TestCodeCheck(
        index=place,
        name=name,
        framework=test.sealed["framework"],
        way=test.way,
        why=test.why,
        sites=tuple(_site(site, test, required) for site in test.sealed["sites"]),
        reference=_reference(test),
    )


def _site(site: dict[str, Any], test: PreparedTest, required: set[int] | None) -> SiteCheck:
    return SiteCheck(
        line=site["line"],
        text=site["text"],
        kind=site["kind"],
        test=author_name(test.sealed["tests"], site["test"]),
        required=site["straight"] if required is None else site["number"] in required,
        why=site["why"] or None,
    )


def _reference(test: PreparedTest) -> ReferenceCheck | None:
    if test.reference is None:
        return None
    return ReferenceCheck(
        accepted=True,
        opened=len(test.reference.opened),
        required=len(test.reference.required),
        unsteady=test.reference.unsteady,
    )
