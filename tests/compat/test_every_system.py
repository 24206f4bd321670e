"""Promises that hold for every system whose clients are served."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from evaluator.api.compat import ROUTERS
from evaluator.schema import write_json
from evaluator.settings import SYSTEMS as SETTABLE
from tests.compat.conftest import DOUBLES, SYSTEMS, System, connected, fenced
from tests.forked import local_service, spinning, workers_of
from tests.operations.test_metrics import queued
from tests.raw_request import asked_by_hand, sleeping
from tests.waiting import until

DEADLINE_S = 60.0
SPIN = "while True: pass"
HALF = "\ud83d"
"""Half of a surrogate pair."""
JSON = {"Content-Type": "application/json"}
each_system = pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS.keys())


@contextmanager
def small_service(data_dir: Path, **settings: str) -> Iterator[httpx.Client]:
    """One worker, and no room for a second submission."""
    small = {"MICROCODER_DATA_DIR": str(data_dir), "MICROCODER_QUEUE_LIMIT": "1", "MICROCODER_DRAIN_S": "1"}
    with local_service(workers=1, settings={**small, **settings}) as service, connected(service) as client:
        client.headers["X-Pid"] = str(service.process.pid)  # for those who look for its workers
        yield client


@contextmanager
def busy(client: httpx.Client) -> Iterator[None]:
    """A program that takes all the room there is, and leaves the CPU to other tests."""
    with asked_by_hand(client, "/v1/grade", sleeping(0)):
        until(lambda: queued(client) == 1, "it is taken in")
        yield


@each_system
def test_a_right_program_is_right_and_a_wrong_one_wrong(client: httpx.Client, system: System) -> None:
    right, wrong = system.ask(client), system.ask(client, "print(43)")
    assert system.right(right.json()), right.text
    assert wrong.is_success, wrong.text
    assert not system.right(wrong.json()), wrong.text
    assert not system.not_judged(wrong)


def test_where_the_queue_is_full_every_one_of_them_waits(data_dir: Path) -> None:
    with small_service(data_dir, MICROCODER_HOLD_S="100") as client, ThreadPoolExecutor(len(SYSTEMS)) as pool:
        with busy(client):
            assert client.post("/v1/run", json={"code": ""}).status_code == 429, "what is ours is told"
            asked = [pool.submit(system.ask, client) for system in SYSTEMS.values()]
        answers = [answer.result() for answer in asked]
    judged = [system.right(answer.json()) for system, answer in zip(SYSTEMS.values(), answers, strict=True)]
    assert all(judged), [answer.text for answer in answers]


def test_who_waits_for_too_long_is_told_in_the_system_s_own_way(data_dir: Path) -> None:
    with (
        small_service(data_dir, MICROCODER_HOLD_S="0.1") as client,
        busy(client),
        ThreadPoolExecutor(len(SYSTEMS)) as pool,
    ):
        answers = list(pool.map(lambda system: system.ask(client), SYSTEMS.values()))
    assert [answer.status_code for answer in answers] == [system.refused for system in SYSTEMS.values()]


def test_who_left_while_waiting_is_not_judged(data_dir: Path) -> None:
    system = SYSTEMS["sandbox_fusion"]
    with small_service(data_dir, MICROCODER_HOLD_S="100") as client:
        with busy(client), pytest.raises(httpx.TimeoutException):
            client.post(system.path, json=system.body(SPIN), timeout=0.5)
        assert system.right(system.ask(client).json())
        until(lambda: queued(client) == 0, "nothing runs for it")


@each_system
def test_a_fault_of_ours_is_never_a_failed_program(data_dir: Path, system: System) -> None:
    with small_service(data_dir) as client, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(system.ask, client, f"n = input()\n{SPIN}")
        [first] = workers(client)
        until(lambda: spinning(first), "the program runs")
        killed: set[int] = set()
        until(lambda: answer.done() or kill_workers(client, killed), "it has cost as many workers as it may")
        response = answer.result()
        assert system.not_judged(response), response.text
        until(lambda: client.get("/readyz").is_success, "it has recovered")
        assert system.right(system.ask(client).json())


def workers(client: httpx.Client) -> list[psutil.Process]:
    return workers_of(int(client.headers["X-Pid"]))


def kill_workers(client: httpx.Client, killed: set[int]) -> None:
    for worker in workers(client):
        if worker.pid not in killed:
            killed.add(worker.pid)
            worker.send_signal(signal.SIGKILL)


@each_system
def test_a_body_that_is_no_json_is_the_client_s_fault(client: httpx.Client, system: System) -> None:
    response = client.post(system.path, content="{", headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.json()


def test_only_the_systems_that_are_named_are_served(data_dir: Path) -> None:
    settings = {"MICROCODER_DATA_DIR": str(data_dir), "MICROCODER_COMPAT": '["piston", "execeval"]'}
    with local_service(workers=1, settings=settings) as service, connected(service) as client:
        served = {name for name, system in SYSTEMS.items() if system.ask(client).status_code != 404}
        assert served == {"piston", "open_r1", "execeval"}
        assert client.post("/v1/run", json={"code": DOUBLES, "stdin": "1"}).is_success
        paths = client.get("/openapi.json").json()["paths"]
    assert "/api/v2/execute" in paths
    assert "/run_code" not in paths


def test_every_system_has_its_routes() -> None:
    assert set(ROUTERS) == set(SETTABLE)


def test_all_of_it_is_in_the_documentation(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    for system in SYSTEMS.values():
        route = document["paths"][system.path.split("?")[0]]["post"]
        schema = route["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        assert schema in document["components"]["schemas"]


@each_system
def test_half_of_a_surrogate_pair_in_a_program_is_a_wrong_program(client: httpx.Client, system: System) -> None:
    answer = client.post(system.path, content=write_json(system.body("print('\ud83d')")), headers=JSON)
    assert answer.is_success, answer.text
    assert not system.right(answer.json())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v2/execute", {"language": HALF, "version": HALF, "files": [{"content": ""}]}),
        ("/api/v2/execute", {"language": "python", "version": "*", "args": [HALF], "files": [{"content": ""}]}),
        ("/api/v2/execute", {"language": "python", "version": "*", "files": [{"content": ""}, {"name": HALF, "content": ""}]}),
        ("/api/execute_code", {"language": HALF, "source_code": "", "unittests": [{"output": [HALF]}]}),
        ("/submissions?wait=true", {"source_code": "1", "language_id": 71, "command_line_arguments": HALF}),
        ("/run_code", {"code": "", "language": "python", "files": {HALF: ""}}),
        ("/get_reward", {"query": ["a"], "prompts": [HALF], "labels": [""]}),
        ("/slime/get_reward", {"response": "", "label": {"inputs": [HALF], "outputs": [""]}}),
        ("/slime/get_reward", {"response": "", "label": HALF}),
    ],
)  # fmt: skip
def test_half_of_a_surrogate_pair_where_none_can_be_is_refused(
    client: httpx.Client, path: str, body: dict[str, Any]
) -> None:
    assert client.post(path, content=write_json(body), headers=JSON).status_code in (400, 422)


def test_what_a_request_said_is_repeated_with_half_of_a_surrogate_pair(client: httpx.Client) -> None:
    tests = [{"input": HALF, "output": ["x"]}]
    job = {"language": "Python 3", "source_code": "print(1)", "unittests": tests}
    judged = client.post("/api/execute_code", content=write_json(job), headers=JSON).json()["data"]
    assert (judged[0]["input"], judged[0]["exec_outcome"]) == (HALF, "WRONG_ANSWER")
    data = {"id": 1, "test": [{"input": {"stdin": HALF}, "output": {"stdout": "1"}}]}
    asked = {"dataset": "d", "id": 1, "completion": fenced(f"{HALF}"), "config": {"provided_data": data}}
    answer = client.post("/submit", content=write_json(asked), headers=JSON)
    assert (answer.status_code, answer.json()["accepted"]) == (200, False)
