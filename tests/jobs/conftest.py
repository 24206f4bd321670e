"""The real service with its jobs in SQLite and, where there is a Redis server, in Redis."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from evaluator.local import LocalService
from tests.forked import local_service
from tests.jobs.hosts import redis_server, worker_host

SUM = {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}, {"input": "20 22\n", "output": "42\n"}]}
RIGHT = "print(sum(map(int, input().split())))"
WRONG = "print(3)"
PATIENT = {**SUM, "limits": {"cpu_s": 60, "wall_s": 120}}


def gated(gate: str = "") -> str:
    """A program that takes much longer than any test waits."""
    return f"import time\n# {gate}\ntime.sleep(100)\n{RIGHT}"


def slow(number: int, seconds: float) -> str:
    """Right, different for each number, and busy for so long."""
    return f"import time\nx = {number}\nwhile time.process_time() < {seconds}: pass\n{RIGHT}"


def sleeper(number: int, seconds: float) -> str:
    """Right, different for each number, and takes so long without needing a CPU, of which other tests have more use."""
    return f"import time\nx = {number}\ntime.sleep({seconds})\n{RIGHT}"


class Client(httpx.Client):
    """Speaks to one service; knows its process."""

    def __init__(self, service: LocalService) -> None:
        super().__init__(base_url=service.url, timeout=120, trust_env=False)
        self.service = service

    def submit(self, codes: list[str], suite: dict[str, Any] = SUM, **fields: Any) -> str:
        response = self.post("/v1/jobs", json=batch(codes, suite, **fields))
        assert response.status_code == 202, response.text
        job_id: str = response.json()["job_id"]
        return job_id

    def job(self, job_id: str, **query: Any) -> dict[str, Any]:
        response = self.get(f"/v1/jobs/{job_id}", params=query)
        assert response.status_code == 200, response.text
        job: dict[str, Any] = response.json()
        return job


def batch(codes: list[str], suite: dict[str, Any] = SUM, **fields: Any) -> dict[str, Any]:
    submissions = [{"id": f"s{number}", "code": code, "suite_id": "sum"} for number, code in enumerate(codes)]
    return {"submissions": submissions, "suites": {"sum": suite}, **fields}


def verdicts(job: dict[str, Any]) -> list[str]:
    assert [report["index"] for report in job["reports"]] == list(range(job["total"]))
    assert [report["id"] for report in job["reports"]] == [f"s{number}" for number in range(job["total"])]
    return [report["verdict"] for report in job["reports"]]


Start = Callable[..., AbstractContextManager[Client]]
"""Starts a service on the test's own jobs; keyword arguments are settings."""


@contextmanager
def backend(kind: str, directory: Path, workers: int = 1) -> Iterator[dict[str, str]]:
    """Start a store of jobs for the length of a block, and yield the settings that a service needs for it."""
    settings = {"MICROCODER_DATA_DIR": str(directory), "MICROCODER_DRAIN_S": "1"}
    if kind == "sqlite":
        yield settings
        return
    with redis_server(directory) as url:
        settings |= {"MICROCODER_REDIS_URL": url, "MICROCODER_LEASE_S": "2"}
        with worker_host(settings, workers):
            yield settings


@pytest.fixture(scope="session", params=["sqlite", "redis"])
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "redis" and shutil.which("redis-server") is None:
        pytest.skip("there is no redis-server here")
    return str(request.param)


@pytest.fixture
def start(kind: str, tmp_path: Path) -> Iterator[Start]:
    with backend(kind, tmp_path, workers=2) as environment:

        @contextmanager
        def starting(workers: int = 1, **settings: str) -> Iterator[Client]:
            own = {f"MICROCODER_{name.upper()}": value for name, value in settings.items()}
            with local_service(workers=workers, settings=environment | own) as service, Client(service) as client:
                yield client

        yield starting


@pytest.fixture(scope="session")
def shared(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    with backend(kind, tmp_path_factory.mktemp("data")) as environment, local_service(settings=environment) as service:
        yield service


@pytest.fixture
def client(shared: LocalService) -> Iterator[Client]:
    with Client(shared) as client:
        yield client
