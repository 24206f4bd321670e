"""Preparing suites of mode program: in a jail, of their text; with their reference, of what it shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from evaluator.engine import ENGINE
from evaluator.grading.prepared import PreparedSuite, PreparedSuites, PreparedTest, Way
from evaluator.grading.reference import ReferenceFails, learn
from evaluator.grading.trial import Trials
from evaluator.judging.preparation import PREPARED, TESTS
from evaluator.languages import Languages
from evaluator.schema import ProgramSpec, Suite, Trust
from sandbox.execution import Execution, PythonModule
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.store import HashStore

_PREPARATION, _WEIGHING = "evaluator.judging.preparation", "evaluator.judging.weighing"
_LIMITS = RunLimits(cpu_s=30.0, wall_s=60.0, memory_bytes=2048 * MIB, collect_bytes=64 * MIB)
_TESTS_PER_RUN = 256
_MAX_FAULTS = 4096
_RUNTIME = "tests"


@dataclass
class Preparer:
    """Prepares suites, each once for every engine, runtime and tier."""

    sandbox: Sandbox
    languages: Languages
    suites: PreparedSuites
    faults: dict[bytes, str | None] = field(default_factory=dict)

    def prepared(self, suite: Suite, suite_id: str | None, limits: RunLimits) -> PreparedSuite:
        """The suite, ready to judge by. ``limits`` are those of a submission, for the reference.

        Raises:
            SlotFailed: a fault of ours.
        """
        python = self.languages.identity("python")
        key = HashStore.key(ENGINE, suite_id or suite.id, python, self.sandbox.tier.value)
        return self.suites.get(key, lambda: _SuitePreparation(self, suite, limits).suite())

    def trials(self, spec: ProgramSpec, limits: RunLimits) -> Trials:
        """Trials of programs under the suite's test codes."""
        if len(self.faults) > _MAX_FAULTS:
            self.faults.clear()
        return Trials(self.sandbox, self.languages.python_runtime().python, spec, limits, self.faults)


class _SuitePreparation:
    """The preparation of one suite."""

    def __init__(self, preparer: Preparer, suite: Suite, limits: RunLimits) -> None:
        assert suite.program is not None
        self._preparer, self._spec = preparer, suite.program
        self._codes = [test.test_code or "" for test in suite.tests] or [suite.program.test_code or ""]
        self._limits, self._cpu_s = limits, 0.0

    def suite(self) -> PreparedSuite:
        """Prepare all test codes.

        Raises:
            SlotFailed: a fault of ours.
        """
        tests = self._learn() if self._spec.reference is not None else self._sealed(self._codes)
        usable = all(test.reason is None for test in tests)
        trust = self._trust(tests) if usable else None
        return PreparedSuite(tests=tuple(tests), trust=trust, cpu_s=self._cpu_s)

    def _learn(self) -> list[PreparedTest]:
        code = (self._spec.reference or "").encode("utf-8", "surrogatepass")
        return [self._learnt(test_code, code) for test_code in self._codes]

    def _learnt(self, test_code: str, reference: bytes) -> PreparedTest:
        trials = self._preparer.trials(self._spec, self._limits)

        def seal(opened: frozenset[int]) -> PreparedTest:
            return self._sealed([test_code], opened)[0]

        trials = replace(trials, on_run=self._add_cost)
        try:
            return learn(trials, reference, seal, may_change_way=self._spec.apart == "auto")
        except ReferenceFails as error:
            reason = f"the suite's own reference does not pass its tests: {error}"
            return PreparedTest(reason=reason, reference_failed=True)

    def _add_cost(self, execution: Execution) -> None:
        self._cpu_s += execution.cpu_s

    def _sealed(self, codes: Sequence[str], opened: frozenset[int] = frozenset()) -> list[PreparedTest]:
        """The test codes, taken apart in a jail."""
        tests: list[PreparedTest] = []
        for start in range(0, len(codes), _TESTS_PER_RUN):
            tests += self._taken_apart(codes[start : start + _TESTS_PER_RUN], opened)
        return tests

    def _taken_apart(self, codes: Sequence[str], opened: frozenset[int]) -> list[PreparedTest]:
        spec = self._spec
        common = {
            "entry_point": spec.entry_point,
            "prelude": spec.prelude,
            "reference": spec.reference,
            "opened": sorted(opened),
        }
        request = json.dumps([{"test_code": code, **common} for code in codes]).encode()
        forms, execution = self._run(_PREPARATION, {TESTS: request}, PREPARED)
        if not isinstance(forms, list) or len(forms) != len(codes):
            return [PreparedTest(reason=f"preparing the tests failed: {_excess(execution)}")] * len(codes)
        return [self._test(form) for form in forms]

    def _test(self, form: Any) -> PreparedTest:
        try:
            test = PreparedTest.model_validate(form)
            if test.reason is None:
                test.require_suite()
        except ValidationError:
            return PreparedTest(reason="preparing the tests failed: they wrote what they were made into themselves")
        if self._spec.apart == "auto" or test.reason is not None:
            return test
        way = "apart" if self._spec.apart else "sealed"
        return test.model_copy(update={"way": way, "why": "the suite says so"})

    def _trust(self, tests: Sequence[PreparedTest]) -> Trust:
        """Weigh how far the suite can be relied on: all its test codes together."""
        request = [
            {"sealed": test.sealed, "required": None if test.reference is None else test.reference.required}
            for test in tests
        ]
        trust, _ = self._run(_WEIGHING, {TESTS: json.dumps(request).encode()}, PREPARED)
        way: Way = "sealed" if any(test.way == "sealed" for test in tests) else "apart"
        try:
            return Trust.model_validate({**trust, "way": way})
        except (ValidationError, TypeError):  # its constants take too long to look at, or are none
            return Trust(way=way, bits=0, flags=("unknown",))

    def _run(self, module: str, files: dict[str, bytes], name: str) -> tuple[Any, Execution]:
        """Run a module of ours in the jail of judges and return what it writes; None where it does not."""
        program = PythonModule((module,), files, collect=(name,), runtime=_RUNTIME)
        execution = self._preparer.sandbox.run_author(program, _LIMITS)
        self._add_cost(execution)
        try:
            result = json.loads(execution.collected.get(name, b"")) if execution.clean else None
        except (ValueError, RecursionError):
            result = None
        return result, execution


def _excess(execution: Execution) -> str:
    if execution.stopped_by is not None:
        return f"it took more than {execution.stopped_by.value} allows"
    return execution.stderr.decode(errors="replace").strip().rpartition("\n")[2][:300] or "nothing was written"
