"""Advantages and loss against the equations written once more, to 1e-6, and what must hold of them in general."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grpo import reference
from trainer_client.grpo.advantages import group_advantages
from trainer_client.grpo.loss import policy_loss
from trainer_client.grpo.presets import PRESETS, Preset

REWARDS = st.one_of(st.none(), st.sampled_from([0.0, 1.0]), st.floats(0, 1).map(lambda value: round(value, 3)))


@st.composite
def grouped(draw):
    size = draw(st.integers(1, 8))
    groups = draw(st.integers(0, 6))
    return draw(st.lists(REWARDS, min_size=size * groups, max_size=size * groups)), size


@st.composite
def batches(draw):
    """Log-probabilities of both policies, advantages, tokens."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, length = draw(st.integers(1, 12)), draw(st.integers(1, 20))
    old = -rng.exponential(1.5, (rows, length))
    new = old + rng.normal(0, draw(st.sampled_from([0.0, 0.05, 0.4])), (rows, length))
    lengths = rng.integers(0, length + 1, rows)
    tokens = (np.arange(length) < lengths[:, None]).astype(np.int64)
    advantages = rng.normal(0, 1, rows) * (rng.random(rows) < 0.8)
    return new, old, advantages, tokens


def settings(preset: Preset):
    return {"clip_low": preset.clip_low, "clip_high": preset.clip_high, "aggregation": preset.aggregation}


PRESET = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


@given(grouped())
def test_advantages_are_those_of_the_equation(case) -> None:
    rewards, size = case
    assert group_advantages(rewards, size) == pytest.approx(reference.advantages(rewards, size), abs=1e-6)


@given(grouped())
def test_a_completion_that_nobody_judged_moves_nobody(case) -> None:
    rewards, size = case
    values = group_advantages(rewards, size)
    for start in range(0, len(rewards), size):
        group = rewards[start : start + size]
        judged = [reward for reward in group if reward is not None]
        alone = group_advantages(judged, len(judged)) if judged else []
        there = [value for value, reward in zip(values[start : start + size], group, strict=True) if reward is not None]
        assert there == pytest.approx(list(alone), abs=1e-9)
        silent = [value for value, reward in zip(values[start : start + size], group, strict=True) if reward is None]
        assert not any(silent)


@given(grouped())
def test_advantages_of_a_group_sum_to_nothing(case) -> None:
    rewards, size = case
    assert group_advantages(rewards, size).reshape(-1, size).sum(axis=1) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("reward", [0.0, 0.1, 1.0, 1 / 3])
def test_a_group_of_equals_teaches_nothing(reward: float) -> None:
    assert not group_advantages([reward] * 7, 7).any()


@pytest.mark.parametrize(("rewards", "size"), [([1.0, 0.0, 1.0], 2), ([1.0], 0), ([math.inf, 0.0], 2)])
def test_rewards_that_make_no_groups_are_refused(rewards: list[float], size: int) -> None:
    with pytest.raises(ValueError, match=r"groups|infinite"):
        group_advantages(rewards, size)


@PRESET
@given(batches())
def test_the_loss_is_that_of_the_equation(preset: Preset, batch) -> None:
    found, expected = policy_loss(*batch, **settings(preset)), reference.loss(*batch, **settings(preset))
    assert found == pytest.approx(expected, abs=1e-6)


@PRESET
@given(batches(), st.sampled_from([math.nan, math.inf, -1e9]))
def test_padding_is_not_looked_at(preset: Preset, batch, rubbish: float) -> None:
    new, old, advantages, tokens = batch
    dirty = [np.where(tokens == 1, values, rubbish) for values in (new, old)]
    assert policy_loss(*dirty, advantages, tokens, **settings(preset)) == policy_loss(*batch, **settings(preset))


def test_by_hand() -> None:
    """Two completions of 1 and 3 tokens; ratios 2 and 1, advantages 1 and -1."""
    log_probs, old = np.array([[math.log(0.5), 0, 0], [-1, -1, -1]]), np.array([[math.log(0.25), 0, 0], [-1, -1, -1]])
    batch = log_probs, old, np.array([1.0, -1.0]), np.array([[1, 0, 0], [1, 1, 1]])
    losses = {name: policy_loss(*batch, **settings(PRESETS[name])) for name in ("grpo", "dapo", "microcoder")}
    assert losses == pytest.approx({"grpo": (-1.2 + 1) / 2, "dapo": (-1.28 + 3) / 4, "microcoder": (-1.28 + 3) / 4})


def test_a_masked_completion_counts_below_and_a_filtered_one_does_not() -> None:
    log_probs = np.zeros((2, 4))
    both, one = np.ones((2, 4)), np.array([[1] * 4, [0] * 4])
    masked = policy_loss(log_probs, log_probs, np.array([1.0, 0.0]), both, **settings(PRESETS["microcoder"]))
    filtered = policy_loss(log_probs, log_probs, np.array([1.0, -1.0]), one, **settings(PRESETS["dapo_mask_all"]))
    assert (masked, filtered) == pytest.approx((-0.5, -1.0))
