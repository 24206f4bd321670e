"""``loss.policy_loss`` for tensors, with its gradient."""

from __future__ import annotations

import torch
from torch import Tensor

from trainer_client.grpo.loss import Aggregation


def policy_loss(
    log_probs: Tensor,
    old_log_probs: Tensor,
    advantages: Tensor,
    tokens: Tensor,
    *,
    clip_low: float,
    clip_high: float,
    aggregation: Aggregation,
) -> Tensor:
    """Compute ``loss.policy_loss``, of shape (). No gradient flows into ``old_log_probs``."""
    there = tokens.bool()
    ratio = (log_probs.masked_fill(~there, 0.0) - old_log_probs.detach().masked_fill(~there, 0.0)).exp()
    advantage = advantages[:, None]
    gain = torch.minimum(ratio * advantage, ratio.clamp(1 - clip_low, 1 + clip_high) * advantage) * there
    if aggregation == "token":
        return -gain.sum() / there.sum().clamp(min=1)
    lengths = there.sum(dim=1)
    means = gain.sum(dim=1) / lengths.clamp(min=1)
    return -means.sum() / (lengths > 0).sum().clamp(min=1)


def clipped_high(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, tokens: Tensor, clip_high: float
) -> Tensor:
    """The share of tokens whose gain is cut off at 1 + ``clip_high``, of shape ()."""
    there = tokens.bool()
    cut = ((log_probs - old_log_probs).exp() > 1 + clip_high) & (advantages[:, None] > 0) & there
    return cut.sum() / there.sum().clamp(min=1)
