"""Programs that answer by how they are run, on many balanced suites: is any accepted that ``per_test`` refuses?

``python -m benchmarks.two_faces [--suites 500] [--record]``. The programs are those of ``tests/grading/two_faces.py``;
each suite has 2 to 65 tests, half of which want one answer and half the other.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.machine import facts, record
from evaluator.grading.grader import open_grader
from evaluator.schema import Submission, Suite
from evaluator.settings import Settings
from tests.grading.two_faces import balanced_suite, programs


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suites", type=int, default=500)
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    before, started = facts(), time.monotonic()
    draw = random.Random(1)
    verdicts: Counter[str] = Counter()
    accepted: list[str] = []
    with (
        tempfile.TemporaryDirectory() as data,
        open_grader(Settings(data_dir=Path(data), results_mb=0)) as grader,
    ):
        for seed in range(asked.suites):
            count = draw.randint(2, 65) if seed % 2 else draw.randint(2, 16)
            for name, (mode, code) in programs().items():
                suite = Suite.model_validate(balanced_suite(mode, count, seed))
                report = grader.grade(Submission(code=code, suite=suite, policy="first_failure"), suite)
                verdicts[report.verdict] += 1
                if report.verdict in ("accepted", "judge_error"):
                    accepted.append(f"{report.verdict}: {name}, {count} tests, suite {seed}")
    lines = [
        f"{len(programs())} programs on {asked.suites} balanced suites of 2 to 65 tests, {verdicts.total()} gradings "
        f"in {time.monotonic() - started:.0f} s: " + ", ".join(f"{n} {each}" for each, n in verdicts.most_common()),
        *accepted,
    ]
    print(*lines, sep="\n")
    if asked.record:
        record("Two faces", f"python -m benchmarks.two_faces --suites {asked.suites}", before, lines)


if __name__ == "__main__":
    main()
