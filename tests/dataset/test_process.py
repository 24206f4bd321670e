"""Statements become plain text, tests one form, and what is broken as text is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dataset.problem_set import leetcode_row
from trainer_client.dataset.arguments import BadValue, positional, signature_of, value_of
from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.process import ProcessStage
from trainer_client.dataset.raw_tests import error_in, is_cut
from trainer_client.dataset.row import Problem, Reference, Rejection
from trainer_client.dataset.sources import RawTests
from trainer_client.dataset.stage import Context
from trainer_client.dataset.statement import block_samples, call_samples, constraints_of
from trainer_client.dataset.store import SuiteFiles
from trainer_client.dataset.text import clean, language_of

STARTER = "class Solution:\n    def f(self, nums: List[int], words: List[str], k: int = 1) -> bool:\n        "
CONFIG = DatasetConfig.model_validate({"collect": {"sources": [{"format": "own", "files": ["x"]}]}})


class NoJudge:
    """Processing runs nothing: it must not ask."""

    def grade(self, submissions: Any, *, repeat: int = 0) -> Any:
        raise AssertionError("asked to grade")

    def run(self, request: Any, *, repeat: int = 0) -> Any:
        raise AssertionError("asked to run")


def processed(folder: Path, tests: RawTests, **fields: Any) -> Any:
    """Return the stage's result for a problem; with its suite where it goes on."""
    store = SuiteFiles(folder)
    name, size = store.put_raw(tests.to_json())
    fields = {"statement": "A statement that is long enough to be read by anyone.", **fields}
    problem = Problem("p", suite_id=name, suite_bytes=size, **fields)
    result = ProcessStage().apply(problem, Context(CONFIG, store, NoJudge()))
    return (result, store.get(result.suite_id)) if isinstance(result, Problem) else result


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("1 &lt;= n &lt;= 10<sup>5</sup>", "1 <= n <= 10^5"),
        ("<p>Let <code>a&lt;b</code> &amp; c.</p>", "Let a<b & c."),
        ("if a<b and c>d then i < n", "if a<b and c>d then i < n"),
        ("$1 \\leq n \\leq 10^{5}$, \\texttt stays", "1 ≤ n ≤ 10^5, \\texttt stays"),
        ("$$$a_{i} \\times \\text{max}$$$", "a_i × max"),
        ("$\\frac{a}{b}$", "$\\frac{a}{b}$"),
        ("costs $5 or $6", "costs $5 or $6"),
        ("itâ€™s", "it’s"),
        ("e\u0301", "é"),
        ('see <img src="a.png" alt="x">', "see ![x](a.png)"),
        ("a\r\nb\xa0c\ud83d", "a\nb c\\ud83d"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n\n- two"),
    ],
)
def test_a_statement_becomes_plain_text(raw: str, plain: str) -> None:
    assert clean(raw) == plain


def test_languages_are_told_apart() -> None:
    assert language_of("You are given an array of integers; find the sum of it.") == "en"
    assert language_of("Дан массив целых чисел. Найдите сумму.") == "ru"
    assert language_of("给定一个整数数组，求它们的和。") == "zh"
    assert language_of("123 456") == "und"


def test_arguments_are_read_by_the_signature() -> None:
    signature = signature_of(STARTER, "f")
    assert signature is not None
    assert (signature.parameters, signature.returns) == (("nums", "words", "k"), "bool")
    text = 'words = ["a, k = 2", "null"], k = -3, nums = [1,null,true,2.5]'
    assert positional(text, signature) == [[1, None, True, 2.5], ["a, k = 2", "null"], -3]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nums = [1], k = 2", "bad_input"),
        ("nums = [1], words = [], k = 2, x = 1", "bad_input"),
        ("nums = [001], words = [], k = 1", "bad_value"),
        ("nums = open('x'), words = [], k = 1", "bad_value"),
        ("nums = [inf], words = [], k = 1", "not_finite"),
        ("nums = [1e999], words = [], k = 1", "not_finite"),
        ("nums = [1, ", "bad_value"),
    ],
)
def test_arguments_that_are_none_are_named(text: str, reason: str) -> None:
    signature = signature_of(STARTER, "f")
    assert signature is not None
    with pytest.raises(BadValue) as caught:
        positional(text, signature)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "annotation", "value"),
    [
        ("True", "bool", True), ("false", "bool", False), ('"null"', "str", "null"), ("abc", "str", "abc"), ("", "str", ""),
        ("'a'", "str", "a"), ("['a', None]", "List[Optional[str]]", ["a", None]), ("null", "Optional[ListNode]", None),
        ("(1, 2)", "List[int]", [1, 2]), ("{'a': 1}", "", {"a": 1}), ("2.00000", "float", 2.0),
    ],
)  # fmt: skip
def test_results_are_read_as_json_or_python(text: str, annotation: str, value: Any) -> None:
    assert value_of(text, annotation) == value


def test_samples_that_are_calls() -> None:
    text = "Example 1:\n\nInput: n = 5, q = [[2,4]]\nOutput: [3]\nExplanation: x\n\n**Input:** n = 1, q = []\n**Output:** []\n"
    assert call_samples(text) == [("n = 5, q = [[2,4]]", "[3]"), ("n = 1, q = []", "[]")]


@pytest.mark.parametrize(
    "text",
    [
        "Input\nThe first line has n.\nOutput\nOne number.\nExamples\nInput\n3\n1 2 3\nOutput\n6\nInput\n1\n5\nOutput\n5\nNote\nAdd.",
        "-----Input-----\n\nn.\n\n-----Examples-----\nInput\n3\n1 2 3\n\nOutput\n6\n\nInput\n1\n5\n\nOutput\n5\n\n\n\n-----Note-----\nAdd.",
        "### Sample Input 1\n```\n3\n1 2 3\n```\n### Sample Output 1\n```\n6\n```\n### Sample Input 2\n```\n1\n5\n```\n### Sample Output 2\n```\n5\n```\nMore.",
    ],
)
def test_samples_that_are_standard_input_and_output(text: str) -> None:
    assert block_samples(text) == [("3\n1 2 3\n", "6\n"), ("1\n5\n", "5\n")]


def test_a_statement_without_samples_has_none() -> None:
    assert block_samples("Input\nTwo numbers.\nOutput\nTheir sum.") == []
    assert constraints_of("Text.\n\nConstraints:\n\n1 <= n <= 5\nn is odd.\n\nFollow up: x") == "1 <= n <= 5\nn is odd."


@pytest.mark.parametrize(
    "text",
    ["Error: list index out of range", "Traceback (most recent call last):\n", "ValueError: x", "ZeroDivisionError",
     "builtins.KeyError: 'x'", "Runtime Error: x", "Segmentation fault (core dumped)", "Solution.X.TypeError: f() missing"],
)  # fmt: skip
def test_a_text_of_an_error_is_no_output(text: str) -> None:
    assert error_in(text, "Print the sum.") == "error_output"


@pytest.mark.parametrize("text", ["Execution timed out", "Time Limit Exceeded", "timeout"])
def test_a_text_of_a_stopped_run_is_no_output(text: str) -> None:
    assert error_in(text, "Print the sum.") == "stopped_output"


@pytest.mark.parametrize(
    "text", ["error", "Error", "Error in line 4 is possible", "3", 4, None, ["ValueError: x"], "Errors: 3"]
)
def test_an_output_is_no_text_of_an_error(text: Any) -> None:
    assert error_in(text, "Print the sum.") == ""


def test_a_text_that_the_statement_asks_for_is_an_output() -> None:
    assert error_in("Error: division by zero", "Print 'Error: division by zero' if b is 0.") == ""


def test_tests_that_were_cut_are_seen_and_boards_are_not() -> None:
    assert is_cut("1 2 3 ...")
    assert is_cut("1, 2, ...\n")
    assert is_cut("5 " * 200 + "12...")
    assert is_cut("1 2 3…")
    assert not is_cut("3 3\n...\n.#.\n...")
    assert not is_cut("53..7....\n6..195...")
    assert not is_cut("Loading...")


def test_a_row_of_leetcode_becomes_a_suite(tmp_path: Path) -> None:
    row = leetcode_row(2)
    inputs, outputs = zip(*[(each["input"], each["output"]) for each in row["input_output"]], strict=True)
    problem, suite = processed(
        tmp_path,
        RawTests("named", [*inputs, inputs[0]], [*outputs, outputs[0]], "add2"),
        statement=row["problem_description"],
        starter_code=row["starter_code"],
    )
    assert suite.function.name == "add2"
    assert (suite.tests[0].input, suite.tests[0].output) == ([0, 2], 4)
    assert [(each.input, each.output) for each in problem.samples] == [("[1,2]", "5")]
    assert (problem.tests_total, problem.tests_kept, problem.tests_complete) == (10, 9, True)
    assert problem.notes_json["process"]["tests_repeated"] == 1
    assert problem.constraints == "0 <= a, b <= 100"


def test_a_sample_that_is_no_test_becomes_one(tmp_path: Path) -> None:
    statement = "Print the sum of the two numbers.\nExamples\nInput\n1 2\nOutput\n3\n"
    problem, suite = processed(tmp_path, RawTests("text", ["5 6"], ["11"]), statement=statement)
    assert [(test.input, test.output) for test in suite.tests] == [("5 6", "11"), ("1 2\n", "3\n")]
    assert problem.notes_json["process"]["samples_added"] == 1


def test_a_sample_that_contradicts_a_test_is_noted(tmp_path: Path) -> None:
    statement = "Print the sum of the two numbers.\nExamples\nInput\n1 2\nOutput\n4\n"
    problem, suite = processed(tmp_path, RawTests("text", ["1 2\n"], ["3\n"]), statement=statement)
    assert len(suite.tests) == 1
    assert len(problem.notes_json["process"]["sample_mismatch"]) == 1


def test_a_change_in_place_is_judged_by_the_first_argument(tmp_path: Path) -> None:
    code = "class Solution:\n    def rotate(self, nums: List[int], k: int) -> None:\n        nums.reverse()"
    tests = RawTests("named", ["nums = [1,2], k = 1"], ["[2,1]"], "rotate")
    _, suite = processed(tmp_path, tests, references=(Reference(code),))
    assert suite.function.answer == 0
    assert suite.tests[0].output == [2, 1]


@pytest.mark.parametrize(
    ("tests", "fields", "reason"),
    [
        (RawTests("text", ["1", "2"], ["1", "Error: x y"]), {}, "error_outputs"),
        (RawTests("text", ["1 2 ...", "2"], ["1", "1, 2, ..."]), {}, "bad_tests"),
        (RawTests("text", ["1", "1"], ["1", "2"]), {}, "contradictory_tests"),
        (RawTests("named", ["x = 1"], ["2"], "f"), {"starter_code": "def g(x): pass"}, "no_signature"),
        (RawTests("named", ["x = 1", "x = 2"], ["inf", "-inf"], "f"), {"starter_code": "def f(x): pass"}, "bad_tests"),
        (RawTests("text", ["1"], ["1"]), {"statement": "short"}, "statement_short"),
        (RawTests("text", ["1"], ["1"]), {"statement": "English description is not available for this one."}, "statement_unavailable"),
        (RawTests("text", ["1"], ["1"]), {"statement": "https://example.org/" + "x" * 80}, "links_only"),
    ],
)  # fmt: skip
def test_what_is_broken_is_rejected_by_name(tmp_path: Path, tests: RawTests, fields: Any, reason: str) -> None:
    result = processed(tmp_path, tests, **fields)
    assert isinstance(result, Rejection)
    assert (result.stage, result.reason) == ("process", reason)
    assert result.evidence


def test_single_tests_that_cannot_be_used_are_dropped_and_counted(tmp_path: Path) -> None:
    tests = RawTests("named", ["x = 1", "x = 2", "x = 01", "x = 4"], ["2", "Execution timed out", "3", "5"], "f")
    problem, suite = processed(tmp_path, tests, starter_code="def f(x: int) -> int: pass")
    assert len(suite.tests) == 2
    assert problem.notes_json["process"]["tests_dropped"]["counts"] == {"bad_output": 1, "stopped_output": 1}
    assert not problem.tests_complete


def test_an_image_that_stands_for_a_formula_sets_a_problem_apart(tmp_path: Path) -> None:
    problem, _ = processed(
        tmp_path, RawTests("text", ["1"], ["1"]), statement="Compute <image> for the given number n, please."
    )
    assert problem.quarantine == ("images_missing",)
