"""Giving up capabilities (capabilities(7)) and the way back to them."""

from __future__ import annotations

import ctypes
import os

from sandbox.kernel.libc import PR_SET_NO_NEW_PRIVS, prctl, syscall

_CAPSET = {"x86_64": 126, "aarch64": 91}
_VERSION_3 = 0x20080522


def drop_all() -> None:
    """Empty every capability set of the calling thread and forbid to regain any by exec.

    Raises:
        OSError: the kernel refused.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = ctypes.create_string_buffer(_VERSION_3.to_bytes(4, "little") + bytes(4), 8)
    empty = ctypes.create_string_buffer(24)
    syscall(_CAPSET[os.uname().machine], header, empty)
