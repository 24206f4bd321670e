"""The corpus's own problems taken through ``verify``, its labelled programs judged by the suites that come out.

``python -m benchmarks.dataset.final_suites CORPUS [--limit 45] [--record]``. Two accepted programs of each problem are
references; none of the others is known to the stage.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.accuracy.labelled import Labelled
from benchmarks.dataset.bench import Bench, Outcome, run
from benchmarks.dataset.intervals import share
from benchmarks.dataset.labelled_problems import ICPC_FILES, LCB_FILES, OTHER_FILES, LabelledProblem, labelled_problems
from evaluator.schema import Report, Submission, Verdict
from trainer_client.dataset.row import Problem, Rejection

_REFERENCES = 2


def measure(bench: Bench, options: argparse.Namespace) -> Iterator[str]:
    """The lines of the result."""
    for files in (LCB_FILES, OTHER_FILES, ICPC_FILES):
        problems = labelled_problems(bench, options.folder, files, references=_REFERENCES)[: options.limit]
        outcomes = bench.verify([each.problem for each in problems])
        reasons = Counter(_reason(each) for each in outcomes)
        yield f"- {', '.join(files)}: {len(problems)} problems; {dict(reasons)}"
        yield from (f"  - {each.id}: {each.reason}" for each in outcomes if isinstance(each, Rejection))
        yield from _rates(bench, problems, outcomes)


def _rates(bench: Bench, problems: Sequence[LabelledProblem], outcomes: Sequence[Outcome]) -> Iterator[str]:
    judged = [
        pair
        for labelled, outcome in zip(problems, outcomes, strict=True)
        if isinstance(outcome, Problem) and "unverified" not in outcome.quarantine
        for pair in _judged(bench, labelled, outcome)
    ]
    right = [pair for pair in judged if pair[0].expected == ("accepted",)]
    wrong = [pair for pair in judged if "accepted" not in pair[0].expected]
    passed = sum(report.verdict is Verdict.ACCEPTED for _, report in right)
    refused = sum(report.verdict.is_score and report.verdict is not Verdict.ACCEPTED for _, report in wrong)
    yield f"  - accepted programs accepted: {share(passed, len(right))}"
    yield f"  - wrong programs refused: {share(refused, len(wrong))}"
    for item, report in judged:
        if not item.met_by(report.verdict.value):
            yield f"  - {item.id}: {item.label} became {report.verdict}"


def _judged(bench: Bench, labelled: LabelledProblem, outcome: Problem) -> list[tuple[Labelled, Report]]:
    suite = bench.suites.get(outcome.suite_id)
    asked = [
        Submission(code=each.submission["code"], language=each.language, suite=suite, detail="summary")
        for each in labelled.others
    ]
    return list(zip(labelled.others, bench.grade(asked), strict=True)) if asked else []


def _reason(outcome: Outcome) -> str:
    return outcome.reason if isinstance(outcome, Rejection) else ", ".join(outcome.quarantine) or "admitted"


if __name__ == "__main__":
    run("Final suites", __doc__, measure)
