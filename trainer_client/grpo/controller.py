"""Change of the training temperature: in stages, never by a ramp, which the paper found to destabilise training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Stages:
    """The rule.

    A temperature is left for the next one once the mean diversity has been below ``floor`` for ``patience`` steps
    running and ``dwell`` steps have passed since the last change. A step above the floor, plus ``margin``, starts the
    count anew; between the two it stands still, so that noise about the floor neither hurries nor delays a change.

    Args:
        temperatures: stage by stage, rising; one alone never changes.
        floor, margin: diversities in [0, 1].
        patience, dwell: steps.
        memory: share of the old mean that a step keeps, in [0, 1): an exponential mean.
    Raises:
        ValueError: a value has no meaning.
    Source: staged low to high beats one high temperature in the paper; the trigger is our decision.
    """

    temperatures: tuple[float, ...]
    floor: float
    margin: float = 0.02
    patience: int = 20
    dwell: int = 100
    memory: float = 0.9

    def __post_init__(self) -> None:
        if not self.temperatures or self.temperatures[0] <= 0:
            raise ValueError(f"stages need temperatures above 0, not {self.temperatures}")
        if list(self.temperatures) != sorted(set(self.temperatures)):
            raise ValueError(f"temperatures must rise from stage to stage: {self.temperatures}")
        if not (0 <= self.floor <= 1 and 0 <= self.margin <= 1 and 0 <= self.memory < 1):
            raise ValueError("floor and margin must lie in [0, 1], memory in [0, 1)")
        if self.patience < 1 or self.dwell < 0:
            raise ValueError("patience must be at least 1 step, dwell not negative")


@dataclass(frozen=True, slots=True)
class State:
    """A controller's state: plain numbers, for a checkpoint."""

    stage: int = 0
    mean: float | None = None
    low_steps: int = 0
    steps_in_stage: int = 0


class TemperatureController:
    """Follows the rule of ``Stages``. The same observations from the same state give the same temperatures, so that a
    run that is resumed goes on as if it had never stopped."""

    def __init__(self, stages: Stages, state: State | None = None) -> None:
        self.stages, self.state = stages, state or State()

    @property
    def temperature(self) -> float:
        """The temperature to sample and to score with, now."""
        return self.stages.temperatures[self.state.stage]

    def observe(self, diversity: float) -> float | None:
        """Take note of one step's diversity. The new temperature, if it changes here; change it before the next
        rollout, never within one.

        Raises:
            ValueError: the diversity lies outside [0, 1].
        """
        if not 0 <= diversity <= 1:
            raise ValueError(f"a diversity lies in [0, 1], not {diversity}")
        rule, old = self.stages, self.state
        mean = diversity if old.mean is None else rule.memory * old.mean + (1 - rule.memory) * diversity
        self.state = replace(old, mean=mean, low_steps=self._low_steps(mean), steps_in_stage=old.steps_in_stage + 1)
        if not self._due():
            return None
        # The mean starts anew: what was seen at the old temperature says nothing about the new one.
        self.state = State(stage=old.stage + 1)
        return self.temperature

    def _low_steps(self, mean: float) -> int:
        if mean < self.stages.floor:
            return self.state.low_steps + 1
        return 0 if mean > self.stages.floor + self.stages.margin else self.state.low_steps

    def _due(self) -> bool:
        return (
            self.state.low_steps >= self.stages.patience
            and self.state.steps_in_stage >= self.stages.dwell
            and self.state.stage + 1 < len(self.stages.temperatures)
        )

    def state_dict(self) -> dict[str, Any]:
        """Rule and state as plain JSON, for a checkpoint."""
        return {"stages": asdict(self.stages) | {"temperatures": list(self.stages.temperatures)}, **asdict(self.state)}

    def load_state_dict(self, saved: Mapping[str, Any]) -> Self:
        """Go on from a checkpoint.

        Raises:
            ValueError: it was made under another rule, or is not a controller's.
        """
        if saved.get("stages") != self.state_dict()["stages"]:
            raise ValueError(f"the checkpoint's stages {saved.get('stages')} are not this run's {self.stages}")
        try:
            state = State(**{name: saved[name] for name in State.__dataclass_fields__})
        except KeyError as error:
            raise ValueError(f"the checkpoint lacks {error}") from None
        if not 0 <= state.stage < len(self.stages.temperatures):
            raise ValueError(f"the checkpoint's stage {state.stage} does not exist")
        self.state = state
        return self
