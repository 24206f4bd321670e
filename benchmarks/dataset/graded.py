"""An export's rows, graded as its trainer would: through the format's own reward module, or its own reader."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from evaluator.schema import Submission
from trainer_client import EvaluatorClient
from trainer_client.benchmarks import livecodebench
from trainer_client.benchmarks.suites import read_tasks
from trainer_client.rewards import openrlhf, rllm, slime, trl, verifiers, verl

Row = Mapping[str, Any]
Grade = Callable[[Sequence[Row], Sequence[str]], list[float]]
"""Rewards of rows, each with a model's answer."""


def rows_of(file: Path) -> Iterator[Row]:
    """The rows of a file, as a trainer's data set has them."""
    if file.suffix == ".parquet":
        import pyarrow.parquet as pq

        yield from pq.read_table(file).to_pylist()
    else:
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())


def rewards(name: str, file: Path, answers: Mapping[str, str], client: EvaluatorClient) -> dict[str, float]:
    """Rewards by problem, of rows for which there is an answer."""
    if name in ("livecodebench", "problems"):
        return _by_suite(name, file, answers, client)
    rows = [row for row in rows_of(file) if id_of(row) in answers]
    given = GRADES[name](rows, [answers[id_of(row)] for row in rows])
    return {id_of(row): float(value) for row, value in zip(rows, given, strict=True)}


def id_of(row: Row) -> str:
    """The problem's id, wherever a format has it."""
    places = (row.get("id"), row.get("uid"), row.get("extra_info"), row.get("metadata"))
    found = next(each for each in places if each is not None)
    return str(found["id"] if isinstance(found, Mapping) else found)


def _trl(rows: Sequence[Row], answers: Sequence[str]) -> list[Any]:
    columns = {name: [row[name] for row in rows] for name in ("suite", "suite_id")}
    return trl.code_reward([row["prompt"] for row in rows], list(answers), **columns)


def _verl(rows: Sequence[Row], answers: Sequence[str]) -> list[Any]:
    truths = [row["reward_model"]["ground_truth"] for row in rows]
    infos = [row["extra_info"] for row in rows]
    names = [row["data_source"] for row in rows]
    scores = verl.compute_score_batch(names, list(answers), truths, infos)
    return [score["score"] if isinstance(score, dict) else score for score in scores]


def _openrlhf(rows: Sequence[Row], answers: Sequence[str]) -> list[Any]:
    prompts = [row["input"][0]["content"] for row in rows]
    queries = [prompt + answer for prompt, answer in zip(prompts, answers, strict=True)]
    found = openrlhf.reward_func(queries, prompts, [row["label"] for row in rows])["rewards"]
    return [found] if isinstance(found, float) else list(found)


def _prime_rl(rows: Sequence[Row], answers: Sequence[str]) -> list[Any]:
    async def graded() -> list[float]:
        states: list[dict[str, Any]] = [{} for _ in rows]
        return await verifiers.group_code_reward(
            list(answers), [row["answer"] for row in rows], [row["info"] for row in rows], states
        )

    return asyncio.run(graded())


def _skyrl(rows: Sequence[Row], answers: Sequence[str]) -> list[Any]:
    from trainer_client.rewards.skyrl import CodeEnv

    return [CodeEnv(extras=dict(row)).step(answer)["reward"] for row, answer in zip(rows, answers, strict=True)]


def _slime(rows: Sequence[Row], answers: Sequence[str]) -> list[Any]:
    samples = [
        SimpleNamespace(prompt="", response=answer, label=row["label"], metadata=row["metadata"])
        for row, answer in zip(rows, answers, strict=True)
    ]

    async def graded() -> Any:
        return await slime.custom_rm(None, samples)

    return list(asyncio.run(graded()))


def _rllm(rows: Sequence[Row], answers: Sequence[str]) -> list[Any]:
    return [rllm.code_reward_fn(row, answer).reward for row, answer in zip(rows, answers, strict=True)]


GRADES: dict[str, Grade] = {
    "trl": _trl,
    "verl": _verl,
    "openrlhf": _openrlhf,
    "prime_rl": _prime_rl,
    "skyrl": _skyrl,
    "slime": _slime,
    "rllm": _rllm,
}


def _by_suite(name: str, file: Path, answers: Mapping[str, str], client: EvaluatorClient) -> dict[str, float]:
    """Formats that are read by a benchmark's reader."""
    suites = (
        {problem.id: problem.suite for problem in livecodebench.read([file])}
        if name == "livecodebench"
        else {task.id: task.suite for task in read_tasks(file)}
    )
    names = [each for each in suites if each in answers]
    reports = client.grade_many([Submission(response=answers[each], suite=suites[each]) for each in names])
    return {each: float(report.score or 0) for each, report in zip(names, reports, strict=True)}
