"""A service that is not there, or not where the URL says: told at once or soon, by its URL, and never for ever."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

import pytest

from tests.client.conftest import RIGHT, SUM, fenced
from tests.ports import free_port
from trainer_client import EvaluatorClient, Submission, Unreachable
from trainer_client.errors import WrongAddress
from trainer_client.rewards.judge import NotJudged
from trainer_client.rewards.trl import CodeReward
from trainer_client.testing import FakeService, report

ONE = Submission(code=RIGHT, suite=SUM)
BATCH = {"prompts": ["p"] * 2, "completions": [fenced(RIGHT)] * 2, "suite": [SUM.model_dump_json()] * 2}


@pytest.fixture
def nowhere() -> str:
    return f"http://127.0.0.1:{free_port()}"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:80 00", " http://judge:8000", "http://judge:8000\n", "http://judge:99999", "http://ju dge"],
)
def test_a_url_that_is_none_is_refused_before_anything_is_sent(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="url must be like http"):
        EvaluatorClient(url)
    monkeypatch.setenv("MICROCODER_URL", url)
    with pytest.raises(ValueError, match="MICROCODER_URL must be a url like"):
        EvaluatorClient()


def test_what_waiting_does_not_cure_is_told_at_once(fake: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_host(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_host)  # tests ask no name server
    tls_on_plain = fake.url.replace("http:", "https:")
    for url, reason in ((tls_on_plain, "write http://"), ("http://evaluator.invalid:8000", "not known")):
        with EvaluatorClient(url, patience_s=1e6) as client, pytest.raises(WrongAddress, match=reason) as wrong:
            client.grade(ONE)
        assert f"at {url}: " in str(wrong.value)


def test_before_the_first_step_the_url_is_named_and_what_to_do(nowhere: str) -> None:
    with EvaluatorClient(nowhere, patience_s=0) as client:
        with pytest.raises(Unreachable, match=nowhere):
            CodeReward(client=client).check()
        with pytest.raises(Unreachable, match=f"never reached: .*{nowhere}.*MICROCODER_URL"):
            CodeReward(client=client, on_error=0.0)(**BATCH)


def test_a_service_that_answers_is_no_hindrance(fake: FakeService) -> None:
    with EvaluatorClient(fake.url) as client:
        CodeReward(client=client).check()


def test_an_outage_is_told_in_the_log_once(nowhere: str, caplog: pytest.LogCaptureFixture) -> None:
    with EvaluatorClient(nowhere, patience_s=0.05, chunk_submissions=1) as client, pytest.raises(Unreachable):
        client.grade_many([ONE] * 20)
    told = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [f"{nowhere} does not answer; trying for 0 s" in record.getMessage() for record in told] == [True]


def test_training_ends_after_batches_in_a_row_of_which_nothing_was_judged(fake: FakeService) -> None:
    verdicts = {"now": "judge_error"}
    fake.script = lambda _: report(verdicts["now"], reason="the checker failed")
    with EvaluatorClient(fake.url, judge_error_retries=0) as client:
        reward, patient = CodeReward(client=client, give_up_after=2), CodeReward(client=client, give_up_after=None)
        for verdict in ("judge_error", "accepted", "judge_error"):
            verdicts["now"] = verdict
            reward(**BATCH)
        with pytest.raises(NotJudged, match=r"no program of 2 batches in a row was judged .*: the checker failed"):
            reward(**BATCH)
        assert [patient(**BATCH) for _ in range(9)] == [[None, None]] * 9
    with pytest.raises(ValueError, match="give_up_after"):
        CodeReward(give_up_after=0)


@pytest.fixture
def vanishing() -> Iterator[tuple[FakeService, EvaluatorClient]]:
    with FakeService() as service, EvaluatorClient(service.url, patience_s=0) as client:
        yield service, client


def test_a_service_that_goes_away_later_costs_batches_before_it_ends_the_training(
    vanishing: tuple[FakeService, EvaluatorClient],
) -> None:
    service, client = vanishing
    reward = CodeReward(client=client, give_up_after=2)
    assert reward(**BATCH) == [1.0, 1.0]
    service.fail_next(1000)
    assert reward(**BATCH) == [None, None]
    with pytest.raises(NotJudged, match="no program of 2 batches"):
        reward(**BATCH)
