"""Latency of one small submission over HTTP: one client, a warm service, one test that adds two numbers.

``python -m benchmarks.latency [--record]``
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import time

from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service

BODY = json.dumps(
    {
        "code": "print(sum(map(int, input().split())))",
        "suite": {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}]},
    }
)
HEADERS = {"Content-Type": "application/json"}
WARM_UP = 50


def measure(requests: int) -> tuple[list[float], list[float]]:
    """Milliseconds per request as the client sees them, and as the sandbox's run alone."""
    seen, ran = [], []
    with local_service(settings=RUN_ALL) as service:
        connection = http.client.HTTPConnection(service.url.removeprefix("http://"))
        for number in range(WARM_UP + requests):
            started = time.perf_counter()
            connection.request("POST", "/v1/grade", BODY, HEADERS)
            report = json.loads(connection.getresponse().read())
            elapsed = time.perf_counter() - started
            if report["verdict"] != "accepted":
                raise SystemExit(f"not accepted: {report}")
            if number >= WARM_UP:
                seen.append(elapsed * 1e3)
                ran.append(report["run_s"] * 1e3)
    return seen, ran


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    seen, ran = measure(options.requests)
    rows = ["| ms | p50 | p90 | p99 | max |", "|---|---|---|---|---|"]
    for name, values in (("client", seen), ("of which the grader", ran)):
        cuts = statistics.quantiles(values, n=100)
        rows.append(f"| {name} | {cuts[49]:.2f} | {cuts[89]:.2f} | {cuts[98]:.2f} | {max(values):.2f} |")
    print(before, *rows, sep="\n")
    if options.record:
        title = f"Latency of one submission ({options.requests} requests, one client)"
        record(title, "python -m benchmarks.latency", before, rows)


if __name__ == "__main__":
    main()
