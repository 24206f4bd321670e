"""The real service, and one small request of every system that it serves."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import httpx
import pytest

from evaluator.local import LocalService

TIMEOUT_S = 120
DOUBLES = "print(2 * int(input()))"
TESTS = [{"input": "2\n", "output": "4\n"}, {"input": "21\n", "output": "42\n"}]


def fenced(code: str) -> str:
    return f"Let me think.\n\n```python\n{code}\n```\n"


@dataclass(frozen=True)
class System:
    """The ways to send a program that doubles a number, to see that it was right, and that it was not judged.

    ``refused`` is the status that says that there was no room.
    """

    path: str
    body: Callable[[str], dict[str, Any]]
    right: Callable[[Any], bool]
    not_judged: Callable[[httpx.Response], bool]
    refused: int

    def ask(self, client: httpx.Client, code: str = DOUBLES) -> httpx.Response:
        return client.post(self.path, json=self.body(code))


SYSTEMS = {
    "sandbox_fusion": System(
        "/run_code",
        lambda code: {"code": code, "language": "python", "stdin": "21", "run_timeout": 60},
        lambda answer: answer["run_result"]["stdout"] == "42\n",
        lambda response: response.status_code == 200 and response.json()["status"] == "SandboxError",
        504,
    ),
    "piston": System(
        "/api/v2/execute",
        lambda code: {
            "language": "python",
            "version": "*",
            "files": [{"content": code}],
            "stdin": "21",
            "run_timeout": 60_000,
        },
        lambda answer: answer["run"]["stdout"] == "42\n",
        lambda response: response.status_code == 200 and response.json()["run"]["status"] == "XX",
        503,
    ),
    "open_r1": System(
        "/api/v2/execute",
        lambda code: {
            "language": "cf_python3",
            "version": "*",
            "files": [
                {"name": "main.python", "content": code},
                {"name": "input.txt", "content": "21\n"},
                {"name": "correct_output.txt", "content": "42\n"},
                {"name": "grader_config", "content": "TIME_LIMIT=60\nMEMORY_LIMIT=256\nINPUT_MODE=stdio"},
            ],
        },
        lambda answer: answer["run"]["stdout"] == "1",
        lambda response: response.status_code == 500,
        503,
    ),
    "judge0": System(
        "/submissions?wait=true",
        lambda code: {
            "source_code": code,
            "language_id": 71,
            "stdin": "21",
            "expected_output": "42",
            "cpu_time_limit": 60,
            "wall_time_limit": 200,
        },
        lambda answer: answer["status"] == {"id": 3, "description": "Accepted"},
        lambda response: response.status_code == 201 and response.json()["status"]["id"] == 13,
        503,
    ),
    "openrlhf": System(
        "/get_reward",
        lambda code: {"query": ["Q" + fenced(code)], "prompts": ["Q"], "labels": [json.dumps(suite(60))]},
        lambda answer: answer["rewards"] == 1.0,
        lambda response: response.status_code == 500,
        503,
    ),
    "slime": System(
        "/slime/get_reward",
        lambda code: {"prompt": "Q", "response": fenced(code), "label": suite(60)},
        lambda answer: answer == 1.0,
        lambda response: response.status_code == 500,
        503,
    ),
    "open_instruct": System(
        "/test_program_stdio",
        lambda code: {"program": code, "tests": [{"input": "21\n", "output": "42\n"}], "max_execution_time": 60},
        lambda answer: answer["results"] == [1],
        lambda response: response.status_code == 500,
        503,
    ),
    "nemo_gym": System(
        "/verify",
        lambda code: {
            "responses_create_params": {"input": [{"role": "user", "content": "Double it."}]},
            "response": {"output": [nemo_message(fenced(code))]},
            "verifier_metadata": {"suite": suite(60)},
        },
        lambda answer: answer["reward"] == 1.0,
        lambda response: response.status_code == 500,
        503,
    ),
    "execeval": System(
        "/api/execute_code",
        lambda code: {
            "language": "Python 3",
            "source_code": code,
            "unittests": [{"input": "21", "output": ["42"]}],
            "limits": {"cpu": 60},
        },
        lambda answer: answer["data"][0]["exec_outcome"] == "PASSED",
        lambda response: response.status_code == 500 and "data" not in response.json(),
        503,
    ),
}


def nemo_message(text: str) -> dict[str, Any]:
    """A message as NeMo-Gym's model servers give it."""
    parts = [{"type": "output_text", "text": text, "annotations": []}]
    return {"id": "m", "type": "message", "role": "assistant", "status": "completed", "content": parts}


def suite(cpu_s: float = 6) -> dict[str, Any]:
    return {"mode": "stdio", "tests": TESTS, "limits": {"cpu_s": cpu_s}}


@pytest.fixture(scope="session")
def service(shared_service: LocalService) -> LocalService:
    return shared_service


@pytest.fixture(scope="session")
def client(service: LocalService) -> Iterator[httpx.Client]:
    with connected(service) as client:
        yield client


def connected(service: LocalService) -> httpx.Client:
    return httpx.Client(base_url=service.url, timeout=TIMEOUT_S, trust_env=False)


def released(name: str) -> ModuleType:
    """A released client, or a skip that says how to have it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        pytest.skip(f"{name} is not installed (pip install {name.replace('_', '-')}): {error}")
