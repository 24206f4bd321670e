"""Calibration: from a difficulty to the probability that a model solves the problem, and the quality of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer_client.dataset.filter.beta_binomial import Floats
from trainer_client.dataset.row import write_canonical

ISOTONIC_FROM = 200
"""Problems from which on the calibration is isotonic. With fewer, steps would follow chance: Platt's curve is used."""
MIN_PROBLEMS = 20
"""Problems for a calibration, at least."""
BINS = 10
_RESAMPLES = 1000
_MIN_P = 0.002


@dataclass(frozen=True, slots=True)
class SolveCounts:
    """Attempts at problems: difficulties, successes ``c`` of ``k``, and each problem's fold in cross-validation."""

    difficulty: Floats
    c: Floats
    k: Floats
    fold: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.k.size)

    def part(self, chosen: NDArray[np.bool_]) -> SolveCounts:
        """Return a part of the evidence."""
        return SolveCounts(self.difficulty[chosen], self.c[chosen], self.k[chosen], self.fold[chosen])


@dataclass(frozen=True, slots=True)
class Calibration:
    """A curve from difficulty to pass rate, through ``xs`` and ``ys``, flat beyond its ends."""

    method: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    problems: int

    def __call__(self, difficulty: Floats | Sequence[float]) -> Floats:
        """Return the pass rates at these difficulties, in (0, 1)."""
        rates: Floats = np.clip(np.interp(np.asarray(difficulty), self.xs, self.ys), _MIN_P, 1 - _MIN_P)
        return rates

    @property
    def id(self) -> str:
        """The digest of the curve."""
        return sha256(write_canonical([self.method, self.xs, self.ys, self.problems])).hexdigest()[:16]

    def cut(self, pass_rate: float) -> float | None:
        """Return the difficulty from which on the pass rate is below a value, None if the curve never crosses it."""
        below = [x for x, y in zip(self.xs, self.ys, strict=True) if y < pass_rate]
        if not below or self.ys[0] < pass_rate:
            return None
        after = self.xs.index(below[0])
        x0, x1, y0, y1 = self.xs[after - 1], self.xs[after], self.ys[after - 1], self.ys[after]
        return x0 + (x1 - x0) * (y0 - pass_rate) / (y0 - y1)


@dataclass(frozen=True, slots=True)
class Reliability:
    """The quality of out-of-fold predictions. ``gain`` is the Brier score of the base rate, fitted out of fold as well,
    minus that of the predictions; its interval (95 %) is over problems."""

    problems: int
    ece: float
    brier: float
    brier_base: float
    gain: float
    gain_low: float
    gain_high: float
    bins: tuple[tuple[float, float, float], ...]
    """Mean prediction, pass rate and attempts of each bin."""

    @property
    def beats_base_rate(self) -> bool:
        """True if the whole interval of ``gain`` is above 0."""
        return self.gain_low > 0


def fit(evidence: SolveCounts) -> Calibration:
    """Fit a calibration to all of the evidence, weighted by attempts.

    Raises:
        ValueError: there are fewer than ``MIN_PROBLEMS`` problems.
    """
    if len(evidence) < MIN_PROBLEMS:
        raise ValueError(f"{len(evidence)} problems with pass rates; {MIN_PROBLEMS} are needed")
    return _isotonic(evidence) if len(evidence) >= ISOTONIC_FROM else _platt(evidence)


def out_of_fold(evidence: SolveCounts) -> tuple[Floats, Floats]:
    """Predict each problem's pass rate by a calibration without the problems of its fold. Returns the predictions and
    the base rates of the other folds."""
    predicted, base = np.empty(len(evidence)), np.empty(len(evidence))
    for fold in np.unique(evidence.fold):
        inside = evidence.fold == fold
        rest = evidence.part(~inside)
        base[inside] = (rest.c.sum() + 1) / (rest.k.sum() + 2)
        enough = len(rest) >= MIN_PROBLEMS
        predicted[inside] = fit(rest)(evidence.difficulty[inside]) if enough else base[inside]
    return predicted, base


def reliability(evidence: SolveCounts, predicted: Floats, base: Floats, seed: int = 0) -> Reliability:
    """Measure the quality of predictions."""
    losses, base_losses = _brier_sums(evidence, predicted), _brier_sums(evidence, base)
    every = evidence.k.sum()
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(evidence), size=(_RESAMPLES, len(evidence)))
    gains = (base_losses - losses)[draws].sum(axis=1) / evidence.k[draws].sum(axis=1)
    low, high = np.quantile(gains, (0.025, 0.975))
    bins = _bins(evidence, predicted)
    return Reliability(
        problems=len(evidence),
        ece=float(sum(attempts * abs(mean - rate) for mean, rate, attempts in bins) / every),
        brier=float(losses.sum() / every),
        brier_base=float(base_losses.sum() / every),
        gain=float((base_losses.sum() - losses.sum()) / every),
        gain_low=float(low),
        gain_high=float(high),
        bins=bins,
    )


def _brier_sums(evidence: SolveCounts, predicted: Floats) -> Floats:
    """Return the sum of squared errors over each problem's attempts."""
    sums: Floats = evidence.c * (1 - predicted) ** 2 + (evidence.k - evidence.c) * predicted**2
    return sums


def _bins(evidence: SolveCounts, predicted: Floats) -> tuple[tuple[float, float, float], ...]:
    """Divide the predictions into bins with about equal numbers of attempts."""
    order = np.argsort(predicted, kind="stable")
    ends = np.cumsum(evidence.k[order]) / evidence.k.sum() * BINS
    numbers = np.minimum(np.ceil(ends - 1e-9) - 1, BINS - 1).astype(int)
    bins = []
    for number in np.unique(numbers):
        chosen = order[numbers == number]
        attempts = evidence.k[chosen].sum()
        mean = float((predicted[chosen] * evidence.k[chosen]).sum() / attempts)
        bins.append((mean, float(evidence.c[chosen].sum() / attempts), float(attempts)))
    return tuple(bins)


def _platt(evidence: SolveCounts) -> Calibration:
    """Fit a logistic curve, and return it as points."""
    from sklearn.linear_model import LogisticRegression

    centre, scale = evidence.difficulty.mean(), evidence.difficulty.std() or 1.0
    x = ((evidence.difficulty - centre) / scale).reshape(-1, 1)
    both = np.concatenate([x, x])
    outcomes = np.repeat([1, 0], len(evidence))
    # One success and one failure are spread over all: if all attempts end alike, the curve must not be 0 or 1.
    prior = 1.0 / len(evidence)
    weights = np.concatenate([evidence.c + prior, evidence.k - evidence.c + prior])
    model = LogisticRegression(C=100.0, max_iter=1000).fit(both, outcomes, sample_weight=weights)
    grid = np.linspace(x.min(), x.max(), 101)
    ys = model.predict_proba(grid.reshape(-1, 1))[:, 1]
    return _curve("platt", grid * scale + centre, ys, len(evidence))


def _isotonic(evidence: SolveCounts) -> Calibration:
    """Fit a falling curve: straight lines through the middles of isotonic regression's steps."""
    from sklearn.isotonic import IsotonicRegression

    model = IsotonicRegression(increasing=False, y_min=0.0, y_max=1.0)
    rates = model.fit_transform(evidence.difficulty, evidence.c / evidence.k, sample_weight=evidence.k)
    xs, ys = [], []
    for rate in np.unique(rates)[::-1]:
        step = rates == rate
        weight = evidence.k[step]
        xs.append(float((evidence.difficulty[step] * weight).sum() / weight.sum()))
        ys.append(float(rate))
    return _curve("isotonic", xs, ys, len(evidence))


def _curve(method: str, xs: Any, ys: Any, problems: int) -> Calibration:
    return Calibration(method, tuple(round(float(x), 6) for x in xs), tuple(round(float(y), 6) for y in ys), problems)
