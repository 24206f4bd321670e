"""A run as a file: what is long is cut, what is no record is refused, LiveCodeBench's own file will do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scoring.conftest import lines
from trainer_client.benchmarks import run_record
from trainer_client.benchmarks.task import BadFile

HEAD = {"format": 2, "label": "x", "benchmark": "x", "engines": [], "isolation": []}


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    problem = {"task_id": "a", "samples": [{"program": "\u2028</script>", "report": {"verdict": "accepted"}}]}
    run_record.write({**HEAD, "problems": [problem]}, tmp_path / "a.run.jsonl")
    assert run_record.read(tmp_path / "a.run.jsonl") == {**HEAD, "source": "a.run.jsonl", "problems": [problem]}
    (tmp_path / "a.score.json").write_text("{}")
    assert run_record.read(tmp_path / "a.score.json")["problems"] == [problem]
    first_format = [{**HEAD, "format": 1}, {"id": "a", "samples": problem["samples"]}]
    assert run_record.read(lines(tmp_path / "b.run.jsonl", *first_format))["problems"] == [problem]


@pytest.mark.parametrize(
    ("name", "rows", "said"),
    [
        ("b.run.jsonl", [{"program": "x", "report": {}}], "is no record of a run"),
        ("b.run.jsonl", [], "is no record of a run"),
        ("b.score.json", [{"by_problem": {}}], "there is no b.run.jsonl beside it"),
        ("b.json", [{"question_id": "1"}], "neither a record of a run nor an _eval_all.json"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, name: str, rows: list[Any], said: str) -> None:
    with pytest.raises(BadFile, match=said):
        run_record.read(lines(tmp_path / name, *rows))


def test_livecodebench_s_own_file_is_read(tmp_path: Path) -> None:
    remarks = [
        {},
        {"error_code": -3, "error_message": "Time Limit Exceeded"},
        {"error_code": -2, "inputs": "1", "expected": "2", "output": "3"},
    ]
    row = {
        "question_id": 7, "difficulty": "hard", "platform": "atcoder", "question_content": "Add.", "code_list": ["a", "b", "c"],
        "graded_list": [True, False, False], "metadata": [json.dumps(each) for each in remarks], "output_list": ["So: a", "", ""],
    }  # fmt: skip
    (tmp_path / "eval_all.json").write_text(json.dumps([row]))
    [problem] = run_record.read(tmp_path / "eval_all.json")["problems"]
    samples = problem["samples"]
    assert [each["report"]["verdict"] for each in samples] == ["accepted", "time_limit_exceeded", "wrong_answer"]
    assert samples[2]["report"]["first_failure"] == {
        "index": 0,
        "verdict": "wrong_answer",
        "input": "1",
        "expected": "2",
        "output": "3",
    }
    assert samples[0]["answer"] == [{"kind": "text", "text": "So: a"}]


def test_what_nobody_reads_to_the_end_is_cut() -> None:
    long = run_record.shortened({"program": "x" * 300_000, "answer": [{"kind": "reasoning", "text": "y" * 50_000}]})
    assert (len(long["program"]), long["cut"]) == (run_record.MAX_PROGRAM, True)
    assert "[… 30000 characters …]" in long["answer"][0]["text"]
