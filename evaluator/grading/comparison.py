"""Bounds of a comparison's cost, and the meaning of one that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from evaluator.checking.match import Match
from evaluator.confinement import WorkBounds, run_confined
from evaluator.grading.outcome import JudgeBroken
from sandbox.limits import MIB

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_LARGE_BYTES = 1 << 20
"""Up to that size a comparison takes no more than a second or two, and a process of its own some milliseconds."""
_CPU_S, _BYTES_PER_S = 10, 1 << 18
_MEMORY_BYTES, _MEMORY_FACTOR = 512 * MIB, 256


def is_large(output: bytes) -> bool:
    """Tell whether to compare an output ``within_bounds``."""
    return len(output) > _LARGE_BYTES


def within_bounds(compare: Callable[[], _T], expected_bytes: int) -> _T:
    """Return what ``compare`` returns, which runs in a process of its own. Its limits grow with what the suite expects:
    no output makes a comparison cost more than the test's author has asked for.

    Raises:
        OverLimit: it took more.
    """
    cpu_s = _CPU_S + expected_bytes // _BYTES_PER_S
    return run_confined(compare, WorkBounds(cpu_s, _MEMORY_BYTES + _MEMORY_FACTOR * expected_bytes))


def failed_comparison(error: Exception, compare_reference: Callable[[], Match]) -> Match:
    """The result of a comparison that raised ``error``.

    The expected output is compared with itself: if it is accepted, the fault is in what the program answered, so that
    is wrong. No program can make a comparison fail to escape its verdict.

    Raises:
        JudgeBroken: the expected output cannot be compared either.
    """
    _log.warning("a comparison failed", exc_info=error)
    try:
        reference = compare_reference()
    except Exception as broken:
        raise JudgeBroken(f"the expected output cannot be compared: {type(broken).__name__}: {broken}") from broken
    if not reference.accepted:
        raise JudgeBroken(f"the checker refuses the expected output itself: {reference.reason}")
    return Match.no(f"the output cannot be compared: {type(error).__name__}")
