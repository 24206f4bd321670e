"""Problems of data sets whose tests are Python code: a right program and its tests, in the form that each has."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.grading.grader import Grader
from evaluator.schema import RunRequest, to_string

MAX_CPU_S = 3.0
WALL_S = 30.0
"""So much that a busy machine decides nothing."""


@dataclass(frozen=True)
class Problem:
    """A right program in two parts, ``given`` and what a model writes, and the tests."""

    set: str
    id: str
    given: str
    changeable: str
    tests: str
    entry_point: str | None = None

    @property
    def code(self) -> str:
        return self.given + self.changeable

    def suite(self, *, reference: bool, cpu_s: float = MAX_CPU_S) -> dict[str, Any]:
        """The suite as it travels."""
        program: dict[str, Any] = {"test_code": self.tests}
        if self.entry_point is not None:
            program["entry_point"] = self.entry_point
        if reference:
            program["reference"] = self.code
        limits = {"cpu_s": cpu_s, "wall_s": WALL_S, "memory_mb": 2048}
        return {"mode": "program", "limits": limits, "program": program}


def problems(
    grader: Grader, corpus: Path, sets: Iterable[str], files: Iterable[Path], limit: int | None
) -> Iterator[Problem]:
    """Yield the problems of all sets, at most ``limit`` of each."""
    for name in sets:
        yield from itertools.islice(SETS[name](corpus), limit)
    for file in files:
        yield from itertools.islice(_listed(grader, file), limit)


def _humaneval(corpus: Path) -> Iterator[Problem]:
    for item in _lines(corpus / "humaneval.jsonl"):
        yield Problem("humaneval", item["id"], "", item["code"], item["test_code"], item["fn_name"])


def _mbpp(corpus: Path) -> Iterator[Problem]:
    for item in _lines(corpus / "mbpp.jsonl"):
        yield Problem("mbpp", item["id"], "", item["code"], item["test_code"])


def _classeval(corpus: Path) -> Iterator[Problem]:
    items = json.loads(gzip.decompress((corpus / "problem_sets" / "ClassEval_data.json.gz").read_bytes()))
    for item in items:
        given = "\n".join(item["import_statement"]) + "\n"
        yield Problem("classeval", item["task_id"], given, item["solution_code"], item["test"])


def _leetcode(corpus: Path) -> Iterator[Problem]:
    path = corpus / "problem_sets" / "LeetCodeDataset-v0.3.1-test.jsonl.gz"
    for line in gzip.decompress(path.read_bytes()).splitlines():
        item = json.loads(line)
        yield Problem(
            "leetcode", item["task_id"], item["prompt"] + "\n", item["completion"], item["test"], item["entry_point"]
        )


SETS: Mapping[str, Callable[[Path], Iterator[Problem]]] = {
    "humaneval": _humaneval,
    "mbpp": _mbpp,
    "classeval": _classeval,
    "leetcode": _leetcode,
}


def _listed(grader: Grader, file: Path) -> Iterator[Problem]:
    """The suites of a file that lists them by code, which runs in the jail."""
    code = f"{file.read_text()}\nimport json\nprint(json.dumps(S))"
    report = grader.run(RunRequest.model_validate({"code": code}))
    if report.exit_code != 0:
        raise ValueError(f"{file} lists no suites: {to_string(report.stderr)[-500:]}")
    for name, program, tests in json.loads(to_string(report.stdout)):
        yield Problem(file.stem, name, "", program, tests)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as lines:
        yield from map(json.loads, lines)
