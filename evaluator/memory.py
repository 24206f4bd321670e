"""Garbage collection for processes that serve: rarer, and not of what was there from the start."""

from __future__ import annotations

import gc

_ALLOCATIONS, _YOUNG, _OLD = 20_000, 20, 20
"""Python's 700, 10, 10 are for small programs. The reports of a few batches are thousands of objects without a cycle
among them, which each full collection would look through again."""


def settle() -> None:
    """Call it once a process has all that it keeps: that is never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, _YOUNG, _OLD)
