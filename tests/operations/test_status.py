"""Readiness of the service, and its end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evaluator.api.status import ReadinessProbe
from evaluator.errors import NotReady
from evaluator.local import LocalService
from evaluator.queueing.base import QueueWrapper
from evaluator.queueing.embedded import EmbeddedQueue
from evaluator.schema import Submission
from evaluator.settings import Settings
from evaluator.written_report import WrittenReport
from tests.forked import local_service, workers_of
from tests.operations.conftest import FOR_A_WHILE, RIGHT, SUBMISSION, SUM, caller
from tests.waiting import until

_LOOK_AGAIN_S = 0.05


class Counting(QueueWrapper):
    """Counts what it is given."""

    given = 0

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
        self.given += len(submissions)
        return super().grade(submissions)


def test_asking_often_makes_no_work(data_dir: Path) -> None:
    async def ask() -> int:
        queue = Counting(EmbeddedQueue(Settings(workers=1, data_dir=data_dir)))
        await queue.start()
        try:
            probe = ReadinessProbe(queue)
            await asyncio.gather(*(probe.check() for _ in range(50)))
            for _ in range(50):
                await probe.check()
            return queue.given
        finally:
            await queue.close()

    assert asyncio.run(ask()) == 1


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
    slow = {"code": f"import time\ntime.sleep(6)\n{RIGHT}", "suite": {**SUM, "limits": {"cpu_s": 60}}}
    service = start()
    with caller(service) as client, ThreadPoolExecutor() as pool:
        two = [{**slow, "code": f"{slow['code']}  # {number}"} for number in range(2)]
        answer = pool.submit(client.post, "/v1/grade/batch", json={"submissions": two})
        until(lambda: client.get("/readyz").json()["queued"] >= 2, "the worker has more than it can do")
        while not futures.wait([answer], timeout=_LOOK_AGAIN_S).done:
            assert client.get("/readyz").status_code == 200


def test_a_service_that_leaves_says_so_first_and_serves_meanwhile(start: Callable[..., LocalService]) -> None:
    service = start(leave_s=4, drain_s=30)
    slow = {"code": FOR_A_WHILE, "suite": {**SUM, "limits": {"cpu_s": 60}}}
    with caller(service) as client, ThreadPoolExecutor() as pool:
        running = pool.submit(client.post, "/v1/grade", json=slow)
        until(lambda: client.get("/readyz").json()["queued"] >= 1, "it is taken in")
        service.process.send_signal(signal.SIGTERM)
        until(lambda: client.get("/readyz").status_code == 503, "it is not ready any more")
        assert client.post("/v1/grade", json=SUBMISSION).json()["verdict"] == "accepted"
        assert running.result(60).json()["verdict"] == "accepted"
    assert service.process.wait(60) == 0


def test_a_second_signal_does_not_wait(start: Callable[..., LocalService]) -> None:
    service = start(leave_s=3600)
    with caller(service) as client:
        service.process.send_signal(signal.SIGTERM)
        until(lambda: client.get("/readyz").status_code == 503, "the first is heard")
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
        odd = client.post("/v1/grade", json={}, headers={"X-Request-Id": 'x" injected'})
        assert odd.json()["request_id"] == odd.headers["X-Request-Id"] != 'x" injected'
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    events = [line["event"] for line in lines if line.get("request_id") == "step-7/chunk-3"]
    assert sorted(events) == ["graded", "request", "request", "request"]


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
