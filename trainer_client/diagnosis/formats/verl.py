"""verl's logs: ``STEP.jsonl`` in ``trainer.rollout_data_dir``, and the file of its logger ``file``.

A dumped row has ``input``, ``output``, ``gts``, ``score``, ``step`` and what the reward function returned beside its
score (ours: ``verdict``); texts, no tokens. The logger's rows are ``{"step": 12, "data": {...}}``.
Read in verl 0.9.1: ``_write_generations``, ``FileLogger``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trainer_client.diagnosis.formats.entry import Entry, TextLength, flag_of, number, verdict_of
from trainer_client.diagnosis.rollouts import Rollout

NAMES = {
    "critic/score/mean": "reward",
    "response_length/mean": "length",
    "response_length/clip_ratio": "truncated",
    "actor/entropy": "entropy",
    "actor/pg_clipfrac": "clipped_high",
    "microcoder/mask/share": "masked",
    "microcoder/not_judged": "not_judged",
    "microcoder/diversity/pair": "diversity",
}
"""verl's names, and those of our mask for verl, beside ours."""
_HELD_OUT = re.compile(r"val-core/.+/mean@\d+$|val/test_score/")


def matches(row: Mapping[str, Any]) -> bool:
    """Tell if a row is dumped, or the logger's."""
    return {"input", "output", "score"} <= row.keys() or row.keys() == {"step", "data"}


def read(row: Mapping[str, Any], file: Path, text: TextLength) -> Iterator[Entry]:
    """Yield a completion, or a step's figures."""
    if "data" in row:
        yield from _figures(row)
        return
    tokens = text.tokens(str(row["output"]))
    verdict = verdict_of(row.get("verdict"))
    rollout = Rollout(
        len(tokens),
        number(row["score"]),
        verdict,
        tokens,
        truncated=flag_of(row.get("truncated")),
        strict=flag_of(row.get("strict")),
    )
    yield Entry(int(row["step"]), str(row["input"]), rollout)


def _figures(row: Mapping[str, Any]) -> Iterator[Entry]:
    data = row["data"] if isinstance(row["data"], Mapping) else {}
    known = {ours: value for name, ours in NAMES.items() if (value := number(data.get(name))) is not None}
    scores = [number(value) for name, value in data.items() if _HELD_OUT.match(name)]
    held_out = [score for score in scores if score is not None]
    if held_out:
        known["held_out"] = sum(held_out) / len(held_out)
    if known:
        yield Entry(int(row["step"]), logged=known)
