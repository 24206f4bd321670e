"""From programs to scores: graded through the service, counted so that nothing unjudged passes for a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from evaluator.schema import Report, Submission, Suite, Verdict
from trainer_client.benchmarks.pass_at_k import pass_at_k
from trainer_client.blocking import EvaluatorClient

_UNJUDGED = (Verdict.JUDGE_ERROR, Verdict.CANCELLED)
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Score:
    """What a set of graded programs comes to. ``by_problem`` is pass@1 of each problem that counts."""

    by_problem: Mapping[str, float]
    pass_at: Mapping[int, float]
    verdicts: Mapping[str, int]
    unjudged: tuple[str, ...]
    """Problems with a program that the judge could not judge: they do not count."""

    def metrics(self) -> dict[str, Any]:
        """As LiveCodeBench writes them."""
        return {
            **{f"pass@{k}": value for k, value in self.pass_at.items()},
            "detail": {"pass@1": {str(i): value for i, value in enumerate(self.by_problem.values())}},
        }


def grade(
    client: EvaluatorClient,
    suites: Mapping[str, Suite],
    samples: Mapping[str, Sequence[str]],
    on_report: Callable[[Report], object] | None = None,
) -> dict[str, list[Report]]:
    """Grade every program of every problem. What the judge could not judge is asked again, a few times.

    Raises:
        EvaluatorError: the service is out of reach, or refuses.
    """
    asked = [(name, number) for name in suites for number in range(len(samples[name]))]
    reports: dict[tuple[str, int], Report] = {}
    for attempt in range(_ATTEMPTS):
        waiting = [key for key in asked if key not in reports or reports[key].verdict in _UNJUDGED]
        submissions = [Submission(code=samples[name][i], suite=suites[name], detail="tests") for name, i in waiting]
        told = on_report if attempt == 0 else None
        reports.update(zip(waiting, client.grade_many(submissions, on_report=told), strict=True))
        if not any(reports[key].verdict in _UNJUDGED for key in asked):
            break
    return {name: [reports[name, i] for i in range(len(samples[name]))] for name in suites}


def score(reports: Mapping[str, Sequence[Report]], ks: Sequence[int] = (1, 5)) -> Score:
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
    )
