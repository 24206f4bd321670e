"""Our own form, for any trainer: JSON lines, a completion or a step's figures in each.

{"step": 12, "group": "two-sum", "length": 812, "truncated": false, "verdict": "accepted", "strict": true}
{"step": 12, "group": "two-sum", "tokens": [9707, 11, ...], "reward": 0.0, "verdict": "wrong_answer"}
{"step": 12, "metrics": {"entropy": 0.31, "updates": 2, "held_out": 0.38, "held_out_error": 0.02}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trainer_client.diagnosis.formats.entry import Entry, TextLength, flag_of, number, verdict_of
from trainer_client.diagnosis.metrics import LOGGED
from trainer_client.diagnosis.rollouts import ACCEPTED, BadRollouts, Rollout
from trainer_client.grpo.mask import NOT_JUDGED


def matches(row: Mapping[str, Any]) -> bool:
    """Tell if a row is of this form."""
    return "step" in row and bool({"tokens", "length", "metrics"} & row.keys())


def read(row: Mapping[str, Any], file: Path, text: TextLength) -> Iterator[Entry]:
    """Yield a row's completion, or its figures."""
    step = row.get("step")
    if not isinstance(step, int):
        raise BadRollouts(f"step has to be an integer, not {step!r}")
    if "metrics" in row:
        yield Entry(step, logged=_metrics(row["metrics"]))
        return
    tokens = row.get("tokens")
    length = row.get("length", len(tokens) if isinstance(tokens, list) else None)
    if not isinstance(length, int) or length < 0:
        raise BadRollouts("a completion needs tokens, a list, or length, a number of tokens")
    verdict = verdict_of(row.get("verdict"))
    rollout = Rollout(
        length,
        _reward(row, verdict),
        verdict,
        tokens if isinstance(tokens, list) else (),
        flag_of(row.get("truncated")),
        flag_of(row.get("strict")),
        number(row.get("advantage")),
        number(row.get("weight")),
    )
    if rollout.reward is None and not verdict and "reward" not in row:
        raise BadRollouts("a completion needs a reward or a verdict")
    yield Entry(step, str(row.get("group", "")), rollout)


def _reward(row: Mapping[str, Any], verdict: str) -> float | None:
    """Return the row's reward; without one, 1 for an accepted program, 0 for another that was judged."""
    if "reward" in row or not verdict:
        return number(row.get("reward"))
    return None if verdict in NOT_JUDGED else float(verdict == ACCEPTED)


def _metrics(figures: Any) -> dict[str, float]:
    if not isinstance(figures, Mapping):
        raise BadRollouts("metrics has to be an object of numbers")
    unknown = sorted(figures.keys() - LOGGED)
    if unknown:
        raise BadRollouts(f"metrics has no {unknown[0]!r}; known are: {', '.join(sorted(LOGGED))}")
    return {name: value for name, each in figures.items() if (value := number(each)) is not None}
