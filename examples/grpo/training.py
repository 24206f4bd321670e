"""One arm, one seed: RL with rewards from the service. Every decision is the core's; this is only the loop."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from examples.grpo.arms import Arm
from examples.grpo.evaluate import Evaluation, evaluate
from examples.grpo.model import Model, Sampled, sample, score
from examples.grpo.task import DEPTHS, END, IDS, LENGTH, Problem, planned, text_of
from trainer_client.grpo.advantages import group_advantages
from trainer_client.grpo.controller import Stages, TemperatureController
from trainer_client.grpo.diversity import distinct_diversity, pair_diversity
from trainer_client.grpo.mask import truncated
from trainer_client.grpo.temperature import Completion, Probe, choose_temperature, measure
from trainer_client.grpo.torch_loss import clipped_high, policy_loss
from trainer_client.rewards.judge import Judge, Outcome

PROMPTS, GROUP, MINIBATCHES, RATE = 16, 8, 2, 3e-4
PREFIX = 10
"""Tokens at which diversity is measured: those of a program without a plan."""
PROBED = (0.4, 0.6, 0.8, 1.0, 1.2, 1.4)
STAGE_FLOOR, STAGE_PATIENCE, STAGE_DWELL = 0.5, 5, 20


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of training was like. Shares in [0, 1], lengths in tokens, times in seconds."""

    step: int
    temperature: float
    reward: float
    not_judged: float
    length: float
    truncated: float
    masked: float
    masked_advantage: float
    pair_diversity: float
    distinct_diversity: float
    entropy: float
    clipped_high: float
    equal_groups: float
    plans: float
    reward_s: float
    step_s: float


def train(
    arm: Arm,
    seed: int,
    base: Callable[[], Model],
    judge: Judge,
    *,
    steps: int,
    evaluate_every: int,
    probes: list[Probe] | None = None,
) -> Iterator[Step | Evaluation]:
    """The steps as they are done, and an evaluation after every ``evaluate_every``.

    Args:
        base: makes the model to start from.
        probes: of the base model, for arms that choose their temperature; made here if they are not given.
    Raises:
        EvaluatorError: the service cannot grade.
    """
    torch.manual_seed(seed)
    problems, draws, generator = random.Random(seed), random.Random(seed + 1), torch.Generator().manual_seed(seed)
    model = base()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.0)
    temperatures = arm.temperatures or (choose_temperature(probes or probe(model, judge, seed)),)
    stages = Stages(temperatures, STAGE_FLOOR, patience=STAGE_PATIENCE, dwell=STAGE_DWELL, memory=0.8)
    controller = TemperatureController(stages)
    for number in range(1, steps + 1):
        batch = [Problem.drawn(problems, problems.choice(DEPTHS)) for _ in range(PROMPTS)]
        step = _step(model, optimizer, arm, batch, judge, controller.temperature, draws, generator, number)
        controller.observe(step.pair_diversity)
        yield step
        if number % evaluate_every == 0:
            yield evaluate(model, judge)


def _step(
    model: Model,
    optimizer: torch.optim.Optimizer,
    arm: Arm,
    batch: list[Problem],
    judge: Judge,
    temperature: float,
    draws: random.Random,
    generator: torch.Generator,
    number: int,
) -> Step:
    started = time.perf_counter()
    problems = [problem for problem in batch for _ in range(GROUP)]
    rollout = sample(
        model, [each.prompt for each in problems], length=LENGTH, temperature=temperature, generator=generator
    )
    written = rollout.completions()
    outcomes, reward_s = _judged(judge, problems, written)
    cut = [truncated(ids, LENGTH, {IDS[END]}) for ids in written]
    given = group_advantages([outcome.reward for outcome in outcomes], GROUP)
    keeps = _keeps(arm, written, outcomes, draws)
    advantages = torch.tensor(given * keeps, dtype=torch.float32)
    tokens = rollout.tokens
    if arm.preset.filter_truncated:
        tokens = tokens & ~torch.tensor(cut)[:, None]
    entropy, clipped = _update(model, optimizer, arm, rollout, advantages, tokens, temperature, generator)
    groups = [written[start : start + GROUP] for start in range(0, len(written), GROUP)]
    judged = [outcome.reward for outcome in outcomes if outcome.reward is not None]
    masked = [advantage for advantage, keep in zip(given, keeps, strict=True) if not keep]
    return Step(
        step=number,
        temperature=temperature,
        reward=_mean(judged),
        not_judged=1 - len(judged) / len(outcomes),
        length=_mean([len(ids) for ids in written]),
        truncated=_mean(cut),
        masked=len(masked) / len(written),
        masked_advantage=_mean(masked),
        pair_diversity=pair_diversity(groups, prefix=PREFIX),
        distinct_diversity=distinct_diversity(groups, prefix=PREFIX),
        entropy=entropy,
        clipped_high=clipped,
        equal_groups=_mean([not group.any() for group in given.reshape(-1, GROUP)]),
        plans=_mean([planned(ids) for ids in written]),
        reward_s=reward_s,
        step_s=time.perf_counter() - started,
    )


def _judged(judge: Judge, problems: list[Problem], written: list[list[int]]) -> tuple[list[Outcome], float]:
    """One call for the whole batch, and the seconds that it took."""
    started = time.perf_counter()
    outcomes = judge.outcomes([text_of(ids) for ids in written], [problem.suite() for problem in problems])
    return outcomes, time.perf_counter() - started


def _keeps(arm: Arm, written: list[list[int]], outcomes: list[Outcome], draws: random.Random) -> list[bool]:
    if arm.preset.mask is None:
        return [True] * len(written)
    verdicts = [outcome.verdict for outcome in outcomes]
    return arm.preset.mask.keeps(written, verdicts, max_length=LENGTH, eos_ids={IDS[END]}, rng=draws)


def _update(
    model: Model,
    optimizer: torch.optim.Optimizer,
    arm: Arm,
    rollout: Sampled,
    advantages: Tensor,
    tokens: Tensor,
    temperature: float,
    generator: torch.Generator,
) -> tuple[float, float]:
    """The optimiser's steps on one rollout; the entropy before them, and the share of tokens clipped high in them."""
    preset, clipped = arm.preset, []
    with torch.no_grad():
        old, entropies = score(model, rollout, temperature)
    for rows in torch.randperm(len(advantages), generator=generator).chunk(MINIBATCHES):
        log_probs, _ = score(model, Sampled(rollout.ids[rows], rollout.tokens[rows]), temperature)
        loss = policy_loss(
            log_probs,
            old[rows],
            advantages[rows],
            tokens[rows],
            clip_low=preset.clip_low,
            clip_high=preset.clip_high,
            aggregation=preset.aggregation,
        )
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        clipped.append(
            clipped_high(log_probs.detach(), old[rows], advantages[rows], tokens[rows], preset.clip_high).item()
        )
    return entropies[rollout.tokens].mean().item(), _mean(clipped)


def probe(model: Model, judge: Judge, seed: int) -> list[Probe]:
    """What the model does at each temperature of ``PROBED``: 64 prompts, 8 completions each."""
    rng, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    problems = [each for each in (Problem.drawn(rng, rng.choice(DEPTHS)) for _ in range(64)) for _ in range(GROUP)]
    probes = []
    for temperature in PROBED:
        prompts = [each.prompt for each in problems]
        written = sample(model, prompts, length=LENGTH, temperature=temperature, generator=generator).completions()
        outcomes, _ = _judged(judge, problems, written)
        completions = [
            Completion(ids, outcome.verdict, truncated(ids, LENGTH, {IDS[END]}))
            for ids, outcome in zip(written, outcomes, strict=True)
        ]
        groups = [completions[start : start + GROUP] for start in range(0, len(completions), GROUP)]
        probes.append(measure(temperature, groups, diversity=lambda each: pair_diversity(each, prefix=PREFIX)))
    return probes


def record(value: Step | Evaluation | Probe) -> dict[str, Any]:
    """As plain JSON, four digits."""

    def rounded(each: Any) -> Any:
        if isinstance(each, (list, tuple)):
            return [rounded(item) for item in each]
        return round(each, 4) if isinstance(each, float) else each

    return {name: rounded(each) for name, each in asdict(value).items()}


def _mean(values: Any) -> float:
    values = [float(value) for value in values]
    return sum(values) / len(values) if values else 0.0
