"""Readers take rows with exactly the columns and types that sets are published with; the content is ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluator.local import LocalService
from evaluator.schema import Submission, Suite
from trainer_client import EvaluatorClient
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.row import Problem
from trainer_client.dataset.sources import SOURCES, RawTests, RowFault
from trainer_client.dataset.sources.source import Collected

MIB = 1 << 20
NEAR = """import sys
def main():
    path, answer, output = sys.argv[1:4]
    left, right = int(open(answer).read()), int(open(output).read())
    print(1 if abs(left - right) <= int(open(path).read()) else 0)
if __name__ == "__main__":
    main()
"""
TESTS = pa.struct([("input", pa.list_(pa.string())), ("output", pa.list_(pa.string()))])
PROGRAMS = pa.struct([("language", pa.list_(pa.int64())), ("solution", pa.list_(pa.string()))])
CODECONTESTS = pa.schema(
    [
        ("name", pa.string()), ("description", pa.string()), ("public_tests", TESTS), ("private_tests", TESTS),
        ("generated_tests", TESTS), ("source", pa.int64()), ("difficulty", pa.int64()), ("solutions", PROGRAMS),
        ("incorrect_solutions", PROGRAMS), ("cf_contest_id", pa.int64()), ("cf_index", pa.string()),
        ("cf_points", pa.float32()), ("cf_rating", pa.int32()), ("cf_tags", pa.list_(pa.string())),
        ("is_description_translated", pa.bool_()), ("untranslated_description", pa.string()),
        ("time_limit", pa.struct([("seconds", pa.int64()), ("nanos", pa.int64())])),
        ("memory_limit_bytes", pa.int64()), ("input_file", pa.string()), ("output_file", pa.string()),
    ]
)  # fmt: skip
CASE = pa.list_(pa.struct([("input", pa.string()), ("output", pa.string())]))
OPEN_R1 = pa.schema(
    [
        ("id", pa.string()), ("aliases", pa.list_(pa.string())), ("contest_id", pa.string()),
        ("contest_name", pa.string()), ("contest_type", pa.string()), ("contest_start", pa.int64()),
        ("contest_start_year", pa.int64()), ("index", pa.string()), ("time_limit", pa.float64()),
        ("memory_limit", pa.float64()), ("title", pa.string()), ("description", pa.string()),
        ("input_format", pa.string()), ("output_format", pa.string()), ("interaction_format", pa.string()),
        ("note", pa.string()), ("examples", CASE), ("editorial", pa.string()), ("rating", pa.int64()),
        ("tags", pa.list_(pa.string())), ("testset_size", pa.int64()), ("official_tests", CASE),
        ("official_tests_complete", pa.bool_()), ("input_mode", pa.string()), ("generated_checker", pa.string()),
        ("executable", pa.bool_()), ("generated_tests", pa.int64()),
    ]
)  # fmt: skip


def codecontests(**changes: Any) -> dict[str, Any]:
    return {
        "name": "7_A. Twice", "description": "Print twice the number.",
        "public_tests": {"input": ["2\n"], "output": ["4\n"]}, "private_tests": {"input": [], "output": []},
        "generated_tests": {"input": ["5\n"], "output": ["10\n"]}, "source": 2, "difficulty": 7,
        "solutions": {"language": [3], "solution": ["print(2 * int(input()))"]},
        "incorrect_solutions": {"language": [], "solution": []}, "cf_contest_id": 7, "cf_index": "A", "cf_points": 500.0,
        "cf_rating": 800, "cf_tags": ["math"], "is_description_translated": False, "untranslated_description": "",
        "time_limit": {"seconds": 2, "nanos": 0}, "memory_limit_bytes": 256 * MIB, "input_file": "", "output_file": "",
        **changes,
    }  # fmt: skip


def open_r1(**changes: Any) -> dict[str, Any]:
    return {
        "id": "7/A", "aliases": None, "contest_id": "7", "contest_name": "Round 7", "contest_type": "CF",
        "contest_start": 1_268_395_200, "contest_start_year": 2010, "index": "A", "time_limit": 2.0,
        "memory_limit": 256.0, "title": "Near", "description": "Print a number near.", "input_format": "One number.",
        "output_format": "One number.", "interaction_format": None, "note": None,
        "examples": [{"input": "3", "output": "10"}], "editorial": None, "rating": 800, "tags": ["math"],
        "testset_size": 1, "official_tests": [{"input": "3", "output": "10"}], "official_tests_complete": True,
        "input_mode": "stdio", "generated_checker": NEAR, "executable": True, "generated_tests": 0, **changes,
    }  # fmt: skip


def collected(form: str, row: Mapping[str, Any]) -> Collected:
    config = SourceConfig.model_validate({"format": form, "files": ["x"]})
    assert [column for column in SOURCES[form].columns if column not in row] == []
    return SOURCES[form].problem(row, config)


def from_parquet(form: str, folder: Path, row: Mapping[str, Any], schema: pa.Schema) -> Collected:
    """The row as it comes out of a file with the published types."""
    assert set(row) == set(schema.names)
    pq.write_table(pa.Table.from_pylist([row], schema), folder / "rows.parquet")
    config = SourceConfig.model_validate({"format": form, "files": [str(folder / "rows.parquet")]})
    [record] = SOURCES[form].records(config, MIB)
    assert record.content is not None
    return SOURCES[form].problem(record.content(), config)


def test_codecontests(tmp_path: Path) -> None:
    made = from_parquet("codecontests", tmp_path, codecontests(), CODECONTESTS)
    assert made.tests == RawTests("text", ["2\n", "5\n"], ["4\n", "10\n"])
    assert made.problem.limits_json == {"cpu_s": 2.0, "memory_mb": 256}
    with pytest.raises(RowFault, match=r"input\.txt"):
        collected("codecontests", codecontests(input_file="input.txt"))


def test_open_r1(tmp_path: Path) -> None:
    problem = from_parquet("open_r1", tmp_path, open_r1(), OPEN_R1).problem
    assert (problem.date, problem.platform, problem.tests_complete) == ("2010-03-12", "codeforces", True)
    plain = from_parquet("open_r1", tmp_path, open_r1(generated_checker=None), OPEN_R1).problem
    assert plain.checker_json is None
    for changes, reason in (({"interaction_format": "Ask."}, "no_interactor"), ({"input_mode": "file"}, "file_input")):
        with pytest.raises(RowFault) as caught:
            collected("open_r1", open_r1(**changes))
        assert caught.value.reason == reason


def test_a_checker_of_open_r1_decides_as_it_does_there(service: LocalService) -> None:
    problem: Problem = collected("open_r1", open_r1()).problem
    suite = Suite.model_validate(
        {"mode": "stdio", "checker": problem.checker_json, "tests": [{"input": "3", "output": "10"}]}
    )
    printed = ["10", "13", "7", "14", "", "ten"]
    with EvaluatorClient(service.url) as client:
        reports = client.grade_many([Submission(code=f"print({each!r})", suite=suite) for each in printed])
    assert [report.verdict.value for report in reports] == ["accepted"] * 3 + ["wrong_answer"] * 3


def test_eurus() -> None:
    row = {
        "data_source": "codecontests", "prompt": [{"content": "Think.", "role": "system"}, {"content": "Add.", "role": "user"}],
        "ability": "code", "reward_model": {"ground_truth": '{"inputs": ["1 2\\n"], "outputs": ["3\\n"]}', "style": "rule"},
        "extra_info": {"index": 0, "split": "train"},
    }  # fmt: skip
    assert collected("prime", row).tests == RawTests("text", ["1 2\n"], ["3\n"])
    other = {**row, "ability": "math", "reward_model": {"ground_truth": "\\frac{1}{2}", "style": "rule"}}
    with pytest.raises(RowFault) as caught:
        collected("prime", other)
    assert caught.value.reason == "not_code"


def test_synthetic() -> None:
    cases = [{"fn_name": None, "input": "1 2\n", "output": "3\n", "type": "stdin_stdout"}]
    first = {
        "source": "apps", "task_type": "verifiable_code", "in_source_id": "1", "prompt": "Add.", "problem_id": "vc_1",
        "gold_standard_solution": "```python\nprint(3)\n```", "metadata": "{'difficulty': 'introductory'}",
        "verification_info": repr({"language": "python", "test_cases": cases}),
    }  # fmt: skip
    assert collected("prime", first).tests == RawTests("text", ["1 2\n"], ["3\n"])
    case = {"input": "[1, 2]\n3", "output": "6", "testtype": "functional", "metadata": {"func_name": "add"}}
    second = {
        "problem_id": "prime_rl_code_1", "task_type": "prime_rl_code", "prompt": "Add.", "metadata": "{}",
        "verification_info": json.dumps({"ground_truth": json.dumps([case])}),
    }  # fmt: skip
    assert collected("prime", second).tests == RawTests("lines", ["[1, 2]\n3"], ["6"], "add")
    with pytest.raises(RowFault, match="code_output_prediction"):
        collected("prime", {**second, "task_type": "code_output_prediction"})


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ({"inputs": ["1\n"], "outputs": ["1\n"]}, RawTests("text", ["1\n"], ["1\n"])),
        ({"fn_name": "f", "inputs": [[1]], "outputs": [[1]]}, RawTests("values", [[1]], [[1]], "f")),
        ([{"type": "stdin_stdout", "input": "1", "output": "1", "fn_name": None}], RawTests("text", ["1"], ["1"])),
        (
            [{"input": "1", "output": "1", "testtype": "functional", "metadata": {"func_name": "f"}}],
            RawTests("lines", ["1"], ["1"], "f"),
        ),
    ],
)
def test_deepcoder(tests: Any, expected: RawTests) -> None:
    row = {
        "problem": "Echo.", "solutions": ["```python\nprint(input())\n```"], "tests": json.dumps(tests), "starter_code": "",
        "metadata": {},
    }  # fmt: skip
    made = collected("deepcoder", row)
    assert made.tests == expected
    assert made.problem.references[0].code == "print(input())\n"


def test_taco() -> None:
    row = {
        "question": "Add.", "solutions": '["print(3)"]', "starter_code": "", "difficulty": "EASY", "raw_tags": "['Math']",
        "input_output": '{"inputs": ["1 2\\n"], "outputs": ["3\\n"]}', "name": None, "source": "codechef",
        "tags": '[\'Number theory\', "Fermat\'s theorem"]', "skill_types": "['Sorting']", "url": "https://example.org/1",
        "Expected Auxiliary Space": None, "time_limit": "0.5 seconds", "date": "2019-12-31", "picture_num": None,
        "memory_limit": "50000.0 bytes", "Expected Time Complexity": None,
    }  # fmt: skip
    problem = collected("taco", row).problem
    assert problem.tags == ("Number theory", "Fermat's theorem")
    assert (problem.source_id, problem.limits_json) == ("https://example.org/1", {"cpu_s": 0.5})


@pytest.mark.parametrize(("test", "name"), [("test", "question_id"), ("test_code", "conversation_id")])
def test_kodcode(test: str, name: str) -> None:
    row = {
        "version": "v1.0", "style": "instruct", "subset": "Leetcode", name: "Leetcode_1_I", "question": "Add.",
        "solution": "def add(a, b):\n    return a + b", test: "from solution import add\n\ndef test_add():\n    assert add(1, 2) == 3",
        "test_info": [{"docstring": "", "function_declaration": "def add(a, b):", "function_name": "add", "parameter_list": "(a, b)"}],
        "gpt_pass_sequence": [0, 1, 0, 1, 0, 0, 0, 0, 0, 0], "gpt_pass_trial_num": 2, "gpt_difficulty": "hard",
        "gpt_pass_percentage": 0.2,
    }  # fmt: skip
    made = collected("kodcode", row)
    assert isinstance(made.tests, Suite)
    assert [(rate.k, rate.c) for rate in made.problem.passes] == [(10, 2)]
    assert made.problem.source_id == "Leetcode_1_I"


@pytest.mark.parametrize(
    ("file", "text"), [(".timelimit", "3\n"), ("domjudge-problem.ini", "short-name = A\ntimelimit='3'\n")]
)
def test_an_icpc_package_states_its_time_limit_and_flags_beside_its_yaml(tmp_path: Path, file: str, text: str) -> None:
    package = tmp_path / "near"
    for name, content in {
        "problem.yaml": "name: Near\nvalidation: default\nlicense: cc by-sa\n",
        "problem_statement/problem.en.tex": "Print pi.",
        "data/testdata.yaml": "output_validator_flags: float_tolerance 1e-6\n",
        "data/secret/1.in": "\n", "data/secret/1.ans": "3.14159265\n", "submissions/accepted/pi.py": "print(3.14159265)\n",
        file: text,
    }.items():  # fmt: skip
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(content)
    config = SourceConfig.model_validate({"format": "icpc", "files": [str(tmp_path)]})
    [record] = SOURCES["icpc"].records(config, MIB)
    assert record.content is not None
    problem = SOURCES["icpc"].problem(record.content(), config).problem
    assert (problem.limits_json, problem.limit_origin) == ({"cpu_s": 3.0}, "stated")
    assert problem.checker_json == {"kind": "icpc_default", "args": ("float_tolerance", "1e-6")}
