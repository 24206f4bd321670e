"""The queue of many machines, on this one: what Redis and RQ cost, how hosts add up, and whether kills change verdicts.

``python -m benchmarks.distributed [overhead] [scaling] [kills] [clients] [--count 50000] [--record]``

- overhead: light submissions and single requests, through Redis and embedded in turn, with as many workers.
- scaling: hosts with one CPU and one worker each, in network namespaces of their own (needs root), 1 up to the cores.
- kills: ``--count`` submissions while a worker is killed every few seconds; every verdict is known.
- clients: 2,000 at once, each its own connection; what they are answered, and the service's memory.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import httpx
import psutil
import redis

from benchmarks.machine import RUN_ALL, facts, record
from benchmarks.throughput import RIGHT, Batch, heavy, light
from evaluator.local import LocalService, local_service
from evaluator.schema import Submission, Suite
from trainer_client import EvaluatorClient

ROUNDS, CLIENTS = 5, 2000
_LEASE_S = "3"
_KILL_EVERY_S = 4.0
_NETWORK = "10.213.77"
_SINGLE = 40
_numbers = count()


def main() -> None:
    parts: Mapping[str, Callable[[Path, int], list[str]]] = {
        "overhead": overhead, "scaling": scaling, "kills": kills, "clients": clients,
    }  # fmt: skip
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(parts), help=f"of {', '.join(parts)}; by default all")
    parser.add_argument("--count", type=int, default=50_000, help="submissions while workers are killed")
    parser.add_argument("--record", action="store_true", help="add the results to RESULTS.md")
    options = parser.parse_args()
    for part in options.parts:
        before = facts()
        with tempfile.TemporaryDirectory() as directory:
            lines = parts[part](Path(directory), options.count)
        print(before, *lines, sep="\n", flush=True)
        if options.record:
            record(f"Many machines: {part}", f"python -m benchmarks.distributed {part}", before, lines)


def overhead(directory: Path, _: int) -> list[str]:
    """Light submissions a second and the latency of one, Redis against embedded, by turns."""
    workers = len(os.sched_getaffinity(0))
    taken: dict[str, list[tuple[float, float]]] = {"embedded": [], "Redis and RQ": []}
    batch = light(RIGHT, 400)
    with ExitStack() as open_:
        url = open_.enter_context(redis_server(directory))
        open_.enter_context(host(url, directory / "worker", workers))
        clients = {
            "embedded": _client(open_, workers=workers, settings={"MICROCODER_DATA_DIR": str(directory / "embedded")}),
            "Redis and RQ": _client(open_, settings=_settings(url, directory / "api")),
        }
        for number in range(ROUNDS + 1):
            for name, client in clients.items():
                measured = _rate(client, batch(number)), _latency(client, batch(number)[:_SINGLE])
                if number:
                    taken[name].append(measured)
    lines = ["| queue | light submissions/s | p50 of one submission, ms |", "|---|---|---|"]
    for name, rounds in taken.items():
        rate, latency = (statistics.median(column) for column in zip(*rounds, strict=True))
        lines.append(f"| {name} | {rate:.1f} | {1000 * latency:.2f} |")
    pairs = list(zip(*taken.values(), strict=True))
    slower = statistics.median(1000 * workers * (1 / ours[0] - 1 / plain[0]) for plain, ours in pairs)
    return [*lines, "", f"Each submission through Redis takes {slower:.2f} ms of a core more (median of {ROUNDS})."]


def scaling(directory: Path, _: int) -> list[str]:
    """Submissions a second by the number of hosts."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return ["Not measured: network namespaces need root and ip(8)."]
    cores = sorted(os.sched_getaffinity(0))
    lines = ["| hosts (a CPU each) | 0.2 s a test: submissions/s | × one host | light: submissions/s | × one host |"]
    lines.append("|---|---|---|---|---|")
    rates: dict[int, tuple[float, float]] = {}
    for hosts in [number for number in (1, 2, 4, 8) if number <= len(cores)]:
        with ExitStack() as open_:
            bridge = open_.enter_context(_bridge())
            url = open_.enter_context(redis_server(directory, bind=f"{_NETWORK}.1"))
            for number in range(hosts):
                inside = open_.enter_context(_namespace(bridge, number))
                launcher = ("ip", "netns", "exec", inside, "taskset", "-c", str(cores[number]))
                open_.enter_context(host(url, directory / f"worker{number}", 1, launcher))
            client = _client(open_, settings=_settings(url, directory / "api"), ready=hosts)
            loads: Sequence[Batch] = (heavy(4 * hosts), light(RIGHT, 200 * hosts))
            medians = [statistics.median(_rate(client, load(next(_numbers))) for _ in range(ROUNDS)) for load in loads]
            rates[hosts] = (medians[0], medians[1])
        rows = zip(rates[hosts], rates[1], strict=True)
        cells = [f"{rate:.2f} | {rate / one:.2f}" for rate, one in rows]
        lines.append(f"| {hosts} | {' | '.join(cells)} |")
    return [*lines, "", "The service, Redis and the client share the same CPUs with the hosts."]


def kills(directory: Path, number: int) -> list[str]:
    """Every verdict is known; a worker is killed every few seconds."""
    suite = Suite.model_validate({"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}]})
    kinds = {"accepted": "print(sum(map(int, input().split())))", "wrong_answer": "print(4)", "runtime_error": "1/0"}
    wanted = [list(kinds)[n % len(kinds)] for n in range(number)]
    batch = [Submission(id=str(n), code=f"{kinds[verdict]}\n# {n}", suite=suite) for n, verdict in enumerate(wanted)]
    killed, over = 0, threading.Event()
    with ExitStack() as open_:
        url = open_.enter_context(redis_server(directory))
        workers = open_.enter_context(host(url, directory / "worker", len(os.sched_getaffinity(0))))
        client = _client(open_, settings=_settings(url, directory / "api"))

        def kill() -> None:
            nonlocal killed
            while not over.wait(_KILL_EVERY_S):
                slots = psutil.Process(workers.pid).children()
                if slots:
                    random.choice(slots).kill()
                    killed += 1

        killing = threading.Thread(target=kill)
        killing.start()
        started = time.perf_counter()
        try:
            reports = client.grade_many(batch)
        finally:
            over.set()
            killing.join()
        took_s = time.perf_counter() - started
    wrong = sum(report.verdict.value != verdict for report, verdict in zip(reports, wanted, strict=True))
    assert [report.id for report in reports] == [each.id for each in batch]
    verdicts = Counter(report.verdict.value for report in reports)
    return [
        f"{len(reports)} verdicts for {number} submissions in {took_s:.0f} s, {killed} workers killed meanwhile: "
        f"{wrong} not as expected. {dict(verdicts)}."
    ]


def clients(directory: Path, _: int) -> list[str]:
    """So many clients at once, each with a connection of its own."""
    with ExitStack() as open_:
        url = open_.enter_context(redis_server(directory))
        open_.enter_context(host(url, directory / "worker", len(os.sched_getaffinity(0))))
        lines = ["| queue | room | answers | peak of the service's memory, MiB |", "|---|---|---|---|"]
        for room in (CLIENTS, CLIENTS // 10):
            limit = {"MICROCODER_QUEUE_LIMIT": str(room)}
            for name, settings in (
                ("Redis and RQ", _settings(url, directory / "api")),
                ("embedded", {"MICROCODER_DATA_DIR": str(directory / "embedded")}),
            ):
                with local_service(settings={**RUN_ALL, **settings, **limit}) as service:
                    _until_ready(service, 1)
                    answers, peak = asyncio.run(_crowd(service))
                lines.append(f"| {name} | {room} | {dict(sorted(answers.items()))} | {peak / 2**20:.0f} |")
        return [*lines, "", f"{CLIENTS} clients, one small submission each; 429 is what a full queue answers."]


async def _crowd(service: LocalService) -> tuple[Counter[int], int]:
    suite = {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}]}
    process, peak = psutil.Process(service.process.pid), 0
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=service.url, limits=limits, timeout=600, trust_env=False) as client:

        async def one(number: int) -> int:
            body = {"code": f"print(sum(map(int, input().split())))  # {number}", "suite": suite}
            return (await client.post("/v1/grade", json=body)).status_code

        asked = [asyncio.ensure_future(one(number)) for number in range(CLIENTS)]
        pending: set[asyncio.Future[int]] = set(asked)
        while pending:
            _, pending = await asyncio.wait(pending, timeout=0.2)
            peak = max(peak, process.memory_info().rss)
        return Counter(each.result() for each in asked), peak


def _rate(client: EvaluatorClient, batch: Sequence[Submission]) -> float:
    started = time.perf_counter()
    reports = client.grade_many(batch)
    took_s = time.perf_counter() - started
    assert all(report.verdict == "accepted" for report in reports)
    return len(batch) / took_s


def _latency(client: EvaluatorClient, batch: Sequence[Submission]) -> float:
    taken = []
    for submission in batch:
        started = time.perf_counter()
        client.grade(submission)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _settings(url: str, data: Path) -> dict[str, str]:
    return {"MICROCODER_REDIS_URL": url, "MICROCODER_LEASE_S": _LEASE_S, "MICROCODER_DATA_DIR": str(data)}


def _client(
    open_: ExitStack, settings: Mapping[str, str], workers: int | None = None, ready: int = 1
) -> EvaluatorClient:
    service = open_.enter_context(local_service(workers=workers, settings={**RUN_ALL, **settings}))
    _until_ready(service, ready)
    return open_.enter_context(EvaluatorClient(service.url, timeout_s=None))


def _until_ready(service: LocalService, workers: int) -> None:
    deadline = time.monotonic() + 60
    while httpx.get(f"{service.url}/readyz", trust_env=False, timeout=60).json().get("workers_ready", 0) < workers:
        assert time.monotonic() < deadline, f"{workers} workers did not come"
        time.sleep(0.1)


@contextmanager
def redis_server(directory: Path, bind: str = "127.0.0.1") -> Iterator[str]:
    """A Redis of our own; its URL."""
    with socket.create_server((bind, 0)) as probe:
        port = probe.getsockname()[1]
    command = ["redis-server", "--bind", bind, "--port", str(port), "--dir", str(directory), "--save", ""]
    with _process([*command, "--protected-mode", "no"]):
        url = f"redis://{bind}:{port}/0"
        client = redis.Redis.from_url(url)
        deadline = time.monotonic() + 30
        while True:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                assert time.monotonic() < deadline, "Redis did not start"
                time.sleep(0.05)
        yield url


@contextmanager
def host(url: str, data: Path, workers: int, launcher: Sequence[str] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """``microcoder worker``."""
    command = [*launcher, sys.executable, "-m", "evaluator", "worker", "--redis-url", url, "--workers", str(workers)]
    settings = {**RUN_ALL, "MICROCODER_LEASE_S": _LEASE_S, "MICROCODER_DATA_DIR": str(data)}
    with _process(command, {"MICROCODER_LOG_LEVEL": "error", **os.environ, **settings}) as process:
        yield process


@contextmanager
def _process(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@contextmanager
def _bridge() -> Iterator[str]:
    name = f"mcb{os.getpid() % 10000}"
    _ip("link", "add", name, "type", "bridge")
    try:
        _ip("addr", "add", f"{_NETWORK}.1/24", "dev", name)
        _ip("link", "set", name, "up")
        yield name
    finally:
        _ip("link", "del", name)


@contextmanager
def _namespace(bridge: str, number: int) -> Iterator[str]:
    name, outer, inner = f"{bridge}n{number}", f"{bridge}o{number}", f"{bridge}i{number}"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name)
        _ip("link", "set", outer, "master", bridge, "up")
        for command in (("addr", "add", f"{_NETWORK}.{number + 2}/24", "dev", inner), ("link", "set", inner, "up")):
            _ip("-n", name, *command)
        yield name
    finally:
        _ip("netns", "del", name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


if __name__ == "__main__":
    main()
