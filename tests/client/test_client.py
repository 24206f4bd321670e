"""The client's promises, against the real service."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from evaluator.local import LocalService
from tests.client.conftest import RIGHT, SUM, WRONG, fenced, numbered
from tests.forked import local_service
from tests.operations.test_metrics import queued
from tests.ports import free_port
from tests.processes import WITH_ITS_PARENT
from tests.waiting import DEADLINE_S, until
from trainer_client import (
    AsyncEvaluatorClient,
    DeadlineExceeded,
    EvaluatorClient,
    RequestRefused,
    RunRequest,
    Submission,
    Suite,
    UnknownSuite,
    Unreachable,
)

SLEEPER = "import time\ntime.sleep(1000)"
SHORT, LONG = (
    Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": ""}], "limits": {"wall_s": wall_s}})
    for wall_s in (1, 1200)
)
"""``SLEEPER`` ends at the limit of the one, and as its client leaves with the other."""


def test_reports_come_in_the_order_of_the_submissions_and_each_is_announced_once(client: EvaluatorClient) -> None:
    submissions, expected = zip(*numbered(40), strict=True)
    announced = []
    reports = client.grade_many(submissions, on_report=announced.append)
    assert [report.verdict for report in reports] == list(expected)
    assert [report.index for report in reports] == list(range(40))
    assert sorted(announced, key=lambda report: report.index) == reports


def test_nothing_to_grade_is_no_trouble(client: EvaluatorClient) -> None:
    assert client.grade_many([]) == []
    assert list(client.stream(iter(()))) == []


def test_a_report_is_there_as_soon_as_its_program_is_judged(client: EvaluatorClient) -> None:
    if client.ready().workers < 2:
        pytest.skip("one worker")
    stream = client.stream([Submission(code=SLEEPER, suite=LONG), Submission(code=RIGHT, suite=SUM)])
    assert next(stream).index == 1
    stream.close()


def test_a_stream_takes_submissions_only_as_they_fit(service: LocalService) -> None:
    taken = []

    def source():
        for number in range(1000):
            taken.append(number)
            yield Submission(code=RIGHT, suite=SUM)

    with EvaluatorClient(service.url, chunk_submissions=2, concurrent_chunks=1) as client:
        stream = client.stream(source())
        next(stream)
        stream.close()
    assert len(taken) < 100


def test_a_model_s_whole_text_is_graded(client: EvaluatorClient) -> None:
    texts = [fenced(RIGHT), fenced(WRONG), "I do not know."]
    reports = client.grade_many([Submission(response=text, suite=SUM) for text in texts])
    assert [report.verdict for report in reports] == ["accepted", "wrong_answer", "no_code"]


def test_a_program_is_run_without_being_judged(client: EvaluatorClient) -> None:
    assert client.run(RunRequest(code="print(input())", stdin="hello\n")).stdout == "hello\n"


def test_the_service_says_what_it_is(client: EvaluatorClient) -> None:
    assert "python" in [language.name for language in client.languages()]
    assert client.ready().workers_ready >= 1
    assert client.isolation().tier == client.grade(Submission(code=RIGHT, suite=SUM)).isolation


def test_a_submission_that_cannot_be_graded_is_named_by_its_place_in_the_call(service: LocalService) -> None:
    submissions = [Submission(code=RIGHT, suite=SUM)] * 5 + [Submission(code="", language="klingon", suite=SUM)]
    with EvaluatorClient(service.url, chunk_submissions=2) as client, pytest.raises(RequestRefused) as refused:
        client.grade_many(submissions)
    assert refused.value.status == 422
    assert refused.value.type == "/problems/unknown-language"
    assert "submissions[5]" in refused.value.detail
    assert pickle.loads(pickle.dumps(refused.value)).detail == refused.value.detail


def test_a_suite_that_neither_side_has_is_an_error(client: EvaluatorClient) -> None:
    with pytest.raises(UnknownSuite, match=r"submissions\[0\]"):
        client.grade(Submission(code=RIGHT, suite_id="sha256:" + "0" * 64))


def test_a_deadline_ends_the_call_and_keeps_what_came(service: LocalService) -> None:
    submissions = [Submission(code=RIGHT, suite=SUM), Submission(code=SLEEPER, suite=LONG)]
    for timeout_s in (1, 5, 30):  # in which a machine, as busy as it may be, judges the first
        with EvaluatorClient(service.url) as client, pytest.raises(DeadlineExceeded) as exceeded:
            client.grade_many(submissions, timeout_s=timeout_s)
        first, second = exceeded.value.reports
        assert second is None
        if first is not None:
            break
    assert first is not None
    assert first.verdict == "accepted"


def test_who_does_not_answer_is_unreachable() -> None:
    address = f"127.0.0.1:{free_port()}"
    said = f"ConnectError at http://{address}: "
    with EvaluatorClient(f"http://user:word@{address}", patience_s=0) as client, pytest.raises(Unreachable, match=said):
        client.grade(Submission(code=RIGHT, suite=SUM))


def test_a_connection_that_leads_nowhere_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # the kernel takes connections, and nobody answers them
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with EvaluatorClient(url, patience_s=0, answer_s=0.1) as client, pytest.raises(Unreachable, match="Timeout"):
            client.grade(Submission(code=RIGHT, suite=SUM))


def test_a_program_may_take_longer_than_an_answer_s_beginning(service: LocalService) -> None:
    def is_awaited() -> bool:
        """Ask for what takes longer than an answer may take to begin. A busy machine may not even begin in time."""
        with EvaluatorClient(service.url, answer_s=0.5, patience_s=0) as client, contextlib.suppress(Unreachable):
            assert client.grade(Submission(code=SLEEPER, suite=SHORT)).verdict == "time_limit_exceeded"
            assert client.run(RunRequest(code="import time\ntime.sleep(0.8)\nprint(1)")).stdout == "1\n"
            return True
        return False

    until(is_awaited, "both are awaited")


def test_a_service_that_starts_later_is_waited_for(data_dir: Path) -> None:
    with EvaluatorClient(url := f"http://127.0.0.1:{free_port()}") as client:
        graded = client.start([Submission(code=RIGHT, suite=SUM)])
        command = [sys.executable, "-m", "evaluator", "serve", "--port", url.rsplit(":", 1)[1], "--workers", "1"]
        process = subprocess.Popen(
            [*WITH_ITS_PARENT, *command], env={**os.environ, "MICROCODER_DATA_DIR": str(data_dir)}
        )
        try:
            assert graded.result(DEADLINE_S)[0].verdict == "accepted"
        finally:
            process.terminate()
            process.wait(DEADLINE_S)


def test_a_chunk_larger_than_the_queue_is_sent_in_parts(data_dir: Path) -> None:
    settings = {"MICROCODER_DATA_DIR": str(data_dir), "MICROCODER_QUEUE_LIMIT": "2"}
    submissions, expected = zip(*numbered(5), strict=True)
    with local_service(workers=1, settings=settings) as small, EvaluatorClient(small.url) as client:
        assert [report.verdict for report in client.grade_many(submissions)] == list(expected)


def test_what_is_withdrawn_leaves_the_queue(client: EvaluatorClient) -> None:
    graded = client.start([Submission(code=f"{SLEEPER}\n# {number}", suite=LONG) for number in range(50)])
    with httpx.Client(base_url=client.settings.url, trust_env=False) as other:
        until(lambda: queued(other) >= 50, "they are taken in")
        graded.cancel()
        until(lambda: queued(other) == 0, "nobody waits for them")


def test_the_same_client_works_in_one_event_loop_after_another(service: LocalService) -> None:
    client = AsyncEvaluatorClient(service.url)

    async def graded() -> list[str]:
        reports = await asyncio.gather(*(client.grade(submission) for submission, _ in numbered(4)))
        return [report.verdict for report in reports]

    async def last() -> list[str]:
        async with client:
            return await graded()

    expected = [verdict for _, verdict in numbered(4)]
    assert asyncio.run(graded()) == asyncio.run(last()) == expected


def test_the_blocking_client_works_inside_a_running_event_loop_and_from_many_threads(client: EvaluatorClient) -> None:
    async def main() -> list[str]:
        inside = client.grade(Submission(code=RIGHT, suite=SUM))
        threads = [asyncio.to_thread(client.grade, Submission(code=WRONG, suite=SUM)) for _ in range(8)]
        awaited = await asyncio.wrap_future(client.start([Submission(code=RIGHT, suite=SUM)]))
        return [report.verdict for report in (inside, *await asyncio.gather(*threads), *awaited)]

    assert asyncio.run(main()) == ["accepted", *["wrong_answer"] * 8, "accepted"]


FORKS = """
import os, sys
from tests.client.conftest import RIGHT, SUM
from trainer_client import EvaluatorClient, Submission

client = EvaluatorClient(sys.argv[1])
right = Submission(code=RIGHT, suite=SUM)
assert client.grade(right).verdict == "accepted"
if (child := os.fork()) == 0:
    os._exit(0 if client.grade(right).verdict == "accepted" else 1)
assert client.grade(right).verdict == "accepted"
assert os.waitpid(child, 0)[1] == 0
"""


def test_a_client_works_on_both_sides_of_a_fork(service: LocalService) -> None:
    subprocess.run([sys.executable, "-c", FORKS, service.url], check=True, timeout=DEADLINE_S)


FORGETS = """
import logging, sys
from tests.client.conftest import RIGHT, SUM
from trainer_client import EvaluatorClient, Submission

logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of steps that a busy machine makes slow
client = EvaluatorClient(sys.argv[1], chunk_submissions=1)
stream = client.stream([Submission(code=RIGHT, suite=SUM)] * 50)
print(next(stream).verdict)
"""


def test_a_process_that_forgets_to_close_ends_quietly(service: LocalService) -> None:
    command = [sys.executable, "-X", "dev", "-W", "ignore::ResourceWarning", "-c", FORGETS, service.url]
    done = subprocess.run(command, check=True, timeout=DEADLINE_S, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("accepted\n", "")


def test_a_client_can_be_pickled(service: LocalService) -> None:
    with EvaluatorClient(service.url, api_key="secret", timeout_s=30) as client:
        client.ready()
        with pickle.loads(pickle.dumps(client)) as other:
            assert other.settings == client.settings
            assert other.grade(Submission(code=RIGHT, suite=SUM)).verdict == "accepted"


def test_a_closed_client_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with EvaluatorClient(f"http://127.0.0.1:{free_port()}", patience_s=0) as client, pytest.raises(Unreachable):
        client.ready()
    assert set(threading.enumerate()) <= before


def test_a_client_that_nobody_closed_leaves_no_thread_either(service: LocalService) -> None:
    before = set(threading.enumerate())
    client = EvaluatorClient(service.url)
    client.ready()
    [own] = set(threading.enumerate()) - before
    del client
    until(lambda: not own.is_alive(), "its thread has ended")


def test_closing_a_client_ends_what_it_is_doing(service: LocalService) -> None:
    client = EvaluatorClient(service.url)
    stream = client.stream([Submission(code=RIGHT, suite=SUM), Submission(code=SLEEPER, suite=LONG)])
    assert next(stream).verdict == "accepted"
    waiting = client.start([Submission(code=SLEEPER, suite=LONG)])
    client.close()
    assert waiting.cancelled()
    stream.close()
