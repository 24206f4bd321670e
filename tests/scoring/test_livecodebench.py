"""LiveCodeBench's files, read and written, and its score by the command line."""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evaluator.schema import Report
from tests.end_to_end.conftest import Client, client
from tests.scoring.conftest import score
from trainer_client.benchmarks import livecodebench
from trainer_client.benchmarks.livecodebench import Selection
from trainer_client.benchmarks.task import BadFile

__all__ = ["client"]
ADD = "print(sum(map(int, input().split())))"
DOUBLE = "class Solution:\n    def double(self, n: int) -> int:\n        return 2 * n"


def packed(text: object) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(text))).decode()


def row(name: str, **fields: Any) -> dict[str, Any]:
    tests = [
        {"input": "1 2\n", "output": "3\n", "testtype": "stdin"},
        {"input": "5 5", "output": "10", "testtype": "stdin"},
    ]
    return {
        "question_title": name, "question_content": "Add.", "platform": "atcoder", "question_id": name,
        "contest_id": "c", "contest_date": "2025-02-01T00:00:00", "starter_code": "", "difficulty": "easy",
        "public_test_cases": json.dumps(tests[:1]), "private_test_cases": packed(json.dumps(tests[1:])),
        "metadata": "{}", **fields,
    }  # fmt: skip


def function_row(name: str, **fields: Any) -> dict[str, Any]:
    tests = [{"input": "4", "output": "8", "testtype": "functional"}]
    return row(
        name, starter_code="class Solution: ...", public_test_cases=json.dumps(tests), private_test_cases="[]",
        metadata=json.dumps({"func_name": "double"}), platform="leetcode", **fields,
    )  # fmt: skip


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    rows = [
        row("b_hard", difficulty="hard", contest_date="2025-03-01T00:00:00"),
        function_row("c_function", contest_date="2025-03-31T23:30:00"),
        row("a_easy"),
    ]
    file = tmp_path / "test6.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return file


def names(file: Path, **selection: Any) -> list[str]:
    return [problem.id for problem in livecodebench.read([file], Selection(**selection))]


def test_problems_are_read_in_order_with_all_their_tests(problems: Path) -> None:
    easy, hard, function = livecodebench.read([problems])
    assert [easy.id, hard.id, function.id] == ["a_easy", "b_hard", "c_function"]
    assert [test["input"] for test in easy.tests] == ["1 2\n", "5 5"]
    assert (easy.suite.mode, function.suite.mode) == ("stdio", "function")
    assert function.suite.tests[0].input == [4]


def test_a_selection(problems: Path) -> None:
    assert names(problems, first_day=date(2025, 3, 1)) == ["b_hard", "c_function"]
    assert names(problems, last_day=date(2025, 3, 31), platforms=frozenset({"leetcode"})) == ["c_function"]
    assert names(problems, difficulties=frozenset({"hard"})) == ["b_hard"]


def test_releases_are_files(tmp_path: Path, problems: Path) -> None:
    assert livecodebench.files_of(tmp_path, "v6") == [problems]
    with pytest.raises(BadFile, match=r"lacks test\.jsonl, test2\.jsonl"):
        livecodebench.files_of(tmp_path, "release_v6")
    with pytest.raises(BadFile, match="unknown release"):
        livecodebench.files_of(tmp_path, "v7")


class Harmful:
    def __reduce__(self) -> Any:
        return print, ("harm",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "test6.jsonl:1"),
        ("[]", "test6.jsonl:1"),
        (json.dumps(row("x", private_test_cases=packed(Harmful()))), "a pickled test names builtins.print"),
        (json.dumps(row("x", private_test_cases="!!")), "test6.jsonl:1"),
        (json.dumps({"question_id": "x"}), "public_test_cases"),
    ],
)
def test_what_is_no_problem_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str], line: str, said: str) -> None:
    file = tmp_path / "test6.jsonl"
    file.write_text(line)
    with pytest.raises(BadFile, match=said):
        livecodebench.read([file])
    assert capfd.readouterr().out == ""


def test_samples_are_read_in_both_forms(tmp_path: Path, problems: Path) -> None:
    found = livecodebench.read([problems])
    file = tmp_path / "samples.json"
    file.write_text(json.dumps([[ADD], [ADD], [DOUBLE]]))
    by_order = livecodebench.read_samples(file, found)
    named = [{"question_id": "c_function", "code_list": [DOUBLE]}, {"question_id": "other", "code_list": ["x"]}]
    named += [{"question_id": name, "code_list": [ADD]} for name in ("b_hard", "a_easy")]
    file.write_text(json.dumps(named))
    assert livecodebench.read_samples(file, found) == by_order
    for wrong, said in (([], "neither"), ([[ADD]], "neither"), (named[:1], "2 of 3 problems"), ({}, "neither")):
        file.write_text(json.dumps(wrong))
        with pytest.raises(BadFile, match=said):
            livecodebench.read_samples(file, found)


@pytest.mark.parametrize(
    ("verdict", "passed", "codes"),
    [
        ("accepted", 3, [True, True, True]),
        ("wrong_answer", 1, [True, -2]),
        ("time_limit_exceeded", 0, [-3]),
        ("memory_limit_exceeded", 0, [-4]),
        ("compile_error", 0, [-4]),
        ("judge_error", 0, [-5]),
    ],
)
def test_codes(verdict: str, passed: int, codes: list[bool | int]) -> None:
    score = None if verdict == "judge_error" else float(passed == 3)
    report = Report.model_validate({"verdict": verdict, "score": score, "passed": passed, "total": 3, "engine": "0"})
    assert livecodebench.codes(report) == codes


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return score("livecodebench", *arguments)


def test_the_command_scores_and_writes_the_official_files(tmp_path: Path, problems: Path, client: Client) -> None:
    samples = tmp_path / "model.json"
    rows = [("a_easy", [ADD, "print(3)"]), ("b_hard", [ADD, ADD]), ("c_function", ["1/0", "class Solution: pass"])]
    samples.write_text(json.dumps([{"question_id": name, "code_list": codes} for name, codes in rows]))
    errata = tmp_path / "errata.txt"
    errata.write_text("c_function\n")
    said = run(problems, samples, "--server", client.service.url, "--errata", errata)
    assert said.returncode == 0, said.stderr
    assert "pass@1 0.5000 over 3 problems" in said.stdout
    assert "pass@1 0.7500 over 2 problems" in said.stdout, "without the errata"
    output, (metrics, results, metadata), everything = (
        json.loads((tmp_path / f"model_codegeneration_output{ending}.json").read_text())
        for ending in ("", "_eval", "_eval_all")
    )
    assert [each["code_list"] for each in output] == [codes for _, codes in rows]
    assert (metrics["pass@1"], metrics["detail"]["pass@1"]) == (0.5, {"0": 0.5, "1": 1.0, "2": 0.0})
    assert results == {"0": [[True, True], [True, -2]], "1": [[True, True]] * 2, "2": [[-4], [-4]]}
    assert [len(each) for each in metadata] == [2, 2, 2]
    assert [each["graded_list"] for each in everything] == [[True, False], [True, True], [False, False]]
    again = run(
        problems, samples, "--server", client.service.url, "--difficulty", "easy",
        "--compare", tmp_path / "model_codegeneration_output_eval_all.json",
    )  # fmt: skip
    assert "+0.0000 pass@1 over 2 problems, 95 % between +0.0000 and +0.0000" in again.stdout


def test_the_command_judges_as_livecodebench_does(tmp_path: Path, problems: Path, client: Client) -> None:
    samples = tmp_path / "model.json"
    rows = [("a_easy", [ADD, f"{ADD}\nsys.exit(1)"]), ("b_hard", [ADD, ADD]), ("c_function", [DOUBLE, "1/0"])]
    samples.write_text(json.dumps([{"question_id": name, "code_list": codes} for name, codes in rows]))
    arguments = (problems, samples, "--server", client.service.url, "--difficulty", "easy")
    assert "pass@1 0.5000 over 2 problems" in run(*arguments).stdout
    said = run(*arguments, "--as", "livecodebench")
    assert "LiveCodeBench, judged as livecodebench does" in said.stdout, said.stderr
    assert "pass@1 0.7500 over 2 problems" in said.stdout
    assert json.loads((tmp_path / "model.score.json").read_text())["judged_otherwise_there"] == {}


def test_whole_answers_are_cut_as_livecodebench_cuts_them(tmp_path: Path, problems: Path, client: Client) -> None:
    samples = tmp_path / "answers.json"
    samples.write_text(json.dumps([[f"So:\n```python\n{ADD}\n```"]]))
    said = run(problems, samples, "--server", client.service.url, "--difficulty", "hard", "--answers")
    assert "pass@1 1.0000 over 1 problems" in said.stdout, said.stderr


@pytest.mark.parametrize(("samples", "said"), [("[]", "neither"), ("{", "not JSON"), (None, "No such file")])
def test_a_mistake_is_named_and_exits_2(tmp_path: Path, problems: Path, samples: str | None, said: str) -> None:
    file = tmp_path / "samples.json"
    if samples is not None:
        file.write_text(samples)
    done = run(problems, file)
    assert done.returncode == 2
    assert said in done.stderr
