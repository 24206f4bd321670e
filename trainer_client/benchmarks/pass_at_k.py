"""pass@k without bias, and how certain a difference is."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

_RESAMPLES = 10_000
_RESAMPLES_OF_ONE = 2_000
"""Of a single score, whose bounds are read to two digits."""


def pass_at_k(samples: int, passed: int, k: int) -> float:
    """The chance that at least one of ``k`` samples drawn without replacement is right, of ``samples`` of which
    ``passed`` are (Chen et al. 2021, equation 1).

    Raises:
        ValueError: there are fewer than ``k`` samples.
    """
    if samples < k:
        raise ValueError(f"pass@{k} needs {k} samples for every problem; there are {samples}")
    if samples - passed < k:
        return 1.0
    return 1.0 - math.prod(1.0 - k / i for i in range(samples - passed + 1, samples + 1))


class Interval(NamedTuple):
    """A mean, and between what bounds it lies with a confidence of 95 %."""

    mean: float
    low: float
    high: float


def paired_difference(ours: Mapping[str, float], theirs: Mapping[str, float], seed: int = 0) -> Interval:
    """Estimate how much better ``ours`` is, by a paired bootstrap over the problems that both have (Efron 1979).

    Raises:
        ValueError: they have no problem in common.
    """
    differences = [ours[name] - theirs[name] for name in ours if name in theirs]
    if not differences:
        raise ValueError("the two runs have no problem in common, so they cannot be compared")
    return Interval(fmean(differences), *_bounds(differences, random.Random(seed)))


def mean_interval(values: Sequence[float], seed: int = 0) -> Interval | None:
    """Return a mean with its bounds by a bootstrap over problems (Efron 1979). None where all values are equal, or
    there is none: resampling them says nothing."""
    if len(set(values)) < 2:
        return None
    return Interval(fmean(values), *_bounds(values, random.Random(seed), _RESAMPLES_OF_ONE))


def unpaired_difference(ours: Sequence[float], theirs: Sequence[float], seed: int = 0) -> Interval:
    """Estimate how much better the mean of ``ours`` is than that of ``theirs``, which are other problems.

    Raises:
        ValueError: one of them is empty.
    """
    if not ours or not theirs:
        raise ValueError("there are no problems on one side")
    chance = random.Random(seed)
    differences = sorted(
        fmean(chance.choices(ours, k=len(ours))) - fmean(chance.choices(theirs, k=len(theirs)))
        for _ in range(_RESAMPLES_OF_ONE)
    )
    return Interval(fmean(ours) - fmean(theirs), *_quantiles(differences))


def _bounds(values: Sequence[float], chance: random.Random, resamples: int = _RESAMPLES) -> tuple[float, float]:
    return _quantiles(sorted(fmean(chance.choices(values, k=len(values))) for _ in range(resamples)))


def _quantiles(ordered: Sequence[float]) -> tuple[float, float]:
    return ordered[int(0.025 * len(ordered))], ordered[int(0.975 * len(ordered)) - 1]
