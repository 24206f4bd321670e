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


@pytest.mark.parametrize("shape", SHAPES)
def test_the_right_program_passes_and_a_wrong_one_does_not(client: EvaluatorClient, shape: str) -> None:
    value, right = SHAPES[shape]
    wrong = right.replace("a + b", "b").replace("sum(", "max(")
    reports = client.grade_many([Submission(code=code, suite=suite_of(value)) for code in (right, wrong)])
    assert [report.verdict for report in reports] == ["accepted", "wrong_answer"]


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
    ],
)
def test_what_is_no_test_is_refused(value) -> None:
    with pytest.raises(UnknownTests):
        suite_of(value)
