"""Readers take rows as public sets have them, with tests that the service accepts."""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluator.schema import Suite
from tests.dataset.problem_set import leetcode_row, write_rows
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.records import Record, records
from trainer_client.dataset.sources import SOURCES, BadSource, RawTests, RowFault
from trainer_client.dataset.sources.source import Collected

EXAMPLES = Path(__file__).parents[2] / "examples"
MIB = 1 << 20


def one(form: str, row: Mapping[str, Any]) -> Collected:
    config = SourceConfig.model_validate({"format": form, "files": ["x"]})
    assert [column for column in SOURCES[form].columns if column not in row] == []
    return SOURCES[form].problem(row, config)


def test_livecodebench() -> None:
    private = [{"input": "3 4", "output": "7", "testtype": "stdin"}]
    packed = base64.b64encode(zlib.compress(pickle.dumps(json.dumps(private)))).decode()
    row = {
        "question_title": "Sum", "question_content": "Add.", "platform": "atcoder", "question_id": "abc1_a",
        "contest_id": "abc1", "contest_date": "2024-01-02T00:00:00", "starter_code": "", "difficulty": "easy",
        "public_test_cases": json.dumps([{"input": "1 2", "output": "3", "testtype": "stdin"}]),
        "private_test_cases": packed, "metadata": "{}",
    }  # fmt: skip
    collected = one("livecodebench", row)
    assert collected.tests == RawTests("text", ["1 2", "3 4"], ["3", "7"])
    assert (collected.problem.source_id, collected.problem.date) == ("abc1_a", "2024-01-02")


def test_livecodebench_keeps_the_function_s_name() -> None:
    tests = json.dumps([{"input": "[1]\n2", "output": "3", "testtype": "functional"}])
    row = {
        "question_id": "1", "question_content": "x", "public_test_cases": tests, "private_test_cases": "[]",
        "metadata": '{"func_name": "add"}', "contest_date": "2024-01-02",
    }  # fmt: skip
    assert one("livecodebench", row).tests == RawTests("lines", ["[1]\n2"], ["3"], "add")


def test_a_pickle_that_calls_is_refused() -> None:
    packed = base64.b64encode(zlib.compress(pickle.dumps(print))).decode()
    row = {"question_id": "1", "question_content": "x", "public_test_cases": "[]", "private_test_cases": packed}
    with pytest.raises(RowFault, match=r"builtins\.print"):
        one("livecodebench", row)


@pytest.mark.parametrize("form", ["apps", "taco"])
def test_apps_and_taco(form: str) -> None:
    row = {
        "problem_id": 7, "question": "Add.", "solutions": '["print(3)", "print(1+2)"]', "difficulty": "interview",
        "input_output": '{"inputs": ["1 2\\n"], "outputs": ["3\\n"]}', "starter_code": "", "url": "https://x.org/7",
        "time_limit": "2.5 seconds", "memory_limit": "256.0 megabytes", "tags": "['Math', 'Graphs']", "picture_num": "1",
    }  # fmt: skip
    problem, tests = (collected := one(form, row)).problem, collected.tests
    assert tests == RawTests("text", ["1 2\n"], ["3\n"])
    assert problem.limits_json == {"cpu_s": 2.5, "memory_mb": 256}
    assert (problem.limit_origin, problem.tags, problem.images_missing) == ("stated", ("Math", "Graphs"), 1)
    assert [each.code for each in problem.references] == ["print(3)", "print(1+2)"]


def test_apps_keeps_the_function_s_name_and_wants_as_many_outputs_as_inputs() -> None:
    row = {"problem_id": 1, "question": "x", "solutions": "", "input_output": ""}
    assert one("apps", row).tests is None
    called = {**row, "input_output": '{"fn_name": "f", "inputs": [[1]], "outputs": [[2]]}'}
    assert one("apps", called).tests == RawTests("values", [[1]], [[2]], "f")
    with pytest.raises(RowFault, match="2 inputs and 1 outputs"):
        one("apps", {**row, "input_output": '{"inputs": ["1", "2"], "outputs": ["1"]}'})
    with pytest.raises(RowFault, match="not JSON"):
        one("apps", {**row, "input_output": '{"inputs": ["1"'})


def test_codecontests() -> None:
    row = {
        "name": "1_A. Sum", "description": "Add.", "public_tests": {"input": ["1 2"], "output": ["3"]},
        "private_tests": {"input": ["4 5"], "output": ["9"]}, "generated_tests": {"input": [], "output": []},
        "solutions": {"language": [1, 3, 2], "solution": ["print 3", "print(3)", "int main(){}"]},
        "incorrect_solutions": {"language": [3], "solution": ["print(4)"]}, "source": 2, "cf_contest_id": 1,
        "cf_rating": 800, "cf_tags": ["math", ""], "time_limit": {"seconds": 1, "nanos": 500000000},
        "memory_limit_bytes": 268435456,
    }  # fmt: skip
    problem, tests = (collected := one("codecontests", row)).problem, collected.tests
    assert tests == RawTests("text", ["1 2", "4 5"], ["3", "9"])
    assert [(each.language, each.code) for each in problem.references] == [
        ("python", "print(3)"),
        ("cpp", "int main(){}"),
    ]
    assert [each.code for each in problem.known_wrong] == ["print(4)"]
    assert (problem.platform, problem.limits_json) == ("codeforces", {"cpu_s": 1.5, "memory_mb": 256})
    assert [each.input for each in problem.samples] == ["1 2"]


def test_open_r1() -> None:
    row = {
        "id": "1/A", "contest_id": "1", "index": "A", "title": "Sum", "description": "Add.", "input_format": "Two.",
        "output_format": "One.", "note": None, "time_limit": 2.0, "memory_limit": 256.0, "rating": 800, "tags": ["math"],
        "examples": [{"input": "1 2", "output": "3"}], "official_tests": [{"input": "1 2", "output": "3"}],
        "official_tests_complete": False, "generated_checker": "print(1)", "contest_start_year": 2010,
    }  # fmt: skip
    problem = one("open_r1", row).problem
    assert problem.statement == "Add.\n\nInput\nTwo.\n\nOutput\nOne."
    assert problem.checker_json is not None
    assert problem.checker_json["kind"] == "program"
    assert not problem.tests_complete
    assert problem.url == "https://codeforces.com/contest/1/problem/A"


def test_prime_and_synthetic() -> None:
    prime = {
        "data_source": "taco", "prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "Add."}],
        "reward_model": {"ground_truth": '{"inputs": ["1 2"], "outputs": ["3"]}'},
        "extra_info": {"split": "train", "index": 4},
    }  # fmt: skip
    collected = one("prime", prime)
    assert collected.tests == RawTests("text", ["1 2"], ["3"])
    assert (collected.problem.source_id, collected.problem.statement) == ("train-4", "Add.")
    case = {"type": "function_call", "fn_name": "add", "input": [1, 2], "output": 3}
    synthetic = {
        "problem_id": "s1", "prompt": "Add.", "gold_standard_solution": "Sure\n```python\nprint(3)\n```\n",
        "verification_info": json.dumps({"language": "python", "test_cases": [case]}),
    }  # fmt: skip
    collected = one("prime", synthetic)
    assert collected.tests == RawTests("values", [[1, 2]], [3], "add")
    assert collected.problem.references[0].code == "print(3)\n"


def test_leetcodedataset_has_a_second_solution_and_named_arguments() -> None:
    collected = one("leetcodedataset", leetcode_row(3))
    assert isinstance(collected.tests, RawTests)
    assert (collected.tests.form, collected.tests.function) == ("named", "add3")
    assert [each.origin for each in collected.problem.references] == ["completion", "response"]
    old = leetcode_row(3, problem_description="", starter_code="", difficulty="", query="cut")
    old["meta"] = {"question_title": "The whole statement.", "lang_code": "class Solution: ...", "difficulty": "Hard"}
    problem = one("leetcodedataset", old).problem
    assert (problem.statement, problem.starter_code) == ("The whole statement.", "class Solution: ...")
    assert problem.source_difficulty == "hard"


def test_leetcodedataset_s_programs_begin_with_the_imports_that_their_tests_give_them() -> None:
    code = "class Solution:\n    def add3(self, a, b):\n        return SortedList([a, b])[0]"
    prompt = "from heapq import *\nfrom heapq import heappush\nfrom sortedcontainers import SortedList\n"
    [reference] = one(
        "leetcodedataset", leetcode_row(3, completion=code, response="", prompt=prompt)
    ).problem.references
    assert reference.code == f"from sortedcontainers import SortedList\n{code}"
    plain = one("leetcodedataset", leetcode_row(3, prompt=prompt)).problem.references
    assert "import" not in plain[0].code


def test_kodcode() -> None:
    row = {
        "question_id": "k1", "question": "Add.", "solution": "def add(a, b):\n    return a + b\n", "subset": "Prefill",
        "test": "from solution import add\n\ndef test_add():\n    assert add(1, 2) == 3\n",
        "gpt_pass_trial_num": 3, "gpt_pass_sequence": [1, 0, 1, 1],
    }  # fmt: skip
    collected = one("kodcode", row)
    assert isinstance(collected.tests, Suite)
    assert collected.tests.program is not None
    assert (collected.tests.program.test_code, collected.tests.program.reference) == (row["test"], row["solution"])
    assert [(rate.k, rate.c) for rate in collected.problem.passes] == [(4, 3)]


def test_humaneval_and_mbpp() -> None:
    row = {
        "task_id": "HumanEval/0", "prompt": "def one():\n", "canonical_solution": "    return 1\n", "entry_point": "one",
        "test": "def check(candidate):\n    assert candidate() == 1\n",
    }  # fmt: skip
    collected = one("humaneval", row)
    assert collected.problem.references[0].code == "def one():\n    return 1\n"
    assert isinstance(collected.tests, Suite)
    assert collected.tests.program is not None
    assert collected.tests.program.reference == "def one():\n    return 1\n"
    mbpp = {"task_id": 2, "text": "One.", "code": "def one(): return 1", "test_list": ["assert one() == 1"]}
    assert one("mbpp", mbpp).problem.source_id == "2"
    with pytest.raises(RowFault, match="neither HumanEval"):
        one("humaneval", {"task_id": "x"})


def test_our_own_rows_and_folders() -> None:
    row = {
        "id": 1,
        "suite": [{"input": "1", "output": "1"}],
        "statement": "Echo.",
        "reference": "print(input())",
        "buggy": "x",
    }
    problem = one("own", row).problem
    assert [len(problem.references), len(problem.known_wrong)] == [1, 1]
    with pytest.raises(RowFault, match="unknown columns \\['statment'\\]"):
        one("own", {"id": 1, "suite": [], "statment": "x"})
    config = SourceConfig.model_validate({"format": "folders", "files": [str(EXAMPLES)]})
    rows = list(SOURCES["folders"].records(config, MIB))
    assert len(rows) >= 30
    for record in rows:
        assert record.content is not None
        collected = SOURCES["folders"].problem(record.content(), config)
        assert isinstance(collected.tests, Suite)
        assert collected.problem.statement


def test_icpc_packages(tmp_path: Path) -> None:
    package = tmp_path / "hello"
    for file, text in {
        "problem.yaml": "name: {en: Hello}\nlicense: cc by-sa\nlimits: {memory: 512}\nvalidator_flags: float_tolerance 1e-4\n",
        "problem_statement/problem.en.tex": "Say hello.",
        "data/sample/1.in": "a\n", "data/sample/1.ans": "hello a\n", "data/secret/2.in": "b\n", "data/secret/2.ans": "hello b\n",
        "submissions/accepted/ok.py": "print('hello', input())", "submissions/wrong_answer/no.py": "print('bye')",
        "submissions/time_limit_exceeded/slow.cpp": "int main(){for(;;);}",
    }.items():  # fmt: skip
        (package / file).parent.mkdir(parents=True, exist_ok=True)
        (package / file).write_text(text)
    config = SourceConfig.model_validate({"format": "icpc", "files": [str(tmp_path)]})
    [record] = SOURCES["icpc"].records(config, MIB)
    assert record.content is not None
    collected = SOURCES["icpc"].problem(record.content(), config)
    problem, suite = collected.problem, collected.tests
    assert isinstance(suite, Suite)
    assert [test.name for test in suite.tests] == ["sample/1", "secret/2"]
    assert problem.checker_json == {"kind": "icpc_default", "args": ("float_tolerance", "1e-4")}
    assert (problem.license, problem.title, problem.limits_json) == ("CC-BY-SA-4.0", "Hello", {"memory_mb": 512})
    assert [each.label for each in problem.known_wrong] == ["time_limit_exceeded", "wrong_answer"]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "rows.jsonl.zst", "rows.json", "rows.parquet"])
def test_a_table_is_read_from_every_kind_of_file(tmp_path: Path, name: str) -> None:
    import zstandard

    rows = [{"id": str(number), "text": "ä" * number} for number in range(40)]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    match name.split(".", 1)[1]:
        case "jsonl.gz":
            (tmp_path / name).write_bytes(gzip.compress(lines))
        case "jsonl.zst":
            (tmp_path / name).write_bytes(zstandard.compress(lines))
        case "json":
            (tmp_path / name).write_text(json.dumps(rows))
        case "parquet":
            pq.write_table(pa.Table.from_pylist(rows), tmp_path / name)
        case _:
            (tmp_path / name).write_bytes(lines)
    found = list(records(tmp_path / name, MIB))
    assert [each.content() for each in found if each.content] == rows
    assert found[3].where == f"{tmp_path / name}:4"
    assert len({each.digest for each in found}) == 40


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.jsonl.zst"])
def test_a_file_that_was_cut_is_named_with_its_row(tmp_path: Path, name: str) -> None:
    import zstandard

    lines = "".join(
        json.dumps({"id": number, "text": f"{hash((number, 1)):x}" * 200}) + "\n" for number in range(500)
    ).encode()
    whole = gzip.compress(lines) if name.endswith("gz") else zstandard.compress(lines)
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    found: list[Record] = []
    with pytest.raises(BadSource) as caught:
        found.extend(records(tmp_path / name, MIB))
    assert all(each.content is not None and each.content() for each in found)
    assert 0 < len(found) < 500
    assert f"{name}:{len(found) + 1}: " in str(caught.value)


def test_a_row_above_the_ceiling_is_skipped_without_being_held(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", [{"id": 1}, {"id": 2, "text": "x" * (3 * MIB)}, {"id": 3}])
    found = list(records(tmp_path / "rows.jsonl", MIB))
    assert [each.content is None for each in found] == [False, True, False]
    assert found[1].size > 3 * MIB
    assert found[2].content is not None
    assert found[2].content() == {"id": 3}
