"""The corpus's own problems taken through ``verify``, its labelled programs judged by the suites that come out.

``python -m benchmarks.dataset.final_suites CORPUS [--limit 100] [--minutes M] [--record]``. Two accepted programs of
each problem are references; none of the others is known to the stage.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.dataset.bench import Bench, Measurement
from benchmarks.dataset.intervals import share
from benchmarks.dataset.labelled_problems import ICPC_FILES, LCB_FILES, OTHER_FILES, LabelledProblem, labelled_problems
from benchmarks.resumable import Row
from evaluator.schema import Submission, Verdict
from trainer_client.dataset.row import Problem, Rejection

_REFERENCES = 2
_GROUPS = (LCB_FILES, OTHER_FILES, ICPC_FILES)
Item = tuple[str, LabelledProblem]


def items(bench: Bench, options: argparse.Namespace) -> list[Item]:
    """The problems of each group of files, in turn."""
    return [
        (", ".join(files), each)
        for files in _GROUPS
        for each in labelled_problems(bench, options.folder, files, references=_REFERENCES)[: options.limit]
    ]


def rows(bench: Bench, item: Item) -> Iterator[Row]:
    """Verify a problem, and grade its programs by the suite that comes out."""
    group, labelled = item
    outcome = bench.verify(labelled.problem)
    row: Row = {"id": labelled.problem.id, "group": group}
    if isinstance(outcome, Rejection):
        yield row | {"outcome": f"rejected: {outcome.reason}"}
        return
    yield row | {"outcome": ", ".join(outcome.quarantine) or "admitted", "tests": outcome.tests_kept}
    if "unverified" not in outcome.quarantine:
        yield from (row | each for each in _judged(bench, labelled, outcome))


def _judged(bench: Bench, labelled: LabelledProblem, outcome: Problem) -> Iterator[Row]:
    suite = bench.suites.get(outcome.suite_id)
    programs = [
        Submission(code=each.submission["code"], language=each.language, suite=suite, detail="summary")
        for each in labelled.others
    ]
    reports = bench.grade(programs) if programs else []
    for program, graded in zip(labelled.others, reports, strict=True):
        yield {
            "program": program.id,
            "label": program.label,
            "verdict": graded.verdict.value,
            "apart": bool(outcome.quarantine),
            "met": program.met_by(graded.verdict.value),
        }


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the result."""
    for group in (", ".join(files) for files in _GROUPS):
        mine = [row for row in rows if row["group"] == group]
        problems = [row for row in mine if "outcome" in row]
        yield f"- {group}: {len(problems)} problems; {dict(Counter(row['outcome'] for row in problems))}"
        yield from (f"  - {row['id']}: {row['outcome']}" for row in problems if row["outcome"].startswith("rejected"))
        yield from _rates(mine)
    yield "- Together:"
    yield from _rates(rows)
    yield from (f"  - {row['program']}: {row['label']} became {row['verdict']}" for row in rows if _is_missed(row))


def _is_missed(row: Row) -> bool:
    return "program" in row and not row["met"]


def _rates(rows: Sequence[Row]) -> Iterator[str]:
    judged = [row for row in rows if "program" in row]
    yield from _rates_of("all suites", judged)
    yield from _rates_of("suites admitted", [row for row in judged if not row["apart"]])


def _rates_of(title: str, judged: Sequence[Row]) -> Iterator[str]:
    right = [row for row in judged if row["label"] == Verdict.ACCEPTED]
    wrong = [row for row in judged if Verdict.ACCEPTED not in row["label"]]
    passed, refused = (sum(row["met"] for row in part) for part in (right, wrong))
    yield f"  - {title}: right programs accepted {share(passed, len(right))}"
    yield f"  - {title}: wrong programs refused {share(refused, len(wrong))}"


if __name__ == "__main__":
    Measurement(
        "Final suites", __doc__, items, lambda item: f"{item[0]}: {item[1].problem.id}", rows, report, limit=100
    ).run()
