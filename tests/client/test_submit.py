"""Submissions one by one: each has its future, and a future's end touches no other."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError, Future, wait

import httpx
import pytest

from evaluator.local import LocalService
from tests.client.conftest import RIGHT, SUM, numbered
from tests.client.test_client import LONG, SHORT, SLEEPER
from tests.operations.test_metrics import queued
from tests.waiting import DEADLINE_S, until
from trainer_client import (
    AsyncEvaluatorClient,
    DeadlineExceeded,
    EvaluatorClient,
    Report,
    RequestRefused,
    Submission,
)
from trainer_client.testing import FakeService


def test_each_future_has_its_own_report(client: EvaluatorClient) -> None:
    submissions, expected = zip(*numbered(150), strict=True)
    futures = [client.submit(submission) for submission in submissions]
    reports = [future.result(DEADLINE_S) for future in futures]
    assert [report.id for report in reports] == [submission.id for submission in submissions]
    assert [report.verdict for report in reports] == list(expected)
    assert {report.index for report in reports} == {None}


def test_what_comes_together_travels_together(fake: FakeService) -> None:
    grade_together(fake, 60)
    assert batches(fake) == 1


def test_no_more_requests_than_the_client_may_have_open(fake: FakeService) -> None:
    begun: list[tuple[int, int]] = []

    def script(submission: Submission) -> str:
        begun.append((batches(fake), int((submission.id or "").removeprefix("s")) // 10 + 1))
        return "accepted"

    fake.script = script
    grade_together(fake, 60, connections=2, chunk_submissions=10)  # half of the connections are for calls
    assert len(begun) == 60
    assert all(requests == own for requests, own in begun), "a request began before the one before it was answered"


def test_a_refused_key_is_asked_about_once(fake: FakeService) -> None:
    fake.fail_next(100, status=401)
    outcomes = grade_together(fake, 60)
    assert all(isinstance(outcome, RequestRefused) and outcome.status == 401 for outcome in outcomes)
    assert batches(fake) == 0
    assert len(fake.requests) <= 10, "its suites, and no request for each submission"


def test_a_report_does_not_wait_for_what_was_submitted_before(client: EvaluatorClient) -> None:
    slow = client.submit(Submission(code=SLEEPER, suite=LONG))
    with httpx.Client(base_url=client.settings.url, trust_env=False) as other:
        until(lambda: queued(other) >= 1, "it is taken in")
    assert client.submit(Submission(code=RIGHT, suite=SUM)).result(DEADLINE_S).verdict == "accepted"
    assert not slow.done()
    slow.cancel()


def test_a_submission_that_is_refused_costs_no_other_its_report(client: EvaluatorClient) -> None:
    futures: list[Future[Report]] = []
    for number, (submission, _) in enumerate(numbered(40)):
        refused = submission.model_copy(update={"language": "klingon"})
        futures.append(client.submit(refused if number in (7, 8, 31) else submission))
    wait(futures, DEADLINE_S)
    errors = {number: future.exception() for number, future in enumerate(futures) if future.exception() is not None}
    assert errors.keys() == {7, 8, 31}
    assert all(isinstance(error, RequestRefused) and "klingon" in str(error) for error in errors.values())


def test_a_deadline_is_one_submissions_own(client: EvaluatorClient) -> None:
    late = client.submit(Submission(code=SLEEPER, suite=SHORT), timeout_s=0.2)
    patient = client.submit(Submission(code=SLEEPER, suite=SHORT))
    with pytest.raises(DeadlineExceeded, match=r"within 0\.2 s"):
        late.result(DEADLINE_S)
    assert patient.result(DEADLINE_S).verdict == "time_limit_exceeded"


def test_cancelled_futures_withdraw_their_submissions(client: EvaluatorClient) -> None:
    futures = [client.submit(Submission(code=f"{SLEEPER}\n# {number}", suite=LONG)) for number in range(50)]
    with httpx.Client(base_url=client.settings.url, trust_env=False) as other:
        until(lambda: queued(other) >= 50, "they are taken in")
        for future in futures:
            future.cancel()
        until(lambda: queued(other) == 0, "nobody waits for them")


def test_closing_the_client_cancels_what_has_no_report(service: LocalService) -> None:
    client = EvaluatorClient(service.url)
    future = client.submit(Submission(code=SLEEPER, suite=LONG))
    client.close()
    with pytest.raises(CancelledError):
        future.result(DEADLINE_S)


def test_in_an_event_loop_of_the_caller(service: LocalService) -> None:
    async def main() -> list[str]:
        async with AsyncEvaluatorClient(service.url) as client:
            reports = await asyncio.gather(*(client.submit(submission) for submission, _ in numbered(20)))
            left = client.submit(Submission(code=SLEEPER, suite=LONG))
        assert left.cancelled() or await _is_cancelled(left)
        return [report.verdict for report in reports]

    assert asyncio.run(main()) == [expected for _, expected in numbered(20)]


def grade_together(fake: FakeService, count: int, **options: int) -> list[Report | BaseException]:
    """Submit in one step of an event loop, so that nothing comes between two of them."""

    async def main() -> list[Report | BaseException]:
        async with AsyncEvaluatorClient(fake.url, **options) as client:
            reports = [client.submit(submission) for submission, _ in numbered(count)]
            return await asyncio.gather(*reports, return_exceptions=True)

    return asyncio.run(main())


def batches(fake: FakeService) -> int:
    return sum(request.path == "/v1/grade/batch" for request in fake.requests)


async def _is_cancelled(future: asyncio.Future[Report]) -> bool:
    done, _ = await asyncio.wait([future], timeout=DEADLINE_S)
    return bool(done) and future.cancelled()
