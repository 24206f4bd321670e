"""CPU time at which programs near their limit, and programs that never end, are stopped beside neighbours.

``python -m benchmarks.stop [--runs 10] [--neighbours 0 1] [--record]``. Programs do 0.9, 1.0, 1.1 and 1.3 times what
their limit grants, by work that was calibrated alone beforehand, and endless ones try to do more. A neighbour keeps
one more worker busy for the whole time. Verdicts must not differ with the neighbours; the seconds of the endless ones
are what a program costs that is too slow.
"""

from __future__ import annotations

import argparse
import statistics
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.load import KINDS, work_per_s
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service

LIMIT_S = 1.0
SHARES = (0.9, 1.0, 1.1, 1.3)
ENDLESS = "endless"
_WORK = ("arithmetic", "memory")


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """One program's verdict, the CPU seconds of its last run, and whether it was judged beside others."""

    verdict: str
    cpu_s: float
    beside_others: bool


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10, help="of each program, beside each number of neighbours")
    parser.add_argument("--neighbours", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--neighbour-s", type=float, default=8.0, help="CPU seconds of each of their programs")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    with (
        local_service(settings=RUN_ALL) as service,
        httpx.Client(base_url=service.url, timeout=None, trust_env=False) as client,
    ):
        rates = {kind: work_per_s(client, KINDS[kind]) for kind in _WORK}
        lines = ["| neighbours | program | verdicts | judged beside others | CPU s of the last run, median | most |",
                 "|---" * 6 + "|"]  # fmt: skip
        for count in options.neighbours:
            with _neighbours(service.url, count, options.neighbour_s):
                for name, codes in _programs(rates).items():
                    runs = [_grade(client, codes[number % len(codes)], number) for number in range(options.runs)]
                    lines.append(_row(count, name, runs))
                    print(lines[-1], flush=True)
    print(before, *lines, sep="\n")
    if options.record:
        record(f"CPU time at the stop (limit {LIMIT_S:g} s)", "python -m benchmarks.stop", before, lines)


def _programs(rates: dict[str, float]) -> dict[str, list[str]]:
    shares = {
        f"{share:g} × the limit": [
            KINDS[kind].format(n=int(rate * share * LIMIT_S)) for kind, rate in rates.items()
        ]
        for share in SHARES
    }  # fmt: skip
    return shares | {ENDLESS: [KINDS[kind].format(n=1 << 60) for kind in rates]}


def _grade(client: httpx.Client, code: str, number: int) -> JudgedRun:
    suite = {"mode": "stdio", "limits": {"cpu_s": LIMIT_S}, "tests": [{"input": "", "output": ""}]}
    report = client.post("/v1/grade", json={"code": f"{code}\n# {number}", "suite": suite}).json()
    return JudgedRun(report["verdict"], report["tests"][0]["cpu_s"], report["beside_others"])


@contextmanager
def _neighbours(url: str, count: int, cpu_s: float) -> Iterator[None]:
    """Keep so many other workers busy with work of all kinds, at one time."""
    over = threading.Event()

    def occupy(number: int) -> None:
        code = KINDS[list(KINDS)[number % len(KINDS)]].format(n=1 << 60)
        limits: dict[str, Any] = {"limits": {"cpu_s": cpu_s}}
        with httpx.Client(base_url=url, timeout=None, trust_env=False) as client:
            while not over.is_set():
                client.post("/v1/run", json={"code": code, **limits}).raise_for_status()

    with ThreadPoolExecutor(max(1, count)) as pool:
        clients = [pool.submit(occupy, number) for number in range(count)]
        try:
            yield
        finally:
            over.set()
        for client in clients:
            client.result()


def _row(count: int, name: str, runs: Sequence[JudgedRun]) -> str:
    verdicts = ", ".join(f"{verdict} {times}" for verdict, times in sorted(Counter(r.verdict for r in runs).items()))
    cpu_s = [run.cpu_s for run in runs]
    beside = sum(run.beside_others for run in runs)
    return f"| {count} | {name} | {verdicts} | {beside} | {statistics.median(cpu_s):.2f} | {max(cpu_s):.2f} |"


if __name__ == "__main__":
    main()
