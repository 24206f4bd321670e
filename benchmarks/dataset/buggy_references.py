"""HumanEvalPack's buggy programs as sole references: is one admitted?

``python -m benchmarks.dataset.buggy_references CORPUS [--limit 164] [--record]``
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.dataset.bench import Bench, run
from benchmarks.dataset.intervals import share
from evaluator.schema import Suite
from trainer_client.dataset.row import Problem, Reference, Rejection

_CPU_S = 10.0


def measure(bench: Bench, options: argparse.Namespace) -> Iterator[str]:
    """The lines of the result."""
    items = [each for each in _items(options.folder / "humanevalpack.jsonl") if each["language"] == "python"]
    buggy = [_problem(bench, each) for each in items if each["id"].endswith("/buggy")][: options.limit]
    outcomes = bench.verify(buggy)
    reasons = Counter(_reason(each) for each in outcomes)
    admitted = [each for each in outcomes if isinstance(each, Problem) and not each.quarantine]
    passed = [each for each in outcomes if isinstance(each, Problem) and each.verification.reference_ok]
    yield f"{len(buggy)} buggy programs, each the sole reference of its problem: {dict(reasons)}"
    yield f"- Admitted: {share(len(admitted), len(outcomes))}; {', '.join(each.id for each in admitted) or 'none'}"
    yield f"- Accepted by their tests, whatever became of them: {', '.join(each.id for each in passed) or 'none'}"


def _items(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


def _problem(bench: Bench, item: dict[str, Any]) -> Problem:
    program = {"test_code": item["test_code"], "entry_point": item.get("fn_name"), "prelude": "prelude" in item}
    suite = Suite.model_validate({"mode": "program", "program": program, "limits": {"cpu_s": _CPU_S}})
    return bench.with_suite(Problem(item["id"], io_mode="program", references=(Reference(item["code"]),)), suite)


def _reason(outcome: Problem | Rejection) -> str:
    return outcome.reason if isinstance(outcome, Rejection) else ", ".join(outcome.quarantine) or "admitted"


if __name__ == "__main__":
    run("Buggy references", __doc__, measure)
