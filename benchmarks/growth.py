"""Time and memory of batches as they grow, and the time of one step's rewards.

``python -m benchmarks.growth [--most 10000] [--batches 20] [--record]``. Programs of a few lines, no two alike, each
for one of 64 suites of 10 light tests; a quarter of them wrong. A step is 64 problems with 8 programs each in one call
of the client.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from evaluator.schema import Submission, Suite
from trainer_client import EvaluatorClient

PROBLEMS, SAMPLES, TESTS = 64, 8, 10
MIB = 2**20
_LOOK_S = 0.02
_CODE = "n = int(input())\nprint(n * {problem} + ({wrong} and n == 7))\n# {number}"


def suite(problem: int) -> Suite:
    tests = [{"input": f"{n}\n", "output": f"{n * problem}\n"} for n in range(TESTS)]
    return Suite.model_validate({"mode": "stdio", "tests": tests})


SUITES = [suite(problem) for problem in range(PROBLEMS)]
_numbers = itertools.count()


def batch(count: int) -> list[Submission]:
    """Problem after problem, each with as many programs."""
    problems = [number * PROBLEMS // count for number in range(count)] if count > PROBLEMS else range(count)
    return [
        Submission(
            code=_CODE.format(problem=problem, wrong=number % 4 == 0, number=next(_numbers)), suite=SUITES[problem]
        )
        for number, problem in enumerate(problems)
    ]


@dataclass
class Memory:
    """The most that processes had resident at one time, in MiB."""

    api: float = 0.0
    workers: float = 0.0


@contextmanager
def watched(service: psutil.Process) -> Iterator[Memory]:
    """Look at the service's memory all the while."""
    memory, over = Memory(), threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_S):
            workers = [child.memory_info().rss for child in service.children()]
            memory.api = max(memory.api, service.memory_info().rss / MIB)
            memory.workers = max(memory.workers, sum(workers) / MIB)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()


def grade(client: EvaluatorClient, submissions: list[Submission]) -> float:
    """Seconds for a batch. Every verdict is looked at."""
    started = time.perf_counter()
    reports = client.grade_many(submissions)
    wall_s = time.perf_counter() - started
    for submission, report in zip(submissions, reports, strict=True):
        expected = "wrong_answer" if "(True and" in (submission.code or "") else "accepted"
        if report.verdict != expected:
            raise SystemExit(f"{report.verdict} instead of {expected}: {report}")
    return wall_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    with local_service(settings=RUN_ALL) as service, EvaluatorClient(service.url, timeout_s=None) as client:
        grade(client, batch(PROBLEMS * SAMPLES))  # suites stored, orders learnt
        lines = [
            *_steps(client, options.batches),
            "",
            *_growth(client, psutil.Process(service.process.pid), options.most),
        ]
    print(before, *lines, sep="\n")
    if options.record:
        record("Growth of batches, and a step's rewards", "python -m benchmarks.growth", before, lines)


def _steps(client: EvaluatorClient, batches: int) -> Iterator[str]:
    taken = [grade(client, batch(PROBLEMS * SAMPLES)) for _ in range(batches)]
    cuts = statistics.quantiles(taken, n=20)
    yield (
        f"{PROBLEMS} problems x {SAMPLES} programs, {TESTS} tests each, {batches} batches over HTTP: "
        f"p50 {cuts[9]:.2f} s, p95 {cuts[18]:.2f} s, slowest {max(taken):.2f} s."
    )


def _growth(client: EvaluatorClient, service: psutil.Process, most: int) -> Iterator[str]:
    yield "| submissions | seconds | ms for each | peak of the API, MiB | of the workers together, MiB |"
    yield "|---|---|---|---|---|"
    for power in range(5):
        count = 10**power
        if count <= most:
            with watched(service) as memory:
                wall_s = grade(client, batch(count))
            each_ms = wall_s / count * 1e3
            yield f"| {count} | {wall_s:.2f} | {each_ms:.2f} | {memory.api:.0f} | {memory.workers:.0f} |"


if __name__ == "__main__":
    main()
