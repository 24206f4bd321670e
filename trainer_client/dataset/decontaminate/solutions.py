"""Comparison with a benchmark's solutions: a copied problem may have another text, but keeps its program."""

from __future__ import annotations

from collections.abc import Sequence

from trainer_client.dataset.code_similarity import fingerprints, tree_digest
from trainer_client.dataset.decontaminate.postings import Postings
from trainer_client.dataset.row import Problem
from trainer_client.dataset.similarity import Grams, share_of

MIN_SHARE = 0.8
"""The share of fingerprints that two programs have in common, at least, to count as copies."""
MIN_PRINTS = 16
"""Fingerprints of a program, at least. A shorter one, of about 80 tokens, is similar to others by chance."""


class Solutions:
    """The programs of a benchmark's items."""

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
        if nearest is None or own.size < MIN_PRINTS:
            return None
        theirs = self._prints[nearest.item]
        both = min(share_of(own, theirs), share_of(theirs, own))
        return self._owners[nearest.item] if both >= MIN_SHARE else None
