"""A Redis that goes away, comes back or cannot be used: what workers and services say, and that they end."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from evaluator.log import FIRST_REMINDER_S
from evaluator.queueing.reachability import address
from tests.distributed.conftest import Site
from tests.forked import start
from tests.waiting import until

_STOP_S = 60
"""Half of what a worker waits for Redis while nobody tells it to stop."""
_CLOSED = "redis://user:secret@127.0.0.1:1/0"
"""Nobody listens at the first port."""


class Command:
    """``microcoder`` with its log in a file."""

    def __init__(self, log: Path, *arguments: str, **settings: str) -> None:
        self._log = log
        settings = {"MICROCODER_DATA_DIR": str(log.parent), "MICROCODER_LEASE_S": "1", **settings}
        with log.open("wb") as file:
            self.process = start(
                [sys.executable, "-m", "evaluator", *arguments], env={**os.environ, **settings}, stderr=file
            )

    def lines(self, event: str) -> list[dict[str, Any]]:
        whole, _, _ = self.text().rpartition("\n")  # what follows may be the beginning of a line
        lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"].startswith(event)]

    def text(self) -> str:
        return self._log.read_text()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_STOP_S)


def test_a_worker_tells_its_start_each_loss_of_redis_and_its_end(site: Site, tmp_path: Path) -> None:
    worker = Command(tmp_path / "log", "worker", "--redis-url", site.redis.url, "--workers", "1")
    try:
        [begin] = until(lambda: worker.lines("worker started"), "the worker has started")
        assert begin["isolation"] in ("namespaces", "landlock")
        assert (begin["redis"], "python" in begin["languages"]) == (site.redis.url, True)
        until(lambda: site.store.keys("microcoder:worker:*"), "it has an entry")
        slow = len(worker.lines("Redis is back"))  # so says a worker that waited for the first answer
        site.redis.stop()
        until(lambda: len(worker.lines("Redis cannot be reached")) > slow, "it says that Redis is away")
        site.redis.start()
        until(lambda: len(worker.lines("Redis is back")) > slow, "it says that Redis is back")
        until(lambda: site.store.keys("microcoder:worker:*"), "it has an entry again")
        site.redis.stop()
        until(lambda: len(worker.lines("Redis cannot be reached")) > slow + 1, "it says so once more")
    finally:
        code = worker.stop()
    assert (code, len(worker.lines("worker stopped"))) == (0, 1), "also without Redis"


def test_a_worker_that_stops_leaves_without_a_complaint(site: Site, tmp_path: Path) -> None:
    worker = Command(tmp_path / "log", "worker", "--redis-url", site.redis.url, "--workers", "1")
    try:
        until(lambda: site.store.keys("rq:worker:*"), "RQ knows it")
    finally:
        code = worker.stop()
    assert code == 0
    complaints = [
        line for line in worker.lines("") if line["level"] in ("warning", "error") and "numpy" not in line["event"]
    ]
    assert complaints == []
    assert "Traceback" not in worker.text()


def test_a_worker_that_never_reached_redis_says_so_and_stops(tmp_path: Path) -> None:
    worker = Command(tmp_path / "log", "worker", "--redis-url", _CLOSED, "--workers", "1")
    try:
        until(lambda: worker.lines("worker started"), "the worker has started")
        line = worker.lines("Redis cannot be reached")[-1]
        assert line["redis"] == "redis://127.0.0.1:1/0"
        assert "refused" in line["reason"] or line["reason"] == "no answer yet"  # as a slow machine says first
    finally:
        code = worker.stop()
    assert code == 0
    assert "secret" not in worker.text()


def test_a_service_without_redis_repeats_each_complaint_at_growing_intervals(tmp_path: Path) -> None:
    service = Command(tmp_path / "log", "serve", "--port", "0", MICROCODER_REDIS_URL=_CLOSED)
    try:
        until(lambda: service.lines("webhooks cannot be looked for"), "jobs have noticed too")
    finally:
        code = service.stop()
    assert code == 0
    complaints = [line for line in service.lines("") if line["event"].endswith(("trying again", "waiting for it"))]
    first = [line["event"] for line in complaints if line["for_s"] < FIRST_REMINDER_S]
    assert len(first) == len(set(first)) >= 3


def test_a_redis_that_cannot_be_used_ends_worker_and_service(site: Site, tmp_path: Path) -> None:
    url = f"{site.redis.url.rpartition('/')[0]}/999"
    for arguments in (["worker", "--redis-url", url], ["serve", "--port", "0"]):
        command = Command(tmp_path / "log", *arguments, MICROCODER_REDIS_URL=url)
        assert command.process.wait(_STOP_S) == 3
        sentence = f"error: what answers at {url} is not a Redis that we can use: DB index is out of range"
        assert sentence in command.text()


def test_an_address_has_no_password() -> None:
    assert address("rediss://me:hush@host/3") == "rediss://host:6379/3"
    assert address("unix://:hush@/run/redis.sock?db=1") == "unix:///run/redis.sock"
