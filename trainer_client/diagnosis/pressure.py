"""The force on length: which way a step's advantages push the mean length, and how much of it the mask takes away.

A policy-gradient step moves log-probabilities along the advantages, so that within a group the mean length moves with
the covariance of advantage and length. With the mask, completion i keeps its advantage with probability 1 - rho e_i,
where e_i says that it is eligible (cut, not judged wrong, no loop). Averaged over the mask's draws the force is

    P(rho) = sum_i A_i (1 - rho e_i) (l_i - mean l) = base + rho push,

a line in rho: no draw is needed, and rho* = -base / push is the probability at which the force vanishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, isnan

STD_EPSILON = 1e-4
"""Added to a group's standard deviation, as ``grpo.advantages`` does."""


@dataclass(frozen=True, slots=True)
class LengthPressure:
    """P(rho) as a line. Positive makes completions longer.

    Args:
        base: P(0), tokens times advantage, the sum over completions.
        push: P(1) - P(0): what the mask takes away when it takes every eligible completion's advantage.
    """

    base: float = 0.0
    push: float = 0.0

    def at(self, probability: float) -> float:
        """P(rho)."""
        return self.base + probability * self.push

    @property
    def zero(self) -> float | None:
        """rho*, where P vanishes. It may lie outside [0, 1]: then no mask turns the force round. None if the mask
        has nothing to take."""
        return -self.base / self.push if self.push else None


def length_pressure(advantages: Sequence[float], lengths: Sequence[int], eligible: Sequence[bool]) -> LengthPressure:
    """Return the force within one group, all arguments of shape (G,). The mean length is the group's, since the
    advantages compare completions of one prompt.

    Raises:
        ValueError: the shapes differ, or the group is empty.
    """
    if not lengths:
        raise ValueError("a group without completions has no length")
    mean = fsum(lengths) / len(lengths)
    terms = [(a * (length - mean), e) for a, length, e in zip(advantages, lengths, eligible, strict=True)]
    return LengthPressure(fsum(term for term, _ in terms), -fsum(term for term, masked in terms if masked))


def total(pressures: Iterable[LengthPressure]) -> LengthPressure:
    """Add up groups."""
    each = list(pressures)
    return LengthPressure(fsum(one.base for one in each), fsum(one.push for one in each))


def mask_push(share: float, advantage: float, length: float, max_length: int) -> float:
    """Return rho times push for each completion, from what a trainer logs: every masked completion has the maximum
    length.

    Args:
        share: of completions that were masked.
        advantage: mean of what was taken from them.
        length: mean of all, tokens.
        max_length: L_max, tokens.
    """
    return -share * advantage * (max_length - length)


def advantages_of(rewards: Sequence[float | None]) -> list[float]:
    """Return a group's advantages, shape (G,), as ``grpo.advantages.group_advantages`` does, without NumPy."""
    judged = [reward for reward in rewards if reward is not None and not isnan(reward)]
    if len(judged) < 2 or all(reward == judged[0] for reward in judged):
        return [0.0] * len(rewards)
    mean = fsum(judged) / len(judged)
    deviation = (fsum((reward - mean) ** 2 for reward in judged) / (len(judged) - 1)) ** 0.5
    return [0.0 if r is None or isnan(r) else (r - mean) / (deviation + STD_EPSILON) for r in rewards]
