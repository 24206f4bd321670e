"""Clients that wait for an answer, share one, or have gone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.conftest import RIGHT, SUM, Client
from tests.end_to_end.test_workers import busy, workers
from tests.operations.test_metrics import queued
from tests.raw_request import asked_by_hand
from tests.waiting import until

WHO = "import random; print(random.getrandbits(200))"
SLOW = {**SUM, "limits": {"cpu_s": 60}}


def batch(codes: list[str], suite: dict[str, Any] = SUM) -> dict[str, Any]:
    submissions = [{"id": str(number), "code": code, "suite_id": "s"} for number, code in enumerate(codes)]
    return {"submissions": submissions, "suites": {"s": suite}}


def reports(client: Client, body: dict[str, Any]) -> list[dict[str, Any]]:
    response = client.post("/v1/grade/batch", json=body)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["reports"]
    return found


def test_equal_programs_of_a_batch_are_run_once(client: Client) -> None:
    told = reports(client, batch([WHO] * 6 + [RIGHT]))
    assert [report["id"] for report in told] == list("0123456")
    assert [report["cached"] for report in told[:6]] == [False, True, True, True, True, True]
    assert len({report["first_failure"]["output"] for report in told[:6]}) == 1, "what one run printed"
    assert told[6]["verdict"] == "accepted"


def test_equal_programs_that_slept_are_each_judged_by_themselves(client: Client) -> None:
    sleeps = {**SUM, "limits": {"cpu_s": 1, "wall_s": 0.2}}
    told = reports(client, batch(["import time; time.sleep(60)"] * 3, sleeps))
    assert [(report["verdict"], report["wall_only"], report["cached"]) for report in told] == [
        ("time_limit_exceeded", True, False)
    ] * 3


def test_a_small_request_does_not_wait_for_a_large_one(client: Client) -> None:
    sleeper = "import time\ntime.sleep(0.4)\n" + RIGHT + "  # {}"
    large = batch([sleeper.format(number) for number in range(80 * len(workers(client)))], SLOW)
    with asked_by_hand(client, "/v1/grade/batch", large):  # more than a minute's work
        until(lambda: queued(client) > 10, "the large one is taken in")
        assert client.grade(RIGHT)["verdict"] == "accepted"
        assert queued(client) > 0, "the small one came after all of the large one"
    until(lambda: queued(client) == 0, "nobody waits for the large one")


def test_what_nobody_waits_for_any_more_is_not_done(small_shared_client: Client) -> None:
    body = batch([f"{SPIN}  # 1", f"{SPIN}  # 2"], ENDLESS)
    with asked_by_hand(small_shared_client, "/v1/grade/batch", body):
        until(lambda: queued(small_shared_client) == 2, "both are taken in")
    until(lambda: queued(small_shared_client) == 0, "nobody waits for either")
    assert small_shared_client.grade(RIGHT)["verdict"] == "accepted"


SPIN = "while True: pass"
SLEEP = "import time\nwhile time.process_time() < 0.6: pass\ntime.sleep(1000)"
ENDLESS = {**SUM, "limits": {"cpu_s": 600}}
JUDGE = {"language": "python", "code": "import sys\nprint(1, flush=True)\nsys.stdin.read()"}
TALK = {"mode": "interactive", "interactor": JUDGE, "tests": [{"input": ""}], "limits": {"cpu_s": 600}}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/grade", {"code": SPIN, "suite": ENDLESS}),
        ("/v1/grade", {"code": SLEEP, "suite": {**SUM, "limits": {"cpu_s": 2, "wall_s": 300}}}),
        ("/v1/grade", {"code": SPIN, "suite": TALK}),
        ("/v1/run", {"code": SPIN, "limits": {"cpu_s": 600}}),
    ],
    ids=["spin", "sleep", "interactive", "run"],
)  # fmt: skip
def test_what_runs_is_ended_when_nobody_waits(small_shared_client: Client, path: str, body: dict[str, Any]) -> None:
    before = workers(small_shared_client)
    with asked_by_hand(small_shared_client, path, body):
        until(lambda: busy(small_shared_client), "the program runs")
    until(lambda: not busy(small_shared_client), "it has been ended")
    assert small_shared_client.grade(RIGHT)["verdict"] == "accepted"
    assert workers(small_shared_client) == before, "no worker had to die for it"
    assert small_shared_client.get("/readyz").json()["slots_discarded"] == 0
