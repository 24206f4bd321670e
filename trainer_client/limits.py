"""CPU limits by the needs of right programs: a stated limit stays, else a multiple of the slowest accepted reference.

A generous limit costs time if most programs are too slow. A narrow limit fails honest programs that are slower than the
references, so it is a multiple, and never below a floor.
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
"""Factor on the CPU time of a program that is too slow, to set a limit that it exceeds."""
_LEAST_FACTOR = 2.0
"""Factor on the CPU time of the slowest reference. A limit is never lowered below it for the sake of slow programs."""


@dataclass(frozen=True, slots=True)
class LimitRule:
    """The rule of calibrated limits: ``max(floor_s, factor × slowest)``, in CPU seconds."""

    floor_s: float = CPU_FLOOR_S
    factor: float = CPU_FACTOR

    def limit_s(self, slowest_s: float) -> float:
        """Return the limit for programs that may be ``factor`` times as slow, rounded up to a tenth of a second."""
        least_s = max(self.floor_s, self.factor * slowest_s)
        return min(MAX_CPU_S, _rounded_up(least_s))

    def limit_below_s(self, slowest_s: float, too_slow_s: Sequence[float]) -> float:
        """Return ``limit_s``, or a lower limit if a program that is too slow would pass; never less than twice the time
        of the slowest."""
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
    """Return the CPU seconds of an accepted program's slowest test, None if it was not accepted."""
    if report.verdict is not Verdict.ACCEPTED:
        return None
    return max((test.cpu_s or 0.0 for test in report.tests), default=0.0)


def needed_s(report: Report) -> float:
    """Return the CPU seconds of a program's slowest test, of those that were not stopped."""
    return max((test.cpu_s or 0.0 for test in report.tests), default=0.0)


def with_limit(suite: Suite, cpu_s: float) -> Suite:
    """Return the suite with another CPU limit. A stated wall limit is dropped: it belonged to the old one."""
    return suite.model_copy(update={"limits": suite.limits.model_copy(update={"cpu_s": cpu_s, "wall_s": None})})


def _rounded_up(seconds: float) -> float:
    return round(math.ceil(round(seconds / _STEP_S, 6)) * _STEP_S, 1)


def _rounded_down(seconds: float) -> float:
    return round(max(1, math.floor(seconds / _STEP_S)) * _STEP_S, 1)
