"""In which order a suite's tests are run: first those that have told wrong programs soonest, then the others.

Learnt per suite and worker, kept on disk beside the suites. Whether a submission is accepted never depends on it; which
of several failures is met first may.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from evaluator.grading.outcome import TestOutcome
from sandbox.store import HashStore

_FIRST = 3
"""So many tests are put first: those that fail the same programs as these would tell nothing new."""
_UNMEASURED_S = 1e-6
_LIGHT_S = 0.05
"""A test that takes longer on average comes later, unless it fails most programs: few need it to be told wrong."""
_SUITES = 512
_OUTCOMES_BETWEEN_SAVES = 32


@dataclass(slots=True)
class _Test:
    """Number of programs that it was run on and that it has failed, and the CPU seconds spent on it, about."""

    ran: int = 0
    failed: int = 0
    spent_s: float = 0.0

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


@dataclass(slots=True)
class _Learnt:
    """Of a suite's tests, by their numbers."""

    tests: defaultdict[int, _Test] = field(default_factory=lambda: defaultdict(_Test))
    unsaved: int = 0

    def best(self) -> list[int]:
        """Tests that have failed a program before, most failures per second first."""
        rates = {number: test.failed_per_s for number, test in self.tests.items() if test.tells_soon}
        return sorted(rates, key=rates.__getitem__, reverse=True)[:_FIRST]

    def heavy(self) -> dict[int, int]:
        """The weights of those that are known not to be light; few suites have any."""
        return {number: test.weight for number, test in self.tests.items() if not test.light}


class TestOrder:
    """Knowledge of many suites. Not for use from several threads."""

    __test__ = False  # no test of ours, whatever its name

    def __init__(self, files: HashStore) -> None:
        self._files = files
        self._learnt = lru_cache(_SUITES)(self._load)

    def of(self, suite_id: str | None, count: int, code: bytes | None) -> list[int]:
        """The numbers of a suite's tests. With ``code`` all but the first few come in an order that no program knows,
        the same each time for the same program, those that are known to take long last; without, in the suite's."""
        order = list(range(count))
        if code is not None:
            random.Random(f"{suite_id}".encode() + code).shuffle(order)  # its code a program can read, its suite not
        if suite_id is None:
            return order
        learnt = self._learnt(suite_id)
        if code is not None and (heavy := learnt.heavy()):
            order.sort(key=lambda number: heavy.get(number, 0))
        first = [number for number in learnt.best() if number < count]
        return first + [number for number in order if number not in first]

    def learn(self, suite_id: str | None, outcomes: Mapping[int, TestOutcome]) -> None:
        """Take note of how tests went."""
        if suite_id is None:
            return
        learnt = self._learnt(suite_id)
        for number, outcome in outcomes.items():
            test = learnt.tests[number]
            test.ran += 1
            test.failed += not outcome.accepted
            test.spent_s += outcome.execution.cost_s
        learnt.unsaved += 1
        if learnt.unsaved >= _OUTCOMES_BETWEEN_SAVES:
            self._save(suite_id, learnt)

    def _save(self, suite_id: str, learnt: _Learnt) -> None:
        tests = {number: (test.ran, test.failed, test.spent_s) for number, test in learnt.tests.items()}
        self._files.put(_key(suite_id), json.dumps(tests).encode())
        learnt.unsaved = 0

    def _load(self, suite_id: str) -> _Learnt:
        data = self._files.get(_key(suite_id))
        tests: dict[str, tuple[int, int, float]] = json.loads(data) if data else {}
        return _Learnt(defaultdict(_Test, {int(number): _Test(*test) for number, test in tests.items()}))


def _key(suite_id: str) -> str:
    return HashStore.key("runs, failures and seconds of tests", suite_id)
