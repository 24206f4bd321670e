"""Names and tables of counters, which both versions of control groups share."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

PREFIX = "microcoder"
"""Groups are named ``microcoder-<pid of their maker>-<number>``."""

_ENDING_S, _LOOK_AGAIN_S = 10.0, 0.001
_TOLERATED_BYTES = 4 << 20
"""Not worth asking the kernel for."""
_MAX_LEFT_BYTES = 16 << 20
_GIVING_BACK_S, _ASK_AGAIN_S = 0.5, 0.01


def value_of(key: bytes, table: bytes) -> int:
    """One counter of a file with a name and a number on each line; 0 where it is missing."""
    for line in table.splitlines():
        name, _, value = line.partition(b" ")
        if name == key:
            return int(value)
    return 0


def reclaim(charged: Callable[[], int], ask: Callable[[], object]) -> bool:
    """Have the kernel give back the bytes that earlier programs left ``charged`` to a group, as for files they read.

    What it keeps of many files that were just removed, it may give back only seconds later.

    Returns:
        Whether so little is left that the next program has the memory that its limit grants.
    """
    if charged() <= _TOLERATED_BYTES:
        return True
    deadline = time.monotonic() + _GIVING_BACK_S
    while True:
        with contextlib.suppress(OSError):  # refused where some of it is still being written to disk
            ask()
        if charged() <= _MAX_LEFT_BYTES:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_ASK_AGAIN_S)


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
