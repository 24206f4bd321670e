"""Readiness of the service, and its end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from evaluator.api import status
from evaluator.api.status import _FRESH_S, _PATIENCE_S, ReadinessProbe
from evaluator.errors import NotReady
from evaluator.local import LocalService
from evaluator.queueing.base import QueueWrapper
from evaluator.queueing.embedded import EmbeddedQueue
from evaluator.schema import Submission
from evaluator.settings import Settings
from evaluator.written_report import WrittenReport
from tests.forked import local_service, workers_of
from tests.operations.conftest import RIGHT, SUBMISSION, SUM, caller
from tests.operations.test_metrics import queued
from tests.raw_request import asked_by_hand, sleeping
from tests.waiting import DEADLINE_S, until


class Counting(QueueWrapper):
    """Counts what it is given."""

    given = 0

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
        self.given += len(submissions)
        return super().grade(submissions)


def test_asking_often_makes_no_work(data_dir: Path) -> None:
    async def ask() -> tuple[int, float]:
        queue = Counting(EmbeddedQueue(Settings(workers=1, data_dir=data_dir)))
        await queue.start()
        try:
            probe, began = ReadinessProbe(queue), time.monotonic()
            await asyncio.gather(*(probe.check() for _ in range(50)))
            for _ in range(50):
                await probe.check()
            return queue.given, time.monotonic() - began
        finally:
            await queue.close()

    given, took_s = asyncio.run(ask())
    assert 1 <= given <= 1 + took_s // _FRESH_S


def test_a_worker_that_does_not_judge_makes_the_service_unready_and_health_is_something_else(
    start: Callable[..., LocalService],
) -> None:
    service = start()
    with caller(service) as client:
        [worker] = workers_of(service.process.pid)
        worker.suspend()
        try:
            answer = until(lambda: (a := client.get("/readyz")).status_code == 503 and a, "the probe is not judged")
            assert answer.json()["type"] == "/problems/not-ready"
            assert client.get("/healthz").status_code == 200
        finally:
            worker.resume()
        until(lambda: client.get("/readyz").status_code == 200, "it judges again")


def test_a_service_with_much_to_do_is_ready(start: Callable[..., LocalService]) -> None:
    with caller(start()) as client, asked_by_hand(client, "/v1/grade", sleeping(0), sleeping(1)):
        until(lambda: queued(client) == 2, "the worker has more than it can do")
        began = time.monotonic()
        while time.monotonic() - began < _FRESH_S + _PATIENCE_S / 2:  # so that the answer of before does not hold
            assert client.get("/readyz").status_code == 200


def test_figures_are_those_of_the_moment_of_the_answer(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_PATIENCE_S", DEADLINE_S)

    async def ask() -> int:
        queue = EmbeddedQueue(Settings(workers=1, data_dir=data_dir))
        await queue.start()
        try:
            [withdrawn] = queue.grade([Submission.model_validate(sleeping(0))])
            state = SimpleNamespace(queue=queue, probe=ReadinessProbe(queue), leaving=asyncio.Event())
            asked = asyncio.ensure_future(status.readyz(SimpleNamespace(app=SimpleNamespace(state=state))))  # type: ignore[arg-type]
            while queue.readiness().queued < 2:
                await asyncio.sleep(0)  # until the probe waits behind the program
            withdrawn.cancel()
            return (await asked).queued
        finally:
            await queue.close()

    assert asyncio.run(ask()) == 0


def test_a_service_that_leaves_says_so_first_and_serves_meanwhile(start: Callable[..., LocalService]) -> None:
    service = start(leave_s=3600, drain_s=30)
    slow = {"code": f"import time\ntime.sleep(2)\n{RIGHT}", "suite": {**SUM, "limits": {"cpu_s": 60}}}
    with caller(service) as client, ThreadPoolExecutor() as pool:
        running = pool.submit(client.post, "/v1/grade", json=slow)
        until(lambda: running.done() or queued(client) == 1, "it is taken in")
        service.process.send_signal(signal.SIGTERM)
        until(lambda: client.get("/readyz").status_code == 503, "it is not ready any more")
        assert client.post("/v1/grade", json=SUBMISSION).json()["verdict"] == "accepted"
        assert running.result(60).json()["verdict"] == "accepted"
        assert service.process.poll() is None
        service.process.send_signal(signal.SIGTERM)  # a second one does not wait
    assert service.process.wait(60) == 0


def test_a_service_that_leaves_is_gone_when_its_time_is_over(start: Callable[..., LocalService]) -> None:
    service = start(leave_s=0.3)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(60) == 0


def test_a_problem_and_the_log_have_the_requests_id(tmp_path: Path, data_dir: Path) -> None:
    log = tmp_path / "log"
    settings = {"MICROCODER_DATA_DIR": str(data_dir), "MICROCODER_LOG_LEVEL": "info"}
    into_log = ["sh", "-c", f'exec "$@" 2>{log}', "sh"]
    with local_service(workers=1, settings=settings, launcher=into_log) as service, caller(service) as client:
        for path, body in (("/v1/grade", {}), ("/nothing", {}), ("/v1/grade", SUBMISSION)):
            answer = client.post(path, json=body, headers={"X-Request-Id": "step-7/chunk-3"})
            assert answer.headers["X-Request-Id"] == "step-7/chunk-3"
            if answer.is_error:
                assert answer.json()["request_id"] == "step-7/chunk-3"
        client.post("/v1/grade", json={**SUBMISSION, "detail": "summary"}, headers={"X-Request-Id": "summary"})
        odd = client.post("/v1/grade", json={}, headers={"X-Request-Id": 'x" injected'})
        assert odd.json()["request_id"] == odd.headers["X-Request-Id"] != 'x" injected'
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    events = [line["event"] for line in lines if line.get("request_id") == "step-7/chunk-3"]
    assert sorted(events) == ["graded", "request", "request", "request"]
    [cpu_s, unknown_s] = [line["cpu_s"] for line in lines if line["event"] == "graded"]
    assert cpu_s > 0
    assert unknown_s is None, "a summary does not list its tests: 0 would be wrong"


def test_a_host_without_workers_is_not_alive() -> None:
    asked = [sys.executable, "-m", "evaluator.queueing.alive"]
    nowhere = {**os.environ, "MICROCODER_REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(asked, env=nowhere, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "cannot be reached" in done.stderr) == (1, True)


def test_a_probe_that_is_misjudged_is_told_without_details(data_dir: Path) -> None:
    class Misjudging(QueueWrapper):
        """As if the sandbox failed."""

        def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
            return super().grade([each.model_copy(update={"code": "print(0)"}) for each in submissions])

    async def ask() -> None:
        queue = Misjudging(EmbeddedQueue(Settings(workers=1, data_dir=data_dir)))
        await queue.start()
        try:
            with pytest.raises(NotReady, match="wrong_answer; the log says why"):
                await ReadinessProbe(queue).check()
        finally:
            await queue.close()

    asyncio.run(ask())
