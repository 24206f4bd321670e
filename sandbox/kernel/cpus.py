"""Number of CPUs that this process may keep busy: those it may run on, and no more than its control groups pay for.

A container with a quota (``docker run --cpus 2``) sees every CPU of its host and may run on each of them.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from pathlib import Path

from sandbox.kernel import cgroup_v1, cgroup_v2


def usable() -> int:
    """Return the number of those CPUs, at least one."""
    allowed = len(os.sched_getaffinity(0))
    return max(1, min([allowed, *(math.ceil(quota) for quota in _quotas())]))


def _quotas() -> Iterator[float]:
    """CPU seconds per second: of this process's group and of those around it that are in sight."""
    with contextlib.suppress(OSError, ValueError):
        for group in _upwards(cgroup_v2.own_directory()):
            quota, period = (group / "cpu.max").read_text().split()
            if quota != "max":
                yield int(quota) / int(period)
    with contextlib.suppress(OSError, ValueError, KeyError):
        for group in _upwards(cgroup_v1.own_directories(("cpu",))["cpu"]):
            quota_us = int((group / "cpu.cfs_quota_us").read_text())
            if quota_us > 0:
                yield quota_us / int((group / "cpu.cfs_period_us").read_text())


def _upwards(group: Path) -> Iterator[Path]:
    while (group / "cgroup.procs").exists():
        yield group
        if group.is_mount():
            return
        group = group.parent
