"""Limits of one run: what the program has used, which limit it has reached, and when to look again."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

from sandbox.calibrator import CpuCalibrator
from sandbox.execution import Limit
from sandbox.kernel import processes
from sandbox.kernel.cgroups import Group
from sandbox.kernel.disk import BoundedDirectory
from sandbox.kernel.idleness import Idleness
from sandbox.limits import RunLimits

_MIN_INTERVAL_S = 0.002
_MAX_WAIT_PER_WALL_LIMIT = 10
"""A runnable program may wait for a CPU, unpunished, for so many times its wall limit."""
_LOOKS_PER_WALL_LIMIT = 16
_WAITS_INTERVAL_S = 0.05
"""Looks at its waits for a CPU, at least, but no more often than this: those of a process that has ended since the last
look are lost."""
_SLOWDOWN_SAMPLES = 10
"""Measurements of the slowdown in the time that the CPU limit grants."""
_SLOWDOWN_MARGIN = 1.15
"""A program may be slowed down by so much more than the calibrator, which does other work."""
QUIET_GRACE = 1.1
"""Factor by which a program may miss its limit that had the machine for itself: on a virtual machine others outside of
it still take their share of caches and memory."""
_QUIET_SHARE = 0.05
"""CPU seconds a second of others that slow nobody down."""


class LimitEnforcer:
    """Compares the use of a process tree with its limits. It only looks: the monitor stops the program."""

    def __init__(
        self, group: Group, directory: BoundedDirectory | None, limits: RunLimits, root: int,
        calibrator: CpuCalibrator | None, partner_busy_s: Callable[[], float] | None,
    ) -> None:  # fmt: skip
        """``root`` is the process whose children are the program's; ``calibrator`` tells how much of the CPU grace is
        needed, and without one it is granted in full. ``partner_busy_s`` as of ``Streams``."""
        self.limits = limits
        self.group, self._directory, self._root = group, directory, root
        self._calibrator = calibrator if limits.cpu_grace > _SLOWDOWN_MARGIN else None
        self._partner_busy_s = partner_busy_s
        self._slowdowns: list[float] = []
        self._graces: list[float] = []
        """Factors by which the program may miss its limit, one for each of the slowdowns."""
        self._idleness: Idleness | None = None
        self._own_before_s = 0.0
        self._waits = processes.CpuWaits(root)
        self._cpu_before_s = 0.0
        self._final_cpu_s: float | None = None
        self._cores = len(os.sched_getaffinity(0))
        self._look_every_s = directory.look_every_s if directory else float("inf")

    def begin_batch(self, limits: RunLimits, cpu_s: float, wall_s: float) -> float:
        """Count from now on for other tests. ``limits`` are those of all tests together, of which these may use
        ``cpu_s`` and ``wall_s``. Returns the CPU seconds of those before."""
        self._cpu_before_s = self.group.cpu_s()
        cpu_s = min(limits.cpu_s, self._cpu_before_s + cpu_s)
        self.limits = limits._replace(cpu_s=cpu_s, wall_s=min(limits.wall_s, wall_s))
        self._calibrator = None  # only a first test's time is measured to the full
        return self._cpu_before_s

    def lower(self, cpu_s: float) -> None:
        """Stop the program once it has used so much, neighbours or not, until other tests begin."""
        self.limits = self.limits._replace(cpu_s=cpu_s, cpu_grace=1.0)
        self._calibrator = None

    def finish(self, reaped_cpu_s: float) -> None:
        """Take the final reading of CPU time, now that everything has ended. ``reaped_cpu_s`` is the jail's own."""
        self._final_cpu_s = self.group.final_cpu_s(reaped_cpu_s)

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the tree, for all tests."""
        return self.group.cpu_s() if self._final_cpu_s is None else self._final_cpu_s

    @property
    def test_cpu_s(self) -> float:
        """CPU seconds of the tree since the last tests began."""
        return max(0.0, self.cpu_s - self._cpu_before_s)

    @property
    def slowdown(self) -> float:
        """Factor by which neighbours stretched its CPU time, on average; 1 where that was not measured."""
        return statistics.fmean(self._slowdowns) if self._slowdowns else 1.0

    def idle_s(self, wall_s: float) -> float:
        """Seconds of ``wall_s`` in which it neither ran nor waited for a CPU or its partner, about."""
        partner_s = self._partner_busy_s() if self._partner_busy_s is not None else 0.0
        return max(0.0, wall_s - self.cpu_s - self._waits.total_s - partner_s)

    def look(self, now: float, began: float) -> tuple[Limit | None, float]:
        """The limit for which the program is to be stopped ``now``, if any, and when to look again. ``began`` is the
        time at which the program, or its last batch of tests, began."""
        used_s = self.group.cpu_s()
        self._sample(used_s)
        if now - began > self._longest_interval_s or self._may_be_late(used_s):
            self._waits.look()
        if self.group.over_memory():
            return Limit.MEMORY, now
        if used_s > self._cpu_stop_s:
            return Limit.CPU, now
        if self._directory is not None and self._directory.is_over():
            return Limit.OUTPUT, now
        left_s = self._wall_deadline(now, began) - now
        if left_s < 0:
            return Limit.WALL, now
        return None, now + self.interval_s(used_s, left_s)

    def interval_s(self, used_cpu_s: float, wall_left_s: float) -> float:
        """Seconds until a limit can be reached at the earliest, or the slowdown is to be measured again."""
        cpu_s = self._cpu_stop_s - used_cpu_s
        if self._calibrator is not None:
            cpu_s = min(cpu_s, self._sample_every_s)
        look_every_s = min(self._look_every_s, self.group.look_every_s, self._longest_interval_s)
        return max(_MIN_INTERVAL_S, min(cpu_s / self._cores, wall_left_s, look_every_s))

    def _sample(self, used_cpu_s: float) -> None:
        """Measure what neighbours cost the program: the slowdown."""
        if self._calibrator is not None and used_cpu_s > len(self._slowdowns) * self._sample_every_s:
            slowdown = self._calibrator.slowdown()
            self._slowdowns.append(slowdown)
            is_quiet = slowdown <= QUIET_GRACE and self._is_alone(used_cpu_s)
            self._graces.append(QUIET_GRACE if is_quiet else _SLOWDOWN_MARGIN * slowdown)

    def _is_alone(self, used_cpu_s: float) -> bool:
        """Tell whether nobody else has used the machine since this was first asked. Programs that end soon never ask,
        since it takes a moment."""
        own_s = used_cpu_s + time.process_time()
        if self._idleness is None:
            self._idleness, self._own_before_s = Idleness(), own_s
            return False
        others_share = self._idleness.others_share(own_s - self._own_before_s)
        return others_share is not None and others_share <= _QUIET_SHARE

    @property
    def _cpu_stop_s(self) -> float:
        """CPU seconds at which the program is stopped: at its limit, and as much later as others slow it down."""
        if not self._graces:
            return self.limits.cpu_stop_s
        return self.limits.cpu_s * min(statistics.fmean(self._graces), self.limits.cpu_grace)

    def _may_be_late(self, used_cpu_s: float) -> bool:
        return self.limits.cpu_grace > 1 and used_cpu_s > self.limits.cpu_s / 2

    @property
    def _longest_interval_s(self) -> float:
        """Seconds from one look at its waits to the next, at most."""
        return max(_WAITS_INTERVAL_S, self.limits.wall_s / _LOOKS_PER_WALL_LIMIT)

    @property
    def _sample_every_s(self) -> float:
        """CPU seconds from one measurement of the slowdown to the next."""
        return self.limits.cpu_s / _SLOWDOWN_SAMPLES

    def _wall_deadline(self, now: float, began: float) -> float:
        """The time at which the wall limit is over. Time that the program waited for a busy machine, or for the program
        that it talks with, is not its fault."""
        deadline = began + self.limits.wall_s
        if now <= deadline:
            return deadline
        if self.limits.exclusive:
            return deadline + min(self._waited_for_strangers_s(), self.limits.wall_s)
        if self._partner_busy_s is not None:
            deadline += self._partner_busy_s()
        return deadline + min(self._waits.total_s, _MAX_WAIT_PER_WALL_LIMIT * self.limits.wall_s)

    def _waited_for_strangers_s(self) -> float:
        """Seconds for which it waited for a CPU, without the time in which others of its own may have had it."""
        return max(0.0, processes.wanted_cpu_s(self._root) - self.group.cpu_s())
