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
from trainer_client.benchmarks.task import BadFile
from trainer_client.dataset.records import BadSource, files_of, records
from trainer_client.grpo.config import BadConfig, HubSource, ProblemSource, RowColumns
from trainer_client.suites import RowTests, UnknownTests, read_row

Prompt = str | list[dict[str, str]]
_MAX_ROW_BYTES = 1 << 30


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
    for task in _tasks(source):
        if _is_selected(task, source):
            tasks.append(task)
        if len(tasks) == source.limit:
            break
    if not tasks:
        raise BadConfig(f"{_name(source)}: no problem is left of that selection")
    [(often, times)] = Counter(task.id for task in tasks).most_common(1)
    if times > 1:
        raise BadConfig(f"{_name(source)}: the id {often!r} comes {times} times")
    if len({type(task.prompt) for task in tasks}) > 1:
        raise BadConfig(f"{_name(source)}: some prompts are texts and some are messages; chat: true makes all messages")
    return tasks


def _name(source: ProblemSource) -> str:
    return source.hub.id if source.hub is not None else ", ".join(map(str, source.files))


def _is_selected(task: Task, source: ProblemSource) -> bool:
    low, high = source.pass_rates
    if (low, high) != (0, 1) and task.pass_rate is None:
        raise BadConfig(f"{task.id}: pass_rates are asked for, and this problem has no pass_rate")
    if source.difficulties and task.difficulty is None:
        raise BadConfig(f"{task.id}: difficulties are asked for, and this problem has no difficulty")
    return (not source.difficulties or task.difficulty in source.difficulties) and (
        task.pass_rate is None or low <= task.pass_rate <= high
    )


def _tasks(source: ProblemSource) -> Iterator[Task]:
    try:
        if source.format == "livecodebench":
            yield from (_of_livecodebench(problem, source) for problem in livecodebench.read(source.files))
            return
        for where, row in _rows(source):
            try:
                yield _of_row(row, where, source)
            except (ValueError, KeyError, TypeError, UnknownTests, ValidationError) as error:
                raise BadConfig(f"{where}: not a problem: {error}") from error
    except (BadFile, BadSource) as error:
        raise BadConfig(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{_name(source)}: {error}") from error


def _rows(source: ProblemSource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if source.hub is not None:
        yield from _of_hub(source.hub)
        return
    for file in files_of(source.files):
        for record in records(file, _MAX_ROW_BYTES):
            if record.content is None:
                raise BadConfig(f"{record.where}: a row of {record.size} bytes; at most {_MAX_ROW_BYTES} are read")
            yield record.where, record.content()


def _of_hub(hub: HubSource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    from datasets import load_dataset

    try:
        rows = load_dataset(hub.id, hub.config, split=hub.split, revision=hub.revision)
    except (OSError, ValueError, RuntimeError) as error:
        raise BadConfig(f"data set {hub.id}, split {hub.split}, cannot be read: {error}") from error
    for number, row in enumerate(rows):
        yield f"{hub.id}:{number}", row


def _of_row(row: Mapping[str, Any], where: str, source: ProblemSource) -> Task:
    columns = source.columns
    if columns.prompt not in row:
        raise ValueError(
            f"a row needs a column {columns.prompt!r}; it has: {', '.join(row)}. columns.prompt names another one"
        )
    rate, difficulty = row.get(columns.pass_rate), row.get(columns.difficulty)
    return Task(
        id=_id(row, where, columns),
        prompt=_prompt(row[columns.prompt], source, chat=bool(source.chat)),
        tests=_tests(_row_tests(row, columns)),
        difficulty=None if difficulty is None else str(difficulty),
        pass_rate=None if rate is None else float(rate),
    )


def _id(row: Mapping[str, Any], where: str, columns: RowColumns) -> str:
    more = row.get("extra_info")
    known = row.get(columns.id)
    if known is None and isinstance(more, Mapping):
        known = more.get(columns.id)
    return Path(where).name if known is None else str(known)


def _row_tests(row: Mapping[str, Any], columns: RowColumns) -> RowTests:
    if columns.language != "language" and columns.language in row:
        row = {**row, "language": row[columns.language]}
    if columns.tests is None:
        return read_row(row)
    if columns.tests not in row:
        raise ValueError(f"a row needs a column {columns.tests!r}, which columns.tests names; it has: {', '.join(row)}")
    return read_row(row[columns.tests], row)


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
    text = source.template.replace("{prompt}", prompt) if source.template else prompt
    if not (chat or source.system):
        return text
    system = [{"role": "system", "content": source.system}] if source.system else []
    return [*system, {"role": "user", "content": text}]


def _tests(tests: RowTests) -> str:
    text = tests.suite_id or _text(tests.suite())
    if tests.language is None:
        return text
    return json.dumps({"language": tests.language, "suite": text})


def _text(suite: Suite) -> str:
    return suite.canonical().decode()
