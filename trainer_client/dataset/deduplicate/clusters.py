"""The decision about each group of copies: which stays, which are dropped, and which are variants of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trainer_client.dataset.deduplicate.candidates import MIN_EVIDENCE_BITS, Pair, Profile
from trainer_client.dataset.row import Problem, Relation


class PairMatch(StrEnum):
    """The relation between the two problems of a pair."""

    EXACT = "exact"
    """Equal texts: the lower-ranked copy is dropped."""
    SAME_BEHAVIOUR = "same_behaviour"
    """The reference of each passes the tests of the other: the lower-ranked copy is dropped."""
    FIRST_HARDER = "first_harder"
    """The first one's reference passes the other's tests, the other's fails: a variant. Both are kept."""
    OTHER_HARDER = "other_harder"
    NEAR = "near"
    """Similar texts without a proof, or each fails the other's tests (sequels). Both are kept, in one group."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PairTrials:
    """The service's verdicts: True if the reference of the pair's first problem passes the tests of the other
    (``forth``), and the other way round (``back``). None if it could not be tried."""

    forth: bool | None = None
    back: bool | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one problem. ``duplicate_of`` names the one that is kept in its place."""

    place: int
    group: int
    match: PairMatch = PairMatch.NONE
    duplicate_of: int | None = None
    relation: Relation | None = None
    pair: Pair | None = None
    trials: PairTrials = PairTrials()


def rank(problem: Problem) -> tuple[Any, ...]:
    """Return a sort key: the problem to keep comes first. It depends on the problem alone, not on the order of
    files."""
    proof = problem.verification
    return (
        proof.reference_ok is not True,
        proof.second_opinion is not True,
        len(problem.quarantine),
        problem.checker_status != "proven",
        not problem.tests_complete,
        problem.license.startswith("LicenseRef-"),
        -problem.tests_total,
        -len(problem.references),
        problem.id,
    )


def match(pair: Pair, trials: PairTrials, profiles: Sequence[Profile], *, near: float) -> PairMatch:
    """Determine the relation of a pair.

    If both references pass although the stated limits differ, the tests are too small to tell the problems apart. Then
    the one with the larger limits counts as the harder variant, and none is dropped.

    Args:
        near: the Jaccard similarity from which texts alone make a group.
    """
    if pair.same_text:
        return PairMatch.EXACT
    match trials:
        case PairTrials(True, True) if pair.jaccard >= near or _evidence(pair, profiles) >= MIN_EVIDENCE_BITS:
            return _by_limits(profiles[pair.one].limits, profiles[pair.other].limits)
        case PairTrials(True, True):
            return PairMatch.NEAR
        case PairTrials(True, False):
            return PairMatch.FIRST_HARDER
        case PairTrials(False, True):
            return PairMatch.OTHER_HARDER
    return PairMatch.NEAR if pair.jaccard >= near else PairMatch.NONE


def _evidence(pair: Pair, profiles: Sequence[Profile]) -> float:
    """Return the bits of evidence in an agreement on the tests: in the tests that both have, and in the outputs of all.
    Few tests with outputs such as yes and no are weak evidence."""
    return pair.shared_bits + profiles[pair.one].output_bits + profiles[pair.other].output_bits


def _by_limits(one: frozenset[int], other: frozenset[int]) -> PairMatch:
    if one == other or not (one and other):
        return PairMatch.SAME_BEHAVIOUR
    return PairMatch.FIRST_HARDER if sorted(one, reverse=True) > sorted(other, reverse=True) else PairMatch.OTHER_HARDER


def decide(count: int, matches: Mapping[Pair, PairMatch], trials: Mapping[Pair, PairTrials]) -> list[Decision]:
    """Decide about each of ``count`` problems, whose places are their ranks.

    From the best to the worst: a duplicate of one that is kept is dropped; a variant joins the group of a
    representative that it was compared with; any other problem opens a group. Relations are not passed on along a
    chain."""
    earlier: dict[int, list[Pair]] = defaultdict(list)
    for pair, each in matches.items():
        if each is not PairMatch.NONE:
            earlier[pair.other].append(pair)
    decisions: list[Decision] = []
    for place in range(count):
        pairs = [pair for pair in earlier[place] if decisions[pair.one].duplicate_of is None]
        decisions.append(_decision(place, pairs, matches, trials, decisions))
    return decisions


def _decision(
    place: int,
    pairs: Sequence[Pair],
    matches: Mapping[Pair, PairMatch],
    trials: Mapping[Pair, PairTrials],
    decisions: Sequence[Decision],
) -> Decision:
    if copy := _closest(pair for pair in pairs if matches[pair] in (PairMatch.EXACT, PairMatch.SAME_BEHAVIOUR)):
        survivor = copy.one
        return Decision(
            place, decisions[survivor].group, matches[copy], survivor, None, copy, trials.get(copy, PairTrials())
        )
    variant = _closest(pair for pair in pairs if decisions[pair.one].group == pair.one)
    if variant is None:
        return Decision(place, place)
    match = matches[variant]
    relation: Relation = "near" if match is PairMatch.NEAR else "harder_variant"
    return Decision(place, variant.one, match, None, relation, variant, trials.get(variant, PairTrials()))


def _closest(pairs: Iterable[Pair]) -> Pair | None:
    return max(pairs, key=lambda pair: (pair.jaccard, -pair.one), default=None)
