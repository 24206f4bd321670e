"""Proposal of pairs of problems that may be the same, by their texts and by their tests."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations, product

import numpy as np

from evaluator.schema import Suite
from trainer_client.dataset.bounds import limits
from trainer_client.dataset.row import Problem, write_canonical
from trainer_client.dataset.similarity import Grams, grams, jaccard, skeleton, words

GRAM_WORDS = 5
_ROWS_PER_BAND = 4
_MOST_ALIKE = 32
"""The best texts with which each text is compared, at most, if MinHash proposes more."""
_MIN_TEXT_WORDS = 16
"""Words of a text, at least, for equal texts to be the same problem. "See the picture" proves nothing."""
_MAX_TEST_KEYS = 64
_MAX_OWNERS_PER_TEST = 24
"""Problems, at most, that share a test which counts as evidence. A more common one, such as an empty list, does not."""
_MIN_SHARED_TESTS = 0.5
"""The share of tests that two problems have in common, at least, of the one with fewer tests."""
MIN_EVIDENCE_BITS = 24.0
"""Bits of information in the shared tests that prove two problems to be one. Many problems share ``2 -> 1, 3 -> 2``."""
_LOOKED_CHARS = 4096
"""Characters of a test's text that are read, at most: the words of a hundred megabytes would take a thousand."""
_SHORT_NUMBER = re.compile(r"-?\d{1,18}")
_PARAMETER = re.compile(r"\b(\w+)\s*(?=[:,)=])")


@dataclass(frozen=True, slots=True)
class MinHash:
    """Settings of MinHash, which proposes pairs. 128 permutations make 32 bands of 4: a pair with Jaccard similarity
    0.4 is proposed with probability 0.56, with 0.5 in 0.87 and with 0.6 in 0.99 of cases."""

    permutations: int = 128
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Profile:
    """The features by which problems are compared. ``text_key`` is None if the text is too short to compare whole."""

    id: str
    text_key: str | None
    text: Grams
    skeleton: Grams
    tests: Mapping[int, float]
    """The hashes of tests, each with its bits of information."""
    output_bits: float
    """Bits of information in its distinct expected outputs. A constant program passes tests that all expect the
    same."""
    limits: frozenset[int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places in a list of profiles, the lower one first. ``jaccard`` compares the texts without identifiers."""

    one: int
    other: int
    jaccard: float
    shared_tests: float
    shared_bits: float
    same_text: bool


def profile(problem: Problem, suite: Suite | None, gram_words: int = GRAM_WORDS) -> Profile:
    """Make a problem's profile. ``suite`` is its suite, None if it has none."""
    own, names = words(problem.statement), names_of(problem.starter_code)
    key = blake2b(" ".join(own).encode(errors="surrogatepass"), digest_size=16).hexdigest()
    return Profile(
        problem.id,
        key if len(own) >= _MIN_TEXT_WORDS else None,
        grams(own, gram_words),
        grams(skeleton(problem.statement, names), gram_words),
        {} if suite is None else _tests(suite),
        0.0 if suite is None else _distinct_bits(test.output for test in suite.tests),
        limits(f"{problem.statement}\n{problem.constraints}"),
    )


def names_of(starter_code: str) -> frozenset[str]:
    """Return the names of functions, classes and parameters in starter code."""
    try:
        tree = ast.parse(_completed(starter_code))
    except (SyntaxError, ValueError):
        return frozenset(_PARAMETER.findall(starter_code))
    names = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return frozenset(names - {"self", "Solution"})


def propose(profiles: Sequence[Profile], *, min_jaccard: float, settings: MinHash = MinHash()) -> list[Pair]:
    """Return the pairs to examine, sorted by place: equal texts, texts whose exact Jaccard similarity is at least
    ``min_jaccard``, and problems that share half of their tests.

    Equal texts are each paired only with the first of them, and only that one with others: a thousand copies make a
    thousand pairs, not half a million. So pass the best problems first.
    """
    equal = dict(_equal_texts(profiles))
    unequal = [place for place in range(len(profiles)) if place not in equal]
    by_tests = set(_shared_tests(profiles, unequal))
    similar = set(_similar_texts(profiles, unequal, settings))
    copies = {(first, place) for place, first in equal.items()}
    pairs = (_pair(profiles, *places) for places in sorted(copies | by_tests | similar))
    return [
        each for each in pairs if each.same_text or each.jaccard >= min_jaccard or (each.one, each.other) in by_tests
    ]


def _pair(profiles: Sequence[Profile], one: int, other: int) -> Pair:
    a, b = profiles[one], profiles[other]
    fewer, both = min(len(a.tests), len(b.tests)), a.tests.keys() & b.tests.keys()
    return Pair(
        one,
        other,
        jaccard(a.skeleton, b.skeleton),
        len(both) / fewer if fewer else 0.0,
        sum(a.tests[key] for key in both),
        a.text_key is not None and a.text_key == b.text_key,
    )


def _equal_texts(profiles: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    """Yield each copy of a text, with the first problem that has it."""
    first: dict[str, int] = {}
    for place, each in enumerate(profiles):
        if each.text_key is not None and first.setdefault(each.text_key, place) != place:
            yield place, first[each.text_key]


def _similar_texts(profiles: Sequence[Profile], places: Sequence[int], settings: MinHash) -> Iterator[tuple[int, int]]:
    """Yield the pairs that MinHash proposes. It misses some and proposes too many: compare each exactly afterwards."""
    from rensa import RMinHash

    places = [place for place in places if profiles[place].skeleton.size]
    if not places:
        return
    sets = (profiles[place].skeleton.tolist() for place in places)
    matrix = RMinHash.digest_matrix_from_token_hash_sets(sets, settings.permutations, settings.seed)
    digests = np.array(matrix.to_rows(), dtype=np.uint32)
    for band in range(0, settings.permutations, _ROWS_PER_BAND):
        equal: dict[bytes, list[int]] = defaultdict(list)
        for place, digest in zip(places, digests[:, band : band + _ROWS_PER_BAND], strict=True):
            equal[digest.tobytes()].append(place)
        for several in equal.values():
            yield from combinations(several[:_MOST_ALIKE], 2)
            yield from product(several[:_MOST_ALIKE], several[_MOST_ALIKE:])


def _shared_tests(profiles: Sequence[Profile], places: Sequence[int]) -> Iterator[tuple[int, int]]:
    owners: dict[int, list[int]] = defaultdict(list)
    for place in places:
        for key in profiles[place].tests:
            owners[key].append(place)
    rare = (each for each in owners.values() if len(each) <= _MAX_OWNERS_PER_TEST)
    counts = Counter(pair for each in rare for pair in combinations(each, 2))
    for (one, other), count in counts.items():
        a, b = profiles[one].tests, profiles[other].tests
        bits = sum(a[key] for key in a.keys() & b.keys())
        if count >= _MIN_SHARED_TESTS * min(len(a), len(b)) and bits >= MIN_EVIDENCE_BITS:
            yield one, other


def _tests(suite: Suite) -> dict[int, float]:
    """Return hashes of a suite's tests; of a long suite the lowest ones, so that suites with the same tests keep the
    same ones."""
    keys = {_test_key(suite.mode, each.input, each.output): each for each in suite.tests}
    return {key: _bits([keys[key].input, keys[key].output]) for key in sorted(keys)[:_MAX_TEST_KEYS]}


def _distinct_bits(outputs: Iterable[object]) -> float:
    distinct = {blake2b(write_canonical(output), digest_size=16).digest(): _bits(output) for output in outputs}
    return sum(distinct.values())


def _bits(value: object) -> float:
    """Estimate, in bits, how unlikely it is that two tests have this value by chance."""
    match value:
        case bool() | None:
            return 1.0
        case int():
            return min(math.log2(abs(value) + 2), 64.0)
        case float():
            return 16.0
        case str():
            return sum(
                _bits(int(each)) if _SHORT_NUMBER.fullmatch(each) else 4.0 * len(each)
                for each in value[:_LOOKED_CHARS].split()
            )
        case list():
            return 1.0 + sum(_bits(each) for each in value[:64])
        case dict():
            return sum(_bits(each) for each in value.values())
    return 0.0


def _test_key(mode: str, *values: object) -> int:
    parts = [value[:_LOOKED_CHARS].split() if isinstance(value, str) else value for value in values]
    return int.from_bytes(blake2b(mode.encode() + write_canonical(parts), digest_size=8).digest())


def _completed(starter_code: str) -> str:
    """Add a body to starter code, which ends where the body begins, so that it parses."""
    lines = starter_code.rstrip().splitlines()
    if not lines or not lines[-1].rstrip().endswith(":"):
        return starter_code
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    return "\n".join([*lines, " " * (indent + 4) + "pass"])
