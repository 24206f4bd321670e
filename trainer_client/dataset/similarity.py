"""Statements as sets of word n-grams: what deduplication and decontamination compare.

An n-gram is a 64-bit hash, and a text a sorted array of distinct ones: a hundred thousand statements fit in memory, and
two are compared exactly, not by an estimate.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Grams = NDArray[np.uint64]
"""Hashes of distinct n-grams, sorted."""

_TAG = re.compile(
    r"</?(?:a|b|br|center|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|span|strong|su[bp]|t(?:able|body|d|h|r|t)|u|ul|var)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_LATEX_COMMAND = re.compile(r"\\[A-Za-z]+\*?|\\[,;:!{}%$&#_ ]")
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]*)\)")
_URL = re.compile(r"https?://\S+")
_WORD = re.compile(r"[^\W_]+(?:_+[^\W_]+)*")
_IDENTIFIER = re.compile(r"[A-Za-z]|\w*_\w*|(?=\w*[A-Za-z])\w*\d\w*|[a-z]+[A-Z]\w*")
"""A single letter, or a word with an underscore, with digits among letters, or with a capital inside."""
_MASK = "\N{MIDDLE DOT}"
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def plain_text(statement: str) -> str:
    """A statement without HTML, Markdown's links and LaTeX's commands; what they mark up stays."""
    text = html.unescape(_TAG.sub(" ", html.unescape(statement)))
    text = _URL.sub(" ", _LINK.sub(r" \1 ", text))
    return unicodedata.normalize("NFKC", _LATEX_COMMAND.sub(" ", text))


def words(statement: str) -> list[str]:
    """The words and numbers of a statement, without markup and case."""
    return [word.casefold() for word in _WORD.findall(plain_text(statement))]


def skeleton(statement: str, names: Collection[str] = ()) -> list[str]:
    """Return a statement's words with one mask for every identifier: a copy with other names reads the same.

    Args:
        names: what the starter code names: its function and parameters. Words that look like identifiers count too.
    """
    return [
        _MASK if word in names or _IDENTIFIER.fullmatch(word) else word.casefold()
        for word in _WORD.findall(plain_text(statement))
    ]


def grams(sequence: Sequence[str], size: int) -> Grams:
    """The distinct n-grams of ``size`` words; of a shorter text, the whole of it as one."""
    if not sequence:
        return np.empty(0, dtype=np.uint64)
    return np.unique(gram_sequence(sequence, min(size, len(sequence))))


def gram_sequence(sequence: Sequence[str], size: int) -> Grams:
    """The n-grams in the text's order, as often as they occur; none where the text is shorter."""
    hashes = np.array([_word_hash(word) for word in sequence], dtype=np.uint64)
    count = len(hashes) - size + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    sums = np.zeros(count, dtype=np.uint64)
    for place in range(size):
        sums = _mixed(sums * _MULTIPLIER + hashes[place : place + count])
    return sums


def shared(one: Grams, other: Grams) -> int:
    """Count the n-grams that both have."""
    return int(np.intersect1d(one, other, assume_unique=True).size)


def jaccard(one: Grams, other: Grams) -> float:
    """Shared n-grams over all of both, in [0, 1]; 0 where both are empty."""
    both = shared(one, other)
    union = one.size + other.size - both
    return both / union if union else 0.0


def share_of(part: Grams, whole: Grams) -> float:
    """Return the share of ``part``'s n-grams that ``whole`` has, in [0, 1]; 0 if ``part`` is empty."""
    return shared(part, whole) / part.size if part.size else 0.0


def _mixed(values: Grams) -> Grams:
    """Spread every bit over all others (the finaliser of splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@lru_cache(maxsize=1 << 18)
def _word_hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(errors="surrogatepass"), digest_size=8).digest())
