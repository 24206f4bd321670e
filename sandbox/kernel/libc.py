"""System calls that Python's ``os`` module does not have, with errors raised as ``OSError``."""

from __future__ import annotations

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


def syscall(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """``syscall(2)``. Integers are passed as longs, bytes as pointers.

    Raises:
        OSError: the call failed.
    """
    passed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = _libc.syscall(ctypes.c_long(number), *passed)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def call(name: str, *arguments: int | bytes | None) -> int:
    """A function of the C library by name, such as ``mount`` or ``prctl``; -1 is an error.

    Raises:
        OSError: the call failed.
    """
    passed = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    result: int = getattr(_libc, name)(*passed)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def prctl(option: int, *arguments: int) -> int:
    """``prctl(2)``, with the unused arguments zero as newer options demand."""
    return call("prctl", option, *arguments, *([0] * (4 - len(arguments))))
