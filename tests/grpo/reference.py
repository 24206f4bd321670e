"""The equations again, in plain loops and by another way than the product's: what it is held against."""

from __future__ import annotations

import math
from collections.abc import Sequence


def advantages(rewards: Sequence[float | None], group_size: int) -> list[float]:
    result = []
    for start in range(0, len(rewards), group_size):
        group = rewards[start : start + group_size]
        judged = [reward for reward in group if reward is not None]
        mean = sum(judged) / len(judged) if judged else 0.0
        variance = sum((reward - mean) ** 2 for reward in judged) / (len(judged) - 1) if len(judged) > 1 else 0.0
        for reward in group:
            silent = reward is None or len(judged) < 2
            result.append(0.0 if silent else (reward - mean) / (math.sqrt(variance) + 1e-4))
    return result


def loss(log_probs, old_log_probs, advantages, tokens, *, clip_low, clip_high, aggregation) -> float:
    """By cases: a positive advantage is paid for up to 1 + clip_high, a negative one charged from 1 - clip_low on."""
    rows = []
    for row, advantage in enumerate(advantages):
        terms = []
        for place, there in enumerate(tokens[row]):
            if not there:
                continue
            ratio = math.exp(log_probs[row][place] - old_log_probs[row][place])
            ratio = min(ratio, 1 + clip_high) if advantage > 0 else max(ratio, 1 - clip_low)
            terms.append(-ratio * advantage)
        if terms:
            rows.append(terms)
    if not rows:
        return 0.0
    if aggregation == "token":
        return sum(map(sum, rows)) / sum(map(len, rows))
    return sum(sum(terms) / len(terms) for terms in rows) / len(rows)


def ends_in_loop(ids: Sequence[int], window: int) -> bool:
    """Every period, one after another."""
    tail = list(ids[-2 * window :])
    return len(tail) == 2 * window and any(
        all(tail[place] == tail[place - period] for place in range(period, len(tail)))
        for period in range(1, window + 1)
    )


def kept(ids: Sequence[int], verdict: str, draw: float, *, mask, max_length: int, end: int) -> bool:
    """The indicator of the advantage equation."""
    full = len(ids) == max_length and ids[-1] != end
    eligible = {
        "not_judged_wrong": verdict in {"no_code", "accepted"},
        "accepted_only": verdict == "accepted",
        "any": verdict != "judge_error" and verdict != "cancelled",
    }[str(mask.eligible)]
    m = mask.repeat_window
    copies = len(ids) >= 2 * m and all(ids[-i] == ids[-i - m] for i in range(1, m + 1))
    repeat = ends_in_loop(ids, m) if mask.any_period else copies
    return not (full and eligible and not repeat and draw < mask.probability)
