"""The force on length in closed form, against every draw of the mask, and against the committed runs."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from itertools import product
from math import fsum
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer_client.diagnosis import pressure
from trainer_client.diagnosis.metrics import RunFacts, measure
from trainer_client.diagnosis.rollouts import Rollout, RolloutStep
from trainer_client.grpo.mask import Eligible, TruncationMask

ROOT = Path(__file__).parents[2]
LENGTH, END, MANY = 6, 9, 12
VERDICTS = ("accepted", "no_code", "wrong_answer", "runtime_error", "judge_error")


class FixedDraws(random.Random):
    """Draws that are told beforehand."""

    def __init__(self, draws: list[float]) -> None:
        super().__init__()
        self._waiting = list(draws)

    def random(self) -> float:
        return self._waiting.pop(0)


def enumerated(rollouts: list[Rollout], mask: TruncationMask) -> float:
    """The mean force over every outcome of the draws that matter, each decided by the mask itself."""
    rewards = [rollout.reward for rollout in rollouts]
    advantages = pressure.advantages_of(rewards)
    mean = fmean(rollout.length for rollout in rollouts)
    ids, verdicts = [rollout.tokens for rollout in rollouts], [rollout.verdict for rollout in rollouts]

    def keeps(draws: list[float]) -> list[bool]:
        return mask.keeps(ids, verdicts, max_length=LENGTH, eos_ids={END}, rng=FixedDraws(draws))  # type: ignore[arg-type]

    certain = TruncationMask(1.0, mask.eligible, mask.repeat_window)
    drawn = certain.keeps(ids, verdicts, max_length=LENGTH, eos_ids={END}, rng=FixedDraws([0.0] * len(ids)))  # type: ignore[arg-type]
    places = [place for place, kept in enumerate(drawn) if not kept]
    terms = []
    for outcome in product([True, False], repeat=len(places)):
        draws = [1.0] * len(ids)
        for place, taken in zip(places, outcome, strict=True):
            draws[place] = 0.0 if taken else 1.0
        chance = mask.probability ** sum(outcome) * (1 - mask.probability) ** (len(outcome) - sum(outcome))
        kept = keeps(draws) if mask.probability else [True] * len(ids)
        terms.append(
            chance * fsum(a * k * (r.length - mean) for a, k, r in zip(advantages, kept, rollouts, strict=True))
        )
    return fsum(terms)


def completion(length: int, verdict: str) -> Rollout:
    reward = None if verdict == "judge_error" else float(verdict == "accepted")
    # A short one ends with the end-of-text token; a cut one does not.
    tokens = [(7 * place + length) % 5 for place in range(length)]
    if length < LENGTH:
        tokens = [*tokens[:-1], END]
    return Rollout(length, reward, verdict, tokens)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.builds(completion, st.integers(1, LENGTH), st.sampled_from(VERDICTS)), min_size=2, max_size=MANY),
    st.floats(0, 1),
    st.sampled_from(Eligible),
)
def test_the_closed_form_is_the_mean_over_all_draws(group: list[Rollout], rho: float, eligible: Eligible) -> None:
    mask = TruncationMask(rho, eligible, repeat_window=2)
    metrics = measure(RolloutStep(1, [group]), RunFacts(LENGTH, mask=mask))
    assert metrics.pressure is not None
    assert metrics.pressure * len(group) == pytest.approx(enumerated(group, mask), rel=1e-12, abs=1e-12)


def test_twelve_completions_that_were_all_cut_agree_too() -> None:
    group = [completion(LENGTH, VERDICTS[number % 3]) for number in range(MANY - 2)]
    group += [completion(1, "accepted"), completion(2, "wrong_answer")]
    mask = TruncationMask(0.2)
    metrics = measure(RolloutStep(1, [group]), RunFacts(LENGTH, mask=mask))
    assert (metrics.pressure or 0) * MANY == pytest.approx(enumerated(group, mask), rel=1e-12, abs=1e-12)


def test_at_the_zero_the_force_vanishes() -> None:
    force = pressure.length_pressure([-1.0, -0.5, 1.5], [10, 10, 4], [True, False, False])
    assert force.zero is not None
    assert force.at(force.zero) == pytest.approx(0)
    assert force.at(0) < 0 < force.at(1) - force.at(0)
    assert pressure.length_pressure([1.0, -1.0], [3, 4], [False, False]).zero is None


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=16))
def test_advantages_are_those_that_the_loss_is_computed_with(rewards: list[float | None]) -> None:
    arithmetic = pytest.importorskip("trainer_client.grpo.advantages")
    expected = arithmetic.group_advantages(rewards, len(rewards))
    assert pressure.advantages_of(rewards) == pytest.approx(list(expected), abs=1e-9)
    assert pressure.STD_EPSILON == arithmetic.STD_EPSILON


# The maximum length of the experiment, and its arms from the least masked to the most.
LIMIT = 23
ARMS = ("dapo", "microcoder_01", "microcoder_02", "microcoder_05", "microcoder_10")


@pytest.mark.parametrize("size", ["", "gpu"])
def test_the_mask_s_push_orders_the_arms_of_the_committed_runs_as_their_lengths_do(size: str) -> None:
    by_seed = committed(size)
    assert len(by_seed) == (3 if size else 5)
    for seed, runs in by_seed.items():
        pushes, lengths = [push_of(runs[arm]) for arm in ARMS], [fmean(runs[arm]["length"]) for arm in ARMS]
        assert pushes == sorted(pushes), seed
        assert lengths == sorted(lengths), seed
        assert len(set(pushes)) == len(set(lengths)) == len(ARMS), seed
        # The negative control masks nothing, and is as long as the arm without a mask.
        control = runs["accepted_only"]
        assert push_of(control) == pushes[0] == 0
        assert fmean(control["length"]) == pytest.approx(lengths[0], abs=2e-3)


def committed(size: str) -> dict[int, dict[str, Any]]:
    """The curves of the committed runs, by seed and arm."""
    by_seed: dict[int, dict[str, Any]] = defaultdict(dict)
    for run in json.loads((ROOT / "examples/grpo" / size / "results.json").read_text())["runs"]:
        by_seed[run["seed"]][run["arm"]] = run["curves"]
    return by_seed


def push_of(curves: Any) -> float:
    """The mask's push over a run: the sum over its steps."""
    logged = zip(curves["masked"], curves["masked_advantage"], curves["length"], strict=True)
    return fsum(pressure.mask_push(share or 0, taken or 0, length, LIMIT) for share, taken, length in logged)
