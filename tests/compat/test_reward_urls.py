"""OpenRLHF's and slime's reward URLs, and ExecEval."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.end_to_end.conftest import RIGHT, SUM, WRONG, Client

PROMPT = "Add two numbers.\n"
FENCED = "```python\n{}\n```"
TESTS = SUM["tests"]


def reward(client: Client, *programs: str, label: Any = None, **query: str) -> Any:
    queries = [PROMPT + FENCED.format(program) for program in programs]
    labels = [label if label is not None else TESTS] * len(programs)
    body = {"query": queries, "prompts": [PROMPT] * len(programs), "labels": labels}
    response = client.post("/get_reward", json=body, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def test_one_response_gets_plain_numbers(client: Client) -> None:
    assert reward(client, RIGHT) == {"rewards": 1.0, "scores": 1.0, "extra_logs": {}}
    assert reward(client, WRONG)["rewards"] == 0.0
    assert reward(client, WRONG, reward="fraction")["rewards"] == 0.5


def test_several_responses_get_a_list(client: Client) -> None:
    assert reward(client, RIGHT, WRONG, "not python(")["rewards"] == [1.0, 0.0, 0.0]


def test_a_label_names_its_suite_in_several_ways(client: Client) -> None:
    suite_id = client.put("/v1/suites/" + _id(client), json=SUM).json()["suite_id"]
    for label in (suite_id, SUM, json.dumps(SUM), TESTS, json.dumps(TESTS)):
        assert reward(client, RIGHT, label=label)["rewards"] == 1.0


def _id(client: Client) -> str:
    from evaluator.schema import Suite

    return Suite.model_validate(SUM).id


@pytest.mark.parametrize("label", ["nothing of ours", {"mode": "no such"}, 7, []])
def test_a_label_that_names_no_suite_is_no_reward(client: Client, label: Any) -> None:
    response = client.post("/get_reward", json={"query": ["x"], "prompts": [""], "labels": [label]})
    assert response.status_code in (404, 422)


def test_labels_must_be_as_many_as_texts(client: Client) -> None:
    response = client.post("/get_reward", json={"query": ["x", "y"], "prompts": ["", ""], "labels": [TESTS]})
    assert response.status_code == 422
    assert "one label for each" in response.json()["detail"]


def test_what_was_not_judged_is_no_zero(client: Client) -> None:
    broken = {**SUM, "checker": {"kind": "program", "code": "1/0"}}
    response = client.post("/get_reward", json={"query": [FENCED.format(RIGHT)], "prompts": [""], "labels": [broken]})
    assert response.status_code == 503


def test_slime_gets_a_number(client: Client) -> None:
    sample = {"prompt": PROMPT, "response": FENCED.format(RIGHT), "label": TESTS}
    assert client.post("/slime/get_reward", json=sample).json() == 1.0
    assert client.post("/slime/get_reward", json={**sample, "response": "none"}).json() == 0.0


def execute(client: Client, code: str, **fields: Any) -> list[dict[str, Any]]:
    tests = [{"input": test["input"], "output": ["never", test["output"]]} for test in TESTS]
    body = {"language": "Python 3", "source_code": code, "unittests": tests, **fields}
    response = client.post("/api/execute_code", json=body)
    assert response.status_code == 200, response.text
    data: list[dict[str, Any]] = response.json()["data"]
    return data


def test_execeval(client: Client) -> None:
    assert [each["exec_outcome"] for each in execute(client, RIGHT)] == ["PASSED", "PASSED"]
    assert execute(client, RIGHT)[1]["result"] == "42\n"
    everything = execute(client, WRONG, stop_on_first_fail=False)
    assert [each["exec_outcome"] for each in everything] == ["PASSED", "WRONG_ANSWER"]
    assert {each["exec_outcome"] for each in execute(client, "not python(")} == {"COMPILATION_ERROR"}
    [late] = execute(client, "while True: pass", limits={"cpu": 1, "_as": -1})[:1]
    assert late["exec_outcome"] == "TIME_LIMIT_EXCEEDED"
    [bad] = execute(client, "int main() { return 1; }", language="GNU C++17")[:1]
    assert bad["exec_outcome"] == "RUNTIME_ERROR"
