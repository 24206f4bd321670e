"""APPS and TACO: problems of contests, with tests in ``input_output``.

By hendrycks/apps (test.jsonl of codeparrot/apps) and FlagOpen/TACO. Outputs are compared token by token. For the one
TACO problem in five that has several right answers that is too strict, as it is there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from evaluator.schema.shapes import suite_of
from trainer_client.benchmarks import lcb_prompt
from trainer_client.benchmarks.task import BenchmarkTask

_LIMITS = {"cpu_s": 4.0, "memory_mb": 1024}
"""APPS' seconds, for rows that state none."""


def task(row: Mapping[str, Any], number: int) -> BenchmarkTask:
    """A task of APPS' or TACO's, the ``number``-th of its file: TACO's rows have no name.

    Raises:
        KeyError: a field is missing.
        UnknownTests: its tests cannot be read.
    """
    limits = {} if row.get("time_limit") else {"limits": _LIMITS}
    return BenchmarkTask(
        str(row["problem_id"] if row.get("problem_id") is not None else number),
        suite_of(dict(row), **limits),
        lcb_prompt.question(str(row["question"]), str(row.get("starter_code") or "")),
        kind=str(row.get("difficulty") or "").lower(),
        platform=str(row.get("source") or ""),
        reference=_first_solution(row.get("solutions")),
        date=str(row.get("date") or "")[:10],
    )


def _first_solution(solutions: Any) -> str | None:
    """The first of the published programs: a list, or its JSON text."""
    try:
        texts = json.loads(solutions) if isinstance(solutions, str) and solutions.strip() else solutions
    except ValueError:
        return None
    return str(texts[0]) if isinstance(texts, list) and texts else None
