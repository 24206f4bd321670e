"""The score of a submission whose tests were all run: the share of their weight that passed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from evaluator.grading.outcome import TestOutcome
from evaluator.schema import TestGroup


class Weighted(Protocol):
    """The part of a test on which the score depends."""

    @property
    def weight(self) -> float: ...

    @property
    def group(self) -> str | None: ...


def share(tests: Sequence[Weighted], outcomes: Mapping[int, TestOutcome], groups: Mapping[str, TestGroup]) -> float:
    """Return how much of the tests' weight counts, from 0 to 1. ``groups`` are the suite's. ``fsum`` does not depend on
    the order of the tests."""
    passed = {number for number, outcome in outcomes.items() if outcome.accepted}
    failed = {test.group for number, test in enumerate(tests) if number not in passed and test.group is not None}
    barred = _barred(failed, groups)
    lost = barred | {group for group in failed if group not in groups or not groups[group].each_test}
    counting = [tests[number].weight for number in passed if tests[number].group not in lost]
    return math.fsum(counting) / math.fsum(test.weight for test in tests)


def _barred(failed: set[str], groups: Mapping[str, TestGroup]) -> set[str]:
    """Return the groups that require one that failed, or one that is barred itself."""
    barred: set[str] = set()
    while more := {
        name
        for name, group in groups.items()
        if name not in barred and not (failed | barred).isdisjoint(group.requires)
    }:
        barred |= more
    return barred
