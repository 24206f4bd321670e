"""Tests that share a process: what a program keeps from one test neither wins nor loses it a verdict."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evaluator.schema import Suite, Verdict
from tests.grading.conftest import Grade

COUNT = 12
NUMBERS: dict[str, Any] = {
    "mode": "stdio",
    "tests": [{"input": f"{n}\n", "output": f"{2 * n}\n"} for n in range(COUNT)],
}
CALLS: dict[str, Any] = {
    "mode": "function",
    "function": {"name": "f"},
    "tests": [{"input": [n], "output": 2 * n} for n in range(COUNT)],
}
KEPT = "import json\nbefore = getattr(json, 'kept', 0); json.kept = before + 1\n"
"""A place that survives a test: the library's modules are not put back."""
KEPT_BESIDE_BUILTINS = "before = __builtins__.get('kept', 0); __builtins__['kept'] = before + 1\n"
"""Another, of functions: where the names that they take for granted lie."""


@pytest.mark.parametrize("isolation", ["shared", "per_test"])
@pytest.mark.parametrize(
    ("suite", "code"),
    [
        (NUMBERS, "print(2 * int(input()))"),
        (NUMBERS, KEPT + "print(2 * int(input()) if before == 0 else 'again')"),
        (NUMBERS, KEPT + "print(2 * int(input()))\nif before: raise SystemExit(3)"),
        (NUMBERS, KEPT + "print(2 * int(input()))\nif before > 3: import os; os.kill(os.getpid(), 9)"),
        (CALLS, "def f(n): return 2 * n"),
        (CALLS, KEPT + "def f(n): return 2 * n if before == 0 else None"),
        (CALLS, KEPT_BESIDE_BUILTINS + "def f(n): return 2 * n if before == 0 else None"),
        (CALLS, "def f(n): return 2 * n\n__builtins__.clear()"),
        (CALLS, "def f(n): return 2 * n\nfor name in ('len', 'gcd', 'stdin'): del __builtins__[name]"),
        (CALLS, "class Solution:\n    seen = []\n    def f(self, n):\n        self.seen.append(n); return 2 * self.seen[0]"),
    ],
)  # fmt: skip
def test_a_right_program_is_accepted_whatever_it_keeps(
    grade: Grade, suite: dict[str, Any], code: str, isolation: str
) -> None:
    report = grade(code, {**suite, "isolation": isolation})
    assert (report.verdict, report.passed) == (Verdict.ACCEPTED, COUNT)
    assert [test.index for test in report.tests] == list(range(COUNT))


@pytest.mark.parametrize("policy", ["first_failure", "all"])
@pytest.mark.parametrize(
    ("suite", "code"),
    [
        (NUMBERS, KEPT + "print(2 * int(input()) if before else 'first')"),
        (NUMBERS, KEPT + "print(2 * before)"),
        (CALLS, KEPT + "def f(n): return 2 * n if before else None"),
        (CALLS, KEPT_BESIDE_BUILTINS + "def f(n): return 2 * n if before else None"),
        (CALLS, KEPT + "def f(n): return 2 * before"),
    ],
)
def test_a_program_that_needs_another_test_before_is_refused(
    grade: Grade, suite: dict[str, Any], code: str, policy: str
) -> None:
    report = grade(code, suite, policy=policy)
    assert report.verdict is Verdict.WRONG_ANSWER
    if policy == "all":
        assert report.passed <= 3  # the one of which the first run is right, and what it hits by chance


def test_an_answer_of_the_test_before_is_no_answer(grade: Grade) -> None:
    suite = {**CALLS, "tests": [{"input": [n], "output": 7} for n in range(COUNT)]}
    code = KEPT + "import sys\ndef f(n): sys.exit(0) if before else None; return 7"
    assert grade("def f(n): return 7", suite).verdict is Verdict.ACCEPTED
    assert grade(code, suite).verdict is Verdict.ACCEPTED, "each test by itself is right"
    wrong = "import sys\ndef f(n): sys.exit(0) if n else None; return 7"
    report = grade(wrong, suite, policy="all")
    assert (report.verdict, report.passed) == (Verdict.RUNTIME_ERROR, 1)


def test_every_failing_test_is_told_by_its_own_run(grade: Grade) -> None:
    code = "n = int(input())\nif n == 3: raise ValueError('three')\nprint(2 * n if n != 5 else 0)"
    report = grade(code, NUMBERS, policy="all")
    failed = {test.index: test.verdict for test in report.tests if test.verdict is not Verdict.ACCEPTED}
    assert failed == {3: Verdict.RUNTIME_ERROR, 5: Verdict.WRONG_ANSWER}
    assert report.passed == COUNT - 2
    assert report.first_failure is not None
    assert (report.first_failure.index, report.first_failure.reason) == (3, "exit code 1: ValueError: three")


def test_a_slow_test_has_the_whole_limit(grade: Grade) -> None:
    """Tests that fit into the limit each, though not together."""
    code = "import time\nn = int(input())\nwhile time.process_time() < 0.3: pass\nprint(2 * n)"
    report = grade(code, {**NUMBERS, "limits": {"cpu_s": 0.6, "memory_mb": 512}})
    assert report.verdict is Verdict.ACCEPTED


def test_the_name_of_a_suite_is_what_it_was_before_there_was_a_choice() -> None:
    shared = Suite.model_validate(NUMBERS)
    assert "isolation" not in json.loads(shared.canonical())
    assert Suite.model_validate({**NUMBERS, "isolation": "shared"}).id == shared.id
    assert Suite.model_validate({**NUMBERS, "isolation": "per_test"}).id != shared.id
