"""Choice of the training temperature: T(D), from a probe of the model before training."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, stdev

from trainer_client.grpo.diversity import Tokens, pair_diversity

PROBED = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0)
"""The temperatures of a probe, if none are named."""
DIVERSE = 0.70
"""The diversity to reach: the paper's runs converge to 0.6 to 0.75, and one that starts below only loses diversity."""
_ERROR = 0.05
"""The chance that a test may err, each to one side: over all temperatures for accuracy, at one for diversity."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion of a probe: its tokens, the service's verdict, and whether it was cut at the maximum length."""

    tokens: Tokens
    verdict: str
    truncated: bool


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe of the model at one temperature. All but the temperature are shares in [0, 1]; those of verdicts are of
    the completions that were judged, and None where none was. ``diversities`` and ``accuracies`` have a value for each
    prompt, in the order of the prompts; None where it has fewer than two completions, or none that was judged."""

    temperature: float
    diversity: float
    accuracy: float | None
    no_code: float | None
    truncated: float
    diversities: tuple[float | None, ...] = ()
    accuracies: tuple[float | None, ...] = ()

    def diversity_bound(self, side: int) -> float:
        """Return the diversity, less (``side`` -1) or more (1) what it may be off by chance, with 95 % confidence."""
        known = [each for each in self.diversities if each is not None]
        return self.diversity + side * NormalDist().inv_cdf(1 - _ERROR) * _standard_error(known)

    def is_less_accurate(self, than: Probe, error: float) -> bool:
        """Tell whether fewer of the programs are right than at another temperature, by a paired test: the same prompts
        are compared, since they differ far more than temperatures do. ``error`` is the chance that it errs."""
        pairs = zip(self.accuracies, than.accuracies, strict=True)
        losses = [theirs - ours for ours, theirs in pairs if ours is not None and theirs is not None]
        mean = sum(losses) / len(losses) if losses else 0.0
        return mean > NormalDist().inv_cdf(1 - error) * _standard_error(losses)


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
    judged = _judged(everything)
    return Probe(
        temperature,
        diversity([[each.tokens for each in group] for group in groups]),
        judged.count("accepted") / len(judged) if judged else None,
        judged.count("no_code") / len(judged) if judged else None,
        sum(each.truncated for each in everything) / len(everything),
        tuple(diversity([[each.tokens for each in group]]) if len(group) > 1 else None for group in groups),
        tuple(map(_accuracy, groups)),
    )


def choose_temperature(probes: Sequence[Probe], *, diversity: float = DIVERSE) -> float:
    """The lowest temperature that is surely diverse enough, of those that are not shown to be less accurate than the
    best one. If none is surely so: the most diverse of those that are not shown to be less accurate, as long as it may
    be diverse enough.

    Args:
        probes: of the same prompts in the same order.
        diversity: to reach.
    Raises:
        NoTemperature: nothing was judged, nothing was ever accepted, or no accurate temperature is so diverse.
    Source: the paper's words: start where diversity is at or above what training converges to, not far above. The
        number is read off its figures; the tests are our decision.
    """
    judged = sorted((probe for probe in probes if probe.accuracy is not None), key=lambda probe: probe.temperature)
    best = max(judged, key=lambda probe: probe.accuracy or 0.0, default=None)
    if best is None or not best.accuracy:
        raise NoTemperature("no program was accepted at any temperature; train on easier problems first")
    error = _ERROR / max(len(judged) - 1, 1)
    candidates = [probe for probe in judged if not probe.is_less_accurate(best, error)]
    for probe in candidates:
        if probe.diversity_bound(-1) >= diversity:
            return probe.temperature
    most = max(candidates, key=lambda probe: probe.diversity)
    if most.diversity_bound(1) >= diversity:
        return most.temperature
    raise NoTemperature(
        f"no accurate temperature reaches diversity {diversity:.2f}; the most diverse is {most.temperature} "
        f"with {most.diversity:.2f}: ask for less diversity (probe.diversity), or name a temperature"
    )


def _judged(completions: Sequence[Completion]) -> list[str]:
    return [each.verdict for each in completions if each.verdict not in ("judge_error", "cancelled")]


def _accuracy(completions: Sequence[Completion]) -> float | None:
    verdicts = _judged(completions)
    return verdicts.count("accepted") / len(verdicts) if verdicts else None


def _standard_error(values: Sequence[float]) -> float:
    """Return the standard error of a mean; 0 where a single value, or none, tells nothing of it."""
    return stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
