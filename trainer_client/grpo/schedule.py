"""Lengths and temperatures that change at steps that are known before training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

_Value = TypeVar("_Value", int, float)


@dataclass(frozen=True, slots=True)
class ScheduledStage:
    """A stage from the first rollout at or after ``step`` on: completions have up to ``length`` tokens, drawn at
    ``temperature``; None: as before."""

    step: int
    length: int | None = None
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Stages in the order of their steps. It holds no state: a run that is resumed finds its stage by its step.

    Raises:
        ValueError: the first stage does not begin at step 0, steps do not rise, a length falls, or a stage changes
            nothing.
    """

    stages: tuple[ScheduledStage, ...]

    def __post_init__(self) -> None:
        steps = [stage.step for stage in self.stages]
        if steps[:1] != [0]:
            raise ValueError("schedule: the first stage begins at step 0")
        if any(after <= before for before, after in pairwise(steps)):
            raise ValueError(f"schedule: steps must rise, unlike {steps}")
        if self.lengths != sorted(self.lengths):
            raise ValueError(f"schedule: lengths must not fall, unlike {self.lengths}")
        if any(stage.length is None and stage.temperature is None for stage in self.stages):
            raise ValueError("schedule: a stage has a length, a temperature, or both")

    @property
    def lengths(self) -> list[int]:
        """The lengths, in order."""
        return [stage.length for stage in self.stages if stage.length is not None]

    def length_at(self, step: int) -> int | None:
        """Return the length of a rollout that is made after so many steps; None: the schedule has none yet."""
        return _last([stage.length for stage in self.stages if stage.step <= step])

    def temperature_at(self, step: int) -> float | None:
        """Return the temperature of such a rollout; None: the schedule has none yet."""
        return _last([stage.temperature for stage in self.stages if stage.step <= step])


def _last(values: Sequence[_Value | None]) -> _Value | None:
    return next((value for value in reversed(values) if value is not None), None)
