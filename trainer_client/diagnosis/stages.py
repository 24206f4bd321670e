"""Stages by the same rules that warn: when to raise the maximum length, when to go to the next temperature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer_client.diagnosis import trends
from trainer_client.diagnosis.alarms import MAX_TRUNCATED, WINDOW
from trainer_client.diagnosis.metrics import StepMetrics
from trainer_client.grpo.controller import Stages, TemperatureController

LATEST_STEP = 240
"""The paper's runs recovered after an extension at step 260, and not after one at 520."""


@dataclass(frozen=True, slots=True)
class StageChange:
    """A change to make before the next rollout, and the reason for it."""

    value: float
    reason: str


@dataclass(frozen=True, slots=True)
class ContextStages:
    """The rule for the maximum length.

    A length is left for the next one once more than ``truncated`` of the completions were cut in each of the last
    ``patience`` steps, or at ``latest_step``, whichever comes first; never within ``dwell`` steps of the last change.

    Args:
        lengths: L_max stage by stage, tokens, rising.
        truncated: a share in [0, 1].
        patience, dwell, latest_step: steps.
    Raises:
        ValueError: a value has no meaning.
    Source: findings 19 to 24. That truncation triggers the change is our decision; so is the latest step, a little
        before the one that the paper shows to be early enough.
    """

    lengths: tuple[int, ...]
    truncated: float = MAX_TRUNCATED
    patience: int = WINDOW
    dwell: int = 20
    latest_step: int = LATEST_STEP

    def __post_init__(self) -> None:
        if not self.lengths or self.lengths[0] < 1 or list(self.lengths) != sorted(set(self.lengths)):
            raise ValueError(f"lengths must rise from stage to stage, above 0: {self.lengths}")
        if not 0 <= self.truncated <= 1 or self.patience < 1 or self.dwell < 0 or self.latest_step < 1:
            raise ValueError("truncated must lie in [0, 1], patience and latest_step be above 0, dwell not negative")


def next_context(
    history: Sequence[StepMetrics], rule: ContextStages, current: int, *, changed_at: int = 0
) -> StageChange | None:
    """Return the maximum length to change to now, and why; None to stay.

    Args:
        history: all steps so far.
        current: L_max now, tokens.
        changed_at: the step of the last change.
    """
    longer = next((length for length in rule.lengths if length > current), None)
    if longer is None or not history or history[-1].step - changed_at < rule.dwell:
        return None
    since = [step for step in history if step.step > changed_at]
    if trends.all_above(since, lambda step: step.truncated, rule.truncated, rule.patience):
        mean = trends.last_mean(since, lambda step: step.truncated, rule.patience) or 0.0
        return StageChange(
            longer, f"{mean:.0%} of completions were cut at {current} tokens in the last {rule.patience} steps"
        )
    if history[-1].step >= rule.latest_step and changed_at < rule.latest_step:
        return StageChange(
            longer, f"step {history[-1].step}: what is extended later recovers less length and diversity"
        )
    return None


def next_temperature(history: Sequence[StepMetrics], stages: Stages, *, changed_at: int = 0) -> StageChange | None:
    """Return the temperature to change to now, and why; None to stay. This is ``TemperatureController``'s rule for a
    trainer that has none: the history since the last change is followed anew.

    Args:
        history: all steps so far.
        stages: the rule, from the temperature of now on.
        changed_at: the step of the last change.
    """
    controller = TemperatureController(stages)
    since = [step for step in history if step.step > changed_at and step.diversity is not None]
    for number, step in enumerate(since, 1):
        low = controller.state.mean
        changed = controller.observe(step.diversity or 0.0)
        if changed is not None and number == len(since):
            mean = low if low is not None else step.diversity
            return StageChange(
                changed, f"mean diversity is {mean:.2f}, below {stages.floor:.2f} for {stages.patience} steps"
            )
        if changed is not None:
            return StageChange(changed, f"was due at step {step.step}: diversity was below {stages.floor:.2f}")
    return None
