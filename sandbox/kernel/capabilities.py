"""Giving up capabilities (capabilities(7)) and the way back to them."""

from __future__ import annotations

import os

from sandbox.kernel.libc import PR_SET_NO_NEW_PRIVS, prctl, syscall

_CAPSET = {"x86_64": 126, "aarch64": 91}
_NUMBER = _CAPSET.get(os.uname().machine, -1)
_VERSION_3 = 0x20080522
_HEADER = _VERSION_3.to_bytes(4, "little") + bytes(4)


def drop_all() -> None:
    """Empty every capability set of the calling thread and forbid to regain any by exec.

    Raises:
        OSError: the kernel refused.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    # Bytes, which the kernel only reads: to make the types of buffers costs a freshly forked child more than the call.
    syscall(_NUMBER, _HEADER, bytes(24))
