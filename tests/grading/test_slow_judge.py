"""Values that take long to compare, or much to hold, cost their submission its verdict, and never the judge his."""

from __future__ import annotations

from typing import Any

import pytest

from tests.grading.conftest import Grade

UNITTEST = (
    "import unittest\nfrom solution import f\nclass T(unittest.TestCase):\n"
    "    def test_it(self):\n        self.{assertion}\n"
)
VALUES = {
    "a long list": ("assertEqual(f(1), [1, 2, 3] * 40)", "[1, 2, 3] * 40", "[i * 7 % 1000 for i in range(3000)]"),
    "a long dict": (
        "assertEqual(f(1), {i: i for i in range(60)})",
        "{i: i for i in range(60)}",
        "{i: str(i) for i in range(3000)}",
    ),
    "a long text": ("assertEqual(f(1), 'a\\n' * 300)", "'a\\n' * 300", "'\\n'.join(map(str, range(30000)))"),
    "keys that collide": ("assertEqual(f(1), {1: 2})", "{1: 2}", "{i * (2**61 - 1) + 1: 0 for i in range(5000)}"),
    "elements that collide": (
        "assertIn(3, f(1))",
        "{3}",
        "{i * (2**61 - 1) + 1: 0 for i in range(5000)}.keys() | {3.5}",
    ),
    "a huge integer": ("assertEqual(f(1), 12345)", "12345", "1 << (1 << 24)"),
    "what cannot be hashed": ("assertCountEqual(f(1), [[1], [2]])", "[[2], [1]]", "[[i] for i in range(50000)]"),
    "a pattern that backtracks": ("assertRegex(f(1), '^(a+)+$')", "'aaa'", "'a' * 64 + 'b'"),
    "half characters": ("assertEqual(f(1), 'ab')", "'ab'", r"'\ud800' * 100000"),
    "many values": ("assertEqual(f(1), [1])", "[1]", "list(range(600000))"),
}


@pytest.mark.parametrize("reference", [True, False], ids=["reference", "without"])
@pytest.mark.parametrize("name", VALUES)
def test_a_slow_comparison_is_a_wrong_answer(grade: Grade, name: str, reference: bool) -> None:
    assertion, right, value = VALUES[name]
    program: dict[str, Any] = {"test_code": UNITTEST.format(assertion=assertion), "apart": False}
    program |= {"reference": f"def f(n): return {right}"} if reference else {}
    suite = {"mode": "program", "program": program}
    assert grade(f"def f(n): return {right}  # as it should be", suite).verdict == "accepted"
    report = grade(f"def f(n): return {value}", suite)
    assert (report.verdict, report.score) == ("wrong_answer", 0.0), report


def test_records_without_end_are_too_much_output(grade: Grade) -> None:
    code = "def f(n):\n    while True:\n        open('records', 'ab').write(b'[\"reached\", 0]\\n' * (1 << 20))"
    suite = {"mode": "program", "program": {"test_code": "assert f(1) == 1", "apart": False}}
    report = grade(code, suite)
    assert report.verdict in ("wrong_answer", "output_limit_exceeded", "runtime_error", "time_limit_exceeded"), report
    assert report.score == 0.0
