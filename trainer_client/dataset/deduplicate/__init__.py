"""The stage ``deduplicate``: finds problems that occur more than once, keeps the best copy of each, and groups
variants.

Word n-grams propose pairs (MinHash), their exact Jaccard similarity is computed, and the service decides: the reference
of each runs on the tests of the other. Chains of similar texts do not matter: a problem is dropped only if it is a copy
of one that is kept and that it was compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from trainer_client.dataset.config import DeduplicateConfig
from trainer_client.dataset.deduplicate.behaviour import suite_of, trials_of
from trainer_client.dataset.deduplicate.candidates import MinHash, profile, propose
from trainer_client.dataset.deduplicate.clusters import Decision, PairMatch, PairTrials, decide, match, rank
from trainer_client.dataset.row import Json, Problem, Rejection
from trainer_client.dataset.stage import Context, Judge, Outcome, Problems, SetStage, SuiteArchive

NAME = "deduplicate"


class DeduplicateStage(SetStage):
    """Drops copies, and groups variants."""

    name = NAME
    version = "1"

    def apply_all(self, problems: Problems, context: Context) -> Iterable[Outcome]:
        """Decide about the problems."""
        return deduplicate(list(problems), context.suites, context.judge, context.config.deduplicate)


def deduplicate(
    problems: Sequence[Problem], suites: SuiteArchive, judge: Judge | None, config: DeduplicateConfig
) -> Iterator[Outcome]:
    """Decide about the problems, the best first. Without ``judge``, or if ``config.behaviour`` is off, only equal
    texts are dropped; similar ones may be sequels, and are grouped."""
    ranked = sorted(problems, key=rank)
    profiles = [profile(each, suite_of(each, suites), config.shingle_words) for each in ranked]
    settings = MinHash(config.permutations, config.seed)
    pairs = propose(profiles, min_jaccard=config.candidate_jaccard, settings=settings)
    tried = [pair for pair in pairs if not pair.same_text] if config.behaviour and judge is not None else []
    trials = trials_of(tried, ranked, suites, judge) if judge is not None else {}
    matches = {pair: match(pair, trials.get(pair, PairTrials()), profiles, near=config.jaccard) for pair in pairs}
    for decision in decide(len(ranked), matches, trials):
        yield _outcome(ranked, decision)


def _outcome(problems: Sequence[Problem], decision: Decision) -> Outcome:
    problem, group = problems[decision.place], problems[decision.group].id
    if decision.duplicate_of is not None:
        evidence = {"kept": problems[decision.duplicate_of].id, **_evidence(decision)}
        return Rejection(problem.id, NAME, _REASONS[decision.match], evidence)
    problem = problem.evolve(group_id=group, relation=decision.relation)
    if decision.relation is None:
        return problem
    return problem.note(NAME, variant_of=group, harder=_harder(problem.id, group, decision), **_evidence(decision))


_REASONS = {PairMatch.EXACT: "exact_duplicate", PairMatch.SAME_BEHAVIOUR: "same_behaviour"}


def _harder(own: str, group: str, decision: Decision) -> str | None:
    """Return the id of the harder problem, None if that is unknown. The group's own problem is the pair's first."""
    return {PairMatch.FIRST_HARDER: group, PairMatch.OTHER_HARDER: own}.get(decision.match)


def _evidence(decision: Decision) -> Json:
    assert decision.pair is not None
    return {
        "jaccard": round(decision.pair.jaccard, 4),
        "shared_tests": round(decision.pair.shared_tests, 4),
        "kept_solves_this": decision.trials.forth,
        "this_solves_kept": decision.trials.back,
    }
