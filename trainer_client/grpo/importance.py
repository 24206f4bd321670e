"""The weight that a trainer gives completions because the engine that wrote them scores them a little differently.

TRL's default with vLLM is a mask over whole sequences: it drops a completion whose ratio of probabilities exceeds 3.
That ratio is a product over tokens, so the mask drops long completions: at a mismatch of 0.02 a token the weight that
is left is 1.00 at 300 tokens, 0.59 at 4,096 and 0.38 at 8,192 (TRL#5814 has real runs). Ratios of tokens have no such
bias.
"""

from __future__ import annotations

from collections.abc import Sequence

TOKEN_RATIOS = "token_truncate"
"""The value of TRL's ``vllm_importance_sampling_mode`` that the presets hold."""
_PART = 4


def weight_by_length(weights: Sequence[float], lengths: Sequence[int]) -> tuple[float, float]:
    """Return the mean weight of the shortest quarter of completions, and that of the longest. Far apart, they are a
    pressure on length that the reward does not give.

    Args:
        weights: of completions, each the mean over its tokens, shape (B,).
        lengths: tokens, shape (B,).
    Raises:
        ValueError: there is no completion, or the shapes differ.
    """
    by_length = sorted(zip(lengths, weights, strict=True), key=lambda pair: pair[0])
    order = [weight for _, weight in by_length]
    if not order:
        raise ValueError("weights by length need completions")
    part = max(len(order) // _PART, 1)
    return sum(order[:part]) / part, sum(order[-part:]) / part
