"""Comparison of texts that are too short for long n-grams: one of them may contain the other word for word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer_client.dataset.similarity import Grams, gram_sequence

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
