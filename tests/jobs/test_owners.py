"""A job is its key's: others do not find it, wait behind it, or lose theirs to it."""

from __future__ import annotations

import itertools
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from evaluator import keys
from evaluator.jobs.webhooks import _AT_ONCE, _ATTEMPT_S
from tests.jobs.conftest import PATIENT, RIGHT, SUM, WRONG, Client, Start, batch, gated, sleeper, slow
from tests.jobs.receiver import Receiver
from tests.waiting import until

LOOPBACK = '["127.0.0.1/32"]'


class As(Client):
    """Speaks to a service with a key."""

    def __init__(self, other: Client, secret: str) -> None:
        super().__init__(other.service)
        self.headers["Authorization"] = f"Bearer {secret}"


@pytest.fixture
def keyed(start: Start, tmp_path: Path) -> Any:
    """Start a service with two keys and hand out a client for each."""
    file = tmp_path / "keys.toml"
    alice, bob = keys.add(file, "alice"), keys.add(file, "bob")

    @contextmanager
    def started(**settings: str) -> Iterator[tuple[As, As]]:
        with start(keys_file=str(file), **settings) as client, As(client, alice) as one, As(client, bob) as other:
            yield one, other

    return started


def unknown(answer: httpx.Response) -> bool:
    return answer.status_code == 404 and answer.json()["type"] == "/problems/unknown-job"


def test_a_list_has_the_newest_jobs_of_the_key_alone(keyed: Any) -> None:
    with keyed() as (alice, bob):
        of_alice = [alice.submit([RIGHT]) for _ in range(3)]
        of_bob = [bob.submit([WRONG])]
        for client, own in ((alice, of_alice), (bob, of_bob)):
            for job_id in own:
                client.job(job_id, wait=60)
            listed = client.get("/v1/jobs").json()["jobs"]
            assert [job["job_id"] for job in listed] == own[::-1]
            assert all(job["state"] == "finished" and job["reports"] is None for job in listed)
        assert [job["job_id"] for job in alice.get("/v1/jobs?limit=1").json()["jobs"]] == of_alice[-1:]
        assert alice.get("/v1/jobs?limit=1000").status_code == 422


REQUESTS = [("GET", ""), ("GET", "?wait=1"), ("GET", "/events"), ("DELETE", ""), ("DELETE", "?forget=true")]


def test_a_job_of_another_key_is_as_unknown_as_one_that_never_was(keyed: Any) -> None:
    with keyed() as (alice, bob):
        job_id = alice.submit([RIGHT])
        alice.job(job_id, wait=60)
        for method, path in REQUESTS:
            answers = [bob.request(method, f"/v1/jobs/{name}{path}") for name in (job_id, "f" * 32)]
            assert all(map(unknown, answers)), (method, path, [answer.text for answer in answers])
            theirs, nobody_s = (answer.json() for answer in answers)
            assert theirs["detail"].replace(job_id, "f" * 32) == nobody_s["detail"]
        assert alice.job(job_id)["verdicts"] == {"accepted": 1}, "it is all still there"
        assert alice.delete(f"/v1/jobs/{job_id}?forget=true").status_code == 204
        assert alice.get(f"/v1/jobs/{job_id}").status_code == 410
        for method, path in REQUESTS:
            assert unknown(bob.request(method, f"/v1/jobs/{job_id}{path}")), "nor is it told that it was here"


def test_a_job_that_runs_is_not_cancelled_by_another_key(keyed: Any) -> None:
    with keyed() as (alice, bob):
        job_id = alice.submit([gated()], PATIENT)
        until(lambda: alice.job(job_id)["state"] == "running", "it runs")
        assert unknown(bob.delete(f"/v1/jobs/{job_id}"))
        assert alice.job(job_id)["state"] == "running"
        assert alice.delete(f"/v1/jobs/{job_id}").status_code == 200


def test_a_job_that_came_without_a_key_is_found_once_keys_are_asked_for_and_the_other_way_round(
    start: Start, keyed: Any
) -> None:
    with start() as client:
        before = client.submit([RIGHT])
        client.job(before, wait=60)
    with keyed() as (alice, bob):
        assert bob.job(before)["state"] == "finished"
        after = alice.submit([RIGHT])
        alice.job(after, wait=60)
    with start() as client:
        assert client.job(after)["state"] == "finished"


def test_webhooks_that_fail_keep_back_nobody_else_s(keyed: Any) -> None:
    hanging: Any = lambda handler: until(lambda: not dead.open, "the test is over")  # noqa: E731
    with keyed(webhook_networks=LOOPBACK) as (alice, bob), Receiver(hanging) as dead, Receiver() as receiver:
        dead.open = True
        try:
            for _ in range(20):
                alice.submit([], webhook={"url": dead.url})
            until(lambda: len(dead.messages) >= _AT_ONCE, "as many as go at once hang")
            hanging_since = time.monotonic()
            job_id = bob.submit([], webhook={"url": receiver.url})
            until(lambda: receiver.messages, "the other key's is delivered")
            until(lambda: bob.job(job_id)["webhook"]["state"] == "delivered", "and that is known")
            # Once an attempt's time is over, the next is made in its place.
            assert len(dead.messages) == _AT_ONCE or time.monotonic() - hanging_since > _ATTEMPT_S / 2
        finally:
            dead.open = False


def test_a_webhook_that_waits_for_its_next_attempt_keeps_back_none_of_its_own_key_s(start: Start) -> None:
    with start(webhook_networks=LOOPBACK) as client, Receiver(503) as refusing, Receiver() as receiver:
        for _ in range(20):
            client.submit([], webhook={"url": refusing.url})
        until(lambda: len(refusing.messages) >= 20, "each was tried")
        client.submit([], webhook={"url": receiver.url})
        until(lambda: receiver.messages, "it is delivered")


def test_jobs_of_one_key_keep_back_nobody_else_s(keyed: Any) -> None:
    with keyed() as (alice, bob):
        mine = [alice.submit([sleeper(100 * job + n, 0.3) for n in range(50)], PATIENT) for job in range(9)]
        states = lambda: [alice.job(each, reports=False)["state"] for each in mine]  # noqa: E731
        until(lambda: states().count("running") == 8, "as many as go at once run")
        assert bob.job(bob.submit([RIGHT]), wait=60)["state"] == "finished"
        assert alice.job(mine[-1], reports=False)["state"] == "queued", "its own ones wait their turn"
        for each in mine:
            alice.delete(f"/v1/jobs/{each}?forget=true")


def test_one_key_s_jobs_leave_room_for_another_s(keyed: Any) -> None:
    with keyed(jobs_limit="4") as (alice, bob):
        mine = [alice.submit([gated(str(n))], PATIENT) for n in range(2)]
        refused = alice.post("/v1/jobs", json=batch([gated("2")], PATIENT))
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-jobs")
        theirs = bob.submit([gated("3")], PATIENT)
        for client, jobs in ((alice, mine), (bob, [theirs])):
            for each in jobs:
                client.delete(f"/v1/jobs/{each}?forget=true")


def test_one_key_s_reports_are_not_removed_for_another_s_jobs_while_that_has_some_of_its_own(keyed: Any) -> None:
    def filler(number: int) -> str:
        return f"# {number}\n{RIGHT}\n" + "#" * 300_000

    with keyed(jobs_mb="1") as (alice, bob):
        mine = alice.submit([RIGHT])
        alice.job(mine, wait=60)
        large = {**SUM, "tests": [{"input": "1 2\n", "output": "3\n", "name": "n" * 200_000}]}
        for number in range(5):  # each leaves a report of 200 kB
            bob.job(bob.submit([filler(number)], large), wait=60)
        assert alice.job(mine)["verdicts"] == {"accepted": 1}


def test_a_file_of_the_former_version_is_taken_over(start: Start, tmp_path: Path, kind: str) -> None:
    if kind != "sqlite":
        pytest.skip("Redis has no schema")
    with start() as client:
        job_id = client.submit([RIGHT])
        client.job(job_id, wait=60)
    database = sqlite3.connect(tmp_path / "jobs" / "jobs.sqlite")
    for column in ("owner", "due_s"):
        database.execute(f"ALTER TABLE job DROP COLUMN {column}")
    database.execute("PRAGMA user_version = 1")
    database.close()
    with start() as client:
        assert client.job(job_id)["verdicts"] == {"accepted": 1}
        assert client.job(client.submit([RIGHT]), wait=60)["state"] == "finished"


def test_what_runs_of_a_job_counts_for_the_holder_of_its_key(keyed: Any, tmp_path: Path) -> None:
    late = {**SUM, "tests": SUM["tests"][:1], "limits": {"cpu_s": 1}}
    numbers = itertools.count()
    with keyed() as (alice, bob):
        [spent] = tmp_path.rglob("machine/spent")  # the CPU time alone of late programs, by the key's holder

        def is_charged() -> bool:
            """Grade another late program: one that waited long for others need not run again alone."""
            alice.job(alice.submit([slow(next(numbers), 1.05)], late), wait=60)
            return bool(spent.read_bytes())

        until(is_charged, "a late program ran alone")
        bob.job(bob.submit([RIGHT]), wait=60)
        assert json.loads(spent.read_bytes())["left_s"].keys() == {"", "alice"}
