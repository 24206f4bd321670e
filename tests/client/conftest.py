"""The real service for the client's tests, and submissions whose verdicts are known."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from evaluator.local import LocalService
from trainer_client import EvaluatorClient, Submission, Suite
from trainer_client.testing import FakeService

SUM = Suite.model_validate(
    {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}, {"input": "20 22\n", "output": "42\n"}]}
)
RIGHT = "print(sum(map(int, input().split())))"
WRONG = "print(3)"
SUITE = SUM.model_dump_json(exclude_unset=True)


def fenced(code: str) -> str:
    return f"Let me think.\n\n```python\n{code}\n```\n"


TEXTS = [fenced(RIGHT), fenced(WRONG), "I do not know."]
REWARDS = [1.0, 0.0, 0.0]


def numbered(count: int) -> Iterator[tuple[Submission, str]]:
    """Submissions of ten suites, all different, with the verdict that each must get."""
    suites = [
        Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": f"{number}\n"}]})
        for number in range(10)
    ]
    for number in range(count):
        right = number % 3 != 0
        code = f"x = {number}\nprint({number % 10 if right else number % 10 + 1})"
        submission = Submission(id=f"s{number}", code=code, suite=suites[number % 10])
        yield submission, "accepted" if right else "wrong_answer"


@pytest.fixture(scope="session")
def service(shared_service: LocalService) -> LocalService:
    return shared_service


@pytest.fixture
def client(service: LocalService) -> Iterator[EvaluatorClient]:
    with EvaluatorClient(service.url) as client:
        yield client
        assert client.grade(Submission(code=RIGHT, suite=SUM)).verdict == "accepted", "the next must be unaffected"


@pytest.fixture
def fake() -> Iterator[FakeService]:
    with FakeService() as service:
        yield service


@pytest.fixture
def named_service(service: LocalService, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalService]:
    """The service, found as trainers find it: by the environment."""
    monkeypatch.setenv("MICROCODER_URL", service.url)
    shared = importlib.import_module("trainer_client.rewards.judge").shared_client
    shared.cache_clear()
    yield service
    if shared.cache_info().currsize:
        shared().close()
        shared.cache_clear()


@pytest.fixture
def broken(fake: FakeService, monkeypatch: pytest.MonkeyPatch, named_service: LocalService) -> FakeService:
    """The service that the environment names cannot judge."""
    fake.script = lambda submission: "judge_error"
    monkeypatch.setenv("MICROCODER_URL", fake.url)
    return fake
