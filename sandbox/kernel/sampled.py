"""What a process tree uses, read from procfs now and then: for hosts that grant no control groups.

The gap: memory that is taken and given back between two looks is not seen, nor is the CPU time of processes that
were reaped between them (the run's final reading has it).
"""

from __future__ import annotations

from sandbox.kernel import processes
from sandbox.limits import Limits


class SampledTree:
    """Stands in for a control group: the processes below the slot's own."""

    name = "sampled"
    version = 0
    look_every_s = 0.02

    def __init__(self) -> None:
        self._memory_bytes = 0
        self._peak = 0
        self._root = 0

    def watch(self, root: int) -> None:
        """The tree is what lies below ``root``."""
        self._root = root

    def open_entries(self) -> list[int]:
        return []

    def give_back(self) -> bool:
        return True  # only what runs is counted

    def begin(self, limits: Limits) -> None:
        self._memory_bytes, self._peak = limits.memory_bytes, 0

    def cpu_s(self) -> float:
        return sum(map(processes.cpu_s, processes.below(self._root)))

    def over_memory(self) -> bool:
        tree = processes.below(self._root)
        # What is shared may be the same memory in all of them: counted once, at the least that it can be.
        shared = max(map(processes.shared_bytes, tree), default=0)
        self._peak = max(self._peak, sum(map(processes.resident_bytes, tree)) + shared)
        return self._peak > self._memory_bytes

    def peak_memory(self) -> int:
        return self._peak

    def close(self) -> None:
        """Nothing is held."""
