"""Several API processes on one port: as one service, whichever of them answers."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest

from evaluator import keys
from evaluator.counts import Kind, SharedCounts
from evaluator.local import LocalService
from tests.operations.conftest import LASTING, RIGHT, SUBMISSION, SUM
from tests.operations.test_metrics import queued, samples
from tests.processes import BASH_OF_TODAY, api_processes, client_of_each, half_installed_python, install_bash, refreshed
from tests.raw_request import asked_by_hand, sleeping
from tests.waiting import DEADLINE_S, until

PROCESSES = 3
Start = Callable[..., LocalService]


@pytest.fixture
def several(start: Start, tmp_path: Path) -> Start:
    """Starts a service of several API processes, which keeps jobs of its own."""
    return lambda **settings: start(api_processes=PROCESSES, data_dir=tmp_path / "own", **settings)


def metric(client: httpx.Client, *name: str, headers: Mapping[str, str] | None = None) -> float:
    return samples(client.get("/metrics", headers=headers).text)[name]


def test_each_process_grades_and_any_tells_the_metrics_of_all(several: Start) -> None:
    with client_of_each(several()) as clients:
        for number, client in enumerate(clients.values()):
            answer = client.post("/v1/grade", json={**SUBMISSION, "code": f"{RIGHT}\n# {number}"})
            assert answer.json()["verdict"] == "accepted"
        for client in clients.values():
            assert metric(client, "microcoder_runs_total", "python", "accepted") == PROCESSES
            assert metric(client, "microcoder_workers_ready") == 1


def test_the_queue_has_one_limit_for_all(several: Start) -> None:
    service = several(queue_limit=PROCESSES, hold_s=0)
    with client_of_each(service) as clients:
        first, *_ = clients.values()
        with asked_by_hand(first, "/v1/grade", *map(sleeping, range(PROCESSES))):
            until(lambda: all(queued(client) == PROCESSES for client in clients.values()), "the queue is full")
            assert {client.post("/v1/grade", json=SUBMISSION).status_code for client in clients.values()} == {429}
        until(lambda: queued(first) == 0, "nothing is left")
        assert {client.post("/v1/grade", json=SUBMISSION).status_code for client in clients.values()} == {200}


def test_a_key_has_its_quota_once(several: Start, keys_file: Path) -> None:
    at_once = keys.add(keys_file, "at-once", concurrent=1)
    rated = keys.add(keys_file, "rated", rate=0.001)
    admin = {"Authorization": f"Bearer {keys.add(keys_file, 'admin', admin=True)}"}
    service = several(keys_file=keys_file)
    with client_of_each(service, at_once) as clients:
        first, *_ = clients.values()
        with asked_by_hand(first, "/v1/grade", sleeping(0)):
            until(lambda: metric(first, "microcoder_queue_submissions", headers=admin) == 1, "it is taken in")
            refused = [client.post("/v1/grade", json=SUBMISSION) for client in clients.values()]
        assert {answer.json()["type"] for answer in refused} == {"/problems/quota-reached"}
        assert metric(first, "microcoder_key_refusals_total", "at-once", "concurrency", headers=admin) == PROCESSES
    with client_of_each(service, rated) as clients:
        statuses = [client.post("/v1/grade", json=SUBMISSION).status_code for client in clients.values()]
        assert sorted(statuses) == [200, *[429] * (PROCESSES - 1)]


def test_a_job_is_everybodys_and_each_tells_what_the_workers_do_and_what_was_installed(
    several: Start, tmp_path: Path
) -> None:
    with client_of_each(several(refresh_s=0)) as clients:
        creator, *others = clients.values()
        body = {"submissions": [{"code": f"{RIGHT}\n# {number}", "suite": SUM} for number in range(5)]}
        job_id = creator.post("/v1/jobs", json=body, headers={"Idempotency-Key": "k"}).json()["job_id"]
        for client in others:
            job = client.get(f"/v1/jobs/{job_id}", params={"wait": 60}).json()
            assert (job["state"], job["done"], len(job["reports"])) == ("finished", 5, 5)
            again = client.post("/v1/jobs", json=body, headers={"Idempotency-Key": "k"})
            assert again.json()["job_id"] == job_id

        lasting = creator.post("/v1/jobs", json={"submissions": [LASTING]}).json()["job_id"]
        for client in clients.values():
            until(lambda client=client: tasks(client) == ["grade"], "the process tells what the worker does")
        creator.delete(f"/v1/jobs/{lasting}")
        until(lambda: tasks(creator) == [None], "the worker has nothing to do")

        with half_installed_python(tmp_path / "own"):
            failed = creator.post("/v1/languages/refresh")
        assert (failed.status_code, failed.json()["type"]) == (500, "/problems/judge-fault")
        install_bash(tmp_path / "own")
        found = refreshed(creator)
        assert found == creator.get("/v1/languages").json()
        assert [each["version"] for each in found["languages"] if each["name"] == "bash"] == [BASH_OF_TODAY]
        for client in others:
            until(lambda client=client: client.get("/v1/languages").json() == found, "the others hear of it")


def tasks(client: httpx.Client) -> list[str | None]:
    return [worker["task"] for worker in client.get("/v1/live").json()["workers"]]


def test_a_process_that_dies_is_replaced_and_no_job_is_lost(several: Start) -> None:
    service = several()
    with client_of_each(service) as clients:
        (pid, creator), (_, other), *_ = clients.items()
        slow = f"import time\ntime.sleep(1)\n{RIGHT}"
        body = {"submissions": [{"code": f"{slow}\n# {number}", "suite": SUM} for number in range(3)]}
        job_id = creator.post("/v1/jobs", json=body).json()["job_id"]
        until(lambda: other.get(f"/v1/jobs/{job_id}").json()["state"] != "queued", "the job has begun")
        psutil.Process(pid).send_signal(signal.SIGKILL)
        job = other.get(f"/v1/jobs/{job_id}", params={"wait": 120}).json()
        assert (job["state"], job["verdicts"]) == ("finished", {"accepted": 3})
        until(lambda: metric(other, "microcoder_queue_submissions") == 0, "what the dead process counted is settled")
        until(lambda: len(api_processes(service)) == PROCESSES, "it is replaced")
    with client_of_each(service) as clients:
        assert pid not in clients
        assert {client.post("/v1/grade", json=SUBMISSION).json()["verdict"] for client in clients.values()} == {
            "accepted"
        }


def test_told_to_stop_all_finish_what_they_took_in(several: Start) -> None:
    service = several()
    with client_of_each(service) as clients, ThreadPoolExecutor() as pool, ExitStack() as stack:
        sent, other = [], stack.enter_context(httpx.Client(base_url=service.url, trust_env=False))
        for number, client in enumerate(clients.values()):  # the first keeps the others waiting
            code = f"import time\ntime.sleep({0 if number else 6})\n{RIGHT}\n# {number}"
            sent.append(pool.submit(client.post, "/v1/grade", json={"code": code, "suite": SUM}))
            until(lambda so_many=number + 1: queued(other) == so_many, "it is taken in")
        everything = psutil.Process(service.process.pid).children(recursive=True)
        service.process.send_signal(signal.SIGTERM)
        assert [each.result(DEADLINE_S).json()["verdict"] for each in sent] == ["accepted"] * PROCESSES
        assert service.process.wait(DEADLINE_S) == 0
    until(lambda: not any(process.is_running() for process in everything), "nothing is left")


def test_what_cannot_be_shared_is_refused() -> None:
    command = [sys.executable, "-m", "evaluator", "serve", "--api-processes", "2", "--port", "0"]
    environment = {"PATH": "/usr/bin:/bin", "MICROCODER_COMPAT": '["judge0"]', "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 2
    assert "MICROCODER_COMPAT" in done.stderr


def test_counts_of_all_processes_add_up_and_those_of_the_dead_are_settled() -> None:
    owner = SharedCounts.create(2)
    first, second = (SharedCounts(owner.fileno(), 2, own) for own in range(2))
    rows = [counts.row("queue") for counts in (first, second, owner)]
    for row, number in itertools.product(rows[:2], range(1, 4)):
        with row.lock():
            row.add(Kind.RUNNING, number)
        row.add(Kind.REFUSED_RATE, number)
    assert {row.total(Kind.RUNNING) for row in rows} == {12}
    assert first.row("another").total(Kind.RUNNING) == 0
    owner.end(0)
    assert {(row.total(Kind.RUNNING), row.total(Kind.REFUSED_RATE)) for row in rows} == {(6, 12)}
