"""The real sets of LeetCodeDataset as problems, with their suites in memory."""

from __future__ import annotations

import ast
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evaluator.schema import Report, Submission, Suite
from trainer_client import EvaluatorClient
from trainer_client.dataset.row import Problem, Reference

TRAIN, TEST, LATER = (
    "LeetCodeDataset-v0.2.0-train.jsonl.gz",
    "LeetCodeDataset-v0.2.0-test.jsonl.gz",
    "LeetCodeDataset-v0.3.1-test.jsonl.gz",
)
_BUILDERS = frozenset({"list_node", "tree_node"})


@dataclass
class MemorySuites:
    """Suites by name."""

    suites: dict[str, Suite] = field(default_factory=dict)

    def get(self, suite_id: str) -> Suite:
        return self.suites[suite_id]

    def put(self, suite: Suite) -> tuple[str, int]:
        self.suites[suite.id] = suite
        return suite.id, len(suite.canonical())


@dataclass
class ServiceGrader:
    """A service, asked without more patience than the client's."""

    client: EvaluatorClient
    graded: int = 0

    def grade(self, submissions: Sequence[Submission]) -> list[Report]:
        self.graded += len(submissions)
        return self.client.grade_many(submissions)


def read(folder: Path, *names: str, suites: MemorySuites) -> list[Problem]:
    """The problems of files, by id; rows whose tests are not plain calls have none."""
    found = [_problem(row, suites) for name in names for row in _rows(folder / name)]
    return sorted(found, key=lambda problem: problem.id)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _problem(row: dict[str, Any], suites: MemorySuites) -> Problem:
    old = row.get("meta") or {}
    starter = old.get("lang_code") or row["starter_code"]
    suite = _suite(row)
    suite_id, size = suites.put(suite) if suite else ("", 0)
    return Problem(
        id=row["task_id"],
        source="leetcodedataset",
        date=row.get("estimated_date") or "",
        tags=tuple(row.get("tags") or ()),
        source_difficulty={"Meidum": "medium"}.get(_level(row), _level(row).lower()),
        statement=old.get("question_title") or row["problem_description"],
        io_mode="function",
        starter_code=starter,
        function_json={"name": _name(row)},
        suite_id=suite_id,
        suite_bytes=size,
        tests_total=len(suite.tests) if suite else 0,
        tests_kept=len(suite.tests) if suite else 0,
        references=(Reference(row["completion"]),),
        contest=str(row.get("question_id") or old.get("question_id")),
    )


def _level(row: dict[str, Any]) -> str:
    return str(row.get("difficulty") or row["meta"]["difficulty"])


def _name(row: dict[str, Any]) -> str:
    return str(row["entry_point"]).rpartition(".")[2]


def _suite(row: dict[str, Any]) -> Suite | None:
    tests = [test for node in ast.walk(ast.parse(row["test"])) if isinstance(node, ast.Assert) if (test := _test(node))]
    if not tests:
        return None
    data = {"mode": "function", "function": {"name": _name(row)}, "tests": tests, "limits": {"cpu_s": 5}}
    try:
        return Suite.model_validate(data)
    except ValidationError:
        return None


def _test(node: ast.Assert) -> dict[str, Any] | None:
    match node.test:
        case ast.Compare(left=ast.Call() as call, comparators=[expected]):
            return _of_call(call, expected)
        case ast.Call(args=[ast.Call() as call, expected]):
            return _of_call(call, expected)
    return None


def _of_call(call: ast.Call, expected: ast.expr) -> dict[str, Any] | None:
    try:
        return {"input": [_value(each.value) for each in call.keywords], "output": _value(expected)}
    except ValueError:
        return None


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _BUILDERS:
            return _value(inner)
    return ast.literal_eval(node)
