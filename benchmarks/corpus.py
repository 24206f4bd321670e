"""Every labelled program of the full corpus files, with all tests: do our verdicts agree with the labels?

``python -m benchmarks.corpus [FILE ...] [--record]``; needs the corpus (``MICROCODER_CORPUS`` names its directory).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from benchmarks.machine import facts, record
from evaluator.cli.grade import stream_reports
from evaluator.local import local_service
from evaluator.schema import Submission
from tests import corpus


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=list(corpus.FULL))
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    labelled = [item for name in options.files for item in corpus.load(name)]
    before = facts()
    submissions = [Submission.model_validate(item.submission) for item in labelled]
    table: Counter[tuple[str, str]] = Counter()
    missed, tests, cpu_s = [], 0, 0.0
    with local_service() as service:
        started = time.perf_counter()
        for report in stream_reports(service.url, submissions):
            item = labelled[report.index or 0]
            table[item.expected, report.verdict.value] += 1
            tests += len(report.tests)
            cpu_s += sum(test.cpu_s or 0.0 for test in report.tests)
            if not item.met_by(report.verdict.value):
                missed.append(f"{item.id}: {item.expected} became {report.verdict}{' (disputed)' * item.disputed}")
        wall_s = time.perf_counter() - started
    met = len(labelled) - len(missed)
    lines = [
        f"{met} of {len(labelled)} labels met ({met / len(labelled):.1%}); {tests} tests run in {wall_s:.1f} s, "
        f"programs' own CPU time {cpu_s:.1f} s.",
        "",
        "| label | verdict | programs |",
        "|---|---|---|",
        *(f"| {label} | {verdict} | {count} |" for (label, verdict), count in sorted(table.items())),
        "",
        *(f"- missed: {miss}" for miss in missed),
    ]
    print(before, *lines, sep="\n")
    if options.record:
        record(f"Labels met: {', '.join(options.files)}", "python -m benchmarks.corpus", before, lines)


if __name__ == "__main__":
    main()
