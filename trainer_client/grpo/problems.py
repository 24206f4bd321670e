"""Problems to train on and to evaluate with: a prompt and its tests, from files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evaluator.schema import Suite
from trainer_client.benchmarks import lcb_prompt, livecodebench
from trainer_client.benchmarks.journal import rows
from trainer_client.benchmarks.task import BadFile
from trainer_client.grpo.config import BadConfig, ProblemSource
from trainer_client.suites import RowTests, UnknownTests, read_row

Prompt = str | list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Task:
    """One problem. ``tests`` is the suite's JSON text, or the id of one that the service has stored; with the language
    around it where the row names one."""

    id: str
    prompt: Prompt
    tests: str
    difficulty: str | None = None
    pass_rate: float | None = None


def read(source: ProblemSource) -> list[Task]:
    """The problems of a source, in the order of its files.

    Raises:
        BadConfig: a file is missing, a row is no problem, an id comes twice, or nothing is left.
    """
    tasks: list[Task] = []
    for task in (task for file in source.files for task in _tasks(file, source)):
        if _is_selected(task, source):
            tasks.append(task)
        if len(tasks) == source.limit:
            break
    names = ", ".join(map(str, source.files))
    if not tasks:
        raise BadConfig(f"{names}: no problem is left of that selection")
    [(often, times)] = Counter(task.id for task in tasks).most_common(1)
    if times > 1:
        raise BadConfig(f"{names}: the id {often!r} comes {times} times")
    return tasks


def _is_selected(task: Task, source: ProblemSource) -> bool:
    low, high = source.pass_rates
    if (low, high) != (0, 1) and task.pass_rate is None:
        raise BadConfig(f"{task.id}: pass_rates are asked for, and this problem has no pass_rate")
    if source.difficulties and task.difficulty is None:
        raise BadConfig(f"{task.id}: difficulties are asked for, and this problem has no difficulty")
    return (not source.difficulties or task.difficulty in source.difficulties) and (
        task.pass_rate is None or low <= task.pass_rate <= high
    )


def _tasks(file: Path, source: ProblemSource) -> Iterator[Task]:
    try:
        if source.format == "livecodebench":
            yield from (_of_livecodebench(problem, source) for problem in livecodebench.read([file]))
        else:
            yield from _of_lines(file, source)
    except BadFile as error:
        raise BadConfig(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{file}: {error}") from error


def _of_lines(file: Path, source: ProblemSource) -> Iterator[Task]:
    for where, row in rows(file):
        try:
            yield _of_row(row, Path(where).name, source)
        except (ValueError, KeyError, TypeError, UnknownTests, ValidationError) as error:
            raise BadConfig(f"{where}: not a problem: {error}") from error


def _of_row(row: Mapping[str, Any], where: str, source: ProblemSource) -> Task:
    if "prompt" not in row:
        raise ValueError(f"a row needs a prompt; it has: {', '.join(row)}")
    rate = row.get("pass_rate")
    return Task(
        id=str(row.get("id", where)),
        prompt=_prompt(row["prompt"], source, chat=bool(source.chat)),
        tests=_tests(read_row(row)),
        difficulty=None if row.get("difficulty") is None else str(row["difficulty"]),
        pass_rate=None if rate is None else float(rate),
    )


def _of_livecodebench(problem: livecodebench.LiveCodeBenchProblem, source: ProblemSource) -> Task:
    """Ask in the words of LiveCodeBench's own prompt, but for the sentence that forbids to reason first."""
    task, chat = problem.task, source.chat is not False
    assert task.question is not None
    system = source.system or (lcb_prompt.ROLE if chat else None)
    prompt = _prompt(task.question.user, source.model_copy(update={"system": system}), chat=chat)
    return Task(task.id, prompt, _text(task.suite), task.kind)


def _prompt(prompt: Any, source: ProblemSource, *, chat: bool) -> Prompt:
    if not isinstance(prompt, str):
        return [{"role": str(each["role"]), "content": str(each["content"])} for each in prompt]
    if not (chat or source.system):
        return prompt
    system = [{"role": "system", "content": source.system}] if source.system else []
    return [*system, {"role": "user", "content": prompt}]


def _tests(tests: RowTests) -> str:
    text = tests.suite_id or _text(tests.suite())
    if tests.language is None:
        return text
    return json.dumps({"language": tests.language, "suite": text})


def _text(suite: Suite) -> str:
    return suite.canonical().decode()
