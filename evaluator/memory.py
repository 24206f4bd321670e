"""Memory of processes that serve: garbage is looked for rarely, and not among what was there from the start; what was
large goes back to the system."""

from __future__ import annotations

import ctypes
import gc

_M_MMAP_THRESHOLD = -3
_LARGE_BYTES = 128 * 1024
"""Of glibc: what is larger has pages of its own. Left alone, it learns from the first large body to keep all others."""
_ALLOCATIONS, _YOUNG, _OLD = 20_000, 20, 20
"""Python's 700, 10, 10 are for small programs. The reports of a few batches are thousands of objects without a cycle
among them, which each full collection would look through again."""


def settle() -> None:
    """Call it once a process has all that it keeps: that is never looked through again."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none, and do not learn
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, _YOUNG, _OLD)
