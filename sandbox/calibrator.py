"""Slowdown of programs by other programs at the moment: one piece of work, always the same, timed again and again.

What a busy neighbour costs differs from host to host and from minute to minute: two threads of one core slow each
other to two thirds, two cores of their own hardly at all. So it is measured while the program runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_MEMORY = b"\1" * (4 << 20)
"""More than a core's own caches hold, so that sharing the others shows too."""
_STEPS_PER_WALK = 5000
_WALKS = 3


class CpuCalibrator:
    """Compares the CPU's speed now with its speed on an idle machine, for one process and the CPUs of its programs."""

    def __init__(self, measure: Callable[[], float] | None = None) -> None:
        self._measure = measure or _fastest_walk_s
        self._idle_s: float | None = None

    def calibrate(self) -> None:
        """Measure once while no program runs anywhere on the machine."""
        now_s = self._measure()
        self._idle_s = now_s if self._idle_s is None else min(now_s, self._idle_s)

    @property
    def is_calibrated(self) -> bool:
        """True once ``calibrate`` has run."""
        return self._idle_s is not None

    def slowdown(self) -> float:
        """Measure how many times as long as on an idle machine the work takes now, at least 1. Takes about 2 ms.

        Raises:
            RuntimeError: it was never calibrated.
        """
        if self._idle_s is None:
            raise RuntimeError("the CPU was never calibrated")
        now_s = self._measure()
        self._idle_s = min(now_s, self._idle_s)
        return now_s / self._idle_s


def _fastest_walk_s() -> float:
    """CPU seconds of the fastest walk of a few, after one that brings the caches back."""
    _walk_s()
    return min(_walk_s() for _ in range(_WALKS))


def _walk_s() -> float:
    """CPU seconds of arithmetic and reads all over the memory, each depending on the one before."""
    memory, last = _MEMORY, len(_MEMORY) - 1
    place = total = 0
    began = time.thread_time()
    for _ in range(_STEPS_PER_WALK):
        place = (place * 1103515245 + 12345) & last
        total += memory[place]
    return time.thread_time() - began
