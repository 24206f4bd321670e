"""Problems with our own suites, one JSON object a line: ``{"task_id", "suite", "prompt"?, "language"?, "kind"?}``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evaluator.schema.jsontext import wrong_fields
from trainer_client.benchmarks.journal import rows
from trainer_client.benchmarks.task import BadFile, BenchmarkTask, Question
from trainer_client.suites import suite_of

_KNOWN = {"task_id", "id", "suite", "prompt", "system", "language", "kind", "reference", "buggy", "date"}


def read_tasks(file: Path) -> list[BenchmarkTask]:
    """The problems of a file.

    ``task_id`` is its name, as samples repeat it; ``id`` is taken for it too. ``suite`` is one, or anything that
    ``trainer_client.suites.suite_of`` makes one of. ``prompt`` is what a model is asked, ``system`` what a chat's
    system message says. ``kind`` is what scores are told by. ``reference`` and ``buggy`` are programs to be accepted,
    and refused. ``date`` is the day on which the problem was published.

    Raises:
        BadFile: a line is no such problem, or an id comes twice.
    """
    tasks: dict[str, BenchmarkTask] = {}
    for where, row in rows(file):
        try:
            task = _task(row)
        except ValidationError as error:
            raise BadFile(f"{where}: not a problem: {'; '.join(wrong_fields(error, 3))}") from error
        except ValueError as error:
            raise BadFile(f"{where}: not a problem: {error}") from error
        if task.id in tasks:
            raise BadFile(f"{where}: the id {task.id!r} comes twice")
        tasks[task.id] = task
    return list(tasks.values())


def _task(row: Mapping[str, Any]) -> BenchmarkTask:
    if unknown := row.keys() - _KNOWN:
        raise ValueError(f"unknown fields {sorted(unknown)}; known are {sorted(_KNOWN)}")
    if ("task_id" in row) == ("id" in row):
        raise ValueError("it needs a task_id" if "id" not in row else "it has a task_id and an id; task_id will do")
    if "suite" not in row:
        raise ValueError("it needs a suite")
    prompt = row.get("prompt")
    return BenchmarkTask(
        str(row["task_id"] if "task_id" in row else row["id"]),
        suite_of(row["suite"]),
        None if prompt is None else Question(str(prompt), str(row.get("system", "")), prompt=str(prompt)),
        str(row.get("language", "python")),
        kind=str(row.get("kind", "")),
        reference=row.get("reference"),
        buggy=row.get("buggy"),
        date=str(row.get("date", "")),
    )
