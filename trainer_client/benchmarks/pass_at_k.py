"""pass@k without bias, and how certain a difference is."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

_RESAMPLES = 10_000


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


def _bounds(values: Sequence[float], chance: random.Random) -> tuple[float, float]:
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    return means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]
