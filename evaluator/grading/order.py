"""The order in which a suite's tests are run: first those that cost least for what they tell of wrong programs.

The chance that a test fails a program, divided by the seconds that it takes, is its worth: run in that order, tests
whose failures have nothing to do with each other find a wrong program at the least expected cost. Both are learnt from
the programs before. Before any ran, all fail alike and a test's input tells what it may cost.

The workers of a host learn it together, from the first programs of a batch on, and keep it on disk beside the suites.
Whether a submission is accepted never depends on it; which of several failures is met first may.
"""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nlargest

from evaluator.grading.outcome import TestOutcome
from sandbox.store import HashStore

_FIRST = 3
"""Number of tests that their worth alone puts first: more that fail the same programs would tell nothing new."""
_FIRST_FACTOR = 4
"""Factor by which a test that is put first may be worth less than the best: what such tests failed is certain."""
_TEST_S, _S_PER_INPUT_BYTE = 3e-3, 5e-6
"""Added to each test's seconds, so that it matters little if it had a process of its own; and for each byte of its
input, before any program ran."""
_PATIENCE_S, _PATIENCE_FACTOR = 0.1, 3
"""A test may be put off after so long, and so many times what it took other programs on average."""
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

    def worth(self, prior_s: float) -> float:
        """Chance that it fails the next program, by Laplace's rule of succession, for each second that it takes.
        ``prior_s`` counts as one more program's cost."""
        runs = self.ran + 1
        return (self.failed + 1) / (self.ran + 2) * runs / (self.spent_s + prior_s + runs * _TEST_S)


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
    prior_s: list[float] = field(default_factory=list)
    """Cost of each test before any program ran, once that was asked for."""

    def worths(self, count: int, input_bytes: Callable[[int], int]) -> list[float]:
        """Return the worth of each test. ``input_bytes`` is the size of a test's input."""
        if len(self.prior_s) != count:
            self.prior_s = [_S_PER_INPUT_BYTE * input_bytes(number) for number in range(count)]
        worths = [0.5 / (prior_s + _TEST_S) for prior_s in self.prior_s]
        for number, test in self.tests.items():
            if number < count:
                worths[number] = test.worth(self.prior_s[number])
        return worths

    def first(self, worths: list[float]) -> list[int]:
        """Tests to run before all others: those of the greatest worth that have failed a program before."""
        failed = [number for number, test in self.tests.items() if test.failed and number < len(worths)]
        least = max(worths, default=0.0) / _FIRST_FACTOR
        return nlargest(_FIRST, [number for number in failed if worths[number] > least], key=worths.__getitem__)

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
        """The numbers of a suite's tests by their worth. Those of about the same worth come in the suite's order, or
        with ``code`` in one that no program knows, the same each time for the same program. ``input_bytes`` is the size
        of a test's input."""
        order = list(range(count))
        if code is not None:
            random.Random(f"{suite_id}".encode() + code).shuffle(order)  # its code a program can read, its suite not
        learnt = self._learnt(suite_id) if suite_id is not None else _Learnt("")
        worths = learnt.worths(count, input_bytes)
        ranks = [-math.frexp(worth)[1] for worth in worths]  # one more each time that the worth halves
        order.sort(key=ranks.__getitem__)
        first = learnt.first(worths)
        return first + [number for number in order if number not in first]

    def patience_s(self, suite_id: str | None, number: int) -> float:
        """CPU seconds after which a test may be put off: it takes longer than it took other programs. Of a suite of
        which nothing is learnt none is."""
        if suite_id is None:
            return math.inf
        test = self._of_suite(suite_id).tests.get(number)
        return _PATIENCE_S + (_PATIENCE_FACTOR * test.spent_s / test.ran if test is not None else 0.0)

    def expected_s(self, suite_id: str | None) -> dict[int, float]:
        """CPU seconds that tests took other programs on average."""
        if suite_id is None:
            return {}
        return {number: test.spent_s / test.ran for number, test in self._of_suite(suite_id).tests.items() if test.ran}

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
