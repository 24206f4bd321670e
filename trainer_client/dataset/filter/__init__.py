"""The stage ``filter``: predicts difficulty, calibrates the prediction by pass rates, and selects by the probability of
a band."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from trainer_client.configuration import BadConfig
from trainer_client.dataset.config import FilterConfig
from trainer_client.dataset.filter.beta_binomial import Posterior
from trainer_client.dataset.filter.calibration import MIN_PROBLEMS
from trainer_client.dataset.filter.difficulty import Difficulty, difficulties
from trainer_client.dataset.filter.pass_rates import read_pass_rates, with_pass_rates
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.stage import Context, Outcome, Problems, SetStage

NAME = "filter"
_EVERYTHING = (0.0, 1.0)
Fate = Literal["kept", "kept_easy", "too_easy", "too_hard", "uncertain", "easy_quota", "needs_oracle_proof"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A problem's facts for the selection. ``unsolved``: it was tried, and no attempt was accepted. ``proven``: two
    independent solutions agree on its outputs."""

    id: str
    posterior: Posterior
    unsolved: bool
    proven: bool


def select(candidates: Sequence[Candidate], config: FilterConfig) -> list[Fate]:
    """Decide about each candidate.

    A problem that nobody solved may be hard or have wrong tests, which look the same. Unless its outputs are proven,
    its fate is ``needs_oracle_proof``."""
    fates = [_fate(each, config) for each in candidates]
    easy = [place for place, fate in enumerate(fates) if fate == "kept_easy"]
    room = _room(sum(fate == "kept" for fate in fates), config.easy_quota, len(easy))
    hardest_first = sorted(easy, key=lambda place: (candidates[place].posterior.mean, candidates[place].id))
    for place in hardest_first[room:]:
        fates[place] = "easy_quota"
    return fates


def _fate(candidate: Candidate, config: FilterConfig) -> Fate:
    if candidate.unsolved and not candidate.proven:
        return "needs_oracle_proof"
    low, high = config.band
    below, within = candidate.posterior.below(low), candidate.posterior.within(low, high)
    above = 1 - below - within
    if within >= config.confidence:
        return "kept"
    if above >= config.confidence:
        return "kept_easy" if config.easy_quota > 0 else "too_easy"
    return "too_hard" if below >= config.confidence else "uncertain"


def _room(chosen: int, quota: float, easy: int) -> int:
    """Return the number of easy problems to keep beside ``chosen`` others: at most the quota of all."""
    return easy if quota >= 1.0 else min(easy, int(chosen * quota / (1.0 - quota) + 1e-9))


class FilterStage(SetStage):
    """Predicts difficulty and keeps a band of it. Reasons of its rejections: ``quarantine``, ``too_easy``,
    ``too_hard``, ``uncertain``, ``easy_quota``, ``needs_oracle_proof``."""

    name = NAME
    version = "1"

    def apply_all(self, problems: Problems, context: Context) -> Iterable[Outcome]:
        """Choose problems, as a ``SetStage`` does.

        Raises:
            BadConfig: the configuration has a band, and nothing tells which problems are in it.
        """
        config = context.config.filter
        rates = read_pass_rates(config.pass_rates)
        every = [with_pass_rates(each, rates.get(each.id, ())) for each in problems]
        dropped = [each for each in every if each.quarantine and config.quarantine == "drop"]
        yield from (Rejection(each.id, NAME, "quarantine", {"reasons": list(each.quarantine)}) for each in dropped)
        rest = [each for each in every if not (each.quarantine and config.quarantine == "drop")]
        yield from _selected(rest, difficulties(rest, context), config)


def _selected(problems: Sequence[Problem], known: Sequence[Difficulty], config: FilterConfig) -> Iterator[Outcome]:
    if config.band != _EVERYTHING and not any(each.posterior for each in known):
        raise BadConfig(
            f"filter.band is {list(config.band)}, and nothing says which problems are in it: set filter.pass_rates of "
            f"at least {MIN_PROBLEMS} problems with {config.attempts_min} attempts each"
        )
    judged = [place for place, each in enumerate(known) if each.posterior is not None]
    candidates = [_candidate(problems[place], known[place]) for place in judged]
    fates = dict(zip(judged, select(candidates, config), strict=True))
    for place, (problem, difficulty) in enumerate(zip(problems, known, strict=True)):
        yield _outcome(problem, difficulty, fates.get(place, "kept"))


def _candidate(problem: Problem, difficulty: Difficulty) -> Candidate:
    proof = problem.verification
    assert difficulty.posterior is not None
    proven = proof.reference_ok is True and proof.second_opinion is True
    return Candidate(problem.id, difficulty.posterior, difficulty.unsolved, proven)


def _outcome(problem: Problem, difficulty: Difficulty, fate: Fate) -> Outcome:
    if fate in ("kept", "kept_easy"):
        return problem.evolve(difficulty_json=difficulty.facts).note(NAME, fate=fate)
    rates = [{"model": each.model, "k": each.k, "c": each.c} for each in problem.passes]
    return Rejection(problem.id, NAME, fate, {"difficulty": difficulty.facts, "passes": rates})
