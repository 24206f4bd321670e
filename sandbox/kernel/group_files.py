"""What both versions of control groups share: names, and tables of counters."""

from __future__ import annotations

import contextlib
from pathlib import Path

PREFIX = "microcoder"
"""Groups are named ``microcoder-<pid of their maker>-<number>``."""


def value_of(key: bytes, table: bytes) -> int:
    """One counter of a file with a name and a number on each line; 0 where it is missing."""
    for line in table.splitlines():
        name, _, value = line.partition(b" ")
        if name == key:
            return int(value)
    return 0


def remove_abandoned(parent: Path) -> None:
    """Remove the groups of makers that were killed before they could."""
    for path in parent.glob(f"{PREFIX}-*-*"):
        if not Path("/proc", path.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):  # still in use after all
                path.rmdir()
