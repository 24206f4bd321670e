"""What both versions of control groups share: names, and tables of counters."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import time
from pathlib import Path

PREFIX = "microcoder"
"""Groups are named ``microcoder-<pid of their maker>-<number>``."""

_ENDING_S, _LOOK_AGAIN_S = 10.0, 0.001


def value_of(key: bytes, table: bytes) -> int:
    """One counter of a file with a name and a number on each line; 0 where it is missing."""
    for line in table.splitlines():
        name, _, value = line.partition(b" ")
        if name == key:
            return int(value)
    return 0


def remove(path: Path) -> None:
    """Remove a group. What still ends in it, because its parent was killed a moment ago, is killed and waited for.

    Raises:
        OSError: something in it resists.
    """
    deadline = time.monotonic() + _ENDING_S
    while True:
        try:
            path.rmdir()
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > deadline:
                raise
            for pid in (path / "cgroup.procs").read_text().split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            time.sleep(_LOOK_AGAIN_S)
        else:
            return


def remove_abandoned(parent: Path) -> None:
    """Remove the groups of makers that were killed before they could."""
    for path in parent.glob(f"{PREFIX}-*-*"):
        if not Path("/proc", path.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):  # still in use after all
                path.rmdir()
