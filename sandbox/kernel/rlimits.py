"""Per-process limits (setrlimit(2)): the second line behind cgroups, and the first where there are none."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator

UNLIMITED = resource.RLIM_INFINITY


def lower(limit: int, value: int) -> None:
    """Set soft and hard limit to ``value``, or to the hard limit where that is lower already."""
    hard = resource.getrlimit(limit)[1]
    if hard != UNLIMITED and (value == UNLIMITED or value > hard):
        value = hard
    resource.setrlimit(limit, (value, value))


def raise_to_hard(limit: int) -> None:
    """Set the soft limit of this process to its hard limit."""
    hard = resource.getrlimit(limit)[1]
    resource.setrlimit(limit, (hard, hard))


@contextlib.contextmanager
def stack_of(value: int) -> Iterator[None]:
    """Start programs with a soft stack limit of ``value``: they lay out their memory by it (execve(2))."""
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (value if hard == UNLIMITED else min(value, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))
