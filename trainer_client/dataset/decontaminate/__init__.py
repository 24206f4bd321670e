"""The stage ``decontaminate``: keeps benchmarks' problems out of training data, by texts in both directions, by
solutions and by behaviour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trainer_client.dataset.code_similarity import fingerprints, tree_digest
from trainer_client.dataset.config import DecontaminateConfig
from trainer_client.dataset.decontaminate.benchmarks import BenchmarkProblem, read_benchmarks
from trainer_client.dataset.decontaminate.postings import Postings
from trainer_client.dataset.decontaminate.texts import TextMatch, Texts
from trainer_client.dataset.deduplicate.behaviour import passes, suite_of
from trainer_client.dataset.deduplicate.candidates import MIN_EVIDENCE_BITS, Pair, Profile, profile, propose
from trainer_client.dataset.row import Json, Problem, Rejection
from trainer_client.dataset.similarity import Grams, share_of
from trainer_client.dataset.stage import Context, Judge, Outcome, Problems, SetStage, SuiteArchive

NAME = "decontaminate"


class DecontaminateStage(SetStage):
    """Rejects problems that a benchmark has too."""

    name = NAME
    version = "1"

    def apply_all(self, problems: Problems, context: Context) -> Iterable[Outcome]:
        """Decide about the problems."""
        settings = context.config.decontaminate
        items = read_benchmarks(settings.benchmarks, context)
        return decontaminate(problems, items, context.suites, context.judge, settings)


def decontaminate(
    problems: Problems | Sequence[Problem],
    items: Sequence[BenchmarkProblem],
    suites: SuiteArchive,
    judge: Judge | None,
    config: DecontaminateConfig,
) -> Iterator[Outcome]:
    """Decide about the problems, in their order."""
    if not items:
        yield from problems
        return
    index = _Index.of(items, config)
    index.texts.learn_phrases(problems)
    behaving = _same_behaviour(problems, items, suites, judge) if config.behaviour and judge is not None else {}
    for problem in problems:
        yield _outcome(problem, _finding(problem, index, behaving.get(problem.id)), items)


@dataclass(frozen=True, slots=True)
class _Index:
    """An index of the benchmarks' texts and solutions."""

    texts: Texts
    solutions: _Solutions | None

    @classmethod
    def of(cls, items: Sequence[BenchmarkProblem], config: DecontaminateConfig) -> _Index:
        names = sorted({item.benchmark for item in items})
        numbers = [names.index(item.benchmark) for item in items]
        problems = [item.problem for item in items]
        return cls(Texts(problems, numbers, config), _Solutions(problems, numbers) if config.solutions else None)


_MIN_SHARE = 0.8
"""The share of fingerprints that two programs have in common, at least, to count as copies."""
_MIN_PRINTS = 16
"""Fingerprints of a program, at least. A shorter one, of about 80 tokens, is similar to others by chance."""


class _Solutions:
    """The programs of a benchmark's items: a copied problem may have another text, but keeps its program."""

    def __init__(self, items: Sequence[Problem], benchmarks: Sequence[int]) -> None:
        programs = [(place, each.code) for place, item in enumerate(items) for each in item.references]
        self._trees = {digest: place for place, code in reversed(programs) if (digest := tree_digest(code))}
        self._owners = [place for place, _ in programs]
        self._prints = [fingerprints(code) for _, code in programs]
        self._postings = Postings(self._prints, [benchmarks[place] for place in self._owners])

    def hit(self, problem: Problem) -> tuple[int, str] | None:
        """Return the item of which the problem has a program, and the evidence: ``tree`` or ``fingerprints``."""
        for each in problem.references:
            digest = tree_digest(each.code)
            if digest in self._trees:
                return self._trees[digest], "tree"
        for each in problem.references:
            if (item := self._by_prints(fingerprints(each.code))) is not None:
                return item, "fingerprints"
        return None

    def _by_prints(self, own: Grams) -> int | None:
        nearest = self._postings.nearest(own)
        if nearest is None or own.size < _MIN_PRINTS:
            return None
        theirs = self._prints[nearest.item]
        both = min(share_of(own, theirs), share_of(theirs, own))
        return self._owners[nearest.item] if both >= _MIN_SHARE else None


@dataclass(frozen=True, slots=True)
class _Finding:
    """The reason why a problem is contaminated, None if it is clean, and the item that it is nearest to."""

    reason: str | None
    item: int | None
    text: TextMatch
    solution_hit: str | None
    behaviour: bool


def _finding(problem: Problem, index: _Index, behaving: int | None) -> _Finding:
    text = index.texts.match(problem)
    solution = index.solutions.hit(problem) if index.solutions is not None else None
    hit = solution[1] if solution else None
    facts = (text, hit, behaving is not None)
    if text.reason is not None:
        return _Finding(text.reason, text.nearest, *facts)
    if solution is not None:
        return _Finding("solution", solution[0], *facts)
    if behaving is not None:
        return _Finding("same_behaviour", behaving, *facts)
    return _Finding(None, text.nearest, *facts)


def _outcome(problem: Problem, finding: _Finding, items: Sequence[BenchmarkProblem]) -> Outcome:
    facts = _facts(finding, items)
    if finding.reason is not None:
        return Rejection(problem.id, NAME, finding.reason, facts)
    return problem.evolve(decontamination_json=facts)


def _facts(finding: _Finding, items: Sequence[BenchmarkProblem]) -> Json:
    nearest, share = None if finding.item is None else items[finding.item], finding.text.share
    return {
        "benchmark": nearest.benchmark if nearest else None,
        "nearest": nearest.problem.id if nearest else None,
        "max16": round(share.largest, 4) if share else 0.0,
        "containment": round(share.of_item, 4) if share else 0.0,
        "solution_hit": finding.solution_hit,
        "behaviour": finding.behaviour,
    }


def _same_behaviour(
    problems: Iterable[Problem], items: Sequence[BenchmarkProblem], suites: SuiteArchive, judge: Judge
) -> Mapping[str, int]:
    """Return the problems whose reference passes the tests of an item with a similar text, or with the same tests."""
    own = list(problems)
    everyone = [*own, *(item.problem for item in items)]
    profiles = [profile(each, suite_of(each, suites)) for each in everyone]
    pairs = [
        pair
        for pair in propose(profiles, min_jaccard=_CANDIDATE_JACCARD)
        if pair.one < len(own) <= pair.other and _evidence(pair, profiles) >= MIN_EVIDENCE_BITS
    ]
    matches: dict[str, int] = {}
    for pair, passed in zip(
        pairs, passes([(everyone[p.one], everyone[p.other]) for p in pairs], suites, judge), strict=True
    ):
        if passed:
            matches.setdefault(own[pair.one].id, pair.other - len(own))
    return matches


_CANDIDATE_JACCARD = 0.4


def _evidence(pair: Pair, profiles: Sequence[Profile]) -> float:
    return pair.shared_bits + profiles[pair.other].output_bits
