"""Files that live in memory (memfd_create(2)): inputs and executables that nobody can alter."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable

_READ_ONLY = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


def sealed(name: str, parts: Iterable[bytes | memoryview]) -> int:
    """A descriptor of a sealed, read-only file that holds ``parts`` one after the other."""
    descriptor = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        for part in parts:
            view = memoryview(part)
            while view:
                view = view[os.write(descriptor, view) :]
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _READ_ONLY)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def holding(name: str, data: bytes) -> int:
    """A descriptor of a file of ``data``, for somebody of ours to read from its start."""
    descriptor = writable(name)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def writable(name: str) -> int:
    """A descriptor of an empty file for whoever has it to read and to write."""
    return os.memfd_create(name, os.MFD_CLOEXEC)


def reopened(descriptor: int) -> int:
    """Open the same file for reading only, with an offset of its own, at the start."""
    return os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)


def readable(name: str, parts: Iterable[bytes]) -> int:
    """Make a file as ``sealed`` does, opened for reading only, at the start."""
    descriptor = sealed(name, parts)
    try:
        return reopened(descriptor)
    finally:
        os.close(descriptor)
