"""Comparison of statements with a benchmark's."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainer_client.dataset.config import DecontaminateConfig
from trainer_client.dataset.decontaminate.postings import Postings, Share
from trainer_client.dataset.decontaminate.short import WordRuns
from trainer_client.dataset.row import Problem
from trainer_client.dataset.similarity import grams, words

_COPY = 0.5
"""The share from which on a problem is a copy. Text that only copies share with an item is not a common phrase."""
_COMMON_SHARE, _COMMON_MIN = 0.002, 5
"""The share and the number of problems, other than copies, from which on an n-gram in them is a common phrase."""
_HELD_BY_MANY = 4
"""Problems from which on a short text that they contain is a common phrase."""


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
