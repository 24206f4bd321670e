"""A job that was accepted is graded to its end, whatever happens to the processes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import pytest

from evaluator.local import ServiceFailed
from tests.jobs.conftest import PATIENT, RIGHT, WRONG, Client, Start, gated, sleeper, verdicts
from tests.waiting import until

NDJSON = {"Accept": "application/x-ndjson"}


def kill(client: Client) -> None:
    """The whole service at once, without a word."""
    service = psutil.Process(client.service.process.pid)
    everything = [service, *service.children(recursive=True)]
    service.send_signal(signal.SIGKILL)
    service.wait()
    until(lambda: not any(process.is_running() for process in everything), "nothing of the service is left")


def mixed(count: int) -> tuple[list[str], list[str]]:
    """Programs, each unlike the others, and their verdicts."""
    codes = [sleeper(n, 0.03) if n % 3 else f"x = {n}\n{WRONG}" for n in range(count)]
    return codes, ["accepted" if n % 3 else "wrong_answer" for n in range(count)]


def seen_so_far(client: Client, job_id: str) -> dict[int, dict[str, Any]]:
    """Reports by their numbers."""
    job = client.job(job_id)
    seen: dict[int, dict[str, Any]] = {}
    if job["done"]:
        with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=NDJSON) as response:
            for line in response.iter_lines():
                event = json.loads(line)
                seen[event["id"]] = event["report"]
                if len(seen) == job["done"]:
                    break
    return seen


def test_a_killed_service_grades_the_rest_and_says_nothing_else_of_what_was_finished(start: Start) -> None:
    codes, expected = mixed(45)
    before: dict[int, dict[str, Any]] = {}
    with start() as client:
        job_id = client.submit(codes, PATIENT)
        kill_at = 10
        until(lambda: client.job(job_id, reports=False)["done"] >= kill_at, "some of it is done")
        before = seen_so_far(client, job_id)
        kill(client)
    with start() as client:
        kill_again_at = min(len(before) + 10, len(codes))
        until(lambda: client.job(job_id, reports=False)["done"] >= kill_again_at, "more of it is done")
        kill(client)
    with start() as client:
        job = client.job(job_id, wait=120)
        assert job["state"] == "finished"
        assert verdicts(job) == expected
        after = seen_so_far(client, job_id)
    assert sorted(after) == list(range(1, 46))
    assert {number: after[number] for number in before} == before


def test_a_job_is_safe_as_soon_as_it_is_accepted(start: Start) -> None:
    jobs: list[str] = []
    for _ in range(2):
        with start() as client:
            jobs.append(client.submit([RIGHT, WRONG]))
            kill(client)
    with start() as client:
        for job_id in jobs:
            assert verdicts(client.job(job_id, wait=60)) == ["accepted", "wrong_answer"]


def test_a_job_brings_its_suites_to_a_host_that_has_lost_them(start: Start, tmp_path: Path) -> None:
    with start() as client:
        job_id = client.submit([sleeper(number, 1.0) for number in range(3)], PATIENT)
        kill(client)
    suites = [*(tmp_path / "suites").glob("*/*")]
    for suite in suites:
        suite.unlink()
    with start() as client:
        assert verdicts(client.job(job_id, wait=60)) == ["accepted"] * 3
    assert suites
    assert [*(tmp_path / "suites").glob("*/*")] == suites, "the job was not over yet, and needed it again"


def test_a_service_that_is_told_to_stop_keeps_its_jobs_and_lets_who_waits_go(start: Start) -> None:
    with start() as client:
        job_id = client.submit([RIGHT, gated("one"), gated("another")], PATIENT)
        until(lambda: client.job(job_id)["done"] == 1, "the quick one is done")
        service = psutil.Process(client.service.process.pid)
        idle = len(service.net_connections("tcp"))
        sent = Event()

        def note(name: str, _: Any) -> None:
            if name == "http11.send_request_body.complete":
                sent.set()

        with ThreadPoolExecutor() as pool:
            query = {"wait": 100, "reports": False}
            waiting = pool.submit(client.get, f"/v1/jobs/{job_id}", params=query, extensions={"trace": note})
            with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=NDJSON) as response:
                lines = response.iter_lines()
                assert json.loads(next(lines))["event"] == "report"
                until(lambda: sent.is_set() and len(service.net_connections("tcp")) > idle, "both wait")
                service.send_signal(signal.SIGTERM)
                assert not any(lines), "the stream ends, and does not say that the job is over"
            assert waiting.result(60).json()["state"] == "running"
        assert client.service.process.wait(60) == 0
    with start() as client:
        until(lambda: client.job(job_id)["state"] == "running", "it goes on")
        assert client.delete(f"/v1/jobs/{job_id}").status_code == 200
        assert verdicts(client.job(job_id, wait=60)) == ["accepted", "cancelled", "cancelled"]


def test_a_job_that_was_cancelled_stays_so(start: Start) -> None:
    with start() as client:
        job_id = client.submit([gated()], PATIENT)
        service = psutil.Process(client.service.process.pid)
        client.delete(f"/v1/jobs/{job_id}")
        service.kill()
    with start() as client:
        assert verdicts(client.job(job_id, wait=60)) == ["cancelled"]


def test_another_service_takes_over_what_a_killed_one_drove(start: Start) -> None:
    codes, expected = mixed(40)
    with start() as one, start() as other:
        job_id = one.submit(codes, PATIENT)
        until(lambda: one.job(job_id, reports=False)["done"] >= 5, "some of it is done")
        before = seen_so_far(one, job_id)
        assert seen_so_far(other, job_id).items() >= before.items()
        kill(one)
        job = other.job(job_id, wait=120)
        assert verdicts(job) == expected
        assert seen_so_far(other, job_id).items() >= before.items()


def test_what_is_kept_is_for_us_alone(start: Start, tmp_path: Path, kind: str) -> None:
    if kind != "sqlite":
        pytest.skip("these files are SQLite's")
    with start() as client:
        client.submit([RIGHT])
        files = [tmp_path / "jobs", *(tmp_path / "jobs").iterdir()]
        assert len(files) > 2
        assert {file.stat().st_mode & 0o077 for file in files} == {0}
    left = {file.name for file in (tmp_path / "jobs").iterdir()}
    assert not any(name.endswith(".lock") for name in left)


def test_a_file_of_a_newer_version_is_not_touched(start: Start, tmp_path: Path, kind: str) -> None:
    if kind != "sqlite":
        pytest.skip("these files are SQLite's")
    os.mkdir(tmp_path / "jobs")
    with sqlite3.connect(tmp_path / "jobs" / "jobs.sqlite") as database:
        database.execute("PRAGMA user_version = 1000")
    with pytest.raises(ServiceFailed, match="code 3"), start():
        pass
