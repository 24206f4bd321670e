"""Comparison of tests that share a process with tests that do not: their verdicts, and the time that sharing saves.

``python -m benchmarks.isolation FILE.jsonl ... [--record]``: every labelled Python program is graded both ways,
with policy "all", in turn on the same slot. The files are those of ``benchmarks.accuracy``.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from benchmarks.accuracy.labelled import Labelled, load
from benchmarks.machine import facts, record
from evaluator.grading.grader import Grader, open_grader
from evaluator.schema import Report, Submission
from evaluator.settings import Settings

MODES = ("stdio", "function")
_MOST_CPU_S = 2.0
"""Limits are cut to this: the labels do not matter here, and programs that never end would take hours."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="files of labelled programs, or directories of them")
    parser.add_argument("--most", type=int, default=sys.maxsize, help="programs of each file, spread over it")
    parser.add_argument("--policy", choices=("all", "first_failure"), default="all")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    files = [file for path in options.files for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    before = facts()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rows = [
        "| file | programs | tests | per test s | shared s | ratio | verdicts differ |",
        "|---|---|---|---|---|---|---|",
    ]
    differences: list[str] = []
    with open_grader(Settings(results_mb=0)) as grader:
        for file in files:
            items = [item for item in load(file) if item.language == "python" and item.mode in MODES]
            if items:
                items = items[:: -(-len(items) // options.most)]
                rows.append(_row(grader, file.stem, items, options.policy, differences))
                print(rows[-1], flush=True)
    lines = [*rows, "", *differences]
    print(before, *lines, sep="\n")
    if options.record:
        names = " ".join(path.name for path in options.files)
        command = f"python -m benchmarks.isolation {names} --policy {options.policy}"
        record("Shared processes against one for each test", command, before, lines)


def _row(grader: Grader, name: str, items: list[Labelled], policy: str, differences: list[str]) -> str:
    spent = {"per_test": 0.0, "shared": 0.0}
    tests = differ = 0
    for number, item in enumerate(items):
        ways = ("per_test", "shared") if number % 2 else ("shared", "per_test")
        reports: dict[str, Report] = {}
        for way in ways:
            submission = Submission.model_validate(item.submission | {"policy": policy})
            assert submission.suite is not None
            limits = submission.suite.limits.model_copy(
                update={"cpu_s": min(submission.suite.limits.cpu_s, _MOST_CPU_S)}
            )
            suite = submission.suite.model_copy(update={"isolation": way, "limits": limits})
            started = time.perf_counter()
            reports[way] = grader.grade(submission, suite)
            spent[way] += time.perf_counter() - started
        tests += reports["shared"].total
        if policy == "all":
            same = _verdicts(reports["per_test"]) == _verdicts(reports["shared"])
        else:  # which failure is met first is a matter of the order
            same = reports["per_test"].score == reports["shared"].score
        if not same:
            differ += 1
            differences.append(f"- {name} {item.id}: {reports['per_test'].verdict} alone, {reports['shared'].verdict}")
    alone, shared = spent["per_test"], spent["shared"]
    return f"| {name} | {len(items)} | {tests} | {alone:.1f} | {shared:.1f} | {alone / shared:.1f} | {differ} |"


def _verdicts(report: Report) -> list[tuple[int, str]]:
    return [(test.index, test.verdict.value) for test in report.tests] or [(0, report.verdict.value)]


if __name__ == "__main__":
    main()
