"""prime-rl's rollouts: ``rollouts/step_12/train/effective/traces.jsonl``, and ``train_rollouts.jsonl`` before that.

The newer rows are traces of verifiers: a graph of messages with their token ids, of which a mask says what the model
wrote, and named rewards. The older ones have ``example_id``, ``reward``, ``completion`` and, where it was kept, a
``trajectory`` with token ids. Neither tells its step: the folder does.
Read in verifiers 0.4.0 (``Trace.to_record``) and prime-rl's orchestrator (``save_rollouts``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer_client.diagnosis.formats.entry import Entry, TextLength, flag_of, number, text_of_messages, verdict_of
from trainer_client.diagnosis.rollouts import BadRollouts, Rollout

_STEP = re.compile(r"step_(\d+)")
_LIMITS = frozenset(["max_turns", "max_input_tokens", "max_output_tokens", "max_total_tokens", "compaction_failed"])
"""Conditions of a trace that say that it was cut."""


def matches(row: Mapping[str, Any]) -> bool:
    """Tell if a row is a trace, or an older rollout."""
    return {"nodes", "rewards"} <= row.keys() or {"example_id", "completion", "reward"} <= row.keys()


def read(row: Mapping[str, Any], file: Path, text: TextLength) -> Iterator[Entry]:
    """Yield a row's completion.

    Raises:
        BadRollouts: no folder says the step.
    """
    steps = _STEP.findall(str(file))
    if not steps and not isinstance(row.get("step"), int):
        raise BadRollouts("prime-rl's rows do not tell their step: keep them in their folder, step_N")
    step = int(row["step"]) if isinstance(row.get("step"), int) else int(steps[-1])
    yield _trace(step, row) if "nodes" in row else _older(step, row, text)


def _trace(step: int, row: Mapping[str, Any]) -> Entry:
    tokens = [
        token
        for node in row["nodes"]
        if node.get("sampled")
        for token, written in zip(node.get("token_ids") or [], node.get("mask") or [], strict=False)
        if written
    ]
    rewards = [each for each in (row["rewards"] or {}).values() if each is not None]
    task = row.get("task") or {}
    names = (task.get("key"), task.get("hash"), (task.get("data") or {}).get("id"), (task.get("data") or {}).get("idx"))
    rollout = Rollout(
        len(tokens) or int(row.get("num_output_tokens") or 0),
        sum(each["score"] * each.get("weight", 1.0) for each in rewards) if rewards else None,
        _verdict(row),
        tokens,
        _is_cut(row),
    )
    return Entry(step, str(next((name for name in names if name is not None), "")), rollout)


def _is_cut(row: Mapping[str, Any]) -> bool:
    """Tell if a trace was cut, by verifiers' own rule (``Trace.is_truncated``)."""
    last: Mapping[str, Any] = next((call for call in reversed(row.get("calls") or []) if call.get("error") is None), {})
    return row.get("stop_condition") in _LIMITS or last.get("finish_reason") == "length"


def _older(step: int, row: Mapping[str, Any], text: TextLength) -> Entry:
    tokens: Sequence[Any] = [
        token
        for turn in row.get("trajectory") or []
        for token in (turn.get("tokens") or {}).get("completion_ids") or []
    ]
    usage = number((row.get("token_usage") or {}).get("output_tokens"))
    if not tokens:
        tokens = text.tokens(text_of_messages(row["completion"]))
    rollout = Rollout(
        int(usage) if usage and not row.get("trajectory") else len(tokens),
        number(row["reward"]),
        _verdict(row),
        tokens,
        flag_of(row.get("is_truncated")),
        advantage=number(row.get("advantage")),
    )
    name = f"{row.get('env_name') or row.get('task') or ''}/{row['example_id']}"
    return Entry(step, name, rollout)


def _verdict(row: Mapping[str, Any]) -> str:
    """Return the verdict that our reward functions leave: ``trace.info``, or the state's ``evaluator``."""
    info, state = row.get("info"), row.get("evaluator")
    places = [place for place in (info, state) if isinstance(place, Mapping)]
    return next((verdict for place in places if (verdict := verdict_of(place.get("verdict")))), "")
