"""Open what lies below a directory that a program may write in, and nothing else.

A program may put a symbolic link, a link of /proc, or a hard link to somebody else's file wherever we look, and swap it
with something harmless while we look. ``openat2(2)`` follows none of them. A kernel before 5.6 has no such call, and
some containers refuse it: there, each directory on the way is opened by itself.
"""

from __future__ import annotations

import errno
import functools
import itertools
import os
import stat
import struct

from sandbox.kernel.libc import syscall

_OPENAT2 = 437  # on all machines
_AT_FDCWD = -100
_NO_XDEV, _NO_MAGICLINKS, _NO_SYMLINKS, _BENEATH = 1, 2, 4, 8
_RESOLVE = _NO_XDEV | _NO_MAGICLINKS | _NO_SYMLINKS | _BENEATH
_LACKING = {errno.ENOSYS, errno.EPERM, errno.EACCES}
"""Answers of a kernel that lacks a call, and of a container's filter that does not know it."""
_PATH_MAX = 4096
_LEADS_AWAY = {errno.ELOOP, errno.EXDEV}


class Refused(OSError):
    """The name is no regular file of its owner's, or a link or a mount is on the way."""


def open_file(directory: int, path: str, *, owner: int) -> int:
    """Open the regular file at ``path`` below ``directory``, for reading. What lies there is looked at before it is
    opened, so that no device and no pipe ever is.

    Args:
        directory: a descriptor.
        owner: the user id that the file must have. A hard link is to a file of anybody's.

    Raises:
        Refused: something else lies there, or the path leads away.
        OSError: nothing lies there, or it cannot be opened.
    """
    try:
        handle = _open(directory, path, os.O_PATH)
    except OSError as error:
        if error.errno in _LEADS_AWAY:
            raise Refused(error.errno, error.strerror, path) from error
        raise
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Refused(errno.EINVAL, "not a regular file", path)
        if status.st_uid != owner:
            raise Refused(errno.EPERM, "a file of another user's", path)
        # Without O_NONBLOCK a program that holds a lease on its file would keep us waiting (F_SETLEASE).
        return reopen(handle, os.O_RDONLY | os.O_NONBLOCK)
    finally:
        os.close(handle)


def open_directory(directory: int, path: str) -> int:
    """Open the directory at ``path`` below ``directory`` (a descriptor), to be listed.

    Raises:
        OSError: there is none, it cannot be opened, or the path leads away.
    """
    return _open(directory, path, os.O_RDONLY | os.O_DIRECTORY)


def list_directory(directory: int, path: str, count: int) -> list[str]:
    """Return the paths of what lies directly in the directory at ``path``, which ends in a slash, below ``directory``
    (a descriptor): ``count`` of them at most, in order. None if there is no such directory."""
    try:
        opened = open_directory(directory, path.rstrip("/"))
    except OSError:
        return []
    try:
        with os.scandir(opened) as entries:
            return sorted(path + entry.name for entry in itertools.islice(entries, count))
    finally:
        os.close(opened)


def take_directory(directory: int, name: str) -> int:
    """Open the directory called ``name`` in ``directory``, made one that its owner may list and change.

    Raises:
        OSError: there is none, or it is another user's.
    """
    # One step leads away through a link only.
    handle = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    try:
        os.chmod(f"/proc/self/fd/{handle}", stat.S_IRWXU)
        return reopen(handle, os.O_RDONLY | os.O_DIRECTORY)
    finally:
        os.close(handle)


def reopen(descriptor: int, flags: int) -> int:
    """Open what a descriptor of ours is of, by another descriptor."""
    return os.open(f"/proc/self/fd/{descriptor}", flags | os.O_CLOEXEC)


@functools.cache
def has_openat2() -> bool:
    """Try whether we may call ``openat2(2)``.

    Raises:
        OSError: there are too many open files to tell.
    """
    try:
        os.close(_openat2(_AT_FDCWD, ".", os.O_PATH))
    except OSError as error:
        if error.errno in _LACKING:
            return False
        raise
    return True


def _open(directory: int, path: str, flags: int) -> int:
    opened = _openat2 if has_openat2() else _open_by_steps
    return opened(directory, path, flags | os.O_CLOEXEC)


def _openat2(directory: int, path: str, flags: int) -> int:
    how = struct.pack("=QQQ", flags, 0, _RESOLVE)
    return syscall(_OPENAT2, directory, os.fsencode(path) + b"\0", how, len(how))


def _open_by_steps(directory: int, path: str, flags: int) -> int:
    """Do what ``_openat2`` does, name by name. A mount of ``directory``'s own file system counts as a directory."""
    if len(os.fsencode(path)) >= _PATH_MAX:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)
    device = os.fstat(directory).st_dev
    *above, name = path.split("/")
    at = os.dup(directory)
    try:
        for step in above:
            at, former = _step(at, step, os.O_PATH, device), at
            os.close(former)
        return _step(at, name, flags, device)
    finally:
        os.close(at)


def _step(directory: int, name: str, flags: int, device: int) -> int:
    if name in ("", ".."):  # an absolute path begins with an empty step
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), name)
    opened = os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    status = os.fstat(opened)
    leads_away = errno.ELOOP if stat.S_ISLNK(status.st_mode) else errno.EXDEV if status.st_dev != device else 0
    if leads_away:
        os.close(opened)
        raise OSError(leads_away, os.strerror(leads_away), name)
    return opened
