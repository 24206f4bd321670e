"""Tests from data sets become suites that judge as the data set means it."""

from __future__ import annotations

import json

import pytest

from tests.client.conftest import RIGHT, SUM
from trainer_client import EvaluatorClient, Submission
from trainer_client.suites import UnknownTests, suite_of

ADD = "class Solution:\n    def add(self, a, b):\n        return a + b"
PLAIN_ADD = "def add(a, b):\n    return a + b"
STDIO = {"inputs": ["1 2\n", "20 22\n"], "outputs": ["3\n", "42\n"]}
SHAPES = {
    "a suite": (SUM.model_dump(exclude_unset=True), RIGHT),
    "inputs and outputs": (STDIO, RIGHT),
    "inputs and outputs as lines": ({"inputs": [["1 2"], ["2 2"]], "outputs": [["3"], ["4"]]}, RIGHT),
    "a list of tests": ([{"input": "1 2\n", "output": "3\n", "testtype": "stdin"}], RIGHT),
    "open-r1's": ({"language": "python", "test_cases": [{"input": "1 2\n", "output": "3\n", "fn_name": None}]}, RIGHT),
    "LiveCodeBench's function": ({"inputs": ["1\n2", "20\n22"], "outputs": ["3", "42"], "fn_name": "add"}, ADD),
    "PRIME's function": ({"inputs": [[1, 2], [20, 22]], "outputs": [[3], [42]], "fn_name": "add"}, ADD),
    "a function of plain values": ({"inputs": [[1, 2]], "outputs": [3], "fn_name": "add"}, PLAIN_ADD),
    "a function of texts": ({"inputs": [["a", "b"]], "outputs": ["ab"], "fn_name": "add"}, PLAIN_ADD),
    "assertions": (["assert add(1, 2) == 3", "assert add(2, 2) == 4"], PLAIN_ADD),
    "MBPP's": ({"test_list": ["assert add(one, 2) == 3"], "test_setup_code": "one = 1", "test_imports": []}, PLAIN_ADD),
    "HumanEval's": ({"test": "def check(f):\n    assert f(1, 2) == 3", "entry_point": "add"}, PLAIN_ADD),
}
HEAD, _, REST = PLAIN_ADD.partition("\n")
CHECK = "def check(f):\n    assert f(1, 2) == 3"
CASES = (
    "import unittest\nclass Sums(unittest.TestCase):\n    def test_sum(self):\n        self.assertEqual(add(1, 2), 3)\n"
)
ROWS = {
    "MBPP's": {"code": PLAIN_ADD, "test_list": ["assert add(1, 2) == 3", "assert add(2, 2) == 4"], "text": "Add."},
    "HumanEval's": {"prompt": f"{HEAD}\n", "canonical_solution": REST, "test": CHECK, "entry_point": "add"},
    "LeetCodeDataset's": {
        "prompt": "import math",
        "completion": ADD,
        "test": CHECK,
        "entry_point": "Solution().add",
    },
    "BigCodeBench's": {
        "complete_prompt": "no program",
        "code_prompt": f"{HEAD}\n",
        "canonical_solution": REST,
        "test": CASES,
        "entry_point": "add",
    },
    "KodCode's": {
        "solution": PLAIN_ADD,
        "test": "from solution import (\n    add,\n)\n\ndef test_sum():\n    assert add(1, 2) == 3\n",
    },
    "ClassEval's": {"import_statement": ["import math"], "solution_code": PLAIN_ADD, "test": CASES},
}
"""Rows of public sets with their own solutions."""


@pytest.mark.parametrize("shape", SHAPES)
def test_the_right_program_passes_and_a_wrong_one_does_not(client: EvaluatorClient, shape: str) -> None:
    value, right = SHAPES[shape]
    wrong = right.replace("a + b", "b").replace("sum(", "max(")
    reports = client.grade_many([Submission(code=code, suite=suite_of(value)) for code in (right, wrong)])
    assert [report.verdict for report in reports] == ["accepted", "wrong_answer"]


@pytest.mark.parametrize("data_set", ROWS)
def test_a_row_s_own_solution_is_the_suite_s_reference(client: EvaluatorClient, data_set: str) -> None:
    suite = suite_of(ROWS[data_set])
    assert suite.program is not None
    right = suite.program.reference
    assert right is not None
    wrong = right.replace("a + b", "b")
    reports = client.grade_many([Submission(code=code, suite=suite) for code in (right, wrong)])
    assert [report.verdict for report in reports] == ["accepted", "wrong_answer"], reports


def test_a_row_without_a_solution_makes_a_suite_without_a_reference() -> None:
    for row in (SHAPES["MBPP's"][0], SHAPES["HumanEval's"][0], {**ROWS["HumanEval's"], "canonical_solution": None}):
        program = suite_of(row).program
        assert program is not None
        assert program.reference is None


@pytest.mark.parametrize("shape", SHAPES)
def test_json_text_is_the_same_and_is_read_once(shape: str) -> None:
    text = json.dumps(SHAPES[shape][0])
    assert suite_of(text) == suite_of(SHAPES[shape][0])
    assert suite_of(text) is suite_of(text)


def test_fields_of_the_suite_can_be_given() -> None:
    assert suite_of(json.dumps(STDIO), limits={"cpu_s": 2}).limits.cpu_s == 2
    assert suite_of(SUM, limits={"cpu_s": 2}).limits.cpu_s == 2
    assert suite_of(json.dumps(STDIO)).limits.cpu_s == 6


class Array(list):
    """A data frame's."""

    def tolist(self) -> list:
        return list(self)


def test_arrays_count_as_lists() -> None:
    assert suite_of({"inputs": Array(STDIO["inputs"]), "outputs": Array(STDIO["outputs"])}) == suite_of(STDIO)


NULLS = {"input": None, "output": None, "test_code": None, "weight": None, "name": None}
TESTS = [{"input": "1 2\n", "output": "3\n"}]
ARROW = {
    "a suite of texts": (
        {
            "mode": "stdio",
            "tests": [{**NULLS, **TESTS[0]}],
            "function": {"name": None, "types": {"params": None, "returns": None}, "answer": None},
            "program": None,
            "checker": {"kind": "float", "abs": 1e-6, "rel": None, "of": None, "checker": {"kind": None}},
            "limits": {"cpu_s": 2.0, "memory_mb": None},
            "isolation": None,
        },
        {"mode": "stdio", "tests": TESTS, "checker": {"kind": "float", "abs": 1e-6}, "limits": {"cpu_s": 2}},
    ),
    "a function's, with nulls that are values": (
        {
            "mode": "function",
            "function": {"name": "f", "types": None, "style": None, "answer": None, "prelude": None},
            "tests": [{**NULLS, "input": [[1, None], None], "output": None}, {**NULLS, "input": [], "output": [None]}],
            "checker": {"kind": None, "abs": None},
        },
        {
            "mode": "function",
            "function": {"name": "f"},
            "tests": [{"input": [[1, None], None], "output": None}, {"input": [], "output": [None]}],
        },
    ),
    "test code": (
        {"mode": "program", "program": {"test_code": None}, "tests": [{**NULLS, "test_code": "assert f()"}]},
        {"mode": "program", "tests": [{"test_code": "assert f()"}]},
    ),
    "a checker's files": (
        {**SUM.model_dump(exclude_unset=True), "checker": {"kind": "program", "files": {"a.py": "x", "b.py": None}}},
        {**SUM.model_dump(exclude_unset=True), "checker": {"kind": "program", "files": {"a.py": "x"}}},
    ),
    "inputs and outputs beside other shapes": (
        {**STDIO, "fn_name": None, "mode": None, "test_list": None, "tests": None},
        STDIO,
    ),
    "assertions beside other shapes": (
        {"inputs": None, "outputs": None, "test_list": ["assert f()"], "test_imports": None, "test_setup_code": None},
        ["assert f()"],
    ),
}


@pytest.mark.parametrize("shape", ARROW)
def test_null_fields_that_arrow_added_count_as_absent(shape: str) -> None:
    given, meant = ARROW[shape]
    assert suite_of(given) == suite_of(meant)
    assert suite_of(json.dumps(given)) == suite_of(meant)


NAMED = {"mode": "function", "function": {"name": "f"}, "tests": [{"input": {"a": 1, "b": None}, "output": 1}]}


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (NAMED, r"tests\[0\].input.b is null"),
        ({"inputs": [[{"a": [{"b": None}]}]], "outputs": [1], "fn_name": "f"}, r"inputs\[0\]\[0\].a\[0\].b is null"),
        ([{"input": "", "output": {"a": None}}], r"\[0\].output.a is null"),
    ],
)
def test_a_null_that_may_be_a_value_or_arrow_s_is_refused_in_a_dict(value, place: str) -> None:
    with pytest.raises(UnknownTests, match=f"{place}.*JSON text"):
        suite_of(value)


def test_a_null_inside_a_value_is_a_value_in_json_text() -> None:
    assert suite_of(json.dumps(NAMED)).tests[0].input == {"a": 1, "b": None}


def test_arrays_count_as_lists_at_any_depth() -> None:
    tests = Array([{"input": Array([Array([1, 2])]), "output": 3}])
    suite = suite_of({"mode": "function", "function": {"name": "f"}, "tests": tests})
    assert suite.tests[0].input == [[1, 2]]


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85"])
def test_lines_of_arguments_end_at_line_feeds_alone(end: str) -> None:
    text = json.dumps(f"a{end}b", ensure_ascii=False)
    assert suite_of({"inputs": [f"{text}\r\n1\n"], "outputs": ["2"], "fn_name": "f"}).tests[0].input == [f"a{end}b", 1]


def test_text_with_half_of_a_surrogate_pair_is_refused_as_a_suite() -> None:
    for value in ({"inputs": ["\ud83d"], "outputs": [""]}, '{"inputs": ["\ud83d"], "outputs": [""]}'):
        with pytest.raises(ValueError, match="half of a surrogate pair"):
            suite_of(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        "",
        "no json",
        {},
        [],
        {"inputs": ["1"], "outputs": []},
        '"text"',
        [{"input": "1", "output": "1", "testtype": "functional"}],
        [{"input": "1", "output": "1"}, {"input": "1"}],
        [{"input": "1", "output": "1"}, None],
        ["assert f()", None],
        {"inputs": None, "outputs": None},
        "[" * 100_000,
        '{"a":' * 900 + "null" + "}" * 900,
        {"inputs": [10**5000], "outputs": ["1"]},
        {"tests": 10**5000},
        {"test_list": ["assert f()"], "test_imports": 5},
        {"test_list": ["assert f()"], "test_imports": [5]},
        {"test_list": ["assert f()"], "test_setup_code": ["x = 1"]},
    ],
    ids=lambda value: f"a {type(value).__name__}",
)
def test_what_is_no_test_is_refused(value) -> None:
    with pytest.raises(UnknownTests):
        suite_of(value)
