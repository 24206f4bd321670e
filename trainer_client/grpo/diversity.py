"""Measures of how unlike the completions of one prompt are.

The paper calls D "output diversity" and nowhere says how it is measured; both measures here are our decision. They look
at a prefix of fixed length: the share of distinct n-grams falls with length, so a model that writes more would
otherwise look less diverse. Completions are sequences of tokens of any hashable kind; ``words`` makes them from text,
for models with different tokenisers.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations

GRAM = 4
"""Tokens in an n-gram."""
PREFIX = 512
"""Tokens of a completion that are looked at."""

Tokens = Sequence[Hashable]
_WORD = re.compile(r"\w+|[^\w\s]")


def words(text: str) -> list[str]:
    """Words, numbers and single signs of a text, blanks left out."""
    return _WORD.findall(text)


def pair_diversity(groups: Sequence[Sequence[Tokens]], *, gram: int = GRAM, prefix: int = PREFIX) -> float:
    """1 - the mean Jaccard similarity of two completions' sets of n-grams, within each group, averaged over groups.

    Args:
        groups: completions by prompt, shape (prompts, G, ragged); groups of one are left out.
        gram, prefix: tokens.
    Returns:
        D in [0, 1]: 0 for copies, 1 where no two completions share an n-gram.
    Raises:
        ValueError: no group has two completions, or ``gram`` or ``prefix`` is below 1.
    Source: our decision; the primary measure.
    """
    distances = [
        _mean_distance([set(_grams(each, gram, prefix)) for each in group]) for group in groups if len(group) > 1
    ]
    if not distances:
        raise ValueError("diversity needs a prompt with at least two completions")
    return sum(distances) / len(distances)


def distinct_diversity(groups: Sequence[Sequence[Tokens]], *, gram: int = GRAM, prefix: int = PREFIX) -> float:
    """Different n-grams over all n-grams, pooled over each group, averaged over groups.

    Args, Returns, Raises: as ``pair_diversity``; copies give 1 / G at most, not 0.
    Source: distinct-n (arXiv 1510.03055), pooled as POLARIS does. The paper's D does not vanish at T = 0, which fits a
        measure of this kind.
    """
    shares = []
    for group in groups:
        grams = [each for completion in group for each in _grams(completion, gram, prefix)]
        if len(group) > 1 and grams:
            shares.append(len(set(grams)) / len(grams))
    if not shares:
        raise ValueError("diversity needs a prompt with at least two completions")
    return sum(shares) / len(shares)


def _mean_distance(sets: Sequence[set[tuple[Hashable, ...]]]) -> float:
    distances = [1 - len(a & b) / len(a | b) if a or b else 0.0 for a, b in combinations(sets, 2)]
    return sum(distances) / len(distances)


def _grams(tokens: Tokens, gram: int, prefix: int) -> Iterator[tuple[Hashable, ...]]:
    """The n-grams of the prefix; a completion shorter than one n-gram is one of its own."""
    if gram < 1 or prefix < 1:
        raise ValueError(f"gram and prefix must be at least 1 token, not {gram} and {prefix}")
    looked_at = tuple(tokens[:prefix])
    if looked_at and len(looked_at) < gram:
        yield looked_at
    for start in range(len(looked_at) - gram + 1):
        yield looked_at[start : start + gram]
