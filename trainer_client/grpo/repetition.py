"""Detection of completions that end in a loop. A model that was cut while repeating itself was not thinking."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

REPEAT_WINDOW = 128
"""m, in tokens. Source: MicroCoder-GRPO."""


def ends_in_copy(ids: Sequence[Hashable], window: int = REPEAT_WINDOW) -> bool:
    """The last ``window`` tokens equal the ``window`` tokens before them. O(window).

    Sees only loops whose period divides ``window``.

    Raises:
        ValueError: ``window`` is below 1.
    Source: repeat(o, m) of MicroCoder-GRPO, to the letter.
    """
    _check(window)
    return len(ids) >= 2 * window and list(ids[-window:]) == list(ids[-2 * window : -window])


def ends_in_loop(ids: Sequence[Hashable], window: int = REPEAT_WINDOW) -> bool:
    """The last ``2 * window`` tokens repeat with some period of at most ``window``. O(window).

    True wherever ``ends_in_copy`` is, and for loops of 3 or 100 tokens too.

    Raises:
        ValueError: ``window`` is below 1.
    Source: our decision, an option.
    """
    _check(window)
    return len(ids) >= 2 * window and shortest_period(ids[-2 * window :]) <= window


def shortest_period(ids: Sequence[Hashable]) -> int:
    """The least p >= 1 with ``ids[i] == ids[i - p]`` for every i >= p; 0 for an empty sequence. O(n).

    Source: the prefix function of Knuth, Morris and Pratt: n minus the longest proper border.
    """
    borders = [0] * len(ids)
    for end in range(1, len(ids)):
        border = borders[end - 1]
        while border and ids[end] != ids[border]:
            border = borders[border - 1]
        borders[end] = border + (ids[end] == ids[border])
    return len(ids) - borders[-1] if borders else 0


def _check(window: int) -> None:
    if window < 1:
        raise ValueError(f"the window must be at least 1 token, not {window}")
