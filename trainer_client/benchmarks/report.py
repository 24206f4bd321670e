"""Result of a scoring: as JSON for comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.schema import Report
from trainer_client.benchmarks.scoring import Graded, Score, score
from trainer_client.benchmarks.task import BenchmarkProgram, BenchmarkTask

_ORDER = ("easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class Run:
    """One set of programs with its reports. ``tokens`` is the length that answers were cut at, if they were; ``base``:
    judged by the original tests of tasks that have more; ``answers`` are the texts that programs were found in."""

    label: str
    tokens: int | None
    base: bool
    tasks: Sequence[BenchmarkTask]
    programs: Mapping[str, Sequence[BenchmarkProgram]]
    answers: Mapping[str, Sequence[str]]
    reports: Graded
    score: Score


def by_kind(run: Run) -> dict[str, Score]:
    """Scores of the tasks of each kind: easy before hard, else by name. Empty where tasks have no kinds."""
    kinds: dict[str, dict[str, Sequence[Report]]] = {}
    for task in run.tasks:
        if task.kind:
            kinds.setdefault(task.kind, {})[task.id] = run.reports[task.id]
    ranks = {kind: rank for rank, kind in enumerate(_ORDER)}
    ordered = sorted(kinds, key=lambda kind: (ranks.get(kind, len(ranks)), kind))
    return {kind: score(kinds[kind], tuple(run.score.pass_at)) for kind in ordered}


def as_json(run: Run) -> dict[str, Any]:
    """Return the score as ``microcoder score compare`` reads it."""
    return {
        "label": run.label,
        "problems": len(run.reports),
        "samples": sum(map(len, run.reports.values())),
        **{f"pass@{k}": value for k, value in run.score.pass_at.items()},
        "by_kind": {kind: dict(part.pass_at) for kind, part in by_kind(run).items()},
        "verdicts": dict(run.score.verdicts),
        "unjudged": list(run.score.unjudged),
        "weak": list(run.score.weak),
        "judged_otherwise_there": dict(run.score.otherwise),
        "by_problem": dict(run.score.by_problem),
    }


def otherwise_line(total: Score) -> str:
    """Say how many programs would be judged otherwise by the evaluator whose rules hold."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(total.otherwise.items()))
    return f"Would be judged otherwise there (docs/scoring.md): {sum(total.otherwise.values())} programs ({reasons})."
