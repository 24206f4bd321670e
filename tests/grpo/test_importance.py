"""The correction for vLLM's probabilities weighs completions of all lengths alike."""

from __future__ import annotations

import numpy as np
import pytest

from trainer_client.grpo.importance import weight_by_length

MISMATCH = 0.02
"""Standard deviation of a token's log-probability between the engine that writes and the one that trains."""
CLIP = 3.0


def weights(length: int, mode: str, completions: int = 2_000) -> np.ndarray:
    """Mean weight of each completion's tokens, as TRL 1.16 computes it."""
    rng = np.random.default_rng(length)
    logs = rng.normal(-(MISMATCH**2) / 2, MISMATCH, (completions, length)).astype(np.float32)
    ratios = np.exp(logs.sum(1, keepdims=True) if mode.startswith("sequence") else logs)
    return (np.minimum(ratios, CLIP) if mode.endswith("truncate") else np.where(ratios > CLIP, 0, ratios)).mean(1)


def test_a_ratio_for_each_token_weighs_4k_as_300() -> None:
    short, long = (weights(length, "token_truncate").mean() for length in (300, 4_096))
    assert long == pytest.approx(short, rel=0.05)
    assert long == pytest.approx(1.0, rel=0.05)


def test_trl_s_own_default_would_not() -> None:
    left = [weights(length, "sequence_mask").mean() for length in (300, 4_096, 8_192)]
    assert left == pytest.approx([1.0, 0.59, 0.38], abs=0.05)


def test_weights_are_shown_by_length() -> None:
    lengths = [300] * 100 + [4_096] * 100
    biased = [*weights(300, "sequence_mask", 100), *weights(4_096, "sequence_mask", 100)]
    even = [*weights(300, "token_truncate", 100), *weights(4_096, "token_truncate", 100)]
    assert weight_by_length(even, lengths) == pytest.approx((1.0, 1.0), abs=0.05)
    short, long = weight_by_length(biased, lengths)
    assert long < 0.8 * short
    assert weight_by_length([0.5], [7]) == (0.5, 0.5)
    with pytest.raises(ValueError, match="need completions"):
        weight_by_length([], [])
