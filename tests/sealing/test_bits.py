"""Bits: what guessing costs, and what counts nothing."""

from __future__ import annotations

import pytest

from evaluator.sealing.bits import measure
from evaluator.sealing.guesses import canonical, guess_bits
from evaluator.sealing.preparation import seal


@pytest.mark.parametrize(
    ("value", "bits"),
    [
        (True, 1), (None, 1), (-1, 1), (2, 1), (-2, 3), (3, 3), (99, 3), (100, 5), (-999, 5), (1_000, 8), (10**400, 8),
        (0.5, 3), (2.0, 1), (3.14159, 8), (float("inf"), 3), ("", 1), ("abc", 1), ("abcd", 3), ("abcdef", 8), (b"abcdef", 8),
        ([], 1), ({}, 1), ([1, 2], 2), ([100, 200], 8), ((3, 4), 6), ({"a": 1}, 2), ({1, 2}, 2), (int, 3), ([5] * 100_000, 8),
        ([[3], [4]], 6),
    ],
)  # fmt: skip
def test_the_bits_of_one_value(value: object, bits: int) -> None:
    assert guess_bits(value) == bits


def test_equal_values_have_one_text() -> None:
    assert canonical({"b": 1.0, "a": {2, 1}}) == canonical({"a": {1, 2}, "b": 1})
    assert canonical([1]) != canonical((1,))
    assert len(canonical(["word"] * 10_000)) < 100


@pytest.mark.parametrize(
    ("tests", "bits"),
    [
        ("assert f(1) == 1234\n", 8),
        ("assert f(1) == 1234\nassert f(2) == 1234\n", 8),
        ("assert f(1) == 1234\nassert f(2) == 4321\n", 16),
        ("assert f(1) == True\nassert f(2) == False\nassert f(3) == True\n", 1),
        ("assert f(1)\nassert not f(2)\nassert f(3)\n", 1),
        ("assert f(1)\nassert f(2)\n", 0),
        ("assert f(1) is None\nassert f(2) == True\n", 1),
        ("assert isinstance(f(1), int)\nassert not f(2)\n", 0),
        ("assert f(1) is not None\nassert not f(2)\n", 0),
        ("assert f(1234) == 1234\n", 0),
        ("assert f([7, 8]) == [7]\n", 3),
        ("assert f('a word') == 'a word'\n", 0),
        ("x = 'a word'\nassert f(x) == 'a word'\n", 0),
        ("want = 'a word'\nassert f(1) == want\n", 8),
        ("want = 'a word'\nassert f(1) == want\nprint(f(want))\n", 0),
        ("x = 'in a word here'\nassert f(x) == 'a word'\n", 0),
        ("x = 7\nassert f(x) == 7\n", 3),
        ("assert f(1) != 1234\n", 0),
        ("assert f(1) > 1234\n", 0),
        ("assert 1234 in f(1)\n", 0),
        ("assert f(1) == g(1)\n", 0),
        ("assert abs(f(1) - 3.14159) < 1e-6\n", 8),
        ("import math\nassert math.isclose(f(1), 3.14159)\n", 8),
        ("import pytest\nassert f(1) == pytest.approx(3.14159)\n", 8),
        ("assert f(1) == 1234 and f(2) == 4321\n", 16),
        ("assert f(1) == 1234 or f(1) == 3\n", 3),
        ("assert not f(1) == 1234\n", 0),
        ("assert 3 < f(1) == 1234\n", 8),
        ("for x, want in [(1, 1234), (2, 4321)]:\n    assert f(x) == want\n", 16),
        ("for x, want in [(1234, 1234), (2, 4321)]:\n    assert f(x) == want\n", 8),
        ("if f(1):\n    assert f(1) == 1234\n", 0),
        ("ok = f(1) == 1234\nassert ok\nassert not f(2)\n", 0),
        ("from unittest.mock import Mock\nm = Mock()\nf(m)\nm.assert_called_once_with(1234, x='a long word')\n", 16),
    ],
)  # fmt: skip
def test_the_bits_of_a_suite(tests: str, bits: int) -> None:
    measured = measure(seal(tests))
    assert measured.bits == bits
    assert measured.level == ("strong" if bits >= 8 else "weak")


def test_with_a_reference_only_what_it_reported_counts() -> None:
    sealed = seal(
        "if f(0):\n    assert f(1) == 1234\nfor x, want in [(1, 2345), (2, 4321)]:\n    assert f(x) == want\n"
    )
    assert measure(sealed, [(0, ()), (1, (0,)), (1, (1,))]).bits == 24
    assert measure(sealed, [(1, (1,))]).bits == 8
    assert measure(sealed, [(99, ()), (1, (99,))]).bits == 0


def test_a_library_that_is_not_there_proves_nothing() -> None:
    sealed = seal("import pandas as pd\nassert f(1).equals(pd.NoSuchThing([1234]))\nassert f(2) == 4321\n")
    assert measure(sealed).bits == 8


def test_flags_are_the_suites() -> None:
    assert measure(seal("import time\nassert f(time.time()) == 1234\n")).flags == ("clock",)
