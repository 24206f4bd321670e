"""Accounting for a whole process tree, in the way that this host offers."""

from __future__ import annotations

import itertools
from typing import Protocol

from sandbox.kernel.cgroup_v1 import GroupV1
from sandbox.kernel.cgroup_v2 import GroupV2
from sandbox.kernel.sampled import SampledTree
from sandbox.limits import RunLimits

_numbers = itertools.count()


class Group(Protocol):
    """Accounts for and limits one process tree after the other."""

    name: str
    version: int
    """1 or 2 for control groups, 0 for looking now and then."""

    @property
    def look_every_s(self) -> float:
        """Seconds after which ``cpu_s`` and ``over_memory`` must be asked again while a program runs; infinite where
        the kernel keeps count by itself."""

    def open_entries(self) -> list[int]: ...
    def reclaim(self) -> bool: ...
    def begin(self, limits: RunLimits) -> None: ...
    def cpu_s(self) -> float:
        """CPU seconds of the whole tree since ``begin``."""

    def final_cpu_s(self, reaped_s: float) -> float:
        """CPU seconds of the whole tree once it has ended; ``reaped_s`` is what the jail's init found when it did."""

    def over_memory(self) -> bool: ...
    def peak_memory(self) -> int: ...
    def close(self) -> None: ...


def new_group() -> Group:
    """A control group where this process may make one, else a tree that is looked at now and then."""
    for kind in (GroupV2, GroupV1):
        try:
            return kind(next(_numbers))
        except OSError:
            continue
    return SampledTree()


def refusals() -> dict[str, str | None]:
    """Tried anew: for each version, what refused a group, or None where one could be made."""
    reasons: dict[str, str | None] = {}
    for kind in (GroupV2, GroupV1):
        try:
            kind(next(_numbers)).close()
            reasons[f"cgroup v{kind.version}"] = None
        except OSError as error:
            reasons[f"cgroup v{kind.version}"] = str(error)
    return reasons
