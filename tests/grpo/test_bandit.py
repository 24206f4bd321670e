"""The mask's effect where all of it can be seen: a policy that only chooses between thinking and answering at once.

Thinking solves every problem, but a long problem's thoughts are cut at L; an answer at once is right one time in three.
Both kinds of problems share a part of the policy, as they do in a model. So GRPO unlearns thinking on long problems, and
with it what it could do with more room: accuracy at 2L.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from trainer_client.grpo.advantages import group_advantages
from trainer_client.grpo.mask import Eligible, TruncationMask

END, LENGTH, GROUP, PROMPTS, STEPS, RATE, GUESS = 1, 8, 8, 12, 150, 2.0, 1 / 3
THOUGHT_SHORT, THOUGHT_LONG, ANSWER = [0] * 6 + [END], [0] * LENGTH, [0] * 2 + [END]
SEEDS = range(8)


@dataclass(frozen=True)
class Learnt:
    """Chances of thinking on short and on long problems after training."""

    short: float
    long: float

    @property
    def accuracy_double(self) -> float:
        return sum(p + (1 - p) * GUESS for p in (self.short, self.long)) / 2


@cache
def learnt(seed: int, mask: TruncationMask) -> Learnt:
    rng, draws = np.random.default_rng(seed), random.Random(seed)
    features, weights = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]), np.array([0.4, 0.0, 0.0])
    for _ in range(STEPS):
        long = rng.integers(0, 2, PROMPTS).repeat(GROUP)
        chance = 1 / (1 + np.exp(-features[long] @ weights))
        thinks, lucky = rng.random(long.size) < chance, rng.random(long.size) < GUESS
        ids = [(THOUGHT_LONG if b else THOUGHT_SHORT) if a else ANSWER for a, b in zip(thinks, long, strict=True)]
        verdicts = np.where(
            thinks, np.where(long, "no_code", "accepted"), np.where(lucky, "accepted", "wrong_answer")
        ).tolist()
        keeps = mask.keeps(ids, verdicts, max_length=LENGTH, eos_ids={END}, rng=draws)
        advantages = group_advantages([float(each == "accepted") for each in verdicts], GROUP) * keeps
        # The gradient of log pi(choice), by the token mean: one token of a completion is a choice, all of them count.
        slope = (advantages * (thinks - chance)) @ features[long] / sum(map(len, ids))
        weights = weights + RATE * slope
    short, long_ = 1 / (1 + np.exp(-features @ weights))
    return Learnt(float(short), float(long_))


def mean(mask: TruncationMask, value: Any) -> float:
    return float(np.mean([value(learnt(seed, mask)) for seed in SEEDS]))


def test_the_more_is_masked_the_more_thinking_survives_where_it_is_cut() -> None:
    thinking = [mean(TruncationMask(rho), lambda each: each.long) for rho in (0.0, 0.2, 0.5, 1.0)]
    assert thinking == sorted(thinking)
    assert thinking[-1] > thinking[0] + 0.1


def test_what_survives_pays_when_there_is_more_room() -> None:
    nothing, everything = (mean(TruncationMask(rho), lambda each: each.accuracy_double) for rho in (0.0, 1.0))
    assert everything > nothing + 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_masking_accepted_programs_alone_changes_nothing_where_thoughts_hold_none(seed: int) -> None:
    assert learnt(seed, TruncationMask(1.0, Eligible.ACCEPTED_ONLY)) == learnt(seed, TruncationMask(0.0))
