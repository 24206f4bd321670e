"""Many cores on few: what the service itself costs where 16, 32 or 64 workers run at the same time.

``python -m benchmarks.many_workers [--workers 16 32 64] [--rounds 3] [--record]``

Two simulations, since no such machine is at hand. Real workers whose programs sleep instead of computing: the sandbox,
its locks and its control groups are as on a machine with so many CPUs, and few CPUs suffice. Stand-ins, which answer at
once without running anything: they show how many submissions a second the API processes, and the one that keeps the
queue, can take at most. That is a second divided by the CPU time of a submission in the process that needs most of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psutil

from benchmarks.machine import RUN_ALL, facts, record
from benchmarks.throughput import RIGHT, light
from evaluator.local import LocalService, local_service
from evaluator.schema import Submission, Suite
from trainer_client import EvaluatorClient

_PER_S = 40
"""Sleeping programs a second that the workers would do if they cost nothing: so few that two CPUs have time."""
_RUNS = 4
"""Programs for each worker."""
_SLEEPER = "import time\ntime.sleep({})\nprint(input())\n# {}"
_READY_S = 120.0
_CONNECTIONS = 8
_SHAPES = ((1, "summary", 1_000), (8, "summary", 3_200), (64, "summary", 6_400), (64, "tests", 3_200))
"""Submissions in a request, detail, and submissions in all."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, nargs="*", default=[16, 32, 64], help="numbers of real workers")
    parser.add_argument("--api-processes", type=int, nargs="*", default=[1, 2, 4], help="in front of stand-ins")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    lines = [*_sleeping(options.workers, options.rounds), ""] if options.workers else []
    lines += _stand_ins(options.api_processes, options.rounds) if options.api_processes else []
    print(before, *lines, sep="\n")
    if options.record:
        record("Many workers", "python -m benchmarks.many_workers", before, lines)


@dataclass(frozen=True, slots=True)
class Used:
    """CPU seconds by kind of process."""

    seconds: Counter[str]

    @classmethod
    def of(cls, service: psutil.Process) -> Used:
        seconds: Counter[str] = Counter()
        for process in (service, *service.children()):
            command = process.cmdline()
            kind = "queue" if process == service else "API" if "evaluator.api.process" in command else "workers"
            times = process.cpu_times()
            seconds[kind] += times.user + times.system
        return cls(seconds)

    def since(self, before: Used, submissions: int) -> dict[str, float]:
        """Milliseconds for each submission, by kind."""
        return {kind: (self.seconds[kind] - before.seconds[kind]) / submissions * 1e3 for kind in self.seconds}


def _sleeping(counts: Sequence[int], rounds: int) -> Iterator[str]:
    yield "Real workers, programs that sleep (one test each):"
    yield ""
    yield (
        "| workers | all ready after | all ended after | a program sleeps | programs/s | of the ideal "
        "| API, ms of CPU each | a worker, ms of CPU each |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for workers in counts:
        sleep_s = workers / _PER_S
        began = time.perf_counter()
        with local_service(workers=workers, settings=RUN_ALL) as service:
            _until_all_work(service.url, workers)
            ready_s = time.perf_counter() - began
            rate, api, worker = _sleeping_costs(service, workers, sleep_s, rounds)
            began = time.perf_counter()
        ended_s = time.perf_counter() - began
        yield (
            f"| {workers} | {ready_s:.1f} s | {ended_s:.1f} s | {sleep_s:.2f} s "
            f"| {rate:.1f} | {rate / _PER_S:.0%} | {api:.2f} | {worker:.2f} |"
        )


def _sleeping_costs(service: LocalService, workers: int, sleep_s: float, rounds: int) -> tuple[float, float, float]:
    """Programs a second, and milliseconds of the API's and the workers' CPU for each: medians of the rounds."""
    rates, api, worker = [], [], []
    process = psutil.Process(service.process.pid)
    with EvaluatorClient(service.url) as client:
        client.grade_many(_sleepers(workers, 0.0, "warm"))
        for number in range(rounds):
            batch = _sleepers(workers * _RUNS, sleep_s, str(number))
            used, started = Used.of(process), time.perf_counter()
            reports = client.grade_many(batch)
            rates.append(len(reports) / (time.perf_counter() - started))
            costs = Used.of(process).since(used, len(reports))
            api.append(costs["queue"])
            worker.append(costs["workers"])
            assert all(report.verdict == "accepted" for report in reports), Counter(each.verdict for each in reports)
    return statistics.median(rates), statistics.median(api), statistics.median(worker)


def _sleepers(count: int, sleep_s: float, name: str) -> list[Submission]:
    suite = Suite.model_validate(
        {"mode": "stdio", "tests": [{"input": "1", "output": "1"}], "limits": {"cpu_s": 10, "wall_s": 60}}
    )
    return [Submission(code=_SLEEPER.format(sleep_s, f"{name} {n}"), suite=suite) for n in range(count)]


def _until_all_work(url: str, workers: int) -> None:
    deadline = time.monotonic() + _READY_S
    while httpx.get(f"{url}/readyz", trust_env=False, timeout=_READY_S).json()["workers_ready"] < workers:
        if time.monotonic() > deadline:
            raise SystemExit(f"{workers} workers were not ready after {_READY_S:g} s")
        time.sleep(0.1)


def _stand_ins(counts: Sequence[int], rounds: int) -> Iterator[str]:
    yield "Stand-ins that answer at once, 4 of them, 8 connections:"
    yield ""
    yield ("| API processes | in a request | detail | API, ms of CPU each | queue, ms | "
           "the most, submissions/s | limited by |")  # fmt: skip
    yield "|---|---|---|---|---|---|---|"
    for processes in counts:
        with _service_of_stand_ins(processes) as (service, port):
            for size, detail, count in _SHAPES:
                costs = [asyncio.run(_cost(service, port, size, detail, count)) for _ in range(rounds)]
                api, queue = (statistics.median(cost.get(kind, 0.0) for cost in costs) for kind in ("API", "queue"))
                ceilings = {"the API": processes / api * 1e3} if api else {}
                ceilings["the process with the queue" if api else "the one process"] = 1e3 / queue
                limit = min(ceilings, key=ceilings.__getitem__)
                shown = f"{api:.3f} | {queue:.3f}" if api else f"{queue:.3f} | in it"
                yield f"| {processes} | {size} | {detail} | {shown} | {ceilings[limit]:,.0f} | {limit} |"


@contextmanager
def _service_of_stand_ins(processes: int) -> Iterator[tuple[psutil.Process, int]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        settings = {
            **os.environ,
            "MICROCODER_LOG_LEVEL": "warning",
            "MICROCODER_COMPAT": "[]",
            "MICROCODER_DATA_DIR": data,
        }
        command = [sys.executable, "-m", "benchmarks.stand_in_worker", "serve", "--port", str(port), "--workers", "4"]
        service = subprocess.Popen([*command, "--api-processes", str(processes)], env=settings)
        try:
            _until_it_answers(port)
            yield psutil.Process(service.pid), port
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(_READY_S)


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + _READY_S
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


async def _cost(service: psutil.Process, port: int, size: int, detail: str, count: int) -> dict[str, float]:
    """Send submissions over several connections, and return the CPU time of each by kind of process."""
    submissions = [each.model_copy(update={"detail": detail}) for each in light(RIGHT, count)(time.time_ns())]
    assert submissions[0].suite is not None
    suite_id = await _put(port, submissions[0].suite)
    named = [each.model_copy(update={"suite": None, "suite_id": suite_id}) for each in submissions]
    requests = [_request(named[start : start + size]) for start in range(0, count, size)]
    before = Used.of(service)
    await asyncio.gather(*(_send(port, requests[place::_CONNECTIONS]) for place in range(_CONNECTIONS)))
    return Used.of(service).since(before, count)


async def _put(port: int, suite: Suite) -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.put(f"http://127.0.0.1:{port}/v1/suites/{suite.id}", json=suite.model_dump(mode="json"))
        return str(answer.raise_for_status().json()["suite_id"])


def _request(submissions: Sequence[Submission]) -> bytes:
    fields = [each.model_dump(mode="json", exclude_none=True) for each in submissions]
    path, body = ("/v1/grade", fields[0]) if len(fields) == 1 else ("/v1/grade/batch", {"submissions": fields})
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


async def _send(port: int, requests: Sequence[bytes]) -> None:
    """Send one request after the other over a connection: the cheapest client there can be."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
        assert head.startswith(b"http/1.1 200"), body
    writer.close()
    await writer.wait_closed()


if __name__ == "__main__":
    main()
