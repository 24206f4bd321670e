"""The clipped objective as a loss, in NumPy: the reference that ``torch_loss`` is held against."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Aggregation = Literal["token", "sequence"]
"""Aggregation of the tokens' terms to one number. ``token``: their sum over the batch's number of tokens (DAPO), so
that long completions weigh more. ``sequence``: a mean over each completion, then over completions (GRPO)."""


def policy_loss(
    log_probs: NDArray[Any],
    old_log_probs: NDArray[Any],
    advantages: NDArray[Any],
    tokens: NDArray[Any],
    *,
    clip_low: float,
    clip_high: float,
    aggregation: Aggregation,
) -> float:
    """-min(r A, clip(r, 1 - clip_low, 1 + clip_high) A), aggregated; r = exp(log_probs - old_log_probs) per token.

    There is no KL term: beta_0 = 0 in the paper. A completion with advantage 0 adds nothing above, but its tokens count
    below; to leave a completion out of both, set its row of ``tokens`` to 0.

    Args:
        log_probs, old_log_probs: of the sampled tokens under the policy and under the one that sampled them, both at
            the temperature of the sampling; shape (B, T). What stands where ``tokens`` is 0 is not looked at.
        advantages: shape (B,).
        tokens: 1 where there is a token of a completion, 0 where there is padding; shape (B, T).
        clip_low, clip_high: epsilon and epsilon_high.
    Returns:
        the loss; 0 if there is no token.
    Source: MicroCoder-GRPO, objective (J_MicroCoder-GRPO); token-level mean as in DAPO, arXiv 2503.14476, equation 8;
        sequence-level as in GRPO, arXiv 2402.03300, equation 3. The ratio per token is our decision, as is the token
        mean for MicroCoder: the paper writes its equation per sequence and runs on DAPO.
    """
    there = np.asarray(tokens, dtype=bool)
    ratio = np.exp(np.where(there, log_probs, 0.0) - np.where(there, old_log_probs, 0.0))
    advantage = np.asarray(advantages)[:, None]
    gain = np.minimum(ratio * advantage, np.clip(ratio, 1 - clip_low, 1 + clip_high) * advantage) * there
    if aggregation == "token":
        return float(-gain.sum() / max(there.sum(), 1))
    lengths = there.sum(axis=1)
    means = gain.sum(axis=1) / np.maximum(lengths, 1)
    return float(-means.sum() / max((lengths > 0).sum(), 1))
