"""Figures as people read them: which there are, what they are called, and how they are written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from trainer_client.diagnosis.metrics import StepMetrics
from trainer_client.diagnosis.monitor import TrainingMonitor


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure to show: the field of ``StepMetrics``, its title, and the rules that watch it. One that ``is_share`` is
    drawn from 0 to 1."""

    name: str
    title: str
    rules: tuple[str, ...] = ()
    is_share: bool = False


CURVES = (
    Curve("reward", "reward", ("too_easy",), True),
    Curve("strict_reward", "reward, by exact comparison alone", (), True),
    Curve("held_out", "held-out score", ("held_out_fell", "train_and_held_out_part"), True),
    Curve("relaxed", "rewards that rest on what a checker forgives", ("relaxation",)),
    Curve("length", "length, tokens", ("length_at_limit",)),
    Curve("truncated", "cut at the maximum length", ("truncation",), True),
    Curve("pressure", "length pressure at rho", ()),
    Curve("pressure_base", "length pressure without a mask", ()),
    Curve("pressure_zero", "rho at which it vanishes", ()),
    Curve("eligible", "the mask may take", ("mask_starved",), True),
    Curve("masked", "masked", ("mask_starved",)),
    Curve("repeats", "of the cut, end in a loop", (), True),
    Curve("diversity", "diversity", ("collapse", "diversity_start", "diversity_declines"), True),
    Curve("entropy", "entropy", ("entropy",)),
    Curve("equal_groups", "groups with equal rewards", ("equal_groups",), True),
    Curve("no_code", "without a program", (), True),
    Curve("not_judged", "not judged", ("not_judged",)),
    Curve("weight_short", "importance weight, shortest quarter", ("weight_by_length",)),
    Curve("weight_long", "importance weight, longest quarter", ("weight_by_length",)),
    Curve("clipped_high", "clipped from above", ()),
    Curve("updates", "updates per rollout", ()),
    Curve("temperature", "temperature", ("temperature_ramp", "temperature_low")),
)
"""All figures, in the order in which they are shown."""


def row_of(metrics: StepMetrics) -> Iterator[tuple[str, str]]:
    """Yield the titles and values of the figures that a step has."""
    for curve in CURVES:
        value = getattr(metrics, curve.name)
        if value is not None:
            yield curve.title, f"{value:.4g}"


def report(monitor: TrainingMonitor) -> dict[str, object]:
    """Return a run's steps and alarms as plain JSON values."""
    return {
        "steps": [asdict(step) for step in monitor.history],
        "alarms": [asdict(alarm) for alarm in monitor.alarms],
        "own_band": monitor.own_band,
    }


def as_json(monitor: TrainingMonitor) -> str:
    """Return the report as JSON text."""
    return json.dumps(report(monitor), indent=1)
