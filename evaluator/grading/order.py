"""In which order a suite's tests are run: first those that have told wrong programs soonest, then the others.

Learnt per suite and worker, kept on disk beside the suites. Whether a submission is accepted never depends on it; which
of several failures is met first may.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from evaluator.grading.outcome import Outcome
from sandbox.store import HashStore

_FIRST = 3
"""So many tests are put first: those that fail the same programs as these would tell nothing new."""
_UNMEASURED_S = 1e-6
_SUITES = 512
_OUTCOMES_BETWEEN_SAVES = 32


@dataclass(slots=True)
class _Learnt:
    """By a test's number: how many programs it has failed, and the CPU seconds spent on it."""

    failed: dict[int, int] = field(default_factory=dict)
    spent_s: dict[int, float] = field(default_factory=dict)
    unsaved: int = 0

    def best(self) -> list[int]:
        """Who has failed a program before, most failures per second first."""
        return sorted(self.failed, key=lambda number: -self.failed[number] / (self.spent_s[number] or _UNMEASURED_S))[
            :_FIRST
        ]


class TestOrder:
    """What is known of many suites. Not for use from several threads."""

    __test__ = False  # no test of ours, whatever its name

    def __init__(self, files: HashStore) -> None:
        self._files = files
        self._learnt = lru_cache(_SUITES)(self._load)

    def of(self, suite_id: str | None, count: int, code: bytes | None) -> list[int]:
        """The numbers of a suite's tests. With ``code`` all but the first few come in an order that no program knows,
        the same each time for the same program; without, in the suite's."""
        order = list(range(count))
        if code is not None:
            random.Random(code).shuffle(order)
        first = [] if suite_id is None else [number for number in self._learnt(suite_id).best() if number < count]
        return first + [number for number in order if number not in first]

    def learn(self, suite_id: str | None, outcomes: Mapping[int, Outcome]) -> None:
        """Take note of how tests went."""
        if suite_id is None:
            return
        learnt = self._learnt(suite_id)
        for number, outcome in outcomes.items():
            learnt.spent_s[number] = learnt.spent_s.get(number, 0.0) + outcome.execution.cpu_s
            if not outcome.accepted:
                learnt.failed[number] = learnt.failed.get(number, 0) + 1
        learnt.unsaved += 1
        if learnt.unsaved >= _OUTCOMES_BETWEEN_SAVES:
            self._save(suite_id, learnt)

    def _save(self, suite_id: str, learnt: _Learnt) -> None:
        tests = {number: [learnt.failed[number], learnt.spent_s[number]] for number in learnt.failed}
        self._files.put(_key(suite_id), json.dumps(tests).encode())
        learnt.unsaved = 0

    def _load(self, suite_id: str) -> _Learnt:
        data = self._files.get(_key(suite_id))
        tests: dict[str, tuple[int, float]] = json.loads(data) if data else {}
        failed = {int(number): count for number, (count, _) in tests.items()}
        return _Learnt(failed, {int(number): spent_s for number, (_, spent_s) in tests.items()})


def _key(suite_id: str) -> str:
    return HashStore.key("order", suite_id)
