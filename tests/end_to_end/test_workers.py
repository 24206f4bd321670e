"""Workers that die, queues that are full, services that are told to stop."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.end_to_end.conftest import RIGHT, SUM, Client
from tests.forked import local_service, spinning, workers_of
from tests.operations.test_metrics import queued
from tests.processes import ran_s
from tests.raw_request import SLEEPER, asked_by_hand, sleeping
from tests.waiting import DEADLINE_S, until

SPIN = "import os\nif os.fork() == 0: os.setsid()\nwhile True: pass"
LEAST_TASK_S = 0.0003
SLOW = "import time\nwhile time.process_time() < 0.6: pass\ntime.sleep(4)\n" + RIGHT
"""Seen by its CPU time for as long as it sleeps, which leaves the CPU to other tests."""
PATIENT: dict[str, Any] = {**SUM, "tests": SUM["tests"][:1], "limits": {"cpu_s": 60}}


def until_gone(processes: list[psutil.Process]) -> None:
    until(lambda: not any(process.is_running() for process in processes), f"all of {processes} are gone")


@contextmanager
def in_background() -> Iterator[Callable[..., Future[Any]]]:
    with ThreadPoolExecutor() as pool:
        yield pool.submit


def workers(client: Client) -> list[psutil.Process]:
    return workers_of(client.service.process.pid)


def busy(client: Client) -> list[psutil.Process]:
    """Processes of a program that is using the CPU."""
    return [process for worker in workers(client) for process in spinning(worker)]


def test_one_request_after_the_other_does_not_wait_for_the_same_worker_to_clear_up(client: Client) -> None:
    if len(workers(client)) < 2:
        pytest.skip("one worker")
    before = [ran_s(worker.pid) for worker in workers(client)]

    def have_two_worked() -> bool:
        """Grade some. A request that is slow to come finds the worker before ready again."""
        for number in range(40):
            client.grade(f"{RIGHT}\n# {number} in turns")
        used_s = [
            ran_s(worker.pid) - ran_before_s for worker, ran_before_s in zip(workers(client), before, strict=True)
        ]
        return sum(each_s > LEAST_TASK_S for each_s in used_s) >= 2

    until(have_two_worked, "a second worker has had a program")


def test_workers_do_not_hold_the_address_of_the_service(client: Client) -> None:
    port = client.base_url.port
    for worker in workers(client):
        assert [held for held in worker.net_connections("tcp") if held.laddr.port == port] == []


def test_a_submission_whose_worker_is_killed_is_graded_again(small_client: Client) -> None:
    with in_background() as submit:
        answer = submit(small_client.grade, SLOW, PATIENT)
        [program] = until(lambda: busy(small_client), "the program runs")
        [worker] = workers(small_client)
        worker.send_signal(signal.SIGKILL)
        until_gone([program])
        assert answer.result(DEADLINE_S)["verdict"] == "accepted"
    assert [again.pid for again in workers(small_client)] != [worker.pid]
    assert small_client.grade(RIGHT)["verdict"] == "accepted"


def test_a_submission_that_always_costs_its_worker_is_set_aside(small_client: Client) -> None:
    with in_background() as submit:
        answer = submit(small_client.grade, SPIN, PATIENT)
        for _ in range(3):
            programs = until(lambda: busy(small_client), "the program runs")
            [worker] = workers(small_client)
            worker.send_signal(signal.SIGKILL)
            until_gone(programs)
        report = answer.result(DEADLINE_S)
    assert report["verdict"] == "judge_error"
    assert report["score"] is None
    assert "3 attempts" in report["reason"]
    assert small_client.grade(RIGHT)["verdict"] == "accepted"


def test_a_full_queue_says_when_to_come_back(small_shared_client: Client) -> None:
    with asked_by_hand(small_shared_client, "/v1/grade", sleeping(0), sleeping(1)):
        until(lambda: queued(small_shared_client) == 2, "both are taken in")
        refused = small_shared_client.post("/v1/grade", json={"code": RIGHT, "suite": SUM})
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json()["type"] == "/problems/queue-full"
    until(lambda: queued(small_shared_client) == 0, "nobody waits for them")
    assert small_shared_client.grade(RIGHT)["verdict"] == "accepted"


def test_a_batch_that_can_never_fit_is_refused_for_good(small_shared_client: Client) -> None:
    bodies = [{"code": RIGHT, "suite": SUM}] * 3
    response = small_shared_client.post("/v1/grade/batch", json={"submissions": bodies})
    assert response.status_code == 413
    assert response.json()["type"] == "/problems/batch-too-large"


def test_a_stopped_service_finishes_what_it_took_in_and_leaves_nothing(small_client: Client) -> None:
    with in_background() as submit:
        answer = submit(small_client.grade, SLOW, PATIENT)
        until(lambda: busy(small_client), "the program runs")
        tree = psutil.Process(small_client.service.process.pid).children(recursive=True)
        small_client.service.process.send_signal(signal.SIGTERM)
        assert answer.result(DEADLINE_S)["verdict"] == "accepted"
    assert small_client.service.process.wait(DEADLINE_S) == 0
    until_gone(tree)


def test_a_killed_service_leaves_nothing(small_client: Client) -> None:
    with in_background() as submit:
        submit(small_client.post, "/v1/grade", json={"code": SPIN, "suite": PATIENT})
        until(lambda: busy(small_client), "the program runs")
        tree = psutil.Process(small_client.service.process.pid).children(recursive=True)
        os.kill(small_client.service.process.pid, signal.SIGKILL)
    until_gone(tree)


def test_a_slot_that_breaks_is_replaced_and_counted(small_client: Client) -> None:
    assert small_client.grade(RIGHT)["verdict"] == "accepted"
    assert small_client.get("/readyz").json()["slots_discarded"] == 0
    [worker] = workers(small_client)
    for slot in worker.children():
        slot.kill()
    assert small_client.grade(RIGHT)["verdict"] == "accepted"
    assert small_client.get("/readyz").json()["slots_discarded"] == 1


def test_a_worker_that_does_not_end_with_the_service_is_ended(small_client: Client) -> None:
    [worker] = workers(small_client)
    everything = [worker, *worker.children(recursive=True)]
    worker.suspend()
    small_client.service.process.terminate()
    assert small_client.service.process.wait(DEADLINE_S) == 0
    until_gone(everything)


def test_a_service_does_not_outlive_who_started_it(data_dir: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER], stdout=subprocess.PIPE, env={**os.environ, "MICROCODER_DATA_DIR": str(data_dir)}
    )
    assert owner.stdout is not None
    with owner.stdout:
        service = psutil.Process(int(owner.stdout.readline()))
    everything = [service, *service.children(recursive=True)]
    owner.kill()
    owner.wait()
    until_gone(everything)


_OWNER = """
import time
from evaluator.local import local_service
with local_service(workers=1) as service:
    print(service.process.pid, flush=True)
    time.sleep(600)
"""


def test_nobody_waits_behind_a_long_program_that_was_thought_short(data_dir: Path) -> None:
    with two_workers(data_dir) as client:
        others = [{"code": f"{RIGHT}  # {number}", "suite": PATIENT} for number in range(30)]
        body = {"submissions": [{"code": SLEEPER, "suite": PATIENT}, *others]}
        asked: dict[str, Any] = {"json": body, "headers": {"Accept": "application/x-ndjson"}, "timeout": DEADLINE_S}
        with client.stream("POST", "/v1/grade/batch", **asked) as answer:
            lines = itertools.islice(answer.iter_lines(), len(others))
            reports = list(map(json.loads, lines))  # none waits for the end of the first, which nobody sees
        assert [report["verdict"] for report in reports] == ["accepted"] * len(others)


def test_what_a_worker_had_at_hand_when_it_was_killed_is_graded(data_dir: Path) -> None:
    with two_workers(data_dir) as client, in_background() as submit:
        answers = submit(batch, client, [f"{SLOW}  # {number}" for number in range(4)])
        programs = until(lambda: len(found := busy(client)) == 2 and found, "both run")
        for worker in workers(client):
            worker.send_signal(signal.SIGKILL)
        until_gone(programs)
        assert {each["verdict"] for each in answers.result(DEADLINE_S)} == {"accepted"}
        assert client.get("/readyz").json()["workers_lost"] == 2


def test_what_is_at_hand_is_not_begun_once_its_client_has_left(data_dir: Path) -> None:
    with two_workers(data_dir) as client, in_background() as submit:
        submissions = [{"code": f"while True: pass  # {number}", "suite": PATIENT} for number in range(8)]
        with asked_by_hand(client, "/v1/grade/batch", {"submissions": submissions}):
            until(lambda: len(busy(client)) == 2, "two of them run")
        until(lambda: queued(client) == 0, "nobody waits for them")
        until(lambda: not busy(client), "none of them runs")
        assert submit(client.grade, RIGHT).result(DEADLINE_S)["verdict"] == "accepted"


@contextmanager
def two_workers(data_dir: Path) -> Iterator[Client]:
    """A service that has learnt to expect that programs take no time."""
    settings = {"MICROCODER_DATA_DIR": str(data_dir)}
    with local_service(workers=2, settings=settings) as service, Client(service) as client:
        until(lambda: client.get("/readyz").json()["workers_ready"] == 2, "both workers are up")
        batch(client, [f"{RIGHT}  # {service.url} {number}" for number in range(60)])
        yield client


def batch(
    client: Client, codes: list[str], suite: dict[str, Any] = PATIENT, timeout: float = DEADLINE_S
) -> list[dict[str, Any]]:
    body = {"submissions": [{"code": code, "suite": suite} for code in codes]}
    reports: list[dict[str, Any]] = client.post("/v1/grade/batch", json=body, timeout=timeout).json()["reports"]
    return reports
