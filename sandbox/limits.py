"""Bounds of what one program may use."""

from __future__ import annotations

from typing import NamedTuple

MIB = 1 << 20


class RunLimits(NamedTuple):
    """Bounds of one run. Times are seconds, sizes bytes; CPU, memory and processes count the whole tree.

    ``wall_s`` stops programs that sleep; time that a runnable program spent waiting for a CPU is added to it, and CPU
    time of the program that it talks with. While one runs that is ``exclusive`` all others wait: nothing is
    added but what it waited for a CPU that none of its own had, and no more than ``wall_s`` again.
    ``output_bytes`` bounds stdout and stderr together, ``collect_bytes`` each file that is handed back. A program is
    stopped at ``cpu_grace`` times ``cpu_s`` at the latest (``Slot.calibrator``); what ends by itself after its limit is
    over it too, but told apart (``Execution.late``).
    """

    cpu_s: float = 6.0
    cpu_grace: float = 1.0
    wall_s: float = 20.0
    exclusive: bool = False
    memory_bytes: int = 1024 * MIB
    output_bytes: int = 64 * MIB
    processes: int = 64
    collect_bytes: int = 64 * MIB

    @property
    def cpu_stop_s(self) -> float:
        """CPU seconds at which a program is stopped at the latest."""
        return self.cpu_s * self.cpu_grace

    @property
    def stack_bytes(self) -> int:
        """The main thread's stack: all of the memory, as contests grant it, but no more than 1 GiB."""
        return min(self.memory_bytes, 1024 * MIB)
