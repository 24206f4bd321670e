"""The stage ``filter``: predicts difficulty, calibrates the prediction by pass rates, and selects by the probability of
a band."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from trainer_client.configuration import BadConfig
from trainer_client.dataset.config import FilterConfig
from trainer_client.dataset.filter.calibration import MIN_PROBLEMS
from trainer_client.dataset.filter.difficulty import Difficulty, difficulties
from trainer_client.dataset.filter.pass_rates import read_pass_rates, with_pass_rates
from trainer_client.dataset.filter.selection import Candidate, Fate, select
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.stage import Context, Outcome, Problems, SetStage

NAME = "filter"
_EVERYTHING = (0.0, 1.0)


class FilterStage(SetStage):
    """Predicts difficulty and keeps a band of it. Reasons of its rejections: ``quarantine``, ``too_easy``,
    ``too_hard``, ``uncertain``, ``easy_quota``, ``needs_oracle_proof``."""

    name = NAME
    version = "1"

    def apply_all(self, problems: Problems, context: Context) -> Iterable[Outcome]:
        """As of ``SetStage``.

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
