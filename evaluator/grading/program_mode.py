"""Suites of mode program: what runs their test codes, how far they can be relied on, and what is known of them before
any submission is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evaluator.engine import ENGINE
from evaluator.grading import program, together
from evaluator.grading.outcome import JudgeBroken
from evaluator.grading.prepared import PreparedSuite, PreparedSuites, PreparedTest
from evaluator.grading.preparing import Preparer
from evaluator.grading.test_runner import retry
from evaluator.judging.items import author_name
from evaluator.languages import Languages
from evaluator.schema import (
    CompileReport,
    Policy,
    ReferenceCheck,
    SiteCheck,
    Suite,
    SuiteCheck,
    TestCodeCheck,
    Trust,
)
from sandbox.limits import RunLimits
from sandbox.sandbox import Sandbox
from sandbox.toolchain import Language

RunTests = Callable[[int, Policy], tuple[program.Judged, CompileReport | None]]
"""Runs a test code, by its place in the suite."""


class ProgramMode:
    """Judges by test codes. Not for use from several threads."""

    def __init__(self, sandbox: Sandbox, languages: Languages, suites: PreparedSuites) -> None:
        self._sandbox = sandbox
        self._preparer = Preparer(sandbox, languages, suites)

    def trust(self, suite: Suite, suite_id: str | None, language: Language, limits: RunLimits) -> Trust | None:
        """Tell how far a suite can be relied on: as much for a program that it was not run with. None in other modes.

        Raises:
            SlotFailed: a fault of ours.
        """
        if suite.mode != "program":
            return None
        return self._prepared(suite, suite_id, limits).trust if language.name == "python" else Trust(way="compiled")

    def tests(self, suite: Suite, suite_id: str | None, language: Language, code: bytes, limits: RunLimits) -> RunTests:
        """Return a function that runs the suite's test codes on a submission, and raises as ``program.run_python``.

        Raises:
            JudgeBroken: one of them cannot judge.
            SlotFailed: a fault of ours.
        """
        assert suite.program is not None
        if language.name != "python":
            codes = [suite.program.test_code, *(test.test_code for test in suite.tests)]
            codes = [each for each in codes if each is not None]
            return lambda place, policy: self._run_together(language, code, codes[place] or "", limits)
        prepared = self._prepared(suite, suite_id, limits)
        for place, test in enumerate(prepared.tests):
            if test.reason is not None:
                raise JudgeBroken(f"tests[{place}]: {test.reason}" if suite.tests else test.reason)
        trials = self._preparer.trials(suite.program, limits)
        return lambda place, policy: (program.run_python(trials, code, prepared.tests[place], policy), None)

    def check(self, suite: Suite, limits: RunLimits) -> SuiteCheck:
        """Tell what is known of a suite before any submission is seen.

        Raises:
            SlotFailed: a fault of ours.
        """
        prepared = self._prepared(suite, None, limits)
        names = [test.name for test in suite.tests] or [None]
        checks = [
            _check(test, place, name) for place, (test, name) in enumerate(zip(prepared.tests, names, strict=True))
        ]
        return SuiteCheck(
            suite_id=suite.id,
            usable=all(test.reason is None for test in prepared.tests),
            trust=prepared.trust,
            tests=tuple(checks),
            cpu_s=prepared.cpu_s,
            isolation=self._sandbox.tier.value,
            engine=ENGINE,
        )

    def _prepared(self, suite: Suite, suite_id: str | None, limits: RunLimits) -> PreparedSuite:
        return retry(lambda: self._preparer.prepared(suite, suite_id, limits))

    def _run_together(
        self, language: Language, code: bytes, test_code: str, limits: RunLimits
    ) -> tuple[program.Judged, CompileReport | None]:
        joined = together.join(language, code, test_code.encode())
        with self._sandbox.build(language, joined, limits) as built:
            compiled = CompileReport(ok=True, log=built.log, cpu_s=built.cpu_s) if language.compile else None
            return together.run(self._sandbox, built.program, limits), compiled


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
