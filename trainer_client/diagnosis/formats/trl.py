"""TRL's logs: ``completions/completions_00012.parquet`` of ``log_completions``, and ``trainer_state.json``.

A table of completions has columns ``step``, ``prompt``, ``completion``, one for each reward function, those of
``log_extra`` and ``advantage``; texts, no tokens. The state's ``log_history`` holds what the trainer measured itself.
Read in TRL 1.16: ``GRPOTrainer.log``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trainer_client.diagnosis.formats.entry import Entry, TextLength, flag_of, number, text_of_messages, verdict_of
from trainer_client.diagnosis.rollouts import Rollout

HISTORY = "log_history"
NAMES = {
    "reward": "reward",
    "completions/mean_length": "length",
    "completions/clipped_ratio": "truncated",
    "entropy": "entropy",
    "clip_ratio/high_mean": "clipped_high",
    "frac_reward_zero_std": "equal_groups",
    "temperature": "temperature",
    "max_length": "max_length",
    "relaxed": "relaxed",
    "not_judged": "not_judged",
    "mask/share": "masked",
    "diversity/pair": "diversity",
    "weight/shortest_quarter": "weight_short",
    "weight/longest_quarter": "weight_long",
}
"""TRL's names, and those that ``MicroCoderTrainer`` adds, beside ours."""
_OTHER_COLUMNS = frozenset(
    ["step", "prompt", "completion", "advantage", "verdict", "reason", "strict", "image", "truncated"]
)


def matches(row: Mapping[str, Any]) -> bool:
    """Tell if a row is of a table of completions, or a trainer's state."""
    return HISTORY in row or {"step", "prompt", "completion", "advantage"} <= row.keys()


def read(row: Mapping[str, Any], file: Path, text: TextLength) -> Iterator[Entry]:
    """Yield a completion, or a state's figures step by step. A completion's reward is the sum of the columns that hold
    numbers: those of reward functions."""
    if HISTORY in row:
        yield from figures(row[HISTORY])
        return
    tokens = text.tokens(text_of_messages(row["completion"]))
    columns = [
        number(value) for name, value in row.items() if name not in _OTHER_COLUMNS and not isinstance(value, bool)
    ]
    rewards = [value for value in columns if value is not None]
    rollout = Rollout(
        len(tokens),
        sum(rewards) if rewards else None,
        verdict_of(row.get("verdict")),
        tokens,
        truncated=flag_of(row.get("truncated")),
        strict=flag_of(row.get("strict")),
        advantage=number(row["advantage"]),
    )
    yield Entry(int(row["step"]), json.dumps(row["prompt"], default=str), rollout, may_repeat=True)


def figures(history: Any) -> Iterator[Entry]:
    """Yield the figures of a ``log_history``, also as a callback's ``on_log`` gets them. A score on held-out problems
    is that at the shortest length, which is the run's."""
    for logs in history:
        known = {ours: value for name, ours in NAMES.items() if (value := number(logs.get(name))) is not None}
        scores = {name: number(value) for name, value in logs.items() if name.startswith("eval_pass@1@")}
        if scores:
            first = min(scores, key=lambda name: int(name.rpartition("@")[2]))
            known["held_out"] = scores[first] or 0.0
        if known and "step" in logs:
            yield Entry(int(logs["step"]), logged=known)
