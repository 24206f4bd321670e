"""What one program may use."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run. Times are seconds, sizes bytes; CPU, memory and processes count the whole tree.

    ``wall_s`` stops programs that sleep; time that a runnable program spent waiting for a CPU is added to it.
    ``output_bytes`` bounds stdout and stderr together.
    """

    cpu_s: float = 6.0
    wall_s: float = 20.0
    memory_bytes: int = 1024 * MIB
    output_bytes: int = 64 * MIB
    processes: int = 64

    @property
    def stack_bytes(self) -> int:
        """The main thread's stack: all of the memory, as contests grant it, but no more than 1 GiB."""
        return min(self.memory_bytes, 1024 * MIB)
