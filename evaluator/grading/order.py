"""The order in which a suite's tests are run: first those that have told wrong programs soonest, then the others.

The workers of a host learn it together, from the first programs of a batch on, and keep it on disk beside the suites.
Whether a submission is accepted never depends on it; which of several failures is met first may.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from evaluator.grading.outcome import TestOutcome
from sandbox.store import HashStore

_FIRST = 3
"""So many tests are put first: those that fail the same programs as these would tell nothing new."""
_UNMEASURED_S = 1e-6
_LIGHT_S = 0.05
"""A test that takes longer on average comes later, unless it fails most programs: few need it to be told wrong."""
_LARGE_INPUT_BYTES = 1 << 16
"""Before any program ran, a test with a larger input counts as one that takes long."""
_SUITES = 512
_MAX_UNSAVED_PROGRAMS = 32


@dataclass(slots=True)
class _Test:
    """Number of programs that it was run on and that it has failed, and the CPU seconds spent on it, about."""

    ran: int = 0
    failed: int = 0
    spent_s: float = 0.0

    def add(self, other: _Test) -> None:
        """Add what was learnt elsewhere."""
        self.ran += other.ran
        self.failed += other.failed
        self.spent_s += other.spent_s

    @property
    def failed_per_s(self) -> float:
        return self.failed / (self.spent_s or _UNMEASURED_S)

    @property
    def light(self) -> bool:
        return self.spent_s < _LIGHT_S * self.ran

    @property
    def weight(self) -> int:
        """About one more each time that the cost of one that is not light doubles."""
        return int(self.spent_s / self.ran / _LIGHT_S).bit_length()

    @property
    def tells_soon(self) -> bool:
        """True if it may be worth running before all others."""
        return self.failed > 0 and (self.light or 2 * self.failed > self.ran)


_Tests = defaultdict[int, _Test]
"""Tests of a suite, by their numbers."""


@dataclass(slots=True)
class _Learnt:
    """Knowledge of one suite: of all workers as far as it was saved, and of this one."""

    key: str
    tests: _Tests = field(default_factory=lambda: defaultdict(_Test))
    version: int | None = None
    """Version of the file that ``tests`` were read from, or saved to."""
    programs: int = 0
    unsaved: _Tests = field(default_factory=lambda: defaultdict(_Test))
    unsaved_programs: int = 0

    def best(self) -> list[int]:
        """Tests that have failed a program before, most failures per second first."""
        rates = {number: test.failed_per_s for number, test in self.tests.items() if test.tells_soon}
        return sorted(rates, key=rates.__getitem__, reverse=True)[:_FIRST]

    def heavy(self) -> dict[int, int]:
        """The weights of those that are known not to be light; few suites have any."""
        return {number: test.weight for number, test in self.tests.items() if not test.light}

    @property
    def is_due(self) -> bool:
        """True if it is time to tell the other workers: after the first program, then as often as their number doubles,
        in the end after a fixed number."""
        return self.unsaved_programs >= min(_MAX_UNSAVED_PROGRAMS, (self.programs + 1) // 2)


class TestOrder:
    """Knowledge of many suites. Not for use from several threads."""

    __test__ = False  # no test of ours, whatever its name

    def __init__(self, files: HashStore) -> None:
        self._files = files
        self._of_suite = lru_cache(_SUITES)(_new)

    def of(
        self, suite_id: str | None, count: int, code: bytes | None, input_bytes: Callable[[int], int] = lambda _: 0
    ) -> list[int]:
        """The numbers of a suite's tests. With ``code`` all but the first few come in an order that no program knows,
        the same each time for the same program, those that take long last; without, in the suite's. Tests that no
        program ran yet are told by ``input_bytes``, the size of a test's input."""
        order = list(range(count))
        if code is not None:
            random.Random(f"{suite_id}".encode() + code).shuffle(order)  # its code a program can read, its suite not
        if suite_id is None:
            return order
        learnt = self._learnt(suite_id)
        if code is not None:
            weights = learnt.heavy()
            for number in order if len(learnt.tests) < count else ():
                if number not in learnt.tests:
                    weights[number] = (input_bytes(number) // _LARGE_INPUT_BYTES).bit_length()
            if weights:
                order.sort(key=lambda number: weights.get(number, 0))
        first = [number for number in learnt.best() if number < count]
        return first + [number for number in order if number not in first]

    def learn(self, suite_id: str | None, outcomes: Mapping[int, TestOutcome]) -> None:
        """Take note of how tests went."""
        if suite_id is None:
            return
        learnt = self._of_suite(suite_id)
        for tests in (learnt.tests, learnt.unsaved):
            for number, outcome in outcomes.items():
                test = tests[number]
                test.ran += 1
                test.failed += not outcome.accepted
                test.spent_s += outcome.execution.cost_s
        learnt.programs += 1
        learnt.unsaved_programs += 1
        if learnt.is_due:
            self._save(learnt)

    def _learnt(self, suite_id: str) -> _Learnt:
        """Return what is known of a suite, with what other workers have saved meanwhile."""
        learnt = self._of_suite(suite_id)
        if self._files.version(learnt.key) != learnt.version:
            self._load(learnt)
        return learnt

    def _load(self, learnt: _Learnt) -> None:
        version = self._files.version(learnt.key)
        data = self._files.get(learnt.key)
        saved: dict[str, tuple[int, int, float]] = json.loads(data) if data else {}
        learnt.tests = defaultdict(_Test, {int(number): _Test(*test) for number, test in saved.items()})
        for number, test in learnt.unsaved.items():
            learnt.tests[number].add(test)
        learnt.version = version
        learnt.programs = max((test.ran for test in learnt.tests.values()), default=0)

    def _save(self, learnt: _Learnt) -> None:
        """Add what this worker learnt to the file. Another one that does so at the same time may undo it, which costs
        a little knowledge."""
        if self._files.version(learnt.key) != learnt.version:
            self._load(learnt)
        tests = {number: (test.ran, test.failed, test.spent_s) for number, test in learnt.tests.items()}
        self._files.put(learnt.key, json.dumps(tests).encode())
        learnt.version = self._files.version(learnt.key)
        learnt.unsaved.clear()
        learnt.unsaved_programs = 0


def _new(suite_id: str) -> _Learnt:
    return _Learnt(HashStore.key("runs, failures and seconds of tests", suite_id))
