"""Do verdicts move under load? The same programs, each at 0.4 to 0.9 of its CPU limit, from 1 to 16 clients at once.

``python -m benchmarks.load [--record]``. What each program does is calibrated alone beforehand, by work and not by
time.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service

LIMIT_S = 1.0
SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
CLIENTS = (1, 2, 4, 8, 16)
PROGRAMS = 100
KINDS = {
    "arithmetic": "x = 1\nfor i in range({n}): x = (x * 31 + i) % 1000003",
    "allocation": "for i in range({n}): a = list(range(200))",
    "memory": "a = list(range(1 << 20))\nx = 0\nfor i in range({n}): x += a[i * 7919 & 1048575]",
    "strings": "for i in range({n}): s = ' '.join(map(str, range(100))).split()",
}
"""Programs whose ``n`` says how much they do."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    with (
        local_service(settings=RUN_ALL) as service,
        httpx.Client(base_url=service.url, timeout=None, trust_env=False) as client,
    ):
        bodies = _programs(client)
        verdicts = {clients: _graded(client, bodies, clients) for clients in CLIENTS}
    lines = _table(verdicts)
    print(before, *lines, sep="\n")
    if options.record:
        record(f"Verdicts under load ({PROGRAMS} programs)", "python -m benchmarks.load", before, lines)


def _table(verdicts: dict[int, list[tuple[str, float]]]) -> list[str]:
    lines = ["| clients | accepted | time limit | other | unlike alone | most CPU of the limit |", "|---" * 6 + "|"]
    for clients, judged in verdicts.items():
        counts = Counter(verdict for verdict, _ in judged)
        unlike = sum(one[0] != other[0] for one, other in zip(judged, verdicts[1], strict=True))
        known = counts["accepted"], counts["time_limit_exceeded"]
        most = max((cpu_s for verdict, cpu_s in judged if verdict == "accepted"), default=0.0) / LIMIT_S
        lines.append(f"| {clients} | {known[0]} | {known[1]} | {len(judged) - sum(known)} | {unlike} | {most:.2f} |")
    return lines


def _programs(client: httpx.Client) -> list[dict[str, Any]]:
    """Submissions of every kind at every share of the limit."""
    rates = {kind: work_per_s(client, code) for kind, code in KINDS.items()}
    chosen = [(kind, share) for share in SHARES for kind in KINDS]
    asked = [chosen[number % len(chosen)] for number in range(PROGRAMS)]
    return [_submission(KINDS[kind].format(n=int(rates[kind] * share * LIMIT_S))) for kind, share in asked]


def work_per_s(client: httpx.Client, code: str) -> float:
    """Measure the work of a program in a second of CPU time, alone on the machine: at half the limit."""
    guess = 10_000 / _cpu_s(client, code.format(n=10_000))
    return guess * LIMIT_S / 2 / _cpu_s(client, code.format(n=int(guess * LIMIT_S / 2)))


def _cpu_s(client: httpx.Client, code: str) -> float:
    """The middle of several runs."""
    answers = [client.post("/v1/run", json={"code": code}).json() for _ in range(5)]
    return statistics.median(float(answer["cpu_s"]) for answer in answers)


def _submission(code: str) -> dict[str, Any]:
    suite = {"mode": "stdio", "limits": {"cpu_s": LIMIT_S, "memory_mb": 512}, 
             "tests": [{"input": "", "output": ""}]}  # fmt: skip
    return {"code": code, "suite": suite}


def _graded(client: httpx.Client, bodies: list[dict[str, Any]], clients: int) -> list[tuple[str, float]]:
    """Each program's verdict and CPU seconds, ``clients`` requests at a time."""

    def grade(body: dict[str, Any]) -> tuple[str, float]:
        report = client.post("/v1/grade", json=body).json()
        return report["verdict"], report["tests"][0]["cpu_s"]

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        judged = list(pool.map(grade, bodies))
    print(f"{clients} clients: {time.perf_counter() - started:.1f} s", flush=True)
    return judged


if __name__ == "__main__":
    main()
