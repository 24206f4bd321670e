"""The way is told by the text, before any submission is seen."""

from __future__ import annotations

import pytest

from evaluator.sealing.way import choose_way

APART: dict[str, str] = {
    "asserts": "assert f(1) == 2\nassert f([1, 2], x='a') == {'a': 1}\n",
    "check": "def check(candidate):\n    assert candidate(1) == 2\n",
    "check of a function": "def check(candidate):\n    assert candidate(n=1) == 2\ncheck(two_sum)\n",
    "imported": "from solution import f\ndef test_a():\n    assert f(1) == 2\n",
    "unittest": "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(f(1), 2)\n",
    "parametrize": "import pytest\nfrom solution import f\n@pytest.mark.parametrize('x, want', [(1, 2)])\ndef test_a(x, want):\n    assert f(x) == want\n",
    "arguments": "import math\nxs = [x * x for x in range(9)]\nassert f(xs[1:], sorted({3, 1}), math.pi, 'a' * 9) == 3\n",
    "table": "cases = {1: 2}\nfor x, want in cases.items():\n    assert f(x) is not None and f(x) == want\n",
    "results": "import math\nassert math.isclose(f(1), 2) and sorted(f(2)) == [1] and f(3) is None and type(f(4)) is int\n",
    "loop": "for x, want in [(1, 2)]:\n    r = f(x)\n    assert r == want and len(r) == 1\n",
}

SEALED: dict[str, tuple[str, str]] = {
    "class": ("assert Stack().size() == 0\n", "a class of the submission: Stack"),
    "check of a method": (
        "def check(candidate):\n    assert candidate(n=1) == 2\ncheck(Solution().two_sum)\n",
        "check is called with an expression, not with a function's name",
    ),
    "imported class": ("from solution import Stack\ns = Stack()\n", "a class of the submission: Stack"),
    "attribute of a result": ("assert f(1).x == 2\n", "an attribute of a result: x"),
    "attribute of a named result": ("r = f(1)\nassert r.x == 2\n", "an attribute of a result: x"),
    "isinstance": ("assert isinstance(f(1), int)\n", "the tests use isinstance"),
    "except": ("try:\n    f(1)\nexcept ValueError:\n    pass\n", "try at line 1"),
    "raises": ("import pytest\ndef test():\n    with pytest.raises(ValueError):\n        f(1)\n", "with at line 3"),
    "assertRaises": ("import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertRaises(E, f)\n", "the tests expect an exception"),
    "base class": ("class Mine(Shape):\n    pass\nassert f(1) == 2\n", "Mine derives from a class of the submission"),
    "callback": ("assert f(lambda x: x) == 2\n", "f is called with a function"),
    "named callback": ("def g(x):\n    return x\nassert f(g) == 2\n", "f is called with a function"),
    "function as a value": ("g = f\nassert g(1) == 2\n", "f is used without being called"),
    "mock": ("from unittest.mock import patch\nassert f(1) == 2\n", "the tests import unittest.mock"),
    "output": ("def test_a(capsys):\n    f(1)\n", "the tests use capsys"),
    "async": ("async def test_a():\n    assert f(1) == 2\n", "async def at line 1"),
    "module": ("import solution\nassert solution.f(1) == 2\n", "the tests use the submission as a module"),
    "iterator argument": ("assert f(iter([1])) == 2\n", "f is called with what may be no plain value, at line 1"),
    "generator argument": ("assert f(x for x in [1]) == 2\n", "f is called with what may be no plain value, at line 1"),
    "class as an argument": ("assert f(list) == 2\n", "f is called with what may be no plain value, at line 1"),
    "result as an argument": ("r = f(1)\nassert g(r) == 1\n", "a result goes into g"),
    "own class": ("class Node:\n    x = 1\nassert f(Node()) == 1\n", "the tests have a class of their own: Node"),
    "coroutine": ("import asyncio\nassert asyncio.run(f(1)) == 2\n", "a result goes into run"),
    "next": ("assert next(f(1)) == 2\n", "a result goes into next"),
    "endless": ("for x in f():\n    assert x\n    break\n", "a result goes further at line 1"),
    "decorator": ("@repeat(3)\ndef g(): return 1\nassert g() == 1\n", "a result goes further at line 1"),
    "identity": ("x = [1]\nassert f(x) is x\n", "the identity of a result"),
    "change of a result": ("r = f(1)\nr[0] = 2\nassert r == 2\n", "a result is changed"),
    "seed": ("import random\nrandom.seed(3)\nassert f(1) == 2\n", "the tests seed chance, which the submission shares"),
    "result that is called": ("g = f(1)\nassert g(2) == 3\n", "a result that is called"),
}  # fmt: skip


@pytest.mark.parametrize("shape", APART)
def test_calls_with_plain_values_go_apart(shape: str) -> None:
    assert choose_way(APART[shape]).name == "apart"


@pytest.mark.parametrize("shape", SEALED)
def test_what_needs_the_submissions_objects_is_sealed(shape: str) -> None:
    text, reason = SEALED[shape]
    assert choose_way(text) == ("sealed", reason)


def test_the_reference_tells_functions_from_classes() -> None:
    assert choose_way("assert stack(1) == 2\n", frozenset({"stack"}), frozenset({"stack"})).name == "sealed"
    assert choose_way("assert F(1) == 2\n", frozenset({"F"})).name == "apart"
    assert choose_way("assert sorted([2, 1]) == [1, 2]\n", frozenset({"sorted"})).name == "apart"
