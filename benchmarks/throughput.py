"""How many submissions a second the service grades over HTTP, and what share of the time its programs themselves use.

``python -m benchmarks.throughput [--corpus DIR] [--rounds 5] [--record]``. Every round grades each workload once; what
is told is the median. Distance to the limit: the CPU seconds of the programs ÷ (wall seconds × workers).

Workloads: light programs on 40 tests of stdin, right ones and ones that fail a test; programs that use 0.2 s for each
of 5 tests; and, where the labelled programs are at hand, a batch as GRPO makes it: 64 problems, 8 programs each.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy.labelled import load
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from evaluator.schema import Report, Submission, Suite
from trainer_client import EvaluatorClient

TESTS = 40
PROBLEMS, SAMPLES = 64, 8
_RIGHT = "n = int(input())\nprint(sum(int(x) for x in input().split()) + n)\n# {}"
_WRONG = "n = int(input())\nprint(sum(int(x) for x in input().split()) + n + (n == {} % 40))"
_HEAVY = "import time\nn = int(input())\nwhile time.process_time() < 0.2: sum(range(1000))\nprint(n)\n# {}"
Batch = Callable[[int], Sequence[Submission]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One batch through the service."""

    wall_s: float
    cpu_s: float
    submissions: int
    tests: int
    accepted: int

    @classmethod
    def of(cls, client: EvaluatorClient, batch: Sequence[Submission]) -> Measured:
        started = time.perf_counter()
        reports = client.grade_many(batch)
        wall_s = time.perf_counter() - started
        return cls(wall_s, sum(map(_cpu_s, reports)), len(reports), sum(len(report.tests) for report in reports),
                   sum(report.verdict == "accepted" for report in reports))  # fmt: skip


def _cpu_s(report: Report) -> float:
    return sum(test.cpu_s or 0.0 for test in report.tests)


def light(template: str, count: int) -> Batch:
    """Programs of a few lines, no two alike in any round."""
    tests = [{"input": f"{n}\n1 2 3\n", "output": f"{6 + n}\n"} for n in range(TESTS)]
    return _numbered(Suite.model_validate({"mode": "stdio", "tests": tests}), template, count)


def heavy(count: int) -> Batch:
    """Programs that use 0.2 s of CPU time for each of 5 tests."""
    tests = [{"input": f"{n}\n", "output": f"{n}\n"} for n in range(5)]
    suite = Suite.model_validate({"mode": "stdio", "tests": tests, "isolation": "per_test"})
    return _numbered(suite, _HEAVY, count)


def grpo(corpus: Path) -> Batch:
    """Programs of the corpus with all their tests, grouped by problem, the labels' own mix."""
    by_suite: dict[str, list[Submission]] = defaultdict(list)
    for name in ("lcb_full_official", "lcb_samples"):
        for item in load(corpus / f"{name}.jsonl"):
            if item.language == "python":
                submission = Submission.model_validate(item.submission)
                assert submission.suite is not None
                by_suite[submission.suite.id].append(submission)
    problems = sorted(by_suite.values(), key=len, reverse=True)[:PROBLEMS]

    def batch(number: int) -> Sequence[Submission]:
        # Where a problem has fewer than 8 programs they come again, each time as another text.
        return [
            submission.model_copy(update={"code": f"{submission.code}\n# {number} {place}"})
            for group in problems
            for place, submission in enumerate(itertools.islice(itertools.cycle(group), SAMPLES))
        ]

    return batch


def _numbered(suite: Suite, template: str, count: int) -> Batch:
    return lambda number: [
        Submission(code=template.format(number * count + i), suite=suite, policy="first_failure") for i in range(count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, help="a directory of labelled programs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    workloads = {
        f"light, right, {TESTS} tests": light(_RIGHT, 400),
        f"light, wrong, {TESTS} tests": light(_WRONG, 400),
        "0.2 s a test, 5 tests": heavy(8),
    }
    if options.corpus is not None:
        workloads[f"{PROBLEMS} problems x {SAMPLES} programs"] = grpo(options.corpus)
    before, workers = facts(), len(os.sched_getaffinity(0))
    taken: dict[str, list[Measured]] = defaultdict(list)
    with local_service(settings=RUN_ALL) as service, EvaluatorClient(service.url) as client:
        for number in range(options.rounds + 1):
            for name, batch in workloads.items():
                measured = Measured.of(client, batch(number))
                if number:  # the first round warms up: toolchains, suites, the order of tests
                    taken[name].append(measured)
    lines = [
        "| workload | accepted | submissions/s | tests/s | programs' own CPU ÷ (wall × workers) |",
        "|---|---|---|---|---|",
        *(_row(name, rounds, workers) for name, rounds in taken.items()),
    ]
    print(before, *lines, sep="\n")
    if options.record:
        record(f"Throughput over HTTP ({options.rounds} rounds)", "python -m benchmarks.throughput", before, lines)


def _row(name: str, rounds: Sequence[Measured], workers: int) -> str:
    first = rounds[0]
    rate = statistics.median(each.submissions / each.wall_s for each in rounds)
    tests = statistics.median(each.tests / each.wall_s for each in rounds)
    share = statistics.median(each.cpu_s / (each.wall_s * workers) for each in rounds)
    return f"| {name} | {first.accepted}/{first.submissions} | {rate:.1f} | {tests:.0f} | {share:.2f} |"


if __name__ == "__main__":
    main()
