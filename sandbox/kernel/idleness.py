"""CPU time that nobody on the machine wanted, by the kernel's counters (proc_stat(5)).

A program had the machine for itself while all the rest was its own. The counters are believed only where they are the
kernel's (in some containers a file system of their own shows those of the container alone) and where they add up to
the time that went by (in some sandboxes they stand still).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import NamedTuple

_STAT = "/proc/stat"
_TICKS = os.sysconf("SC_CLK_TCK")
_IDLE, _COUNTED = slice(3, 5), slice(0, 8)
"""Fields of all CPUs together: idle or waiting for a disk; everything, guests left out, who are in it twice."""
_MAX_DEVIATION = 0.1
"""Share by which the counters may differ from the time that went by, beside what they are rounded by."""
_ROUNDED_S = 0.02


class CpuReading(NamedTuple):
    """The counters of all CPUs together, in seconds, and when they were read."""

    at_s: float
    idle_s: float
    counted_s: float


class Idleness:
    """Counts the CPU time that others had, from when it is made."""

    def __init__(self, read: Callable[[], CpuReading | None] | None = None) -> None:
        self._read = read or _read
        self._began = self._read()

    def others_share(self, own_s: float) -> float | None:
        """CPU seconds a second that everybody else had so far, with time that a hypervisor took. ``own_s`` is what the
        caller and its programs used meanwhile. None: that cannot be known here."""
        began, now = self._began, self._read()
        if began is None or now is None:
            return None
        past_s = now.at_s - began.at_s
        all_s, counted_s = past_s * (os.cpu_count() or 1), now.counted_s - began.counted_s
        rounded_s = _ROUNDED_S * (_COUNTED.stop - _COUNTED.start)
        if abs(counted_s - all_s) > _MAX_DEVIATION * all_s + rounded_s:
            return None
        others_s = all_s - (now.idle_s - began.idle_s) - own_s
        return max(0.0, others_s - _ROUNDED_S) / max(past_s, _ROUNDED_S)


def _read() -> CpuReading | None:
    """Read the kernel's own counters; None where they are not to be had."""
    try:
        if os.stat(_STAT).st_dev != os.stat("/proc/self").st_dev:
            return None
        with open(_STAT, "rb") as stat:
            fields = [int(field) / _TICKS for field in stat.readline().split()[1:]]
    except (OSError, ValueError):
        return None
    return CpuReading(time.monotonic(), sum(fields[_IDLE]), sum(fields[_COUNTED]))
