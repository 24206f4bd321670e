"""Throughput: submissions that the service grades per second over HTTP, and the share of time that programs use.

``python -m benchmarks.throughput [--corpus DIR] [--peers DIR] [--rounds 5] [--record]``. Every round grades each
workload once; what is told is the median. Distance to the limit: the CPU seconds of the programs ÷ (wall seconds ×
workers); what is left of the latter is told for each submission and each test that was run.

Workloads: light programs on 40 tests of stdin, right ones and ones that fail a test; programs that use 0.2 s for each
of 5 tests; and, where the labelled programs are at hand, a batch as GRPO makes it: 64 problems, 8 programs each. It
comes with those that are too slow, which cost everybody their time limit; with our limits as ``microcoder calibrate``
sets them, by each problem's slowest accepted program in an earlier round (peers keep their 6 s, one limit for all); and
without those labelled as too slow. No result is kept from one round for the next.

Peers grade, in the same round and on as many cores, a part of the same programs, since they are slower; where all are
alike we grade all. One process of theirs for each core, in bubblewrap(1), which lets them run as they are; only their
grading counts, neither their start nor their imports. They tell whether a program passed; beside them we are asked for
as much, as rewards ask (``detail``: "summary"). By ourselves each test's report comes along ("tests"), which has the
CPU seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.grpo_batch import PROBLEMS, SAMPLES, Batch, CalibratedSuites, grpo, suite_of
from benchmarks.machine import RUN_ALL, facts, record
from benchmarks.peers import peer
from benchmarks.peers.peer import PeerQuestion
from evaluator.local import local_service
from evaluator.schema import Detail, Report, Submission, Suite
from trainer_client import EvaluatorClient

OURS = "MicroCoder-Evaluator"
TESTS = 40
RIGHT = "n = int(input())\nprint(sum(int(x) for x in input().split()) + n)\n# {}"
WRONG = "n = int(input())\nprint(sum(int(x) for x in input().split()) + n + (n == {} % 40))"
_HEAVY = """import time
end = time.thread_time() + 0.2
n = int(input())
while time.thread_time() < end: sum(range(1000))
print(n)
# {}"""


@dataclass(frozen=True, slots=True)
class MeasuredThroughput:
    """One batch through the service."""

    wall_s: float
    cpu_s: float
    submissions: int
    tests: int
    accepted: int

    @classmethod
    def of(cls, client: EvaluatorClient, batch: Sequence[Submission], detail: Detail = "tests") -> MeasuredThroughput:
        """Without the tests' reports (``detail``: "summary") neither CPU seconds nor tests are counted."""
        asked = [submission.model_copy(update={"detail": detail}) for submission in batch]
        started = time.perf_counter()
        reports = client.grade_many(asked)
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
    return _numbered(Suite.model_validate({"mode": "stdio", "tests": tests}), _HEAVY, count)


def _numbered(suite: Suite, template: str, count: int) -> Batch:
    return lambda number: [
        Submission(code=template.format(number * count + i), suite=suite, policy="first_failure") for i in range(count)
    ]


@dataclass(frozen=True, slots=True)
class Workload:
    """A workload, and the part of it that peers get: every n-th group of ``SAMPLES``."""

    batch: Batch
    for_peers: int = 1
    alike: bool = False
    """All programs cost the same: what the others are spared, we need not be, and few would be over before they run."""

    def part(self, number: int) -> list[Submission]:
        whole = self.batch(number)
        groups = [whole[at : at + SAMPLES] for at in range(0, len(whole), SAMPLES)]
        return [submission for group in groups[number % self.for_peers :: self.for_peers] for submission in group]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, help="a directory of labelled programs")
    parser.add_argument(
        "--peers", type=Path, help="a directory of the peers' packages; installed if they are not there"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before, workers = facts(), len(os.sched_getaffinity(0))
    taken: dict[str, list[MeasuredThroughput]] = defaultdict(list)
    compared: dict[str, list[dict[str, tuple[float, int]]]] = defaultdict(list)
    with contextlib.ExitStack() as open_:
        service = open_.enter_context(local_service(settings=RUN_ALL))
        client = open_.enter_context(EvaluatorClient(service.url))
        workloads = _light_workloads() | ({} if options.corpus is None else _real_workloads(options.corpus, client))
        crowd = None if options.peers is None else _Crowd(options.peers, workers)
        for number in range(options.rounds + 1):
            for name, workload in workloads.items():
                measured = MeasuredThroughput.of(client, workload.batch(number))
                beside = {} if crowd is None else _side_by_side(client, crowd, workload, number)
                print(number, name, f"{measured.wall_s:.1f} s", beside, flush=True)
                if number:  # the first round warms up: toolchains, suites, the order of tests
                    taken[name].append(measured)
                    compared[name].append(beside)
    lines = [
        "| workload | accepted | submissions/s | tests/s | programs' own CPU ÷ (wall × workers) "
        "| else for each submission, ms | for each test, µs |",
        "|---|---|---|---|---|---|---|",
        *(_row(name, rounds, workers) for name, rounds in taken.items()),
    ]
    if crowd is not None:
        lines += ["", *_comparison(compared)]
    print(before, *lines, sep="\n")
    if options.record:
        arguments = " --corpus CORPUS" * bool(options.corpus) + " --peers PEERS" * bool(options.peers)
        command = f"python -m benchmarks.throughput{arguments} --rounds {options.rounds}"
        record(f"Throughput over HTTP ({options.rounds} rounds)", command, before, lines)


def _light_workloads() -> dict[str, Workload]:
    return {
        f"light, right, {TESTS} tests": Workload(light(RIGHT, 400), 10, alike=True),
        f"light, wrong, {TESTS} tests": Workload(light(WRONG, 400), 5, alike=True),
        "0.2 s a test, 5 tests": Workload(heavy(8)),
    }


def _real_workloads(corpus: Path, client: EvaluatorClient) -> dict[str, Workload]:
    """Batches of real programs: as they are, with calibrated limits, and without those that are too slow."""
    whole = grpo(corpus)
    asked = whole(-1)
    calibrated = CalibratedSuites(asked, client.grade_many(asked))
    size = f"{PROBLEMS} problems x {SAMPLES} programs"
    return {
        size: Workload(whole, 4),
        f"{size}, calibrated limits": Workload(lambda number: list(map(calibrated.of, whole(number))), 4),
        f"{size}, none too slow": Workload(grpo(corpus, too_slow=False), 4),
    }


class _Crowd:
    """Every peer, as many times as there are cores."""

    def __init__(self, directory: Path, cores: int) -> None:
        peer.install(directory)
        directory = directory.resolve()
        self._cores, self._peers = cores, peer.everyone(directory, peer.in_bubblewrap(directory))

    def grade(self, questions: Sequence[PeerQuestion]) -> dict[str, tuple[float, int]]:
        """By each peer's name: programs a second, and how many it accepted."""
        rates = {}
        for each in self._peers:
            with ThreadPoolExecutor(self._cores) as pool:
                answers = list(pool.map(each.grade, (questions[at :: self._cores] for at in range(self._cores))))
            took_s = max(answer.took_s for answer in answers)
            rates[each.name] = len(questions) / took_s, sum(sum(answer.passed) for answer in answers)
        return rates


def _side_by_side(
    client: EvaluatorClient, crowd: _Crowd, workload: Workload, number: int
) -> dict[str, tuple[float, int]]:
    part = workload.part(number)
    questions = [PeerQuestion.of(str(submission.code), suite_of(submission)) for submission in part]
    asked = [(submission, question) for submission, question in zip(part, questions, strict=True) if question]
    for_us = workload.batch(number) if workload.alike else [submission for submission, _ in asked]
    measured = MeasuredThroughput.of(client, for_us, "summary")
    ours = {OURS: (measured.submissions / measured.wall_s, measured.accepted)}
    return ours | crowd.grade([question for _, question in asked])


def _comparison(compared: dict[str, list[dict[str, tuple[float, int]]]]) -> list[str]:
    lines = ["| workload | evaluator | programs/s | accepted | ours is faster by |", "|---|---|---|---|---|"]
    for workload, rounds in compared.items():
        for name in rounds[0]:
            rate = statistics.median(each[name][0] for each in rounds)
            times = statistics.median(each[OURS][0] / each[name][0] for each in rounds)
            accepted = sum(each[name][1] for each in rounds)
            lines.append(f"| {workload} | {name} | {rate:.1f} | {accepted} | {times:.1f} × |")
    return lines


def _row(name: str, rounds: Sequence[MeasuredThroughput], workers: int) -> str:
    first = rounds[0]
    rate = statistics.median(each.submissions / each.wall_s for each in rounds)
    tests = statistics.median(each.tests / each.wall_s for each in rounds)
    share = statistics.median(each.cpu_s / (each.wall_s * workers) for each in rounds)
    else_s = [each.wall_s * workers - each.cpu_s for each in rounds]
    of_submission = statistics.median(s / each.submissions for s, each in zip(else_s, rounds, strict=True)) * 1e3
    of_test = statistics.median(s / each.tests for s, each in zip(else_s, rounds, strict=True)) * 1e6
    counted = f"{first.accepted}/{first.submissions} | {rate:.1f} | {tests:.0f} | {share:.2f}"
    return f"| {name} | {counted} | {of_submission:.1f} | {of_test:.0f} |"


if __name__ == "__main__":
    main()
