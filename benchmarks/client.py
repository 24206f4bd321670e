"""Does anything get lost, doubled or misjudged on a network that fails? Many submissions through a proxy that answers
429 and 503, resets, cuts and drips, and is restarted; then the same without it. And what importing the client costs.

``python -m benchmarks.client [--record] [--count N]``.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil

from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from tests.client.conftest import numbered
from tests.client.flapping import flapping
from trainer_client import EvaluatorClient, Submission

COUNT = 10_000
RESTARTS = 20
IMPORTS = 10
MIB = 2**20
STATEMENTS = ("import trainer_client", "from trainer_client import EvaluatorClient, Submission, Suite")


@dataclass(frozen=True, slots=True)
class ClientOutcome:
    """The result of a run. Memory is this process's resident set, the proxy's included, after a tenth and at the
    end."""

    seconds: float
    right: int
    wrong: int
    missing: int
    doubled: int
    first_mb: float
    last_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    parser.add_argument("--count", type=int, default=COUNT, help=f"submissions; {COUNT} by default")
    options = parser.parse_args()
    before = facts()
    lines = [*_import_lines(), "", *_run_lines(options.count)]
    print(before, *lines, sep="\n")
    if options.record:
        record(f"Client: {options.count} submissions, flapping network", "python -m benchmarks.client", before, lines)


def _run_lines(count: int) -> Iterator[str]:
    with local_service(settings=RUN_ALL) as service:
        with flapping(service.url) as proxy:
            failing = _graded(proxy.url, count, restart=proxy.restart)
            seen = ", ".join(f"{fault} {times}" for fault, times in sorted(proxy.seen.items()))
        direct = _graded(service.url, count)
    yield "| | seconds | per second | right | wrong | missing | doubled | MiB after a tenth | MiB at the end |"
    yield "|---" * 9 + "|"
    for name, run in (("flapping", failing), ("direct", direct)):
        counts = f"{run.right} | {run.wrong} | {run.missing} | {run.doubled}"
        rate = (run.right + run.wrong) / run.seconds
        yield f"| {name} | {run.seconds:.1f} | {rate:.0f} | {counts} | {run.first_mb:.0f} | {run.last_mb:.0f} |"
    yield f"\nRequests by what the proxy did to them: {seen}."


def _graded(url: str, count: int, restart: Callable[[], None] | None = None) -> ClientOutcome:
    came: Counter[int] = Counter()
    verdicts: Counter[bool] = Counter()
    memory: list[float] = []
    expected: list[str] = []
    started = time.perf_counter()
    with EvaluatorClient(url, timeout_s=None) as client:
        for report in client.stream(_source(count, expected)):
            assert report.index is not None
            came[report.index] += 1
            verdicts[report.verdict == expected[report.index]] += 1
            done = came.total()
            if done % max(count // 10, 1) == 0:
                memory.append(psutil.Process().memory_info().rss / MIB)
            if restart is not None and done % (count // RESTARTS or count) == 0:
                restart()
    seconds = time.perf_counter() - started
    missing, doubled = count - len(came), came.total() - len(came)
    return ClientOutcome(seconds, verdicts[True], verdicts[False], missing, doubled, memory[0], memory[-1])


def _source(count: int, expected: list[str]) -> Iterator[Submission]:
    """Submissions made as they are taken; what they must get is noted beside."""
    for submission, verdict in numbered(count):
        expected.append(verdict)
        yield submission


def _import_lines() -> Iterator[str]:
    yield "| statement | ms, median | fastest |"
    yield "|---|---|---|"
    for statement in STATEMENTS:
        code = f"import time\nt = time.perf_counter()\n{statement}\nprint(time.perf_counter() - t)"
        command = [sys.executable, "-c", code]
        times = [float(subprocess.run(command, check=True, capture_output=True).stdout) * 1e3 for _ in range(IMPORTS)]
        yield f"| `{statement}` | {statistics.median(times):.0f} | {min(times):.0f} |"


if __name__ == "__main__":
    main()
