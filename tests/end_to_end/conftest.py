"""Clients of the real service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from evaluator.local import LocalService
from tests.forked import local_service

SUM = {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}, {"input": "20 22\n", "output": "42\n"}]}
RIGHT = "print(sum(map(int, input().split())))"
WRONG = "print(3)"


class Client(httpx.Client):
    """Speaks to one service; knows its process."""

    def __init__(self, service: LocalService) -> None:
        super().__init__(base_url=service.url, timeout=120, trust_env=False)
        self.service = service

    def grade(self, code: str, suite: dict[str, Any] = SUM, **fields: Any) -> dict[str, Any]:
        response = self.post("/v1/grade", json={"code": code, "suite": suite, **fields})
        assert response.status_code == 200, response.text
        report: dict[str, Any] = response.json()
        return report


@pytest.fixture
def client(shared_service: LocalService) -> Iterator[Client]:
    with Client(shared_service) as client:
        yield client
        assert client.grade(RIGHT)["verdict"] == "accepted", "the next request must be unaffected"


@pytest.fixture
def small_client(data_dir: Path) -> Iterator[Client]:
    """A service with one worker and room for two submissions, which a test may kill or stop."""
    with _small_service(data_dir) as client:
        yield client


@pytest.fixture(scope="module")
def small_shared_client(data_dir: Path) -> Iterator[Client]:
    """Such a service for all tests of a file that leave it as it was."""
    with _small_service(data_dir) as client:
        yield client


@contextmanager
def _small_service(data_dir: Path) -> Iterator[Client]:
    settings = {"MICROCODER_DATA_DIR": str(data_dir), "MICROCODER_QUEUE_LIMIT": "2", "MICROCODER_DRAIN_S": "60"}
    with local_service(workers=1, settings=settings) as service, Client(service) as client:
        yield client
