"""Shares with their intervals."""

from __future__ import annotations

import math

_Z = 1.959964


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval."""
    if not count:
        return 0.0, 1.0
    p = hits / count
    middle = p + _Z**2 / (2 * count)
    half = _Z * math.sqrt(p * (1 - p) / count + _Z**2 / (4 * count**2))
    whole = 1 + _Z**2 / count
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def share(hits: int, count: int) -> str:
    """``hits of count``, with the interval."""
    low, high = wilson(hits, count)
    return f"{hits} of {count} ({hits / count if count else 0:.1%}, 95 %: {low:.1%}–{high:.1%})"
