"""Means, slopes and tests over the last steps of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, sqrt
from statistics import fmean

from trainer_client.diagnosis.metrics import StepMetrics

Figure = Callable[[StepMetrics], float | None]


def last(history: Sequence[StepMetrics], figure: Figure, window: int) -> list[float] | None:
    """Return a figure's values in the last ``window`` steps; None where fewer have it."""
    values: list[float] = []
    for step in reversed(history):
        value = figure(step)
        if value is not None:
            values.append(value)
            if len(values) == window:
                return values[::-1]
    return None


def first(history: Sequence[StepMetrics], figure: Figure, window: int) -> list[float] | None:
    """Return a figure's values in the first ``window`` steps that have it; None where fewer have."""
    return last(history[::-1], figure, window)


def last_mean(history: Sequence[StepMetrics], figure: Figure, window: int) -> float | None:
    """Return the mean of a figure over the last ``window`` steps that have it."""
    values = last(history, figure, window)
    return fmean(values) if values else None


def all_above(history: Sequence[StepMetrics], figure: Figure, limit: float, window: int) -> bool:
    """Tell if a figure was above a limit in each of the last ``window`` steps that have it."""
    values = last(history, figure, window)
    return values is not None and min(values) > limit


def slope(values: Sequence[float]) -> tuple[float, float]:
    """Return the change from one value to the next by least squares, and its t value.

    Raises:
        ValueError: there are fewer than three values.
    """
    count = len(values)
    if count < 3:
        raise ValueError("a slope with an error needs three values")
    middle, mean = (count - 1) / 2, fmean(values)
    spread = sum((place - middle) ** 2 for place in range(count))
    rise = sum((place - middle) * (value - mean) for place, value in enumerate(values)) / spread
    rest = sum((value - mean - rise * (place - middle)) ** 2 for place, value in enumerate(values))
    error = sqrt(rest / (count - 2) / spread)
    return rise, rise / error if error else (inf if rise > 0 else -inf if rise < 0 else 0.0)


def difference_of_shares(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    """Return how far a share rose, and that in standard errors. Each argument is a count and how many there were."""
    (few, n), (many, m) = before, after
    if not n or not m:
        return 0.0, 0.0
    pooled = (few + many) / (n + m)
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    rise = many / m - few / n
    return rise, rise / error if error else 0.0
