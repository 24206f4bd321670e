"""The score of a submission whose tests were all run: the share of their weight that passed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from evaluator.grading.outcome import TestOutcome


class Weighted(Protocol):
    """The part of a test on which the score depends."""

    @property
    def weight(self) -> float: ...

    @property
    def group(self) -> str | None: ...


def share(
    tests: Sequence[Weighted], outcomes: Mapping[int, TestOutcome], requires: Mapping[str, Sequence[str]]
) -> float:
    """Return how much of the tests' weight counts, from 0 to 1. A test of a group counts if the whole group passed,
    and every group that it requires. ``fsum`` does not depend on the order of the tests."""
    passed = {number for number, outcome in outcomes.items() if outcome.accepted}
    failed = {test.group for number, test in enumerate(tests) if number not in passed and test.group is not None}
    lost = _with_dependents(failed, requires)
    counting = [tests[number].weight for number in passed if tests[number].group not in lost]
    return math.fsum(counting) / math.fsum(test.weight for test in tests)


def _with_dependents(failed: set[str], requires: Mapping[str, Sequence[str]]) -> set[str]:
    """Add to failed groups those that require one of them, over any number of steps."""
    lost: set[str] = set(failed)
    while more := {group for group, others in requires.items() if group not in lost and not lost.isdisjoint(others)}:
        lost |= more
    return lost
