"""HumanEvalPack's buggy programs as sole references: is one admitted?

``python -m benchmarks.dataset.buggy_references CORPUS [--limit 164] [--record]``
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.dataset.bench import Bench, Measurement
from benchmarks.dataset.intervals import share
from benchmarks.resumable import Row
from evaluator.schema import Suite
from trainer_client.dataset.row import Problem, Reference, Rejection

_CPU_S = 10.0


def items(bench: Bench, options: argparse.Namespace) -> list[Problem]:
    """The buggy programs in Python, each as the sole reference of its problem."""
    programs = [each for each in _items(options.folder / "humanevalpack.jsonl") if each["language"] == "python"]
    return [_problem(bench, each) for each in programs if each["id"].endswith("/buggy")][: options.limit]


def rows(bench: Bench, problem: Problem) -> Iterator[Row]:
    """Verify a problem."""
    outcome = bench.verify(problem)
    rejected = isinstance(outcome, Rejection)
    reason = outcome.reason if isinstance(outcome, Rejection) else ", ".join(outcome.quarantine)
    passed = not isinstance(outcome, Rejection) and outcome.verification.reference_ok
    yield {"id": problem.id, "admitted": not rejected and not reason, "reason": reason or "admitted", "passed": passed}


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the result."""
    admitted = [row["id"] for row in rows if row["admitted"]]
    reasons = Counter(row["reason"] for row in rows)
    yield f"{len(rows)} buggy programs, each the sole reference of its problem: {dict(reasons)}"
    yield f"- Admitted: {share(len(admitted), len(rows))}; {', '.join(admitted) or 'none'}"
    passed = [row["id"] for row in rows if row["passed"]]
    yield f"- Accepted by their tests, whatever became of them: {', '.join(passed) or 'none'}"


def _items(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


def _problem(bench: Bench, item: dict[str, Any]) -> Problem:
    program = {"test_code": item["test_code"], "entry_point": item.get("fn_name"), "prelude": "prelude" in item}
    suite = Suite.model_validate({"mode": "program", "program": program, "limits": {"cpu_s": _CPU_S}})
    return bench.with_suite(Problem(item["id"], io_mode="program", references=(Reference(item["code"]),)), suite)


if __name__ == "__main__":
    Measurement("Buggy references", __doc__, items, lambda problem: problem.id, rows, report, limit=164).run()
