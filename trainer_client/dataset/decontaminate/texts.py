"""Comparison of statements with a benchmark's: by long n-grams, and of texts that are too short for those word for
word."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer_client.dataset.config import DecontaminateConfig
from trainer_client.dataset.decontaminate.postings import Postings, Share
from trainer_client.dataset.row import Problem
from trainer_client.dataset.similarity import Grams, gram_sequence, grams, words

_COPY = 0.5
"""The share from which on a problem is a copy. Text that only copies share with an item is not a common phrase."""
_COMMON_SHARE, _COMMON_MIN = 0.002, 5
"""The share and the number of problems, other than copies, from which on an n-gram in them is a common phrase."""
_HELD_BY_MANY = 4
"""Problems from which on a short text that they contain is a common phrase."""
_CACHED_LENGTHS = 7
MIN_WORDS = 5
"""Words of a text, at least, to be searched for inside others. A shorter one can only be equal to another."""


class WordRuns:
    """An index of items' texts, which finds those that equal a text, contain it, or are contained in it.

    Args:
        texts: the words of each item.
        short_words: the length below which a text is searched for inside others.
    """

    def __init__(self, texts: Sequence[Sequence[str]], short_words: int) -> None:
        self._texts, self._short_words = texts, short_words
        self._equal: dict[tuple[str, ...], int] = {}
        self._short: dict[int, dict[int, int]] = defaultdict(dict)
        self._runs: dict[int, tuple[Grams, NDArray[np.int64]]] = {}
        for place, text in enumerate(texts):
            self._equal.setdefault(tuple(text), place)
            if MIN_WORDS <= len(text) < short_words:
                self._short[len(text)].setdefault(_hash(text), place)

    def equal(self, text: Sequence[str]) -> int | None:
        """Return the item with the same words."""
        return self._equal.get(tuple(text)) if text else None

    def holder(self, text: Sequence[str]) -> int | None:
        """Return an item that contains a short text."""
        if not MIN_WORDS <= len(text) < self._short_words:
            return None
        runs, owners = self._runs_of(len(text))
        place = int(np.searchsorted(runs, np.uint64(_hash(text))))
        return int(owners[place]) if place < runs.size and runs[place] == _hash(text) else None

    def held(self, text: Sequence[str]) -> list[int]:
        """Return the short items that a text contains."""
        places: list[int] = []
        for length, items in self._short.items():
            runs = set(gram_sequence(text, length).tolist()) & items.keys()
            places.extend(items[run] for run in runs)
        return sorted(places)

    def _runs_of(self, length: int) -> tuple[Grams, NDArray[np.int64]]:
        """Return every run of ``length`` words in every item, sorted, with the places of the items."""
        if length not in self._runs:
            self._runs = dict(list(self._runs.items())[-_CACHED_LENGTHS:])
            runs = [gram_sequence(text, length) for text in self._texts]
            owners = np.repeat(np.arange(len(runs)), [each.size for each in runs])
            every = np.concatenate([np.empty(0, np.uint64), *runs])
            order = np.argsort(every, kind="stable")
            self._runs[length] = every[order], owners[order]
        return self._runs[length]


def _hash(text: Sequence[str]) -> int:
    return int(gram_sequence(text, len(text))[0])


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A text's overlap with a benchmark: ``reason`` is ``same_text``, ``contained`` or ``ngrams``, None if it is clean;
    ``nearest`` is the place of an item."""

    reason: str | None
    nearest: int | None
    share: Share | None = None


class Texts:
    """The statements of a benchmark's items."""

    def __init__(self, items: Sequence[Problem], benchmarks: Sequence[int], config: DecontaminateConfig) -> None:
        texts = [words(item.statement) for item in items]
        self._config = config
        self._runs = WordRuns(texts, config.short_words)
        self._postings = Postings([grams(text, config.ngram_words) for text in texts], benchmarks)
        self._phrases: frozenset[int] = frozenset()

    def learn_phrases(self, problems: Iterable[Problem]) -> None:
        """Find, in the whole set, the n-grams and short items that are only phrases which many problems use."""
        held: Counter[int] = Counter()
        places, count = [], 0
        for problem in problems:
            count += 1
            text = words(problem.statement)
            held.update(self._runs.held(text))
            own = grams(text, self._config.ngram_words)
            nearest = self._postings.nearest(own)
            if nearest is not None and nearest.largest < _COPY:
                places.append(self._postings.places(own))
        self._phrases = frozenset(item for item, times in held.items() if times >= _HELD_BY_MANY)
        self._postings.learn_common(places, max(_COMMON_MIN, math.ceil(_COMMON_SHARE * count)))

    def match(self, problem: Problem) -> TextMatch:
        """Compare a statement with the benchmark."""
        text = words(problem.statement)
        share = self._postings.nearest(grams(text, self._config.ngram_words))
        if (item := self._runs.equal(text)) is not None:
            return TextMatch("same_text", item, share)
        held = [item for item in self._runs.held(text) if item not in self._phrases]
        if (item := self._runs.holder(text)) is not None or held:
            return TextMatch("contained", item if item is not None else held[0], share)
        if share is None:
            return TextMatch(None, None)
        return TextMatch("ngrams" if share.largest >= self._config.share else None, share.item, share)
