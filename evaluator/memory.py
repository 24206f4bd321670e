"""Memory settings of long-running processes: garbage is collected rarely, and never among the objects from the start;
large blocks go back to the system."""

from __future__ import annotations

import ctypes
import gc

_M_MMAP_THRESHOLD = -3
_LARGE_BYTES = 128 * 1024
"""glibc maps blocks from this size on separately, and returns them to the system. Without a fixed threshold, it would
raise its own after the first large body and keep later ones."""
_ALLOCATIONS, _YOUNG, _OLD = 20_000, 20, 20
"""Thresholds of Python's garbage collector. Its defaults (700, 10, 10) suit small programs. The reports of a few
batches are thousands of objects without a cycle, which each full collection would traverse again."""


def settle() -> None:
    """Apply the settings. Call it once a process has loaded everything that it keeps: the collector ignores that from
    then on."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have neither it nor the problem
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, _YOUNG, _OLD)
