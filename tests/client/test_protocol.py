"""Requests as they go over the wire, and the client's reading of answers that the real service gives seldom."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from evaluator.schema import to_bytes, write_json
from tests.client.conftest import RIGHT, SUM
from trainer_client import BadReply, ClientSettings, EvaluatorClient, Report, ServiceFault, Submission, Unreachable
from trainer_client.replies import parse, retry_after_s
from trainer_client.testing import FakeService, report

ONE = Submission(id="a", code=RIGHT, suite=SUM)


def test_settings_come_from_arguments_then_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROCODER_URL", "http://judge:8000")
    monkeypatch.setenv("MICROCODER_API_KEY", "secret")
    assert ClientSettings.make() == ClientSettings(url="http://judge:8000", api_key="secret")
    assert ClientSettings.make("http://other", api_key="mine").url == "http://other"
    assert "secret" not in repr(ClientSettings.make())


@pytest.mark.parametrize(
    "options", [{"url": "judge:8000"}, {"chunk_submissions": 0}, {"timeout_s": -1}, {"api_key": "a\nb"}]
)
def test_settings_without_meaning_are_refused(options) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        ClientSettings.make(**options)


def test_a_misspelt_option_is_refused() -> None:
    with pytest.raises(TypeError, match="timeout_s"):
        EvaluatorClient(timeout=3)


def test_requests_carry_the_key_and_an_id_of_their_own(fake: FakeService) -> None:
    with EvaluatorClient(fake.url, api_key="secret", chunk_submissions=1) as client:
        client.grade_many([ONE, ONE])
    assert {request.headers["Authorization"] for request in fake.requests} == {"Bearer secret"}
    ids = [request.headers["X-Request-Id"] for request in fake.requests]
    assert len(set(ids)) == len(ids) == 3


def test_a_proxy_for_the_way_out_is_not_asked(fake: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with EvaluatorClient(fake.url) as client:
        assert client.grade(ONE).verdict == "accepted"
    with EvaluatorClient(fake.url, trust_env=True, patience_s=0) as client, pytest.raises(Unreachable):
        client.grade(ONE)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_failure_that_passes_is_tried_again_when_the_service_says(fake: FakeService, status: int) -> None:
    with EvaluatorClient(fake.url) as client:
        client.ready()
        fake.fail_next(status=status, retry_after_s=0.3)
        started = time.monotonic()
        assert client.grade(ONE).verdict == "accepted"
        assert time.monotonic() - started >= 0.3


def test_a_service_that_keeps_failing_is_unreachable_and_one_that_is_busy_is_not(fake: FakeService) -> None:
    with EvaluatorClient(fake.url, patience_s=0) as client:
        fake.fail_next(5, status=429)
        assert client.grade(ONE).verdict == "accepted"
        fake.fail_next(5, status=503)
        with pytest.raises(Unreachable, match="503"):
            client.grade(ONE)


def test_a_fault_of_the_service_is_not_tried_again(fake: FakeService) -> None:
    with EvaluatorClient(fake.url) as client:
        client.grade(ONE)
        fake.fail_next(status=500)
        with pytest.raises(ServiceFault, match="told-to-fail"):
            client.grade(ONE)


def test_what_the_judge_failed_to_judge_is_tried_once_more_and_then_handed_out(fake: FakeService) -> None:
    with EvaluatorClient(fake.url) as client:
        fake.script = lambda submission: "judge_error" if len(fake.submissions) == 1 else "accepted"
        assert client.grade(ONE).verdict == "accepted"
        fake.script = lambda submission: "judge_error"
        fake.submissions.clear()
        failed = client.grade(ONE)
        assert (failed.verdict, failed.score, len(fake.submissions)) == ("judge_error", None, 2)


def test_chunks_are_bounded_by_bytes(fake: FakeService) -> None:
    large = Submission(code="#" * 1000, suite=SUM)
    with EvaluatorClient(fake.url, chunk_bytes=2500) as client:
        client.grade_many([large] * 6 + [Submission(code="#" * 9000, suite=SUM)])
    batches = [request for request in fake.requests if request.path == "/v1/grade/batch"]
    assert len(batches) == 4


def test_a_prefix_of_the_path_is_kept(fake: FakeService) -> None:
    with EvaluatorClient(fake.url + "/judge", patience_s=0) as client, pytest.raises(Exception, match="not-found"):
        client.ready()
    assert fake.requests[0].path == "/judge/readyz"


def test_fields_that_a_newer_service_adds_are_left_out() -> None:
    body = report("accepted").model_dump_json().encode()
    assert parse(Report, body[:-1] + b', "new": {"a": 1}}') == report("accepted")


def test_something_else_is_a_bad_reply() -> None:
    with pytest.raises(BadReply, match="html"):
        parse(Report, b"<html>")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2", 2.0), ("0.5", 0.5), ("-3", 0.0), ("1e9", 300.0), ("nan", None), ("soon", None), (None, None)],
)
def test_retry_after_is_seconds(value, expected) -> None:
    assert retry_after_s(value) == expected


def test_retry_after_may_be_a_date() -> None:
    asked = retry_after_s(formatdate(time.time() + 200, usegmt=True))
    assert asked is not None
    assert 100 < asked <= 200


def test_a_report_with_half_of_a_surrogate_pair_is_read() -> None:
    said = report("wrong_answer").model_dump() | {"reason": "it is '\ud83d'", "colour": "red"}
    assert parse(Report, write_json(said)).reason == "it is '\ud83d'"


def test_what_is_sent_of_half_of_a_surrogate_pair_is_its_bytes(fake: FakeService) -> None:
    with EvaluatorClient(fake.url) as client:
        client.grade(Submission(id="\ud83d", response="\ud83d", suite=SUM))
    [sent] = fake.submissions
    assert (sent.id, to_bytes(sent.response)) == ("\ufffd", b"\xed\xa0\xbd")
