"""From programs to scores: graded through the service, counted so that nothing unjudged passes for a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import fmean
from typing import Any

from pydantic import ValidationError

from evaluator.schema import Report, Suite, Verdict
from trainer_client.benchmarks.journal import Journal
from trainer_client.benchmarks.pass_at_k import pass_at_k
from trainer_client.benchmarks.task import BenchmarkProgram
from trainer_client.blocking import EvaluatorClient

Graded = Mapping[str, Sequence[Report]]
"""Reports by problem, one for each sample."""
_UNJUDGED = (Verdict.JUDGE_ERROR, Verdict.CANCELLED)
_ATTEMPTS = 3


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

    def metrics(self) -> dict[str, Any]:
        """As LiveCodeBench writes them."""
        return {
            **{f"pass@{k}": value for k, value in self.pass_at.items()},
            "detail": {"pass@1": {str(i): value for i, value in enumerate(self.by_problem.values())}},
        }


def grade(
    client: EvaluatorClient,
    pairs: Sequence[tuple[Suite, BenchmarkProgram]],
    journal: Journal | None = None,
    on_done: Callable[[int], object] = lambda _: None,
) -> list[Report]:
    """Grade programs, each against its suite; reports in order. Equal programs for a suite are graded once, and what
    ``journal`` holds of this engine is not graded again. What the judge could not judge is asked again, a few times,
    and not kept. ``on_done`` is told how many more are done.

    Raises:
        EvaluatorError: the service is out of reach, or refuses.
    """
    names = {id(suite): suite.id for suite in {id(suite): suite for suite, _ in pairs}.values()}
    keys = [_key(names[id(suite)], program) for suite, program in pairs]
    occurrences = Counter(keys)
    submissions = {key: program.submission(suite) for key, (suite, program) in zip(keys, pairs, strict=True)}
    reports = _previous_reports(journal, client.ready().engine) if journal is not None and journal.rows else {}
    reports = {key: report for key, report in reports.items() if key in occurrences}
    on_done(sum(occurrences[key] for key in reports))
    for attempt in range(_ATTEMPTS):
        waiting = [key for key in occurrences if key not in reports or reports[key].verdict in _UNJUDGED]
        if not waiting:
            break

        def came(report: Report, waiting: Sequence[str] = waiting, first: bool = attempt == 0) -> None:
            assert report.index is not None
            key = waiting[report.index]
            if journal is not None and report.verdict not in _UNJUDGED:
                journal.write({"program": key, "report": report.model_dump(mode="json", exclude_defaults=True)})
            if first:
                on_done(occurrences[key])

        graded = client.grade_many([submissions[key] for key in waiting], on_report=came)
        reports.update(zip(waiting, graded, strict=True))
    return [reports[key] for key in keys]


def score(reports: Graded, ks: Sequence[int] = (1, 5)) -> Score:
    """pass@k over the problems whose programs were all judged, for each k that there are samples for."""
    unjudged = tuple(name for name, each in reports.items() if any(report.verdict in _UNJUDGED for report in each))
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
    )


def _is_weak(report: Report) -> bool:
    return report.trust is not None and report.trust.level == "weak"


def _key(suite: str, program: BenchmarkProgram) -> str:
    parts = (suite, program.language, "answer" if program.answer else "code", program.text)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _previous_reports(journal: Journal, engine: str) -> dict[str, Report]:
    """Reports of an earlier run. Another engine may judge otherwise, so its reports do not count."""
    try:
        reports = {str(row["program"]): Report.model_validate(row["report"]) for row in journal.rows}
    except (KeyError, ValidationError) as error:
        raise journal.bad(f"holds no reports of graded programs: {error}") from error
    return {key: report for key, report in reports.items() if report.engine == engine}
