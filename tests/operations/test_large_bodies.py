"""A large body is read beside everything else, and costs the service little more than its size."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psutil
import pytest

from evaluator.local import LocalService
from evaluator.schema import Suite
from sandbox.limits import MIB
from tests.forked import local_service
from tests.operations.conftest import RIGHT, caller
from tests.processes import ran_s
from tests.waiting import until

SIZE = 8 * MIB
JSON = {"Content-Type": "application/json"}


def filled(head: str, piece: str, tail: str, size: int = SIZE) -> bytes:
    return (head + ",".join([piece] * (size // (len(piece) + 1))) + tail).encode()


FUNCTION = '{"mode":"function","function":{"name":"f"},"tests":[{"output":1,"input":['
BODIES = {
    "tests": filled('{"mode":"stdio","tests":[', '{"input":"","output":""}', "]}"),
    "lists": filled(FUNCTION, "[]", "]}]}"),
    "objects": filled(FUNCTION, '{"a":1}', "]}]}"),
    "numbers": filled(FUNCTION, "123456", "]}]}"),
    "deep": filled(FUNCTION, "[" * 90 + "]" * 90, "]}]}"),
    "texts": filled('{"mode":"stdio","tests":[', json.dumps({"input": "1 2\n" * 25_000, "output": "3\n"}), "]}"),
    "no json": b"[" * SIZE,
    "surrogates": filled('{"mode":"stdio","tests":[{"input":"\\ud800","output":"', "x", '"}]}'),
}
"""Suites of 8 MiB, of whatever becomes large when it is read."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    directory = tmp_path_factory.mktemp("large")
    with local_service(workers=1, settings={"MICROCODER_DATA_DIR": str(directory)}) as started:
        yield started


def memory(service: LocalService) -> int:
    """Return the service's memory in bytes, without its workers and its reader."""
    return int(psutil.Process(service.process.pid).memory_info().rss)


class Watch(threading.Thread):
    """Return the service's peak memory, and the most CPU time of its event loop for which ``/healthz`` had to wait."""

    def __init__(self, service: LocalService) -> None:
        super().__init__(daemon=True)
        self._service, self._ended = service, threading.Event()
        self.before = self.most = memory(service)
        self.slowest_s = 0.0

    def run(self) -> None:
        with caller(self._service) as client:
            while not self._ended.wait(0.005):
                self.most = max(self.most, memory(self._service))
                before_s = ran_s(self._service.process.pid)
                client.get("/healthz")
                self.slowest_s = max(self.slowest_s, ran_s(self._service.process.pid) - before_s)

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()


def put(client: httpx.Client, suite: bytes) -> httpx.Response:
    return client.put("/v1/suites/sha256:" + "0" * 64, content=suite, headers=JSON)


def grade(client: httpx.Client, suite: bytes) -> httpx.Response:
    return client.post("/v1/grade", content=b'{"code":"","suite":' + suite + b"}", headers=JSON)


def submit(client: httpx.Client, suite: bytes) -> httpx.Response:
    body = b'{"submissions":[{"code":"","suite_id":"s"}],"suites":{"s":' + suite + b"}}"
    return client.post("/v1/jobs", content=body, headers=JSON)


def grade_lines(client: httpx.Client, suite: bytes) -> httpx.Response:
    body = b'{"code":"","suite":' + suite + b"}\n"
    return client.post("/v1/grade/batch", content=body, headers={"Content-Type": "application/x-ndjson"})


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        *((put, kind) for kind in BODIES),
        *((ask, kind) for ask in (grade_lines, submit) for kind in ("texts", "numbers")),
    ],
)
def test_a_body_costs_four_times_its_size_at_most_and_holds_nobody_up(
    service: LocalService, ask: Callable[[httpx.Client, bytes], httpx.Response], kind: str
) -> None:
    body = BODIES[kind]
    with caller(service) as client:
        client.get("/healthz")
        with Watch(service) as watch:
            answer = ask(client, body)
    assert answer.status_code in (200, 202, 400, 409, 413, 422), answer.text[:300]
    assert watch.most - watch.before <= 4 * len(body)
    assert watch.slowest_s < 1.0  # seconds on end where they are read in the service's own process


def test_large_bodies_leave_nothing_behind(service: LocalService) -> None:
    with caller(service) as client:
        put(client, BODIES["texts"])
        before = memory(service)
        for _ in range(3):
            for ask, kind in ((put, "texts"), (grade_lines, "numbers"), (put, "lists"), (grade, "surrogates")):
                ask(client, BODIES[kind])
    until(lambda: memory(service) - before <= 2 * SIZE, "no more than one is not collected yet")


def test_a_suite_of_very_many_tests_is_refused(service: LocalService) -> None:
    suite = filled('{"mode":"stdio","tests":[', '{"input":"","output":""}', "]}", size=50_001 * 25)
    name = Suite.model_validate_json(suite).id
    with caller(service) as client:
        answer = client.put(f"/v1/suites/{name}", content=suite, headers=JSON)
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/suite-too-large"), answer.text[:300]
        assert client.head(f"/v1/suites/{name}").status_code == 404
        for ask in (grade, submit):
            answer = ask(client, suite)
            assert (answer.status_code, answer.json()["type"]) == (413, "/problems/suite-too-large"), answer.text[:300]


def test_a_body_of_very_many_values_is_refused_wherever_it_goes(service: LocalService) -> None:
    with caller(service) as client:
        for ask in (put, grade, submit):
            answer = ask(client, BODIES["lists"])
            assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-complex"), answer.text[:300]
        foreign = b'{"response":"","label":' + BODIES["lists"] + b"}"
        answer = client.post("/slime/get_reward", content=foreign, headers=JSON)
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-complex")


def test_commas_and_brackets_in_texts_are_no_values(service: LocalService) -> None:
    text = '[1,{"a":\\"2"},3],' * 200_000
    suite = json.dumps({"mode": "stdio", "tests": [{"input": text, "output": "3"}]}).encode()
    with caller(service) as client:
        assert put(client, suite).json()["type"] == "/problems/suite-mismatch"


def test_large_bodies_are_judged_as_small_ones_are(service: LocalService) -> None:
    tests = [{"input": f"{n} {'1 ' * 40_000}\n", "output": f"{n + 40_000}\n"} for n in range(20)]
    suite = {"mode": "stdio", "tests": tests}
    right = {"id": "right", "code": RIGHT, "suite": suite}
    wrong = {"id": "wrong", "code": "print(40000)", "suite_id": "s", "policy": "all"}
    unknown = {"code": RIGHT, "suite_id": "sha256:" + "0" * 64}

    def verdicts(reports: list[dict[str, Any]]) -> list[tuple[str, str, float]]:
        return [(report["id"], report["verdict"], report["score"]) for report in reports]

    expected = [("right", "accepted", 1.0), ("wrong", "wrong_answer", 0.05)]
    batch = {"submissions": [right, wrong], "suites": {"s": suite}}
    with caller(service) as client:
        assert client.post("/v1/grade", json=right).json()["verdict"] == "accepted"
        assert verdicts(client.post("/v1/grade/batch", json=batch).json()["reports"]) == expected
        job = client.post("/v1/jobs", json=batch).json()
        assert verdicts(client.get(job["status_url"], params={"wait": 60}).json()["reports"]) == expected
        lines = "\n".join(json.dumps(each) for each in (right, {**wrong, "suite_id": None, "suite": suite}))
        answer = client.post("/v1/grade/batch", content=lines, headers={"Content-Type": "application/x-ndjson"})
        assert verdicts(answer.json()["reports"]) == expected
        for bad, status, what in (
            ({**right, "suite": {**suite, "colour": 1}}, 422, "submissions.0.suite.colour"),
            ({**right, "language": "klingon"}, 422, "submissions[0]"),
            (unknown, 404, "submissions[1]"),
        ):
            both = [bad, wrong] if bad is not unknown else [right, unknown]
            for path in ("/v1/grade/batch", "/v1/jobs"):
                problem = client.post(path, json={"submissions": both, "suites": {"s": suite}})
                assert problem.status_code == status, problem.text[:300]
                assert what in problem.json()["detail"]


def test_a_reader_that_is_killed_is_replaced_and_ends_with_the_service(tmp_path: Any) -> None:
    with (
        local_service(workers=1, settings={"MICROCODER_DATA_DIR": str(tmp_path)}) as service,
        caller(service) as client,
    ):
        body, reader = BODIES["texts"][: 2 * MIB], list[psutil.Process]()
        for _ in range(2):
            assert put(client, body).status_code == 400
            children = psutil.Process(service.process.pid).children()
            [now] = [each for each in children if "evaluator.api.reader" in each.cmdline()]
            assert now not in reader
            reader.append(now)
            now.kill()
            now.wait()
        assert put(client, body).status_code == 400
        children = psutil.Process(service.process.pid).children()
        [last] = [each for each in children if "evaluator.api.reader" in each.cmdline()]
        service.process.kill()
        psutil.wait_procs([last], timeout=30)
        assert not last.is_running()


SUITE = {"mode": "stdio", "tests": [{"input": "", "output": "1"}]}
CALLS = {"mode": "function", "function": {"name": "f"}, "tests": [{"input": [], "output": 1}]}
FAULTS: dict[str, Any] = {
    "a mode that the language has not": {"language": "bash", "code": "", "suite": CALLS},
    "no such language": {"language": "latin", "code": "", "suite": SUITE},
    "no such suite": {"code": "", "suite_id": "sha256:" + "0" * 64},
    "no such suite, in no such language": {"language": "latin", "code": "", "suite_id": "sha256:" + "0" * 64},
    "a field of the wrong type": {"code": 1, "suite": SUITE},
    "a suite without tests": {"code": "", "suite": {"mode": "stdio", "tests": []}},
}


@pytest.mark.parametrize("path", ["/v1/grade", "/v1/grade/batch", "/v1/jobs"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_large_body_is_refused_as_a_small_one_is(service: LocalService, fault: str, path: str) -> None:
    right = {"code": "print(1)", "suite": SUITE}
    asked = FAULTS[fault] if path == "/v1/grade" else {"submissions": [right, FAULTS[fault]]}
    body = json.dumps(asked).encode()
    with caller(service) as client:
        small, large = (client.post(path, content=body + blanks, headers=JSON) for blanks in (b"", b" " * 2 * MIB))
    assert 400 <= small.status_code < 500
    assert {**large.json(), "request_id": ""} == {**small.json(), "request_id": ""}


def test_a_suite_that_is_named_is_refused_where_the_language_has_not_its_mode(service: LocalService) -> None:
    with caller(service) as client:
        suite = Suite.model_validate(CALLS)
        assert client.put(f"/v1/suites/{suite.id}", json=CALLS).is_success
        named = {"submissions": [{"language": "bash", "code": "", "suite_id": suite.id}]}
        answers = [client.post(path, json=named) for path in ("/v1/grade/batch", "/v1/jobs")]
    assert [answer.status_code for answer in answers] == [422, 422], answers[1].text
    assert answers[0].json()["detail"].startswith("submissions[0]: mode 'function' does not work in bash")
