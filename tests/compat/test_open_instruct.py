"""open-instruct's verifier: its requests and its way to read answers (open_instruct/ground_truth_utils.py,
``CodeVerifier``), and the examples of its code_utils/api.py. It is not on PyPI."""

from __future__ import annotations

import base64
import json
import pickle
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from evaluator.schema.shapes.livecodebench import MAX_OPERATIONS
from tests.compat.conftest import DOUBLES, TESTS

ADD = "def add(a, b): return a + b"
ASSERTIONS = ["assert add(1, 2) == 3", "assert add(-1, 1) == 0", "assert add(0, 0) == 1"]
STDIO, PROGRAM = "/test_program_stdio", "/test_program"


def packed(tests: Any, pickled: bytes | None = None) -> str:
    """open-instruct's ``encode_tests``."""
    return base64.b64encode(zlib.compress(pickled or pickle.dumps(tests))).decode()


FORMS: dict[str, Callable[[Any], Any]] = {"a list": list, "JSON text": json.dumps, "packed": packed}


def score(client: httpx.Client, path: str, program: str, tests: Any, **fields: Any) -> tuple[list[int], list[float]]:
    """Ask as ``CodeVerifier.async_call`` does, and check what it computes with."""
    body = {"program": program, "tests": tests, "max_execution_time": 1.0, **fields}
    result = client.post(path, json=body).raise_for_status().json()
    assert all((seconds >= 0) == bool(passed) for passed, seconds in zip(*result.values(), strict=True)), result
    return result["results"], result["runtimes"]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_the_examples_of_its_documentation(client: httpx.Client, form: Callable[[Any], Any]) -> None:
    assert score(client, PROGRAM, ADD, form(ASSERTIONS))[0] == [1, 1, 0]
    lines = "import sys\nfor line in sys.stdin.read().splitlines():\n    print(int(line.strip()) + 1)"
    tests = [{"input": "1\n", "output": "2\n"}, {"input": "100\n", "output": "101\n"}]
    assert score(client, STDIO, lines, form(tests))[0] == [1, 1]
    assert client.get("/health").json() == {"status": "healthy"}


def test_each_test_has_its_own_result(client: httpx.Client) -> None:
    assert score(client, STDIO, "print(4)", TESTS)[0] == [1, 0]
    assert score(client, STDIO, "print(", TESTS) == ([0, 0], [-1.0, -1.0])
    assert score(client, STDIO, "print('4.0')", TESTS)[0] == [1, 0], "LiveCodeBench's rule"
    slow = "import time\ndef add(a, b):\n    while a < 0: time.sleep(0.1)\n    return a + b"
    assert score(client, PROGRAM, slow, ASSERTIONS, max_execution_time=0.5)[0] == [1, 0, 0]
    assert score(client, PROGRAM, ADD, []) == ([], [])


def test_runtimes_stay_within_the_time_that_its_penalty_counts(client: httpx.Client) -> None:
    _, runtimes = score(client, STDIO, DOUBLES, TESTS, max_execution_time=0.000001)
    assert max(runtimes) <= 0.000001


@pytest.mark.parametrize(
    ("path", "tests", "said"),
    [
        (PROGRAM, TESTS, "takes assertions"),
        (STDIO, ASSERTIONS, "mode"),
        (PROGRAM, ["x = 1"], "no assertion"),
        (PROGRAM, "neither JSON nor packed", "cannot be read"),
        (PROGRAM, packed(print), "names builtins.print"),
        (PROGRAM, packed([["nested"]]), "list of texts"),
        (PROGRAM, packed(["assert 1"] * MAX_OPERATIONS), "more than about"),
        (PROGRAM, packed(None, b"K\x01r\xff\xff\xff\x7f."), "more than about"),
        (PROGRAM, packed(["assert 1" + " " * 2**20] * 300), "more than 256 MiB"),
        (PROGRAM, packed(ASSERTIONS)[:-8], "cut off"),
    ],
)
def test_what_are_no_tests_is_an_error_and_no_result(client: httpx.Client, path: str, tests: Any, said: str) -> None:
    response = client.post(path, json={"program": ADD, "tests": tests})
    assert response.status_code == 422
    assert said in response.json()["detail"]
