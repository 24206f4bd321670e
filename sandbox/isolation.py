"""Tiers of isolation: how strongly a slot separates programs from the host and from each other."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import threading
from collections.abc import Iterator
from enum import StrEnum


class Tier(StrEnum):
    """Isolation tiers, strongest first. docs/security.md says what each promises."""

    NAMESPACES = "namespaces"
    LANDLOCK = "landlock"
    PROCESS = "process"


class IsolationTooWeak(Exception):
    """The host grants less than the configured minimum; the message says what was tried and what refused."""


ROOT_PATHS = (
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/sbin",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/ssl/openssl.cnf",  # node ends where it is there and may not be read
)
"""Paths that every program may read, if they exist."""

_UID_BASE = 1_000_000_000
_SLOTS_PER_PROCESS = 64
_slot_numbers = itertools.count()
_numbers_in_use: set[int] = set()
_lock = threading.Lock()


def spare_uids(pid: int) -> range:
    """Return the ids of all users that the slots of a process may have."""
    first = _UID_BASE + pid * _SLOTS_PER_PROCESS * 2
    return range(first, first + _SLOTS_PER_PROCESS * 2)


@contextlib.contextmanager
def spare_uid() -> Iterator[int]:
    """Lend a user id that nobody else has, and the one after it. Without users of its own a jail ends its program by
    killing all that its user runs, so no two slots may share one.

    Raises:
        OSError: this process has lent all of its ids.
    """
    with _lock:
        numbers = (next(_slot_numbers) % _SLOTS_PER_PROCESS for _ in range(_SLOTS_PER_PROCESS))
        number = next((number for number in numbers if number not in _numbers_in_use), None)
        if number is None:
            raise OSError(errno.EMFILE, "too many slots in one process")
        _numbers_in_use.add(number)
    try:
        yield spare_uids(os.getpid())[number * 2]
    finally:
        _numbers_in_use.discard(number)
