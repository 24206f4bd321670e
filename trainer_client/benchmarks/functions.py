"""HumanEval(+) and MBPP(+): one JSON object a line, each a prompt or text with its tests and a reference solution.

By openai/human-eval (data.py, execution.py), google-research/mbpp and evalplus: a HumanEval sample is a completion of
the prompt, or with ``solution`` a whole program; an MBPP sample is a whole program.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.schema import Suite
from trainer_client.benchmarks.livecodebench import BadFile
from trainer_client.suites import UnknownTests, suite_of


@dataclass(frozen=True, slots=True)
class Task:
    """One task: its name, its suite, what comes before a completion, and the solution that its authors gave."""

    id: str
    suite: Suite
    prompt: str
    reference: str


def read_tasks(file: Path) -> list[Task]:
    """The tasks of a file.

    Raises:
        BadFile: a line is neither HumanEval's nor MBPP's.
    """
    return [_task(row, where) for where, row in rows(file)]


def read_completions(file: Path, tasks: Sequence[Task]) -> dict[str, list[str]]:
    """Programs by task, from lines of ``{"task_id", "completion"}`` or ``{"task_id", "solution"}``.

    Raises:
        BadFile: a line is neither, names no task, or a task has no sample.
    """
    prompts = {task.id: task.prompt for task in tasks}
    programs: dict[str, list[str]] = {task.id: [] for task in tasks}
    for where, row in rows(file):
        name = str(row.get("task_id"))
        if name not in programs:
            raise BadFile(f"{where}: there is no task {name!r}")
        match row:
            case {"solution": str(program)}:
                programs[name].append(program)
            case {"completion": str(completion)}:
                programs[name].append(prompts[name] + completion)
            case _:
                raise BadFile(f'{where}: give "completion" or "solution"')
    missing = [name for name, found in programs.items() if not found]
    if missing:
        raise BadFile(f"{file} has no sample for {len(missing)} tasks, the first being {missing[0]}")
    return programs


def references(tasks: Sequence[Task]) -> dict[str, list[str]]:
    """Their authors' solutions: all must be accepted."""
    return {task.id: [task.prompt + task.reference] for task in tasks}


def rows(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a JSONL file, each with where it stands.

    Raises:
        BadFile: a line is no object.
    """
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"{file}:{number}"
            try:
                row = json.loads(line)
            except ValueError as error:
                raise BadFile(f"{where}: not JSON: {error}") from error
            if not isinstance(row, dict):
                raise BadFile(f"{where}: not an object")
            yield where, row


def _task(row: Mapping[str, Any], where: str) -> Task:
    try:
        match row:
            case {"task_id": name, "prompt": str(prompt), "canonical_solution": str(solution), "entry_point": _}:
                return Task(str(name), suite_of(dict(row)), prompt, solution)
            case {"task_id": name, "code": str(solution), "test_list": _}:
                return Task(str(name), suite_of(dict(row)), "", solution)
    except UnknownTests as error:
        raise BadFile(f"{where}: {error}") from error
    raise BadFile(
        f"{where}: neither HumanEval's (prompt, canonical_solution, test, entry_point) nor MBPP's (code, test_list)"
    )
