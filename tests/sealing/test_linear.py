"""Preparation's work grows as the text does: counted in calls, not in time."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from evaluator.sealing.preparation import seal
from evaluator.sealing.sealed import CannotSeal
from evaluator.sealing.source import MAX_TEXT_BYTES
from evaluator.sealing.way import choose_way


def _rows(size: int) -> str:
    return "".join(f"({number}, {number * 7}), " for number in range(size))


SHAPES: dict[str, Callable[[int], str]] = {
    "assertions": lambda n: "".join(f"assert f({k}) == {k + 1}\n" for k in range(n)),
    "rows of a table": lambda n: f"for x, want in [{_rows(n)}]:\n    assert f(x) == want\n",
    "rows of a parametrize": lambda n: (
        f"import pytest\n@pytest.mark.parametrize('x, want', [{_rows(n)}])\ndef test(x, want):\n    assert f(x) == want\n"
    ),
    "rows with keys": lambda n: (
        f"rows = [{', '.join(f'dict_({k})' if 0 else str({'x': k, 'want': k}) for k in range(n))}]\n"
        "for row in rows:\n    assert f(row['x']) == row['want']\n"
    ),
    "subscripts of one table": lambda n: (
        f"want = [{', '.join(map(str, range(n)))}]\n" + "".join(f"assert f({k}) == want[{k}]\n" for k in range(n))
    ),
    "computed subscripts": lambda n: (
        f"want = [{', '.join(map(str, range(n)))}]\nfor i, x in enumerate(range({n})):\n    assert f(x) == want[i]\n"
    ),
    "loops over one table": lambda n: f"rows = [{_rows(20)}]\n" + "for x, want in rows:\n    assert f(x) == want\n" * n,
    "one name": lambda n: "want = {1: 2}\n" + "".join(f"assert f({k}) == want\n" for k in range(n)),
    "a name assigned again": lambda n: "".join(f"want = {k}\nassert f({k}) == want\n" for k in range(n)),
    "calls of a helper": lambda n: (
        "def check_one(x, want):\n    assert f(x) == want\n" + "".join(f"check_one({k}, {k})\n" for k in range(n))
    ),
    "test methods": lambda n: (
        "import unittest\nclass T(unittest.TestCase):\n    def setUp(self):\n        self.want = [1]\n"
        + "".join(f"    def test_{k}(self):\n        self.assertEqual(f({k}), self.want, 'm')\n" for k in range(n))
    ),
    "functions": lambda n: "".join(f"def test_{k}():\n    r = f({k})\n    assert r == {k}\n" for k in range(n)),
    "imports": lambda n: "".join(f"import math\nassert f({k}) == math.floor({k})\n" for k in range(n)),
    "chained helpers": lambda n: (
        "def h0(x):\n    assert f(1) == x\n"
        + "".join(f"def h{k}(x):\n    h{k - 1}(x)\n" for k in range(1, n))
        + f"h{n - 1}(2)\n"
    ),
    "loose comparisons": lambda n: (
        "ok = True\n" + "".join(f"if f({k}) != {k}:\n    ok = False\n" for k in range(n)) + "assert ok\n"
    ),
    "parameters": lambda n: (
        f"def g({', '.join(f'a{k}' for k in range(n))}):\n    assert f(1) == a0\n" + f"g({'f(1), ' * n})\n" * 3
    ),
    "attributes": lambda n: (
        "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n"
        + "".join(f"        self.a{k} = {k}\n        self.assertEqual(f({k}), self.a{k})\n" for k in range(n))
    ),
    "identities": lambda n: (
        f"for x, want in [{', '.join(f'({k}, True)' for k in range(n))}]:\n" + "    assert f(x) is want\n" * n
    ),
    "words": lambda n: f"assert f(1) == {'word ' * n!r}\n",
}


def _refusal(action: Callable[[str], object], text: str) -> str:
    """Return the reason why a text is refused, empty if it is not."""
    try:
        action(text)
    except CannotSeal as error:
        return str(error)
    return ""


def _work(action: Callable[[], object]) -> int:
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_text_is_twice_the_work(shape: str) -> None:
    small, large = SHAPES[shape](60), SHAPES[shape](240)
    seal(small)
    assert _work(lambda: seal(large)) < 5 * _work(lambda: seal(small))


@pytest.mark.parametrize("shape", SHAPES)
def test_choosing_the_way_is_linear_too(shape: str) -> None:
    small, large = SHAPES[shape](60), SHAPES[shape](240)
    choose_way(small)
    assert _work(lambda: choose_way(large)) < 5 * _work(lambda: choose_way(small))


def test_many_loops_over_a_long_table_stay_within_the_text_times_a_constant() -> None:
    """The product of loops and rows grows as the square of the text: beyond a bound, sites are open."""

    def text(n: int) -> str:
        return f"rows = [{_rows(n)}]\n" + "".join(
            f"for x{k}, w{k} in rows:\n    assert f(x{k}) == w{k}\n" for k in range(n)
        )

    small, large = text(100), text(400)
    assert _work(lambda: seal(large)) < 8 * _work(lambda: seal(small))


@pytest.mark.parametrize(
    "text",
    [
        "assert f(1) == " + "(" * 5_000 + ")" * 5_000,
        "assert f(1) == " + "[" * 150 + "]" * 150,
        "assert f(1) == " + "-" * 100_000 + "1",
        "assert f(1) == " + "1 + " * 50_000 + "1",
        "assert f(1)" + ".a" * 100_000,
        "assert f" + "(1)" * 100_000,
        "assert " + "not " * 100_000 + "f(1)",
        "assert " + "f(1) == 1 or " * 20_000 + "f(2)",
        "".join(" " * depth + "if f(1):\n" for depth in range(99)) + " " * 99 + "assert f(1) == 1\n",
        "if f(1) == 1:\n    pass\n" + "elif f(1) == 2:\n    pass\n" * 5_000,
        "x = y = " * 20_000 + "1",
        "(" * 5_000,
        "lambda: " * 50_000 + "1",
        "\0",
        "assert f('\ud800') == 1",
        "assert f(1) == 'é" + "x" * 1_000_000 + "'",
        "a" * 1_000_000,
        "\n" * 1_000_000,
        "assert f(1) == 1; " * 10_000,
        "assert f(" + "{" * 150 + "}" * 150 + ")",
        "f'{" * 100,
        "def test_" + "x" * 100_000 + "():\n    assert f(1) == 1\n",
        ", ".join(f"a{k}" for k in range(50_000)) + " = f(1)\nassert a0 == 1\n",
        "def g(" + ", ".join(f"a{k}" for k in range(20_000)) + "):\n    assert a0 == 1\ng()\n",
        "x" * (MAX_TEXT_BYTES + 1),
        "class A(A): pass\n" * 2_000 + "assert A.x == 1",
        "x = x\n" * 5_000 + "assert x == f(1)",
        "def g(x):\n    g(x)\n    assert f(1) == x\ng(2)\n",
        "a = b\nb = a\nassert f(1) == a\n",
        "for a in a:\n    assert f(1) == a\n",
        "import a" + ".a" * 5_000,
        "assert f(1) == 9" + "9" * 100_000,
    ],
    ids=range(32),
)
def test_whatever_a_client_sends_is_sealed_or_refused_with_a_sentence(text: str) -> None:
    limit = sys.getrecursionlimit()
    assert all(len(_refusal(action, text)) < 1_000 for action in (seal, choose_way))
    assert sys.getrecursionlimit() == limit
