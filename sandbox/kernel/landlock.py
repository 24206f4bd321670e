"""Rules about files that a process lays on itself and all that it starts (landlock(7)).

What Landlock does not know, a program may do wherever file modes let it: stat, chmod, chown, utime, extended
attributes, and connecting to a named socket (so seccomp refuses sockets).
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable
from enum import IntFlag

from sandbox.kernel.libc import PR_SET_NO_NEW_PRIVS, prctl, syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on x86-64 and aarch64
_VERSION_FLAG = 1
_PATH_BENEATH = 1


class Access(IntFlag):
    """LANDLOCK_ACCESS_FS_*"""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


ALL = Access((1 << 16) - 1)
READ = Access.EXECUTE | Access.READ_FILE | Access.READ_DIR
WRITE = ALL & ~(Access.MAKE_CHAR | Access.MAKE_BLOCK | Access.IOCTL_DEV)
"""Everything beneath a directory, but no devices: neither to make them nor to control them."""
DEVICE = Access.READ_FILE | Access.WRITE_FILE | Access.IOCTL_DEV
"""A device as it is, /dev/null for one. O_TRUNC, as in a shell's ``>``, needs no right where nothing has a length."""

Rule = tuple[str | int, Access]
"""A path, or a descriptor (O_PATH is enough), and what is allowed there and beneath."""

_OF_FILES = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV
_SINCE = {Access.REFER: 2, Access.TRUNCATE: 3, Access.IOCTL_DEV: 5}
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6
_TCP_BIND_AND_CONNECT = 0b11
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


def abi() -> int:
    """The kernel's Landlock level; 0 where it is missing, switched off, or refused by a filter around us."""
    try:
        return syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def rights_at(level: int) -> Access:
    """All rights that a kernel of this level knows (landlock(7), VERSIONS)."""
    rights = ALL
    for right, since in _SINCE.items():
        if level < since:
            rights &= ~right
    return rights


def restrict(rules: Iterable[Rule], *, scoped: bool = True) -> None:
    """``prepare`` and ``restrict_self`` in one, for rules that are used once.

    Raises:
        OSError: Landlock is missing, or a path is (FileNotFoundError).
    """
    ruleset = prepare(rules, scoped=scoped)
    try:
        restrict_self(ruleset)
    finally:
        os.close(ruleset)


def prepare(rules: Iterable[Rule], *, scoped: bool = True) -> int:
    """A ruleset under which a process may do with files what ``rules`` say and nothing else, and may not use TCP.

    Rights that the kernel's level does not know are left out, and so are a directory's rights from a rule about
    a file. A rule is about the file or directory that is there now, not about its name.

    Args:
        scoped: neither signals nor connections to abstract sockets leave the jail, as far as the level goes.
    Returns:
        A descriptor for ``restrict_self``, in this process and in any forked from it. Close-on-exec, since
        whoever holds it can add rules for those that are restricted later.
    Raises:
        OSError: Landlock is missing, or a path is (FileNotFoundError).
    Source: landlock_create_ruleset(2), landlock_add_rule(2).
    """
    level = abi()
    handled = rights_at(level)
    fields = [handled.value]  # struct landlock_ruleset_attr, as long as the level has it
    if level >= _NETWORK_SINCE:
        fields.append(_TCP_BIND_AND_CONNECT)
    if level >= _SCOPES_SINCE:
        fields.append(_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if scoped else 0)
    ruleset = syscall(_CREATE_RULESET, struct.pack(f"={len(fields)}Q", *fields), 8 * len(fields), 0)
    try:
        for where, access in rules:
            _allow(ruleset, where, access & handled)
    except BaseException:
        os.close(ruleset)
        raise
    return ruleset


def restrict_self(ruleset: int) -> None:
    """Lay a ruleset on the calling thread and all that it starts, for good. Sets no_new_privs, as it must.

    Raises:
        OSError: the kernel refused; E2BIG when too many lie on the caller already.
    Source: landlock_restrict_self(2).
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    syscall(_RESTRICT_SELF, ruleset, 0)


def _allow(ruleset: int, where: str | int, access: Access) -> None:
    if isinstance(where, str):
        beneath = os.open(where, os.O_PATH | os.O_CLOEXEC)
        try:
            _allow(ruleset, beneath, access)
        finally:
            os.close(beneath)
        return
    if not stat.S_ISDIR(os.fstat(where).st_mode):
        access &= _OF_FILES
    syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", access.value, where), 0)
