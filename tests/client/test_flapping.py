"""Nothing is lost, doubled or misjudged by a network that fails."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from evaluator.local import LocalService
from tests.client.conftest import RIGHT, SUM, numbered
from tests.client.flapping import FAULTS, flapping
from tests.forked import local_service
from trainer_client import EvaluatorClient, Submission

COUNT = 300
RESTART_EVERY = 60


def test_every_submission_gets_its_own_verdict_once_through_a_proxy_that_fails(service: LocalService) -> None:
    submissions, expected = zip(*numbered(COUNT), strict=True)
    came: Counter[int | None] = Counter()
    with flapping(service.url) as proxy, EvaluatorClient(proxy.url, chunk_submissions=12, timeout_s=300) as client:
        for report in client.stream(submissions):
            came[report.index] += 1
            assert report.id == f"s{report.index}"
            assert report.verdict == expected[report.index]
            if len(came) % RESTART_EVERY == 0:
                proxy.restart()
        assert came == Counter(range(COUNT))
        assert all(proxy.seen[fault] for fault in (*FAULTS, "restart")), proxy.seen


def test_a_service_that_comes_back_without_its_suites_gets_them_again(service: LocalService, tmp_path: Path) -> None:
    submissions, expected = zip(*numbered(60), strict=True)
    with (
        local_service(workers=1, settings={"MICROCODER_DATA_DIR": str(tmp_path)}) as empty,
        flapping(service.url, {"pass": 1}) as proxy,
        EvaluatorClient(proxy.url, chunk_submissions=10, concurrent_chunks=1) as client,
    ):

        def move(report) -> None:
            if proxy.upstream == service.url:
                proxy.upstream = empty.url
                proxy.restart()

        reports = client.grade_many(submissions, on_report=move)
        assert [report.verdict for report in reports] == list(expected)
        assert proxy.upstream == empty.url


def test_a_suite_travels_once(service: LocalService) -> None:
    with flapping(service.url, {"pass": 1}) as proxy, EvaluatorClient(proxy.url, chunk_submissions=2) as client:
        for _ in range(2):
            client.grade_many([Submission(code=RIGHT, suite=SUM.model_copy()) for _ in range(10)])
        methods = Counter(line.split()[0] for line in proxy.requests)
        assert methods == {"PUT": 1, "POST": 10}
