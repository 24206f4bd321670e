"""BigCodeBench: functions that use many libraries, judged by unittest suites.

By bigcode-project/bigcodebench (data/bigcodebench.py, evaluate.py). A completion goes on with ``complete_prompt``; an
answer is to ``instruct_prompt``, and gets the imports of ``code_prompt``, as calibrated samples do there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.schema.shapes import suite_of
from trainer_client.benchmarks.task import BenchmarkTask, Question, head_of

_LIMITS = {"cpu_s": 60.0, "memory_mb": 4096}


def task(row: Mapping[str, Any]) -> BenchmarkTask:
    """A task of BigCodeBench's.

    Raises:
        KeyError: a field is missing.
        UnknownTests: its tests cannot be read.
    """
    prompt, begun = str(row["complete_prompt"]), str(row["code_prompt"])
    question = str(row.get("instruct_prompt") or prompt)
    return BenchmarkTask(
        str(row["task_id"]),
        suite_of(dict(row), limits=_LIMITS),
        Question(f"{question.strip()}\n\nAnswer with the whole program in one fenced block of Python.", prompt=prompt),
        before=prompt,
        reference=begun + str(row["canonical_solution"]),
        head=head_of(begun, "python"),
    )
