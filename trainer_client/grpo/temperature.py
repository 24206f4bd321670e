"""Choice of the training temperature: T(D), from a probe of the model before training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trainer_client.grpo.diversity import Tokens, pair_diversity

PROBED = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0)
"""The temperatures of a probe, if none are named."""
ACCURATE = 0.95
"""A temperature is accurate that keeps this share of the best temperature's accuracy."""
DIVERSE = 0.7
"""The diversity to reach, as a share of that at the highest accurate temperature."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion of a probe: its tokens, the service's verdict, and whether it was cut at the maximum length."""

    tokens: Tokens
    verdict: str
    truncated: bool


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe of the model at one temperature. All but the temperature are shares in [0, 1]; those of verdicts are of
    the completions that were judged, and None where none was."""

    temperature: float
    diversity: float
    accuracy: float | None
    no_code: float | None
    truncated: float


class NoTemperature(ValueError):
    """No probed temperature fulfils the rule; the message says why."""


def measure(
    temperature: float,
    groups: Sequence[Sequence[Completion]],
    *,
    diversity: Callable[[Sequence[Sequence[Tokens]]], float] = pair_diversity,
) -> Probe:
    """The probe of one temperature.

    Args:
        groups: completions by prompt, shape (N, G); N = 64 to 200 and G = 8 are enough for two digits.
    Raises:
        ValueError: no prompt has two completions.
    """
    everything = [each for group in groups for each in group]
    judged = [each.verdict for each in everything if each.verdict not in ("judge_error", "cancelled")]
    return Probe(
        temperature,
        diversity([[each.tokens for each in group] for group in groups]),
        judged.count("accepted") / len(judged) if judged else None,
        judged.count("no_code") / len(judged) if judged else None,
        sum(each.truncated for each in everything) / len(everything),
    )


def choose_temperature(probes: Sequence[Probe], *, diversity: float | None = None) -> float:
    """The lowest accurate temperature that is diverse enough.

    Args:
        diversity: to reach; by default ``DIVERSE`` times the one at the highest accurate temperature.
    Raises:
        NoTemperature: nothing was judged, nothing was ever accepted, or no accurate temperature is so diverse.
    Source: the paper's words: start where diversity is at or above what training converges to, not far above. The
        numbers are our decision.
    """
    judged = [(probe, probe.accuracy) for probe in probes if probe.accuracy is not None]
    best = max((accuracy for _, accuracy in judged), default=0.0)
    if best == 0:
        raise NoTemperature("no program was accepted at any temperature; train on easier problems first")
    candidates = sorted(
        (probe for probe, accuracy in judged if accuracy >= ACCURATE * best), key=lambda probe: probe.temperature
    )
    target = DIVERSE * candidates[-1].diversity if diversity is None else diversity
    for probe in candidates:
        if probe.diversity >= target:
            return probe.temperature
    most = max(candidates, key=lambda probe: probe.diversity)
    raise NoTemperature(
        f"no accurate temperature reaches diversity {target:.2f}; the most diverse is {most.temperature} "
        f"with {most.diversity:.2f}: ask for less diversity, or accept less accuracy"
    )
