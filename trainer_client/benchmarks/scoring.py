"""From programs to scores: graded through the service, counted so that nothing unjudged passes for a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from statistics import fmean
from typing import Any

from pydantic import ValidationError

from evaluator.schema import Report, Suite, Verdict
from trainer_client.benchmarks.journal import Journal
from trainer_client.benchmarks.pass_at_k import pass_at_k
from trainer_client.benchmarks.task import BenchmarkProgram, BenchmarkTask
from trainer_client.blocking import EvaluatorClient
from trainer_client.limits import LimitRule, slowest_s

Graded = Mapping[str, Sequence[Report]]
"""Reports by problem, one for each sample."""
_ATTEMPTS = 3
_LIMIT = LimitRule(floor_s=10.0, factor=20.0)
"""EvalPlus allows each of up to thousands of inputs a second and more, so the whole may be far slower than the author's
solution."""


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a set of graded programs. ``by_problem`` is pass@1 of each problem that counts."""

    by_problem: Mapping[str, float]
    pass_at: Mapping[int, float]
    verdicts: Mapping[str, int]
    unjudged: tuple[str, ...]
    """Problems with a program that the judge could not judge: they do not count."""
    weak: tuple[str, ...] = ()
    """Problems whose suite a program that computes nothing may pass (``Report.trust``): they count."""
    otherwise: Mapping[str, int] = field(default_factory=dict)
    """Programs that the evaluator whose rules hold would judge otherwise, by the reason (``Report.otherwise``)."""
    by_sample: tuple[float, ...] = ()
    """The share of problems that the first sample of each solves, the second, and so on, as far as all have one. Their
    mean is avg@n, which is pass@1."""

    @property
    def failed(self) -> tuple[str, ...]:
        """Problems that count and that no sample solves."""
        return tuple(name for name, value in self.by_problem.items() if value == 0)

    def metrics(self) -> dict[str, Any]:
        """The metrics as LiveCodeBench writes them."""
        return {
            **{f"pass@{k}": value for k, value in self.pass_at.items()},
            "detail": {"pass@1": {str(i): value for i, value in enumerate(self.by_problem.values())}},
        }


def grade(
    client: EvaluatorClient,
    pairs: Sequence[tuple[Suite, BenchmarkProgram]],
    journal: Journal | None = None,
    on_done: Callable[[int], object] = lambda _: None,
    task_ids: Sequence[str] = (),
) -> list[Report]:
    """Grade programs, each against its suite; reports in order. Equal programs for a suite are graded once, and what
    ``journal`` holds of this engine is not graded again. What the judge could not judge is asked again, a few times,
    and not kept. ``on_done`` is told how many more are done; ``task_ids`` name the pairs' tasks in the journal.

    Raises:
        EvaluatorError: the service is out of reach, or refuses.
    """
    names = {id(suite): suite.id for suite in {id(suite): suite for suite, _ in pairs}.values()}
    keys = [_key(names[id(suite)], program) for suite, program in pairs]
    occurrences = Counter(keys)
    task_of = dict(zip(reversed(keys), reversed(task_ids), strict=True)) if task_ids else {}
    submissions = {key: program.submission(suite) for key, (suite, program) in zip(keys, pairs, strict=True)}
    reports = _previous_reports(journal, client.ready().engine) if journal is not None and journal.rows else {}
    reports = {key: report for key, report in reports.items() if key in occurrences}
    on_done(sum(occurrences[key] for key in reports))
    for attempt in range(_ATTEMPTS):
        waiting = [key for key in occurrences if key not in reports or not reports[key].verdict.is_score]
        if not waiting:
            break

        def came(report: Report, waiting: Sequence[str] = waiting, first: bool = attempt == 0) -> None:
            assert report.index is not None
            key = waiting[report.index]
            if journal is not None and report.verdict.is_score:
                journal.write(_row(key, task_of.get(key), report))
            if first:
                on_done(occurrences[key])

        graded = client.grade_many([submissions[key] for key in waiting], on_report=came)
        reports.update(zip(waiting, graded, strict=True))
    return [reports[key] for key in keys]


@dataclass(frozen=True, slots=True)
class TaskReports:
    """Reports of a program by all tests of its task, and by the original ones alone where the task has more."""

    extended: Report
    base: Report | None = None


def grade_tasks(
    client: EvaluatorClient,
    pairs: Sequence[tuple[BenchmarkTask, BenchmarkProgram]],
    journal: Journal | None = None,
    on_done: Callable[[int], object] = lambda _: None,
) -> list[TaskReports]:
    """Grade programs of tasks as ``grade`` does. Where a task has original tests, they come first. They are among all
    its tests, so a program that fails them is not run on all: its report by the original tests counts for both. One
    that never ends then costs one time limit instead of two.

    Raises:
        EvaluatorError: as of ``grade``.
    """
    ids = [task.id for task, _ in pairs]
    first = grade(client, [(task.base or task.suite, program) for task, program in pairs], journal, on_done, ids)
    passed = [
        (task, program)
        for (task, program), report in zip(pairs, first, strict=True)
        if task.base is not None and report.verdict is Verdict.ACCEPTED
    ]
    ids = [task.id for task, _ in passed]
    extended = iter(grade(client, [(task.suite, program) for task, program in passed], journal, on_done, ids))
    reports = []
    for (task, _), report in zip(pairs, first, strict=True):
        if task.base is None:
            reports.append(TaskReports(report))
        elif report.verdict is Verdict.ACCEPTED:
            reports.append(TaskReports(next(extended), report))
        else:
            on_done(1)
            reports.append(TaskReports(report, report))
    return reports


def limit_by_references(
    client: EvaluatorClient, tasks: Sequence[BenchmarkTask], journal: Journal | None = None
) -> list[BenchmarkTask]:
    """Return the tasks with limits by their authors' solutions, where they have original tests and more: those come
    with a limit for all that a task may need, which is minutes for a program that never ends. Others stay as they are,
    and so do tasks whose solution is not accepted.

    Raises:
        EvaluatorError: as of ``grade``.
    """
    references = {
        task.id: (task.suite, task.whole(task.reference))
        for task in tasks
        if task.base is not None and task.reference is not None
    }
    reports = iter(grade(client, list(references.values()), journal, task_ids=list(references)))
    limited = []
    for task in tasks:
        has_reference = task.base is not None and task.reference is not None
        needed_s = slowest_s(next(reports)) if has_reference else None
        limited.append(task if needed_s is None else task.limited(_LIMIT.limit_s(needed_s)))
    return limited


def score(reports: Graded, ks: Sequence[int] = (1, 5)) -> Score:
    """pass@k over the problems whose programs were all judged, for each k that there are samples for."""
    unjudged = tuple(name for name, each in reports.items() if not all(report.verdict.is_score for report in each))
    counted = {name: each for name, each in reports.items() if name not in unjudged}
    passed = {name: sum(r.verdict is Verdict.ACCEPTED for r in each) for name, each in counted.items()}
    fewest = min(map(len, counted.values()), default=0)
    return Score(
        by_problem={name: passed[name] / len(each) for name, each in counted.items()},
        pass_at={
            k: fmean(pass_at_k(len(each), passed[name], k) for name, each in counted.items()) for k in ks if k <= fewest
        },
        verdicts=Counter(report.verdict.value for each in reports.values() for report in each),
        unjudged=unjudged,
        weak=tuple(name for name, each in reports.items() if any(map(_is_weak, each))),
        otherwise=Counter(reason for each in reports.values() for report in each for reason in report.otherwise),
        by_sample=_by_sample(counted),
    )


def _by_sample(reports: Graded) -> tuple[float, ...]:
    """Empty where problems have different numbers of samples."""
    if len({len(each) for each in reports.values()}) != 1:
        return ()
    return tuple(fmean(r.verdict is Verdict.ACCEPTED for r in column) for column in zip(*reports.values(), strict=True))


def _is_weak(report: Report) -> bool:
    return report.trust is not None and report.trust.level == "weak"


def _key(suite: str, program: BenchmarkProgram) -> str:
    parts = (suite, program.language, "answer" if program.answer else "code", program.text)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _row(key: str, task_id: str | None, report: Report) -> dict[str, Any]:
    """A line of the journal. ``program`` is the hash of suite and program; equal ones of several tasks have the first
    one's ``task_id``."""
    named = {} if task_id is None else {"task_id": task_id}
    return {**named, "program": key, "report": report.model_dump(mode="json", exclude_defaults=True)}


def _previous_reports(journal: Journal, engine: str) -> dict[str, Report]:
    """Reports of an earlier run. Another engine may judge otherwise, so its reports do not count."""
    try:
        reports = {str(row["program"]): Report.model_validate(row["report"]) for row in journal.rows}
    except (KeyError, ValidationError) as error:
        raise journal.bad(f"holds no reports of graded programs: {error}") from error
    return {key: report for key, report in reports.items() if report.engine == engine}
