"""Tests that are data: calls with constants, and comparisons of what they return."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.judging.calls import find_calls
from evaluator.sealing.preparation import seal

FUNCTIONS = "from solution import f\nimport pytest\n"
CASE = "import unittest\nfrom solution import f\nclass TestF(unittest.TestCase):\n"


def steps(text: str, entry_point: str | None = None) -> list[tuple[str, list[Any]]] | None:
    calls = find_calls(seal(text, entry_point=entry_point), entry_point)
    return None if calls is None else [(test.name, test.steps) for test in calls.tests]


def call(*arguments: Any, name: str = "f", **named: Any) -> list[Any]:
    return ["call", name, list(arguments), named]


def site(number: int, *tokens: int, place: int = 0) -> list[Any]:
    return ["site", number, [["result", place]], list(tokens)]


def test_statements_of_a_script_are_each_a_test() -> None:
    assert steps("assert f(1) == 200\nassert f([2], key=(3,)) == 400\n") == [
        ("", [call(1), site(0)]),
        ("", [call([2], key={"tuple": [3]}), site(1)]),
    ]


def test_check_is_called_with_the_candidate() -> None:
    text = "METADATA = {'author': 'x'}\ndef check(candidate):\n    assert candidate(2 ** 10) == 200\n"
    assert steps(text, "f") == [("", [call(1024), site(0)])]
    assert steps(f"{text}check(f)\n") == [("", [call(1024), site(0)])]


def test_a_function_of_pytests_is_a_test_and_has_its_own_results() -> None:
    text = f"{FUNCTIONS}def test_a():\n    r = f(1)\n    s = f(2)\n    assert s == 300\n    assert r == 400\ndef test_b():\n    assert not f(0)\n"
    assert steps(text) == [
        ("test_0000", [call(1), call(2), site(0, place=1), site(1, place=0)]),
        ("test_0001", [call(0), site(2)]),
    ]


def test_each_row_of_parameters_is_a_test() -> None:
    text = f"{FUNCTIONS}@pytest.mark.parametrize('x, y', [(1, 500), ([2], 600)])\ndef test_a(x, y):\n    assert f(x) == y\n"
    assert steps(text) == [("test_0000[0]", [call(1), site(0, 0)]), ("test_0000[1]", [call([2]), site(0, 1)])]


def test_a_table_is_gone_through() -> None:
    text = f"{FUNCTIONS}def test_a():\n    for x, y in [(1, 500), (2, 600)]:\n        assert f(x) == y\n"
    assert steps(text) == [("test_0000", [call(1), site(0, 0), call(2), site(0, 1, place=1)])]


def test_unittest_runs_the_methods_of_its_classes_by_name() -> None:
    text = f"{CASE}    def test_b(self):\n        self.assertEqual(f(1), 200)\n    def test_a(self):\n        self.assertTrue(f(2))\n"
    found = steps(text)
    assert found is not None
    names = [name for name, _ in found]
    assert names == sorted(names)
    assert all(name.startswith("TestC0000.test_") for name in names)


def test_what_python_makes_of_a_result_is_looked_at() -> None:
    found = steps("assert sorted(f(1))[0] == 200\nassert round(f(2), 2) == 3.14\n")
    assert found is not None
    assert [step for _, each in found for step in each if step[0] == "site"] == [
        ["site", 0, [["item", ["sorted", ["result", 0]], 0]], []],
        ["site", 1, [["round", ["result", 0], 2]], []],
    ]


MORE: dict[str, str] = {
    "an exception is expected": f"{FUNCTIONS}def test_a():\n    with pytest.raises(ValueError):\n        f(1)\n",
    "an argument is looked at again": "x = [1]\nassert f(x) == 200\nassert x == [2]\n",
    "an argument is given twice": "x = [1]\nassert f(x) == 200\nassert f(x) == 400\n",
    "a table that is given away is gone through again": "x = [[1]]\nfor y in x:\n    assert f(y) == 2\nassert f(x) == 3\n",
    "a result is an argument": "assert f(f(1)) == 200\n",
    "a condition": "if f(1) == 2:\n    assert f(2) == 300\n",
    "a fixture": f"{FUNCTIONS}@pytest.fixture\ndef x(): return 1\ndef test_a(x):\n    assert f(x) == 300\n",
    "a mark": f"{FUNCTIONS}@pytest.mark.xfail\ndef test_a():\n    assert f(1) == 300\n",
    "a set-up": f"{CASE}    def setUp(self): f(0)\n    def test_a(self):\n        self.assertEqual(f(1), 200)\n",
    "a class attribute": f"{CASE}    x = 1\n    def test_a(self):\n        self.assertEqual(f(self.x), 200)\n",
    "a default": f"{FUNCTIONS}def test_a(x=1):\n    assert f(x) == 300\n",
    "chance": "import random\nassert f(random.random()) == 300\n",
    "a module that does something": "import this\nassert f(1) == 300\n",
    "Python's function, which may be the submission's": "assert sum(10, 15) == 250\n",
    "an object": "assert C().f(1) == 300\n",
    "a function as argument": "assert f(lambda x: x) == 300\n",
    "a print": "print(1)\nassert f(1) == 300\n",
    "the order of a set": "assert f(list({'a', 'b'})) == 300\n",
    "one name for two tests": f"{FUNCTIONS}def check(x): pass\ndef check(x): pass\ndef test_a():\n    assert f(1) == 300\n",
    "a result of another statement": "for x in [1]:\n    y = f(x)\nassert y == 300\n",
    "an end": "import sys\nsys.exit(0)\nassert f(1) == 300\n",
    "more rows than anybody writes": f"for x in range({10**6}):\n    assert f(x) == 300\n",
}


@pytest.mark.parametrize("text", MORE.values(), ids=MORE)
def test_whatever_is_more_has_a_process_of_its_own(text: str) -> None:
    assert steps(text) is None


def test_names_that_must_be_there_and_that_must_not_be_are_told() -> None:
    calls = find_calls(seal(f"{FUNCTIONS}def test_a():\n    assert sorted(g(float('inf'))) == [300]\n"), None)
    assert calls is not None
    assert set(calls.names) == {"f", "g"}
    assert {"float", "sorted", "test_0000"} <= set(calls.collisions)
