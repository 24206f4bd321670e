"""How good a model is at L and at 2L, on problems that training never shows.

It writes up to 2L tokens; the score at L is that of the same completions cut there, as sampling is consistent in its
prefix. So the two are paired, for half the price.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from examples.grpo.model import Model, sample
from examples.grpo.task import DEPTHS, LENGTH, LONG, Problem, planned, text_of
from trainer_client.rewards.judge import Judge

PROBLEMS, SAMPLES = 210, 4
SEED = 77_000


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Per problem, in the order of ``held_out()``: the share of its samples accepted at L and at 2L; and shares over
    all samples: begun with a plan, plans on problems too long for L, cut at L, and accepted at 2L of those planned."""

    short: tuple[float, ...]
    double: tuple[float, ...]
    plans: float
    plans_on_long: float
    truncated: float
    accuracy_of_plans: float
    accuracy_of_direct: float
    direct_on_long: float
    length: float

    @property
    def accuracy_short(self) -> float:
        return sum(self.short) / len(self.short)

    @property
    def accuracy_double(self) -> float:
        return sum(self.double) / len(self.double)


def held_out() -> list[Problem]:
    """The same for every model; the seed is not one of training's."""
    rng = random.Random(SEED)
    return [Problem.drawn(rng, depth) for depth in DEPTHS for _ in range(PROBLEMS // len(DEPTHS))]


def evaluate(model: Model, judge: Judge, *, temperature: float = 1.0) -> Evaluation:
    """At the temperature of one, four samples for each problem.

    Raises:
        NotJudged: a program was not judged; a score without it would be another score.
    """
    problems = [problem for problem in held_out() for _ in range(SAMPLES)]
    generator = torch.Generator().manual_seed(SEED)
    written = sample(
        model, [each.prompt for each in problems], length=2 * LENGTH, temperature=temperature, generator=generator
    ).completions()
    suites = [problem.suite() for problem in problems]
    double, short = (
        [outcome.settled("raise") for outcome in judge.outcomes([text_of(ids) for ids in cut], suites)]
        for cut in (written, [ids[:LENGTH] for ids in written])
    )
    long = [len(problem.operations) > LONG for problem in problems]
    plans = [planned(ids) for ids in written]
    return Evaluation(
        short=_per_problem(short),
        double=_per_problem(double),
        plans=_mean(plans),
        plans_on_long=_mean([plan for plan, deep in zip(plans, long, strict=True) if deep]),
        truncated=_mean([len(ids) > LENGTH for ids in written]),
        accuracy_of_plans=_mean([reward for reward, plan in zip(double, plans, strict=True) if plan]),
        accuracy_of_direct=_mean([reward for reward, plan in zip(double, plans, strict=True) if not plan]),
        direct_on_long=_mean([r for r, plan, deep in zip(double, plans, long, strict=True) if deep and not plan]),
        length=_mean([len(ids) for ids in written]),
    )


def _per_problem(rewards: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(_mean(rewards[start : start + SAMPLES]) for start in range(0, len(rewards), SAMPLES))


def _mean(values: Sequence[float | None]) -> float:
    return sum(value or 0.0 for value in values) / len(values) if values else 0.0
