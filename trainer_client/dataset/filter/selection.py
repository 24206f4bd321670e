"""The selection of problems by the probability that their pass rate lies in the band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trainer_client.dataset.config import FilterConfig
from trainer_client.dataset.filter.beta_binomial import Posterior

Fate = Literal["kept", "kept_easy", "too_easy", "too_hard", "uncertain", "easy_quota", "needs_oracle_proof"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A problem's facts for the selection. ``unsolved``: it was tried, and no attempt was accepted. ``proven``: two
    independent solutions agree on its outputs."""

    id: str
    posterior: Posterior
    unsolved: bool
    proven: bool


def select(candidates: Sequence[Candidate], config: FilterConfig) -> list[Fate]:
    """Decide about each candidate.

    A problem that nobody solved may be hard or have wrong tests, which look the same. Unless its outputs are proven,
    its fate is ``needs_oracle_proof``."""
    fates = [_fate(each, config) for each in candidates]
    easy = [place for place, fate in enumerate(fates) if fate == "kept_easy"]
    room = _room(sum(fate == "kept" for fate in fates), config.easy_quota, len(easy))
    hardest_first = sorted(easy, key=lambda place: (candidates[place].posterior.mean, candidates[place].id))
    for place in hardest_first[room:]:
        fates[place] = "easy_quota"
    return fates


def _fate(candidate: Candidate, config: FilterConfig) -> Fate:
    if candidate.unsolved and not candidate.proven:
        return "needs_oracle_proof"
    low, high = config.band
    below, within = candidate.posterior.below(low), candidate.posterior.within(low, high)
    above = 1 - below - within
    if within >= config.confidence:
        return "kept"
    if above >= config.confidence:
        return "kept_easy" if config.easy_quota > 0 else "too_easy"
    return "too_hard" if below >= config.confidence else "uncertain"


def _room(chosen: int, quota: float, easy: int) -> int:
    """Return the number of easy problems to keep beside ``chosen`` others: at most the quota of all."""
    return easy if quota >= 1.0 else min(easy, int(chosen * quota / (1.0 - quota) + 1e-9))
