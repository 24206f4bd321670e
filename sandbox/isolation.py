"""Tiers of isolation: how strongly a slot separates programs from the host and from each other."""

from __future__ import annotations

import os
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
_UIDS_PER_PROCESS = 128


def spare_uid(slot: int) -> int:
    """A user id that nobody else has: ours and the next are for slot number ``slot`` of this process."""
    return _UID_BASE + os.getpid() * _UIDS_PER_PROCESS + slot * 2 % _UIDS_PER_PROCESS
