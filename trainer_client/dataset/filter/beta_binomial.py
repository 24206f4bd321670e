"""The posterior of a pass rate after a few attempts. A rate of 0.3 gives 0 of 4 in 24 of 100 cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEAST_PRECISION, _MOST_PRECISION = 0.5, 500.0
INTERVAL = 0.95


@dataclass(frozen=True, slots=True)
class Posterior:
    """A beta distribution of a pass rate."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """Return the expected pass rate."""
        return self.a / (self.a + self.b)

    def interval(self) -> tuple[float, float]:
        """Return the central interval that holds the rate with probability ``INTERVAL``."""
        from scipy.special import betaincinv

        tail = (1 - INTERVAL) / 2
        return float(betaincinv(self.a, self.b, tail)), float(betaincinv(self.a, self.b, 1 - tail))

    def below(self, p: float) -> float:
        """Return the probability that the pass rate is below ``p``."""
        from scipy.special import betainc

        return float(betainc(self.a, self.b, min(max(p, 0.0), 1.0)))

    def within(self, low: float, high: float) -> float:
        """Return the probability that the pass rate lies between ``low`` and ``high``."""
        return self.below(high) - self.below(low)


def posterior(mean: float, precision: float, c: int = 0, k: int = 0) -> Posterior:
    """Return the posterior after ``c`` of ``k`` attempts passed, for a problem whose expected pass rate was ``mean``.

    Args:
        precision: the number of attempts that the expectation is worth.
    """
    return Posterior(mean * precision + c, (1 - mean) * precision + k - c)


def fit_precision(mean: Floats, c: Floats, k: Floats) -> float:
    """Return the precision under which the attempts are most likely. It is low if problems of one difficulty differ
    much."""
    from scipy.optimize import minimize_scalar
    from scipy.special import betaln

    def loss(log_precision: float) -> float:
        precision = np.exp(log_precision)
        a, b = mean * precision, (1 - mean) * precision
        return -float(np.sum(betaln(a + c, b + k - c) - betaln(a, b)))

    bounds = (np.log(_LEAST_PRECISION), np.log(_MOST_PRECISION))
    minimum = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return round(float(np.exp(minimum.x)), 3)
