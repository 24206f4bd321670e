"""Result of a scoring: as JSON for comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.schema import Report
from trainer_client.benchmarks.pass_at_k import mean_interval
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
    left_out: int = 0
    """Problems that have no samples, and that are not scored."""


def by_kind(run: Run) -> dict[str, Score]:
    """Scores of the tasks of each kind: easy before hard, else by name. Empty where tasks have no kinds."""
    kinds: dict[str, dict[str, Sequence[Report]]] = {}
    for task in run.tasks:
        if task.kind:
            kinds.setdefault(task.kind, {})[task.id] = run.reports[task.id]
    ranks = {kind: rank for rank, kind in enumerate(_ORDER)}
    ordered = sorted(kinds, key=lambda kind: (ranks.get(kind, len(ranks)), kind))
    return {kind: score(kinds[kind], tuple(run.score.pass_at)) for kind in ordered}


def by_month(run: Run) -> dict[str, Score]:
    """Scores of the tasks of each month (``2025-01``), in order. Empty where tasks have no dates."""
    months: dict[str, dict[str, Sequence[Report]]] = {}
    for task in run.tasks:
        if task.date:
            months.setdefault(task.date[:7], {})[task.id] = run.reports[task.id]
    return {month: score(months[month], (1,)) for month in sorted(months)}


def by_cutoff(run: Run, day: str) -> tuple[list[float], list[float]]:
    """pass@1 of the problems up to a day, and of those after it. Problems without a date are in neither."""
    dated = [(task.date, run.score.by_problem[task.id]) for task in run.tasks if task.id in run.score.by_problem]
    return [value for date, value in dated if date and date <= day], [value for date, value in dated if date > day]


def as_json(run: Run) -> dict[str, Any]:
    """Return the score as ``microcoder score compare`` reads it."""
    interval = mean_interval(list(run.score.by_problem.values()))
    months = {month: {"problems": len(part.by_problem), **_pass_at(part)} for month, part in by_month(run).items()}
    return {
        "label": run.label,
        "problems": len(run.reports),
        "left_out": run.left_out,
        "samples": sum(map(len, run.reports.values())),
        **_pass_at(run.score),
        "interval_95": None if interval is None else [interval.low, interval.high],
        "by_sample": list(run.score.by_sample),
        "by_kind": {kind: _pass_at(part) for kind, part in by_kind(run).items()},
        "by_month": months,
        "verdicts": dict(run.score.verdicts),
        "failed": list(run.score.failed),
        "unjudged": list(run.score.unjudged),
        "weak": list(run.score.weak),
        "judged_otherwise_there": dict(run.score.otherwise),
        "by_problem": dict(run.score.by_problem),
    }


def _pass_at(part: Score) -> dict[str, float]:
    return {f"pass@{k}": value for k, value in part.pass_at.items()}


def otherwise_line(total: Score) -> str:
    """Say how many programs would be judged otherwise by the evaluator whose rules hold."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(total.otherwise.items()))
    return f"Would be judged otherwise there (docs/scoring.md): {sum(total.otherwise.values())} programs ({reasons})."
