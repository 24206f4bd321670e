"""A rollout of all processes, for those who watch a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from trainer_client.grpo.repetition import REPEAT_WINDOW


@dataclass(frozen=True, slots=True)
class GatheredRollout:
    """A rollout, prompt by prompt. Each completion is a mapping with ``length``, ``tokens`` (``ends_of``), ``reward``
    (None where it was not judged), ``verdict``, ``strict`` and ``truncated``; ``figures`` are the trainer's own."""

    step: int
    group_size: int
    completions: Sequence[dict[str, Any]]
    figures: dict[str, float]


def rows_of(
    completion_ids: Sequence[Sequence[int]],
    truncated: Sequence[bool],
    verdicts: Sequence[str] | None,
    strict: Sequence[bool | None] | None,
    prefix: int,
) -> list[dict[str, Any]]:
    """Return a process's completions, still without rewards, all arguments of shape (B,); ``prefix`` as ``ends_of``."""
    count = len(completion_ids)
    columns = zip(completion_ids, truncated, verdicts or [""] * count, strict or [None] * count, strict=True)
    return [
        {"length": len(ids), "tokens": ends_of(ids, prefix), "verdict": verdict, "strict": exact, "truncated": cut}
        for ids, cut, verdict, exact in columns
    ]


RolloutObserver = Callable[[GatheredRollout], None]


def ends_of(ids: Sequence[int], prefix: int, window: int = REPEAT_WINDOW) -> list[int]:
    """Return the tokens that diversity and repetition look at: the first ``prefix`` and the last 2 ``window``."""
    return list(ids) if len(ids) <= prefix + 2 * window else [*ids[:prefix], *ids[-2 * window :]]
