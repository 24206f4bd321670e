"""From rewards to advantages, group by group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

STD_EPSILON = 1e-4
"""Added to a group's standard deviation; TRL's value."""


def group_advantages(rewards: Sequence[float | None], group_size: int) -> NDArray[np.float64]:
    """(reward - mean) / (std + ``STD_EPSILON``) within each group.

    A reward of None, or NaN, says that nobody judged the completion: it counts in neither mean nor deviation and gets
    advantage 0. A group whose rewards are all equal, or of which fewer than two were judged, teaches nothing: zeros.

    Args:
        rewards: shape (B,), the completions of a prompt side by side.
        group_size: G, completions per prompt; B is a multiple of it.
    Returns:
        advantages, shape (B,).
    Raises:
        ValueError: B is no multiple of G, or a reward is infinite.
    Source: MicroCoder-GRPO, advantage equation, before its mask. The deviation is the sample's (n - 1), as in TRL and
        verl: our decision, the paper only says "std".
    """
    values = np.array([np.nan if reward is None else reward for reward in rewards], dtype=np.float64)
    if group_size < 1 or values.size % group_size:
        raise ValueError(f"{values.size} rewards are not whole groups of {group_size}")
    if np.isinf(values).any():
        raise ValueError("a reward is infinite")
    return np.concatenate([np.zeros(0), *map(_of_group, values.reshape(-1, group_size))])


def _of_group(rewards: NDArray[np.float64]) -> NDArray[np.float64]:
    judged = rewards[~np.isnan(rewards)]
    # Equality is asked for by name: the deviation of equal numbers such as 0.1 is a rounding error, not 0.
    if judged.size < 2 or (judged == judged[0]).all():
        return np.zeros_like(rewards)
    advantages: NDArray[np.float64] = (rewards - judged.mean()) / (judged.std(ddof=1) + STD_EPSILON)
    return np.nan_to_num(advantages, nan=0.0)
