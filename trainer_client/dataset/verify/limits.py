"""Limits by what right programs need: a stated one as it is, else a multiple of the slowest accepted reference.

A generous limit costs most where most programs are too slow. A narrow one flips verdicts of honest programs that are
slower than the references, so it is a multiple, and never below a floor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evaluator.schema import MAX_CPU_S, Report, Suite, Verdict

CPU_FLOOR_S, CPU_FACTOR = 1.0, 5.0
LIMIT_VERDICTS = (Verdict.TIME_LIMIT_EXCEEDED, Verdict.MEMORY_LIMIT_EXCEEDED, Verdict.OUTPUT_LIMIT_EXCEEDED)
_STEP_S = 0.1
_BELOW_TOO_SLOW = 0.8
"""Of what a too slow program needs, where its need is known."""
_LEAST_FACTOR = 2.0
"""Of the slowest reference: a limit that a too slow program presses down stays above it."""


@dataclass(frozen=True, slots=True)
class LimitRule:
    """``max(floor_s, factor × slowest)``, in CPU seconds."""

    floor_s: float = CPU_FLOOR_S
    factor: float = CPU_FACTOR

    def limit_s(self, slowest_s: float) -> float:
        """The limit for programs that may be ``factor`` times as slow, rounded up to a tenth of a second."""
        wanted = max(self.floor_s, self.factor * slowest_s)
        return min(MAX_CPU_S, _rounded_up(wanted))

    def limit_below_s(self, slowest_s: float, too_slow_s: Sequence[float]) -> float:
        """As ``limit_s``, and lower where a program that is too slow would pass; not below twice the slowest."""
        limit = self.limit_s(slowest_s)
        pressed = [_BELOW_TOO_SLOW * each for each in too_slow_s if each <= limit]
        return max(_rounded_up(_LEAST_FACTOR * slowest_s), min([limit, *map(_rounded_down, pressed)]))

    def flips(self, slowest_s: Sequence[float]) -> int:
        """Count the accepted programs that would exceed the limit which the others alone set."""
        return sum(
            each > self.limit_s(max(others))
            for place, each in enumerate(slowest_s)
            if (others := [*slowest_s[:place], *slowest_s[place + 1 :]])
        )


def slowest_s(report: Report) -> float | None:
    """CPU seconds of an accepted program's slowest test; None where it was not accepted."""
    if report.verdict is not Verdict.ACCEPTED:
        return None
    return max((test.cpu_s or 0.0 for test in report.tests), default=0.0)


def needed_s(report: Report) -> float:
    """CPU seconds of any program's slowest test that came to an end."""
    return max((test.cpu_s or 0.0 for test in report.tests), default=0.0)


def with_limit(suite: Suite, cpu_s: float) -> Suite:
    """The suite with another CPU limit. A stated wall limit goes: it was meant for the old one."""
    return suite.model_copy(update={"limits": suite.limits.model_copy(update={"cpu_s": cpu_s, "wall_s": None})})


def _rounded_up(seconds: float) -> float:
    return round(math.ceil(round(seconds / _STEP_S, 6)) * _STEP_S, 1)


def _rounded_down(seconds: float) -> float:
    return round(max(1, math.floor(seconds / _STEP_S)) * _STEP_S, 1)
