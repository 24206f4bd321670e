"""ClassEval: whole classes, judged by their unittest suites.

By FudanSELab/ClassEval (data/ClassEval_data.json; the holistic strategy, a class in one answer).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.schema.shapes import suite_of
from trainer_client.benchmarks.task import BenchmarkTask, Question


def task(row: Mapping[str, Any]) -> BenchmarkTask:
    """A task of ClassEval's.

    Raises:
        KeyError: a field is missing.
        UnknownTests: its tests cannot be read.
    """
    imports = "".join(f"{line}\n" for line in row.get("import_statement") or ())
    question = (
        f"Complete the class {row['class_name']} in this code. Answer with the whole class, and its imports, in one "
        f"fenced block of Python.\n\n{row['skeleton']}"
    )
    return BenchmarkTask(
        str(row["task_id"]),
        suite_of(dict(row)),
        Question(question, prompt=str(row["skeleton"])),
        before=imports,
        reference=imports + str(row["solution_code"]),
        head=imports,
    )
