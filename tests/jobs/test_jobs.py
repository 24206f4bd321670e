"""A job is taken in, waited for, followed, cancelled and forgotten."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.jobs.conftest import PATIENT, RIGHT, SUM, WRONG, Client, Start, batch, gated, sleeper, verdicts
from tests.operations.test_metrics import queued
from tests.waiting import until

NDJSON = {"Accept": "application/x-ndjson"}
_MANY = 600
"""Programs of a tenth of a second that two workers are not through with before a test's deadline."""


def events(client: Client, job_id: str, **query: Any) -> list[dict[str, Any]]:
    response = client.get(f"/v1/jobs/{job_id}/events", params=query, headers=NDJSON)
    assert response.status_code == 200
    return [json.loads(line) for line in response.text.splitlines() if line]


def server_sent(text: str) -> list[dict[str, str]]:
    """Blocks of a stream that came to their end, without comments."""
    blocks = [block for block in text.split("\n\n")[:-1] if not block.startswith(":")]
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]


def test_a_job_is_taken_in_at_once_and_waited_for(client: Client) -> None:
    response = client.post("/v1/jobs", json=batch([RIGHT, WRONG, "syntax error("]))
    assert response.status_code == 202
    accepted = response.json()
    assert accepted["status_url"] == response.headers["Location"] == f"/v1/jobs/{accepted['job_id']}"
    job = client.job(accepted["job_id"], wait=60)
    assert job["state"] == "finished"
    assert job["done"] == job["total"] == 3
    assert job["verdicts"] == {"accepted": 1, "wrong_answer": 1, "compile_error": 1}
    assert verdicts(job) == ["accepted", "wrong_answer", "compile_error"]
    assert job["created_at"] <= job["started_at"] <= job["over_at"]


def test_a_job_s_reports_are_those_of_the_batch_endpoint(client: Client) -> None:
    body = batch([RIGHT, WRONG, RIGHT])
    job = client.job(client.submit([RIGHT, WRONG, RIGHT]), wait=60)
    reports = client.post("/v1/grade/batch", json=body).json()["reports"]

    def told(report: dict[str, Any]) -> dict[str, Any]:
        tests = [(test["index"], test["verdict"], test["reason"]) for test in report["tests"]]
        names = ("id", "index", "verdict", "score", "passed", "total", "first_failure", "engine", "isolation")
        return {"tests": tests, **{name: report[name] for name in names}}

    assert [told(report) for report in job["reports"]] == [told(report) for report in reports]


def test_a_job_without_submissions_is_over(client: Client) -> None:
    job = client.job(client.submit([]))
    assert (job["state"], job["reports"]) == ("finished", [])


def test_the_wait_ends_when_its_time_is_over_and_shows_what_there_is(start: Start) -> None:
    with start(workers=2) as client:
        job_id = client.submit([gated(), RIGHT], PATIENT)
        until(lambda: client.job(job_id)["done"] == 1, "the quick one is done")
        job = client.job(job_id, wait=0.2)
        assert job["state"] == "running"
        assert [report["index"] for report in job["reports"]] == [1]
        assert client.job(job_id, reports=False)["reports"] is None


def test_reports_are_followed_and_the_stream_is_taken_up_where_it_broke(client: Client) -> None:
    job_id = client.submit([sleeper(number, 0.02) for number in range(40)], PATIENT)
    seen: list[dict[str, Any]] = []
    while not seen or seen[-1]["event"] == "report":
        query = {"after": seen[-1]["id"]} if seen else {}
        with client.stream("GET", f"/v1/jobs/{job_id}/events", params=query, headers=NDJSON) as response:
            assert response.headers["Content-Type"].startswith("application/x-ndjson")
            for number, line in enumerate(response.iter_lines()):
                if line:
                    seen.append(json.loads(line))
                if number == 7:
                    break  # the connection is dropped
    reports = seen[:-1]
    assert [event["id"] for event in reports] == list(range(1, 41))
    assert sorted(event["report"]["index"] for event in reports) == list(range(40))
    assert {event["report"]["verdict"] for event in reports} == {"accepted"}
    assert seen[-1]["job"]["state"] == "finished"


def test_server_sent_events_are_numbered_and_go_on_after_the_last_one_seen(client: Client) -> None:
    job_id = client.submit([RIGHT, WRONG, RIGHT, WRONG])
    response = client.get(f"/v1/jobs/{job_id}/events")
    assert response.headers["Content-Type"].startswith("text/event-stream")
    sent = server_sent(response.text)
    assert [(each["event"], each["id"]) for each in sent] == [
        *(("report", str(n)) for n in (1, 2, 3, 4)),
        ("over", "5"),
    ]
    rest = server_sent(client.get(f"/v1/jobs/{job_id}/events?after=1", headers={"Last-Event-ID": "3"}).text)
    assert rest == sent[3:]
    assert client.get(f"/v1/jobs/{job_id}/events", headers={"Last-Event-ID": "5"}).status_code == 204


def test_both_streams_say_the_same(client: Client) -> None:
    job_id = client.submit([RIGHT, WRONG])
    sent = server_sent(client.get(f"/v1/jobs/{job_id}/events").text)
    assert [json.loads(each["data"]) for each in sent] == events(client, job_id)


def test_what_has_not_run_is_cancelled_and_what_is_finished_stays(start: Start) -> None:
    with start() as client:
        job_id = client.submit([RIGHT, *(gated(str(number)) for number in range(30))], PATIENT)
        until(lambda: client.job(job_id)["done"] == 1, "the quick one is done")
        job = client.delete(f"/v1/jobs/{job_id}").json()
        assert job["reports"] is None
        job = client.job(job_id, wait=60)
        assert job["state"] == "cancelled"
        assert verdicts(job) == ["accepted", *["cancelled"] * 30]
        assert {report["score"] for report in job["reports"][1:]} == {None}
        assert client.delete(f"/v1/jobs/{job_id}").json()["verdicts"] == {"accepted": 1, "cancelled": 30}
        assert client.job(client.submit([RIGHT]), wait=60)["verdicts"] == {"accepted": 1}
        until(lambda: queued(client) == 0, "nothing of it runs any more")


def test_who_follows_a_job_that_is_cancelled_sees_it_end(start: Start) -> None:
    with start() as client:
        job_id = client.submit([gated()], PATIENT)
        with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=NDJSON) as response:
            assert client.delete(f"/v1/jobs/{job_id}").status_code == 200
            *reports, over = [json.loads(line) for line in response.iter_lines() if line]
        assert [event["report"]["verdict"] for event in reports] == ["cancelled"]
        assert over["job"]["state"] == "cancelled"


def test_what_is_forgotten_is_gone_and_what_never_was_is_unknown(client: Client) -> None:
    job_id = client.submit([RIGHT])
    client.job(job_id, wait=60)
    assert client.delete(f"/v1/jobs/{job_id}?forget=true").status_code == 204
    for path in (f"/v1/jobs/{job_id}", f"/v1/jobs/{job_id}/events"):
        gone = client.get(path)
        assert (gone.status_code, gone.json()["type"]) == (410, "/problems/job-gone")
        unknown = client.get(path.replace(job_id, "nothing"))
        assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/unknown-job")
    assert client.delete(f"/v1/jobs/{job_id}").status_code == 410
    assert client.delete("/v1/jobs/nothing").status_code == 404


def test_a_job_that_is_forgotten_while_it_runs_leaves_the_queue(start: Start) -> None:
    with start() as client:
        job_id = client.submit([gated()], PATIENT)
        until(lambda: client.job(job_id)["state"] == "running", "it runs")
        assert client.delete(f"/v1/jobs/{job_id}?forget=true").status_code == 204
        until(lambda: queued(client) == 0, "it has left the queue")


def test_somebody_who_waits_for_one_program_does_not_wait_for_a_job(start: Start) -> None:
    with start() as client:
        job_id = client.submit([sleeper(number, 0.1) for number in range(_MANY)], PATIENT)
        until(lambda: client.job(job_id, reports=False)["done"] > 0, "the job is under way")
        for _ in range(3):
            assert client.post("/v1/grade", json={"code": RIGHT, "suite": SUM}).json()["verdict"] == "accepted"
        assert client.job(job_id, reports=False)["done"] < _MANY
        client.delete(f"/v1/jobs/{job_id}")


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({"submissions": [{"code": "x"}]}, 422, "invalid-request"),
        ({"submissions": [{"code": "x", "suite_id": "sha256:" + "0" * 64}]}, 404, "unknown-suite"),
        ({"submissions": [{"code": "x", "suite": SUM, "language": "cobol"}]}, 422, "unknown-language"),
        ({"submissions": [], "webhook": {"url": "http://example.com/", "secret": "short"}}, 422, "invalid-request"),
        (
            {"submissions": [], "webhook": {"url": "http://example.com/", "secret": "whsec_" + "*" * 24}},
            422,
            "webhook-refused",
        ),
        (
            {"submissions": [], "webhook": {"url": "http://example.com/", "secret": "whsec_" + "é" * 24}},
            422,
            "webhook-refused",
        ),
    ],
)
def test_what_cannot_be_graded_is_refused_before_it_is_kept(
    client: Client, body: dict[str, Any], status: int, problem: str
) -> None:
    response = client.post("/v1/jobs", json=body)
    assert (response.status_code, response.json()["type"]) == (status, f"/problems/{problem}")


@pytest.mark.parametrize("query", ["wait=-1", "wait=nan", "wait=301", "reports=perhaps"])
def test_a_query_that_means_nothing_is_refused(client: Client, query: str) -> None:
    response = client.get(f"/v1/jobs/any?{query}")
    assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid-request")


def submit_as(client: Client, key: str, codes: list[str], **headers: str) -> httpx.Response:
    return client.post("/v1/jobs", json=batch(codes), headers={"Idempotency-Key": key, **headers})


def test_the_same_request_under_the_same_key_is_the_same_job(client: Client) -> None:
    first, again = (submit_as(client, '"same"', [RIGHT]) for _ in range(2))
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert submit_as(client, "same", [RIGHT]).json() == first.json()
    assert submit_as(client, '"another"', [RIGHT]).json() != first.json()
    assert submit_as(client, '"same"', [RIGHT], Authorization="Bearer somebody-else").json() != first.json()
    reused = submit_as(client, '"same"', [WRONG])
    assert (reused.status_code, reused.json()["type"]) == (422, "/problems/idempotency-key-reused")


@pytest.mark.parametrize("key", ['""', "two words", '"open', "x" * 256])
def test_a_key_that_is_none_is_refused(client: Client, key: str) -> None:
    response = submit_as(client, key, [RIGHT])
    assert (response.status_code, response.json()["type"]) == (400, "/problems/invalid-idempotency-key")
