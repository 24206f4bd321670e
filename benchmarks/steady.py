"""Honest programs graded again and again: has each of them one verdict?

``python -m benchmarks.steady [--runs 20] [--python PATH] [--results FILE] [--minutes M] [--wrong] [--record]``; the
programs are those of ``tests/grading/programs``, each with a reference in its suite and without. Results go to
``--results``; run it again to go on where it ended, as after ``--minutes``.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import facts, record
from benchmarks.resumable import Row, add_options, measure
from evaluator.grading.grader import Grader, open_grader
from evaluator.runtime import interpreter
from evaluator.schema import Submission
from evaluator.settings import Settings
from tests.grading.test_honest_programs import CASES, Case


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="of each program against each suite")
    parser.add_argument("--wrong", action="store_true", help="grade the wrong programs too")
    add_options(parser, "steady.jsonl")
    options = parser.parse_args()
    before = facts()
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data), python=options.python or interpreter(Settings()), results_mb=0)
        with open_grader(settings) as grader:
            kinds = ("right", "wrong") if options.wrong else ("right",)
            rows, left = measure(
                CASES,
                lambda case: case.name,
                lambda case: [_row(grader, case, options.runs, kinds)],
                options.results,
                options.minutes,
            )
    if left:
        print(f"{left} of {len(CASES)} programs are left: run it again")
        return
    lines = _report(rows, options.runs)
    print(before, *lines, sep="\n")
    if options.record:
        record("Honest programs, each many times", f"python -m benchmarks.steady --runs {options.runs}", before, lines)


def _row(grader: Grader, case: Case, runs: int, kinds: Sequence[str]) -> Row:
    row: Row = {"name": case.name, "without": case.without, "flags": []}
    for way, reference in (("with", True), ("without", False)):
        suite = case.suite(reference=reference)
        for what in kinds:
            code = case.right if what == "right" else case.wrong
            row[f"{what}, {way}"], flags = _verdicts(grader, code, suite, runs)
            row["flags"] = sorted({*row["flags"], *flags})
    return row


def _verdicts(grader: Grader, code: str, suite: Row, runs: int) -> tuple[dict[str, int], set[str]]:
    """Grade a program several times. Returns the number of each verdict, and the flags of the suite's trust."""
    verdicts: Counter[str] = Counter()
    flags: set[str] = set()
    for number in range(runs):
        # A comment makes each another program: a kept report is no run.
        submission = Submission.model_validate({"code": f"{code}\n# {number}\n", "suite": suite})
        assert submission.suite is not None
        report = grader.grade(submission, submission.suite)
        verdicts[report.verdict.value] += 1
        flags |= set(report.trust.flags if report.trust else ())
    return dict(verdicts), flags


def _report(rows: list[Row], runs: int) -> list[str]:
    lines = ["| program | reference in the suite | programs | one verdict | always accepted |", "|---|---|---|---|---|"]
    for what in ("right", "wrong"):
        for way in ("with", "without"):
            verdicts = [row[f"{what}, {way}"] for row in rows if f"{what}, {way}" in row]
            if not verdicts:
                continue
            steady = sum(len(each) == 1 for each in verdicts)
            accepted = sum(each == {"accepted": runs} for each in verdicts)
            lines.append(f"| {what} | {'yes' if way == 'with' else 'no'} | {len(verdicts)} | {steady} | {accepted} |")
    lines.append("")
    for row in rows:
        for key, verdicts in row.items():
            if isinstance(verdicts, dict) and len(verdicts) > 1:
                lines.append(f"- {row['name']}, {key}: {verdicts}")
        if row["right, without"] != {"accepted": runs}:
            lines.append(f"- {row['name']}, right, without: {row['right, without']}; {row['without']}")
    for flag in ("clock", "chance"):
        flagged = [row["name"] for row in rows if flag in row["flags"]]
        lines.append(f"- The tests read {flag}: {', '.join(flagged) or 'none'}.")
    return lines


if __name__ == "__main__":
    main()
