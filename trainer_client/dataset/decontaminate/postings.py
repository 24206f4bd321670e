"""An index from n-grams to the items of a benchmark that have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer_client.dataset.similarity import Grams

MIN_GRAMS = 8
"""N-grams, at least, of which a share is computed."""
_COMMON_IN_BENCHMARK = 4
"""Items of one benchmark from which on a shared n-gram counts as a phrase of its authors."""


@dataclass(frozen=True, slots=True)
class Share:
    """The item that shares most with a text: its place, and the shares in both directions, in [0, 1]."""

    item: int
    of_text: float
    of_item: float

    @property
    def largest(self) -> float:
        """The larger of both shares."""
        return max(self.of_text, self.of_item)


class Postings:
    """An index of items' n-grams, which finds the item that shares most with a text.

    Args:
        sets: the n-grams of each item.
        benchmarks: the number of each item's benchmark.
    """

    def __init__(self, sets: Sequence[Grams], benchmarks: Sequence[int]) -> None:
        every = np.concatenate([np.empty(0, np.uint64), *sets])
        owners = np.repeat(np.arange(len(sets)), [each.size for each in sets])
        order = np.argsort(every, kind="stable")
        self._owners: NDArray[np.int64] = owners[order]
        self._grams, self._starts = np.unique(every[order], return_index=True)
        self._ends = np.append(self._starts[1:], every.size)
        self._items = len(sets)
        self._common = self._common_in_benchmarks(np.asarray(benchmarks, dtype=np.int64))
        self._sizes = self._sizes_without_common()

    def places(self, grams: Grams) -> NDArray[np.int64]:
        """Return the places, in this index, of those of a text's n-grams that it has."""
        if not self._grams.size:
            return np.empty(0, np.int64)
        places: NDArray[np.int64] = np.searchsorted(self._grams, grams)
        places[places == self._grams.size] = 0
        there: NDArray[np.int64] = places[self._grams[places] == grams]
        return there

    def nearest(self, grams: Grams) -> Share | None:
        """Return the item with the largest share, without common n-grams. None if none is shared, or too few are
        left."""
        places = self.places(grams)
        own = grams.size - int(self._common[places].sum())
        rare = places[~self._common[places]]
        if not rare.size or own < MIN_GRAMS:
            return None
        counts = self._counts(rare)
        of_item = np.divide(counts, self._sizes, out=np.zeros(self._items), where=self._sizes >= MIN_GRAMS)
        of_text = np.where(self._sizes >= MIN_GRAMS, counts / own, 0.0)
        item = int(np.argmax(np.maximum(of_item, of_text)))
        return Share(item, float(of_text[item]), float(of_item[item]))

    def learn_common(self, texts: Sequence[NDArray[np.int64]], limit: int) -> None:
        """Mark n-grams as common that ``limit`` or more texts have. Each text is given by its ``places``."""
        seen = np.zeros(self._grams.size, dtype=np.int64)
        for places in texts:
            seen[places] += 1
        self._common |= seen >= limit
        self._sizes = self._sizes_without_common()

    def _counts(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        owners = np.concatenate([self._owners[self._starts[place] : self._ends[place]] for place in places])
        return np.bincount(owners, minlength=self._items)

    def _common_in_benchmarks(self, benchmarks: NDArray[np.int64]) -> NDArray[np.bool_]:
        common = np.zeros(self._grams.size, dtype=np.bool_)
        for place in np.flatnonzero(self._ends - self._starts >= _COMMON_IN_BENCHMARK):
            owners = self._owners[self._starts[place] : self._ends[place]]
            common[place] = np.bincount(benchmarks[owners]).max() >= _COMMON_IN_BENCHMARK
        return common

    def _sizes_without_common(self) -> NDArray[np.int64]:
        rare = np.repeat(~self._common, self._ends - self._starts)
        return np.bincount(self._owners[rare], minlength=self._items)
