"""By how much programs are slowed down at the moment: one piece of work, always the same, timed again and again.

What a busy neighbour takes differs from host to host and from minute to minute: two threads of one core slow each
other to two thirds, two cores of their own hardly at all. So it is measured where it matters, beside the program.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_MEMORY = b"\1" * (4 << 20)
"""More than a core's own caches hold, so that sharing the others shows too."""
_STEPS = 5000
_TIMES = 3


class Yardstick:
    """A process's own, on the CPUs where its programs run."""

    def __init__(self, measure: Callable[[], float] | None = None) -> None:
        self._measure = measure or _fastest_walk_s
        self._alone_s: float | None = None

    def learn(self) -> None:
        """Measure once while no program runs anywhere on the machine: what others are compared with."""
        now_s = self._measure()
        self._alone_s = now_s if self._alone_s is None else min(now_s, self._alone_s)

    @property
    def learnt(self) -> bool:
        """Whether there is anything to compare with."""
        return self._alone_s is not None

    def slowdown(self) -> float:
        """How many times as long as alone the work takes now, at least 1; takes about 2 ms.

        Raises:
            RuntimeError: it was never measured alone.
        """
        if self._alone_s is None:
            raise RuntimeError("the yardstick was never measured alone")
        now_s = self._measure()
        self._alone_s = min(now_s, self._alone_s)
        return now_s / self._alone_s


def _fastest_walk_s() -> float:
    """CPU seconds of the fastest walk of a few, after one that brings caches back to it."""
    _walk_s()
    return min(_walk_s() for _ in range(_TIMES))


def _walk_s() -> float:
    """CPU seconds of arithmetic and reads all over the memory, one depending on the other."""
    memory, last = _MEMORY, len(_MEMORY) - 1
    place = total = 0
    began = time.thread_time()
    for _ in range(_STEPS):
        place = (place * 1103515245 + 12345) & last
        total += memory[place]
    return time.thread_time() - began
