"""The client's jobs: submitted once, followed to their end, whatever the network and the service do meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from tests.client.conftest import RIGHT, SUM, WRONG, numbered
from tests.client.flapping import FAULTS, flapping
from tests.jobs.conftest import Client, Start
from tests.jobs.receiver import Receiver
from tests.jobs.test_restart import kill
from trainer_client import (
    AsyncEvaluatorClient,
    DeadlineExceeded,
    EvaluatorClient,
    RequestRefused,
    Submission,
    UnknownSuite,
    Webhook,
)
from trainer_client.webhooks import verified

SLEEPER = Submission(code="import time; time.sleep(100)", suite=SUM)


def test_a_job_is_submitted_waited_for_and_read(client: Client) -> None:
    with EvaluatorClient(client.service.url) as trainer:
        submissions, expected = zip(*numbered(30), strict=True)
        job = trainer.submit_job(submissions)
        status = job.wait(60)
        assert (status.state, status.done) == ("finished", 30)
        reports = sorted(job.reports(), key=lambda report: report.index)
        assert [report.verdict for report in reports] == list(expected)
        assert [report.id for report in reports] == [f"s{number}" for number in range(30)]
        assert trainer.job(job.id).status() == status
        job.forget()
        with pytest.raises(RequestRefused) as refused:
            job.status()
        assert refused.value.status == 410


def test_a_job_is_submitted_once_and_every_report_comes_once_through_a_proxy_that_fails(client: Client) -> None:
    submissions, expected = zip(*numbered(120), strict=True)
    came: Counter[int | None] = Counter()
    with flapping(client.service.url) as proxy, EvaluatorClient(proxy.url) as trainer:
        jobs = {trainer.submit_job(submissions, idempotency_key="the same").id for _ in range(8)}
        assert len(jobs) == 1
        for report in trainer.job(jobs.pop()).reports():
            came[report.index] += 1
            assert report.verdict == expected[report.index]
            if len(came) % 40 == 0:
                proxy.restart()
        assert came == Counter(range(120))
        assert sum(proxy.seen[fault] for fault in FAULTS if fault != "pass") > 0


def test_reports_are_followed_across_a_killed_service(start: Start) -> None:
    submissions, expected = zip(*numbered(60), strict=True)
    came: Counter[int | None] = Counter()
    with start() as client, flapping(client.service.url, {"pass": 1}) as proxy, EvaluatorClient(proxy.url) as trainer:
        reports = trainer.submit_job(submissions).reports()
        for _ in range(5):
            report = next(reports)
            came[report.index] += 1
            assert report.verdict == expected[report.index]
        kill(client)
        with start() as again:
            proxy.upstream = again.service.url
            proxy.restart()
            for report in reports:
                came[report.index] += 1
                assert report.verdict == expected[report.index]
    assert came == Counter(range(60))


def test_a_job_is_cancelled(start: Start) -> None:
    with start() as client, EvaluatorClient(client.service.url) as trainer:
        job = trainer.submit_job([SLEEPER])
        with pytest.raises(DeadlineExceeded):
            job.wait(0.1)
        job.cancel()
        assert job.wait(60).state == "cancelled"
        assert [report.score for report in job.reports()] == [None]


def test_the_webhook_s_message_is_verified(start: Start) -> None:
    with (
        start(webhook_networks='["127.0.0.1/32"]') as client,
        Receiver() as receiver,
        EvaluatorClient(client.service.url) as trainer,
    ):
        webhook = Webhook(url=receiver.url, secret="a secret of some length")
        job = trainer.submit_job([Submission(code=RIGHT, suite=SUM)], webhook=webhook)
        while job.wait(60).webhook.state == "waiting":
            pass
        *_, message = receiver.messages  # a receiver that answers late hears of it again
        assert verified("a secret of some length", message.headers, message.body).job_id == job.id


def test_what_was_refused_is_told(client: Client) -> None:
    with EvaluatorClient(client.service.url) as trainer:
        with pytest.raises(UnknownSuite):
            trainer.submit_job([Submission(code=RIGHT, suite_id="sha256:" + "0" * 64)])
        with pytest.raises(RequestRefused) as refused:
            trainer.submit_job([Submission(code=RIGHT, suite=SUM)], webhook=Webhook(url="http://127.0.0.1/"))
        assert refused.value.type == "/problems/webhook-refused"


def test_jobs_of_one_event_loop_run_side_by_side(client: Client) -> None:
    async def both() -> list[list[str]]:
        async with AsyncEvaluatorClient(client.service.url) as trainer:
            jobs = [await trainer.submit_job([Submission(code=code, suite=SUM)]) for code in (RIGHT, WRONG)]
            return await asyncio.gather(*(read(job) for job in jobs))

    async def read(job) -> list[str]:
        return [report.verdict async for report in job.reports()]

    assert asyncio.run(both()) == [["accepted"], ["wrong_answer"]]
