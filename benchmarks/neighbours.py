"""Latency of an honest client beside clients that send odd results without end.

``python -m benchmarks.neighbours [--requests 200] [--record]``. Three clients send one submission after the other, each
waiting for its report: in turns ordinary wrong programs, and results that once ended the worker (``tests/fuzz``).
Meanwhile an honest client sends a program that is accepted. What counts is the ratio of its latencies.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx

from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service

_CLIENTS, _ROUNDS = 3, 5
_TESTS = [{"input": [number], "output": number + 1} for number in range(6)]
_SUITE = {"mode": "function", "function": {"name": "f"}, "tests": _TESTS}
_HONEST = {"code": "def f(n): return n + 1", "suite": _SUITE}
_WRONG = [{"code": "def f(n): return n", "suite": _SUITE}]
_ODD = [
    {"code": f"def f(n): return {result}", "suite": _SUITE}
    for result in (
        "10 ** 5000",
        "'\\ud83d'",
        "range(10 ** 30)",
        "__import__('decimal').Decimal('sNaN')",
        "__import__('functools').reduce(lambda x, _: [x], range(300), 1)",
    )
]


@contextmanager
def _looping(url: str, requests: Sequence[dict[str, Any]]) -> Iterator[None]:
    """Clients that send these again and again."""
    over = threading.Event()

    def loop() -> None:
        with httpx.Client(base_url=url, timeout=None, trust_env=False) as client:
            for request in itertools.cycle(requests):
                if over.is_set():
                    return
                client.post("/v1/grade", content=json.dumps(request)).raise_for_status()

    with ThreadPoolExecutor(_CLIENTS) as pool:
        clients = [pool.submit(loop) for _ in range(_CLIENTS)]
        try:
            yield
        finally:
            over.set()
        for client in clients:
            client.result()


def _latencies(client: httpx.Client, count: int) -> list[float]:
    found = []
    for _ in range(count):
        started = time.perf_counter()
        report = client.post("/v1/grade", json=_HONEST).json()
        found.append(1000 * (time.perf_counter() - started))
        assert report["verdict"] == "accepted", report
    return found


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200, help="of the honest client, in each round")
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    before = facts()
    rows: dict[str, list[float]] = {"ordinary wrong programs": [], "odd results": []}
    with (
        local_service(settings=RUN_ALL) as service,
        httpx.Client(base_url=service.url, timeout=None, trust_env=False) as client,
    ):
        alone = _latencies(client, asked.requests)
        for _ in range(_ROUNDS):
            for (name, found), requests in zip(rows.items(), (_WRONG, _ODD), strict=True):
                with _looping(service.url, requests):
                    found += _latencies(client, asked.requests)
                print(name, f"{statistics.median(found):.1f} ms")
        ready = client.get("/readyz").json()
    lines = ["| beside three clients that send | p50 ms | p95 ms |", "|---|---|---|"]
    for name, found in {"nothing": alone, **rows}.items():
        lines.append(f"| {name} | {statistics.median(found):.1f} | {statistics.quantiles(found, n=20)[-1]:.1f} |")
    lines += ["", f"{ready['workers_lost']} workers lost; {_ROUNDS} rounds in turns; kept reports off"]
    print(*lines, sep="\n")
    if asked.record:
        command = f"python -m benchmarks.neighbours --requests {asked.requests}"
        record("Neighbours of odd results", command, before, lines)


if __name__ == "__main__":
    main()
