"""Honest programs graded again and again: has each of them one verdict?

``python -m benchmarks.steady [--runs 20] [--python PATH] [--results FILE] [--minutes M] [--wrong] [--record]``; the
programs are those of ``tests/grading/programs``, each with a reference in its suite and without. Results go to
``--results``; run it again to go on where it ended, as after ``--minutes``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import facts, record
from evaluator.grading.grader import Grader, open_grader
from evaluator.runtime import interpreter
from evaluator.schema import Submission
from evaluator.settings import Settings
from tests.grading.test_honest_programs import CASES, Case

Row = dict[str, Any]


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--runs", type=int, default=20, help="of each program against each suite; a quarter of wrong ones"
    )
    parser.add_argument("--python", help="the interpreter for submissions")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end, without a report, after so many")
    parser.add_argument("--results", type=Path, default=Path("steady.jsonl"))
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    ends_at = time.monotonic() + 60 * options.minutes
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data), python=options.python or interpreter(Settings()), results_mb=0)
        with open_grader(settings) as grader:
            kinds = ("right", "wrong") if options.wrong else ("right",)
            rows = list(_rows(grader, options.runs, kinds, options.results, ends_at))
    if len(rows) < len(CASES):
        print(f"{len(CASES) - len(rows)} of {len(CASES)} programs are left: run it again")
        return
    lines = _report(rows, options.runs)
    print(before, *lines, sep="\n")
    if options.record:
        record("Honest programs, each many times", f"python -m benchmarks.steady --runs {options.runs}", before, lines)


def _rows(grader: Grader, runs: int, kinds: Sequence[str], results: Path, ends_at: float) -> Iterator[Row]:
    """The rows of all programs, as far as the time suffices; those of the file are not made again."""
    known = {}
    if results.exists():
        known = {row["name"]: row for row in map(json.loads, results.read_text().splitlines())}
    with results.open("a") as file:
        for case in CASES:
            row = known.get(case.name)
            if row is None and time.monotonic() > ends_at:
                continue
            if row is None:
                row = _row(grader, case, runs, kinds)
                file.write(json.dumps(row) + "\n")
                file.flush()
            yield row


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
