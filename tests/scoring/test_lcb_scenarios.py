"""LiveCodeBench's self-repair and test output prediction."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Client, client
from tests.scoring.conftest import Answer, Model, lines, score
from tests.scoring.test_livecodebench import ADD, row
from trainer_client.benchmarks import lcb_outputs, lcb_repair

__all__ = ["client"]
Started = Callable[[Answer], Model]
OUTPUTS = {
    "question_title": "t", "question_content": "Pair n with its double.\n", "question_id": "77", "contest_id": "c",
    "contest_date": "2024-02-03T00:00:00", "difficulty": "easy", "starter_code": "class Solution:\n    def pair(self, n, m): ...",
    "function_name": "pair", "test_id": 1, "test": json.dumps([{"input": "3\n4", "output": "[3, true]", "testtype": "functional"}]),
}  # fmt: skip


def test_what_failed_is_repaired_and_what_was_right_stays(tmp_path: Path, client: Client, model: Started) -> None:
    problems = lines(tmp_path / "test6.jsonl", row("a"), row("b", question_content="Sum."))
    first = tmp_path / "first.json"
    first.write_text(json.dumps([[ADD, "print(4)"], ["1/0", ADD]]))
    common = ("--server", client.service.url)
    assert "pass@1 0.5000 over 2 problems" in score("livecodebench", problems, first, *common).stdout
    attempts = tmp_path / "first_codegeneration_output_eval_all.json"
    vllm = model(lambda asked: [f"```python\n{ADD if 'Sum.' in str(asked['messages']) else 'print(5)'}\n```"])
    out = tmp_path / "repair.jsonl"
    done = score(
        "livecodebench", problems, out, "--repair", attempts, "--compare", attempts, "--model", "m",
        "--base-url", vllm.url, *common,
    )  # fmt: skip
    assert "LiveCodeBench, self-repair" in done.stdout, done
    assert "pass@1 0.7500 over 2 problems (accepted 3, wrong_answer 1)" in done.stdout
    assert "+0.2500 pass@1 over 2 problems" in done.stdout
    asked = {str(json.loads(line)["task_id"]) for line in out.read_text().splitlines()}
    assert asked == {"a#1", "b#0"}, "the attempts that failed"
    prompts = sorted(request["messages"][1]["content"] for _, request, _ in vllm.requests)
    assert "```python\nprint(4)\n```\n\nThe above code is incorrect and got a wrong answer.\nInput: " in prompts[0]
    assert "Generated Output: 4" in prompts[0]
    assert "got a runtime error." in prompts[1]
    assert "ZeroDivisionError" in prompts[1]
    for options, said in ((("--n", 2), "leave --n out"), ((), "takes generations (.jsonl), not first.json")):
        refused = score("livecodebench", problems, out if options else first, "--repair", attempts, *options, *common)
        assert (refused.returncode, said in refused.stderr) == (2, True), refused


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"error_code": -3, "error": "Time", "inputs": "1", "expected": "2"},
            "time limit exceeded.\nTime\nInput: 1\nExpected: 2",
        ),
        ({"error_code": -1, "error": "SyntaxError"}, "the following compilation error.\nSyntaxError"),
        ({"error_code": -5}, ""),
        ({}, ""),
    ],
)
def test_a_model_is_told_how_its_program_failed(facts: dict[str, Any], said: str) -> None:
    assert lcb_repair.feedback(facts).endswith(said)
    assert bool(lcb_repair.feedback(facts)) is bool(said)


def test_outputs_are_predicted(tmp_path: Path, client: Client) -> None:
    data = lines(tmp_path / "data.jsonl", OUTPUTS)
    answers = ("So:\n```python\nassert pair(3, 4) == [3, True]\n```", "```\n[3, False]\n```", "```\nexit()\n```")
    samples = lines(tmp_path / "s.jsonl", *({"task_id": "77_1", "answer": answer} for answer in answers))
    done = score("livecodebench-outputs", samples, "--data", data, "--server", client.service.url, "--json")
    assert done.returncode == 0, done
    assert json.loads(done.stdout)["by_sample"] == [1.0, 0.0, 0.0]
    question = lcb_outputs.task(OUTPUTS).question
    assert question is not None
    assert "```\nassert pair(3, 4) == # TODO\n```" in question.user


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("assert f(1) == 2\nassert f(1) == [3]", "[3]"),
        ("Text\n```\nno\n```\n```python\n# assert f(1) == 1\nassert f(1) == {'a': 2}\n```", "{'a': 2}"),
        ("```\n  assert f(1) == 2\n```", "assert f(1) == 2"),
        ("```\n(1, 2)\n```", "(1, 2)"),
        ("assert f(1)", "assert f(1)"),
        ("assert f(1) == (", "assert f(1) == ("),
        ("nothing", ""),
    ],
)
def test_a_prediction_is_found_as_livecodebench_finds_it(answer: str, expected: str) -> None:
    assert lcb_outputs.prediction(answer) == expected
