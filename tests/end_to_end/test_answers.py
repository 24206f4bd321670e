"""Whole answers through the service: the program that its suite asks for is found and graded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import RIGHT, SUM, Client

SHARED = Path(__file__).parents[3] / "shared" / "cases" / "verdicts.jsonl"
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
        (f"Hm.\n<think>\n```python\n{RIGHT}\n```", SUM, "no_code"),
    ],
)
def test_an_answer_is_graded_by_the_program_in_it(
    client: Client, response: str, suite: dict[str, Any], verdict: str
) -> None:
    assert client.post("/v1/grade", json={"response": response, "suite": suite}).json()["verdict"] == verdict


def test_answers_that_were_judged_wrong_are_judged_right(client: Client) -> None:
    if not SHARED.exists():
        pytest.skip("the cases lie beside the project on some machines only")
    languages = {language["name"] for language in client.get("/v1/languages").json()["languages"]}
    cases = [case for case in map(json.loads, SHARED.read_text().splitlines()) if "response" in case["request"]]
    cases = [case for case in cases if case["request"].get("language", "python") in languages]
    verdicts = {case["name"]: client.post("/v1/grade", json=case["request"]).json()["verdict"] for case in cases}
    assert [case["name"] for case in cases if verdicts[case["name"]] not in case["right"]] == []
