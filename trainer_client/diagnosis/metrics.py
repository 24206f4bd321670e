"""One step's figures, from its completions and from what the trainer logged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from math import isfinite, sqrt
from statistics import fmean, stdev
from typing import Any

from trainer_client.diagnosis.pressure import LengthPressure, advantages_of, length_pressure, total
from trainer_client.diagnosis.rollouts import NO_CODE, Rollout, RolloutStep
from trainer_client.grpo.diversity import PREFIX, pair_diversity
from trainer_client.grpo.importance import weight_by_length
from trainer_client.grpo.mask import TruncationMask
from trainer_client.grpo.repetition import ends_in_loop

CONFIDENCE = 1.96
"""Standard errors of a 95 % interval."""
BAND = (0.60, 0.75)
"""Diversity that the paper's runs converge to. Read off its figures, of a measure that it does not define."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Facts of a run that rollouts do not tell.

    Args:
        max_length: L_max, tokens; None: only completions that say so count as cut.
        target_length: the length that is to be reached in the end, tokens; None: there are no context stages.
        mask: the run's truncation mask; None: it has none.
        band: diversities that training converges to.
        prefix: tokens of a completion that diversity looks at.
    """

    max_length: int | None = None
    target_length: int | None = None
    mask: TruncationMask | None = None
    band: tuple[float, float] = BAND
    prefix: int = PREFIX


@dataclass(frozen=True, slots=True)
class StepMetrics:
    """A step's figures; None where the log does not tell. Shares are in [0, 1], lengths in tokens.

    ``pressure`` is the force on length at the run's rho, ``pressure_base`` without a mask, both for each completion;
    ``pressure_zero`` is rho*. ``eligible`` is the share of completions that the mask may take, ``relaxed`` the share of
    accepted programs that exact comparison rejects, ``strict_reward`` the mean reward without them. ``max_length`` is
    L_max of this step. ``equal_groups`` teach nothing. ``weight_short`` and ``weight_long`` are mean importance weights
    of the shortest and the longest quarter. ``updates`` are the optimiser's steps on a rollout.
    """

    step: int
    completions: int = 0
    prompts: int = 0
    reward: float | None = None
    strict_reward: float | None = None
    relaxed: float | None = None
    accepted: int = 0
    length: float | None = None
    max_length: float | None = None
    length_share: float | None = None
    truncated: float | None = None
    repeats: float | None = None
    eligible: float | None = None
    masked: float | None = None
    pressure: float | None = None
    pressure_base: float | None = None
    pressure_zero: float | None = None
    diversity: float | None = None
    diversity_low: float | None = None
    diversity_high: float | None = None
    entropy: float | None = None
    equal_groups: float | None = None
    not_judged: float | None = None
    no_code: float | None = None
    weight_short: float | None = None
    weight_long: float | None = None
    clipped_high: float | None = None
    updates: float | None = None
    temperature: float | None = None
    held_out: float | None = None
    held_out_error: float | None = None
    verdicts: dict[str, float] = field(default_factory=dict)


LOGGED = frozenset(each.name for each in fields(StepMetrics)) - {
    "step",
    "verdicts",
    "completions",
    "prompts",
    "accepted",
}
"""Names of figures that a trainer may log itself."""


def measure(step: RolloutStep, facts: RunFacts) -> StepMetrics:
    """Return a step's figures. What the trainer logged fills what its completions do not tell."""
    of_completions = _of_groups(step, facts) if step.groups else StepMetrics(step.number)
    missing: dict[str, Any] = {
        name: float(value)
        for name, value in step.logged.items()
        if name in LOGGED and isfinite(value) and getattr(of_completions, name) is None
    }
    metrics = replace(of_completions, **missing)
    longest = metrics.max_length or facts.max_length
    share = metrics.length / longest if metrics.length is not None and longest else metrics.length_share
    return replace(metrics, max_length=longest, length_share=share)


def _of_groups(step: RolloutStep, facts: RunFacts) -> StepMetrics:
    everything = [rollout for group in step.groups for rollout in group]
    cut = [_is_cut(rollout, facts) for rollout in everything]
    known_cuts = [each for each in cut if each is not None]
    return StepMetrics(
        step.number,
        completions=len(everything),
        prompts=len(step.groups),
        length=fmean(rollout.length for rollout in everything),
        truncated=_share(known_cuts),
        repeats=_repeats(everything, cut, facts),
        not_judged=_share([not rollout.is_judged for rollout in everything]),
        equal_groups=_share([not any(_advantages(group)) for group in step.groups if len(group) > 1]),
        **_rewards(everything),
        **_forces(step, facts),
        **_diversity(step, facts),
        **_weights(everything),
    )


def _is_cut(rollout: Rollout, facts: RunFacts) -> bool | None:
    """Tell if a completion was cut: its own word, else its length; None if neither is known."""
    if rollout.truncated is not None or facts.max_length is None:
        return rollout.truncated
    return rollout.length >= facts.max_length


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _repeats(everything: Sequence[Rollout], cut: Sequence[bool | None], facts: RunFacts) -> float | None:
    window = (facts.mask or TruncationMask()).repeat_window
    tails = [rollout.tokens[-2 * window :] for rollout, c in zip(everything, cut, strict=True) if c and rollout.tokens]
    return _share([ends_in_loop(tail, window) for tail in tails])


def _advantages(group: Sequence[Rollout]) -> list[float]:
    """Return the trainer's advantages if it logged them, else those of the rewards."""
    logged = [rollout.advantage for rollout in group]
    if all(each is not None for each in logged):
        return [each for each in logged if each is not None]
    return advantages_of([rollout.reward if rollout.is_judged else None for rollout in group])


def _forces(step: RolloutStep, facts: RunFacts) -> dict[str, Any]:
    everything = [rollout for group in step.groups for rollout in group]
    mask = facts.mask or TruncationMask()
    eligible = [[_is_eligible(rollout, mask, facts) for rollout in group] for group in step.groups]
    force = total(
        length_pressure(_advantages(group), [rollout.length for rollout in group], flags)
        for group, flags in zip(step.groups, eligible, strict=True)
        if group
    )
    each = LengthPressure(force.base / len(everything), force.push / len(everything))
    figures: dict[str, Any] = {"pressure_base": each.base}
    verdicts = all(rollout.verdict for rollout in everything)
    cuts = any(_is_cut(rollout, facts) is not None for rollout in everything)
    if verdicts and cuts:
        figures |= {"eligible": _share([flag for flags in eligible for flag in flags]), "pressure_zero": each.zero}
        if facts.mask is not None:
            figures["pressure"] = each.at(facts.mask.probability)
    return figures


def _is_eligible(rollout: Rollout, mask: TruncationMask, facts: RunFacts) -> bool:
    cut = bool(_is_cut(rollout, facts))
    return cut and mask.eligible.admits(rollout.verdict) and not mask.repeats(rollout.tokens)


def _rewards(everything: Sequence[Rollout]) -> dict[str, Any]:
    judged = [rollout for rollout in everything if rollout.is_judged and rollout.reward is not None]
    accepted = [rollout for rollout in judged if rollout.is_accepted]
    figures: dict[str, Any] = {"accepted": len(accepted)}
    if judged:
        figures["reward"] = fmean(rollout.reward or 0.0 for rollout in judged)
    verdicts = Counter(rollout.verdict for rollout in everything if rollout.verdict)
    if verdicts:
        figures["verdicts"] = {name: count / len(everything) for name, count in sorted(verdicts.items())}
        figures["no_code"] = verdicts[NO_CODE] / len(everything)
    if accepted and all(rollout.strict is not None for rollout in accepted):
        relaxed = [rollout.strict is False for rollout in accepted]
        figures["relaxed"] = _share(relaxed)
        strict = [0.0 if r.is_accepted and r.strict is False else r.reward or 0.0 for r in judged]
        figures["strict_reward"] = fmean(strict)
    return figures


def _diversity(step: RolloutStep, facts: RunFacts) -> dict[str, Any]:
    """Return D with its interval: groups are drawn at random, so their means tell its error."""
    groups = [[rollout.tokens for rollout in group if rollout.tokens] for group in step.groups]
    each = [pair_diversity([group], prefix=facts.prefix) for group in groups if len(group) > 1]
    if not each:
        return {}
    mean, error = fmean(each), CONFIDENCE * stdev(each) / sqrt(len(each)) if len(each) > 1 else 0.0
    return {"diversity": mean, "diversity_low": max(mean - error, 0.0), "diversity_high": min(mean + error, 1.0)}


def _weights(everything: Sequence[Rollout]) -> dict[str, Any]:
    pairs = [(rollout.weight, rollout.length) for rollout in everything if rollout.weight is not None]
    if not pairs:
        return {}
    short, long = weight_by_length([weight for weight, _ in pairs], [length for _, length in pairs])
    return {"weight_short": short, "weight_long": long}
