"""Whole answers through the service: the program that its suite asks for is found and graded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.conftest import RIGHT, SUM, Client

ADD = "def add(a, b):\n    return a + b"
FUNCTION = {"mode": "function", "function": {"name": "add"}, "tests": [{"input": [1, 2], "output": 3}]}
PROGRAM = {"mode": "program", "program": {"test_code": "assert add(1, 2) == 3"}}


@pytest.mark.parametrize(
    ("response", "suite", "verdict"),
    [
        (f"1. Program:\n\n   ```python\n   {RIGHT}\n   ```<|im_end|>", SUM, "accepted"),
        (f"```python\n{ADD}\n```\nTry it:\n```python\nprint('it works')\n```", FUNCTION, "accepted"),
        (f"```python\n{ADD}\n```\nTry it:\n```python\nprint('it works')\n```", PROGRAM, "accepted"),
        (f"```python\n{ADD}\n```\nTry it:\n```python\nprint(1)\n```", SUM, "wrong_answer"),
        (f"```python\nprint(0)\n```\nNo:\n```python\n# Read the two numbers\n{RIGHT}\n```", SUM, "accepted"),
        (f"The word assistantfinal is no end.\n```python\n{RIGHT}\n```", SUM, "accepted"),
        (f"Hm.\n<think>\n```python\n{RIGHT}\n```", SUM, "no_code"),
    ],
)
def test_an_answer_is_graded_by_the_program_in_it(
    client: Client, response: str, suite: dict[str, Any], verdict: str
) -> None:
    assert client.post("/v1/grade", json={"response": response, "suite": suite}).json()["verdict"] == verdict
