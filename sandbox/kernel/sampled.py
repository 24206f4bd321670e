"""Use of a process tree, read from procfs now and then: for hosts that grant no control groups.

The gap: memory that is taken and given back between two looks is not seen. Nor is CPU time of children that nobody
waits for (a parent that ignores SIGCHLD): the kernel forgets it as they end, so what they used since the last look
before is estimated.
"""

from __future__ import annotations

import os
import random
import threading
import time

from sandbox.kernel import processes
from sandbox.limits import RunLimits

_LOOK_EVERY_S, _GLANCE_S = 0.02, 0.0005
_Process = tuple[int, int]
"""By its id and when it began: ids come again."""


class SampledTree:
    """Stands in for a control group: the processes below the slot's own.

    CPU time is counted in two ways, of which the larger counts. The kernel's own sums have all of the living, and of
    the dead those that a parent waited for, with theirs. What was seen has each process from look to look; of one that
    ran during a look and is gone at the next, that it went on like that for all of the time between. As looks are at
    random times, a program that uses children up one after the other is found running as often as it does run, however
    short they are: the estimate is right on average, and its error is that of a few looks.
    """

    name = "sampled"
    version = 0

    def __init__(self) -> None:
        self._memory_bytes = 0
        self._peak = 0
        self._root = self._inherited_bytes = 0
        self._cpus = len(os.sched_getaffinity(0))
        self._lock = threading.Lock()  # of two programs that talk, each one's watch looks at both
        self._forget()

    @property
    def look_every_s(self) -> float:
        """Another interval each time: no program is to know when it is looked at."""
        return random.uniform(0.5, 1.5) * _LOOK_EVERY_S

    def watch(self, root: int, inherited_bytes: int) -> None:
        """The tree is what lies below ``root``, which waits for all that it is left. ``inherited_bytes`` of its memory
        are none of the tree's, which has them as a fork of ``root``: they are counted off once, however many forks
        there are."""
        self._root, self._inherited_bytes = root, inherited_bytes

    def open_entries(self) -> list[int]:
        return []

    def reclaim(self) -> bool:
        return True  # only what runs is counted

    def begin(self, limits: RunLimits) -> None:
        self._memory_bytes, self._peak = limits.memory_bytes, 0
        self._forget()

    def cpu_s(self) -> float:
        with self._lock:
            counted_s = self._look()
            return max(counted_s, self._seen_s)

    def final_cpu_s(self, reaped_s: float) -> float:
        with self._lock:
            self._note(0.0, frozenset())
            return max(reaped_s, self._seen_s)

    def over_memory(self) -> bool:
        tree = processes.below(self._root)
        # What is shared may be the same memory in all of them: counted once, at the least that it can be.
        shared = max(map(processes.shared_bytes, tree), default=0)
        own = max(0, sum(map(processes.resident_bytes, tree)) - self._inherited_bytes)
        self._peak = max(self._peak, own + shared)
        return self._peak > self._memory_bytes

    def peak_memory(self) -> int:
        return self._peak

    def close(self) -> None:
        """Do nothing: nothing is held."""

    def _forget(self) -> None:
        self._seen_s, self._looked = 0.0, time.monotonic()
        self._reaped_before_s: float | None = None
        """By ``root`` before the first look: most runs have ended by then, and need not wait for that either."""
        self._known: dict[_Process, float] = {}
        """CPU seconds of all that were ever seen, at their last look."""
        self._running: dict[_Process, tuple[float, float]] = {}
        """Of those that ran at the last look: CPU seconds since the one before, and how many CPUs they had at that
        moment. Children of ``root`` are left out: it waits for them, so nothing of theirs is lost."""

    def _look(self) -> float:
        """Note who is there. Returns the kernel's sums."""
        reaped_s, grown_s = self._reaped_s(), 0.0
        if self._reaped_before_s is None:
            self._reaped_before_s = reaped_s
        counted_s = reaped_s - self._reaped_before_s
        there: set[_Process] = set()
        running: dict[_Process, float] = {}
        for pid in processes.below(self._root):
            if (usage := processes.usage(pid)) is None:
                continue
            process = pid, usage.began
            grew_s = usage.own_s - self._known.get(process, 0.0)
            self._known[process] = usage.own_s
            counted_s += usage.own_s + usage.children_s
            grown_s += grew_s
            there.add(process)
            if usage.parent != self._root and processes.is_running(pid):
                running[process] = grew_s
        self._note(grown_s, there)
        self._running = _shares(running)
        return counted_s

    def _note(self, grown_s: float, there: set[_Process] | frozenset[_Process]) -> None:
        """Add what was used since the last look: what is seen of it, and what those had that are gone."""
        now = time.monotonic()
        span_s, self._looked = now - self._looked, now
        gone = [seen for process, seen in self._running.items() if process not in there]
        # Where it ran for longer than from look to look, half of one is what it still had on average.
        missed_s = sum(share * max(span_s - grew_s, span_s / 2) for grew_s, share in gone)
        self._seen_s += grown_s + min(missed_s, max(0.0, self._cpus * span_s - grown_s))
        self._running = {}

    def _reaped_s(self) -> float:
        """CPU seconds of all that ``root`` has reaped, since it began."""
        usage = processes.usage(self._root)
        return usage.children_s if usage is not None else 0.0


def _shares(running: dict[_Process, float]) -> dict[_Process, tuple[float, float]]:
    """Watch processes for a moment: how much of a CPU each has, which tells who waits for one from who runs. One that
    ends meanwhile had one."""
    if not running:
        return {}
    began, before = time.monotonic(), {process: processes.cpu_clock_s(process[0]) for process in running}
    time.sleep(_GLANCE_S)
    glance_s, shares = time.monotonic() - began, {}
    for process, grew_s in running.items():
        first_s, then_s = before[process], processes.cpu_clock_s(process[0])
        share = 1.0 if first_s is None or then_s is None else max(0.0, then_s - first_s) / glance_s
        shares[process] = grew_s, share
    return shares
