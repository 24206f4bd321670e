"""program mode: what nobody tested is not accepted."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from evaluator.grading import trial
from tests.grading.conftest import Grade

WRONG = "def add(a, b): return a - b\ndef cases(): return []"
RIGHT = "def add(a, b): return a + b\ndef cases(): return [(1, 2, 3)]"


def suite(test_code: str, **program: Any) -> dict[str, Any]:
    return {"mode": "program", "program": {"test_code": dedent(test_code), **program}}


NOBODY_TESTS = {
    "nothing": "# tests",
    "a text": "'tests of add'",
    "only assignments": "got = add(1, 2)\nwant = 3",
    "only calls": "print(add(1, 2))",
    "a check that nobody calls": "def check(candidate):\n    assert candidate(1, 2) == 3",
    "a helper that nobody calls": "def run_tests():\n    assert add(1, 2) == 3",
    "helpers that call each other": "def one():\n    two()\ndef two():\n    one()\n    assert add(1, 2) == 3",
    "a check that checks nothing": "def check(candidate):\n    candidate(1, 2)\ncheck(add)",
    "an exception class": "class E(Exception): pass\nprint(add(1, 2))",
    "an empty class": "class TestAdd: pass\nprint(add(1, 2))",
    "a class that derives from others": "import enum\nclass Kind(enum.Enum): ADD = 1\nprint(add(1, 2))",
    "a class that nobody collects": "class Adding(object):\n    def test_it(self): assert add(1, 2) == 3",
    "a case without tests": "import unittest\nclass T(unittest.TestCase):\n    def helper(self): assert add(1, 2) == 3",
    "a loop over nothing": "for a, b, c in []:\n    assert add(a, b) == c",
    "a parameter of which there is none": "import unittest\nfor case in ():\n    unittest.TestCase().assertEqual(add(*case), 3)",
    "all left out": "import unittest\n@unittest.skip('no')\ndef test_it(): assert False",
    "a coroutine": "async def test_it():\n    assert add(1, 2) == 3",
    "a generator": "def test_it():\n    assert add(1, 2) == 3\n    yield",
    "a coroutine of a class": "class TestIt:\n    async def test_it(self): assert add(1, 2) == 3",
    "a coroutine of a case": "import unittest\nclass T(unittest.TestCase):\n"
    "    async def test_it(self): self.assertEqual(add(1, 2), 3)",
    "a generator of a case": "import unittest\nclass T(unittest.TestCase):\n"
    "    def test_it(self):\n        self.assertEqual(add(1, 2), 3)\n        yield",
}


@pytest.mark.parametrize("apart", [True, False], ids=["apart", "beside"])
@pytest.mark.parametrize("name", NOBODY_TESTS)
def test_tests_that_can_test_nothing_are_the_suites_fault(grade: Grade, name: str, apart: bool) -> None:
    for code in (WRONG, RIGHT):
        report = grade(code, suite(NOBODY_TESTS[name], apart=apart))
        assert (report.verdict, report.score) == ("judge_error", None), report
        assert "test" in (report.reason or "")


NOT_REACHED = {
    "a loop over what the program gives": "for a, b, c in cases():\n    assert add(a, b) == c",
    "tests that are all skipped": "import unittest\n@unittest.skipIf(add(1, 2) != 3, 'no')\n"
    "class T(unittest.TestCase):\n    def test_it(self): self.assertEqual(add(1, 2), 3)",
}


@pytest.mark.parametrize("name", NOT_REACHED)
def test_where_no_test_was_reached_the_program_is_not_accepted(grade: Grade, name: str) -> None:
    report = grade(WRONG, suite(NOT_REACHED[name]))
    assert (report.verdict, report.score) == ("wrong_answer", 0.0), report
    assert "no test was reached" in (report.tests[0].reason or "")


REACHED = {
    "names that pytest collects": "def test(): assert add(1, 2) == 3",
    "names in camels": "def testAdd(): assert add(1, 2) == 3",
    "a runner that swallows": """
        def test_a(): assert add(1, 2) == 3
        if __name__ == "__main__":
            for t in [test_a]:
                try:
                    t()
                except AssertionError as e: print("FAILED", e)
        """,
    "a raise": "if add(1, 2) != 3: raise ValueError('add')",
    "an exit": "import sys\nif add(1, 2) != 3: sys.exit(1)",
    "a method of another library": "import unittest\nunittest.TestCase().assertEqual(add(1, 2), 3)",
    "a helper with a raise": "def expect(got, want):\n    if got != want: raise AssertionError(got)\nexpect(add(1, 2), 3)",
    "an error that is expected": "try:\n    add(1, [])\n    assert False\nexcept TypeError: pass\nassert add(1, 2) == 3",
    "a context": "import unittest\nwith unittest.TestCase().assertRaises(ZeroDivisionError): 1 / (add(1, 2) - 3)",
    "a loop over what the program gives": "assert cases()\nfor a, b, c in cases():\n    assert add(a, b) == c",
    "a set-up of a class": """
        import unittest
        class T(unittest.TestCase):
            @classmethod
            def setUpClass(cls): cls.got = add(1, 2)
            def test_it(self): self.assertEqual(self.got, 3)
            @classmethod
            def tearDownClass(cls): del cls.got
        class U(unittest.TestCase):
            def test_it(self): self.assertFalse(hasattr(T, "got"))
        """,
    "a set-up of the module": """
        import unittest
        def setUpModule():
            global got
            got = add(1, 2)
        def tearDownModule(): assert got == 3
        class T(unittest.TestCase):
            def test_it(self): self.assertEqual(got, 3)
        class U(unittest.TestCase):
            def test_it(self): self.assertEqual(got, 3)
        """,
    "a failure that is expected": """
        import unittest
        class T(unittest.TestCase):
            @unittest.expectedFailure
            def test_it(self): self.assertEqual(add(1, 2), -1)
        """,
    "tests of a class above": """
        import unittest
        class Adds:
            def test_it(self): self.assertEqual(add(1, 2), 3)
        class T(Adds, unittest.TestCase): pass
        """,
    "tests of a class above, for pytest": """
        class Adds:
            def test_it(self): assert add(1, 2) == 3
        class TestAdd(Adds): pass
        """,
    "features that are asked for twice": """
        from __future__ import annotations
        from __future__ import annotations
        assert add(1, 2) == 3
        """,
    "a check whose call is left to us": "def check(candidate):\n    assert candidate(1, 2) == 3",
}


@pytest.mark.parametrize("apart", ["auto", False], ids=["auto", "sealed"])
@pytest.mark.parametrize("name", REACHED)
def test_what_is_tested_is_told_right_from_wrong(grade: Grade, name: str, apart: bool | str) -> None:
    asked = suite(REACHED[name], apart=apart, entry_point="add")
    assert grade(RIGHT, asked).verdict == "accepted"
    assert grade(WRONG, asked).verdict in ("wrong_answer", "runtime_error")


@pytest.mark.parametrize("where", ["setUpClass", "setUpModule", "setUp", "tearDownClass", "tearDownModule"])
def test_a_set_up_that_raises_is_a_failure_of_its_tests(grade: Grade, where: str) -> None:
    of_class = where in ("setUpClass", "tearDownClass")
    raising = f"def {where}({'cls' if of_class else 'self' if where == 'setUp' else ''}): add(1, 2)"
    method = ("    @classmethod\n" if of_class else "") + f"    {raising}\n"
    tests = "import unittest\nclass T(unittest.TestCase):\n    def test_it(self): self.assertTrue(True)\n"
    tests = f"{raising}\n{tests}" if where.endswith("Module") else tests + method
    assert grade(RIGHT, suite(tests)).verdict == "accepted"
    for policy in ("first_failure", "all"):
        report = grade("def add(a, b): raise ValueError('no')", suite(tests), policy=policy)
        assert report.verdict in ("wrong_answer", "runtime_error"), report
        assert "no" in (report.first_failure.reason or "" if report.first_failure else "")


def test_tests_that_cannot_run_whatever_the_program_is_are_the_suites_fault(grade: Grade) -> None:
    broken = suite("import no_such_module\nassert add(1, 2) == 3")
    for code in (RIGHT, WRONG, "def add(a, b): raise ValueError"):
        report = grade(code, broken)
        assert (report.verdict, report.score) == ("judge_error", None), report


ENDLESS = {
    "a statement": "assert add(1, 2) == 3\nwhile True: pass",
    "a test that sleeps": "import time\ndef test_it(): assert add(1, 2) == 3\ndef test_too(): time.sleep(60)",
}
SHORT = {"limits": {"cpu_s": 0.5, "wall_s": 1}}


@pytest.mark.parametrize(
    ("name", "apart"),
    [("a statement", False), ("a statement", True), ("a test that sleeps", False), ("a test that sleeps", True)],
)
def test_tests_that_do_not_end_whatever_the_program_is_are_the_suites_fault(
    grade: Grade, monkeypatch: pytest.MonkeyPatch, name: str, apart: bool
) -> None:
    monkeypatch.setattr(trial, "_TESTS_CPU_S", 0.5)
    report = grade(RIGHT, suite(ENDLESS[name], apart=apart) | SHORT)
    assert (report.verdict, report.score) == ("judge_error", None), report
    assert "do not end beside a program that does nothing" in (report.reason or "")


@pytest.mark.parametrize("apart", [True, False], ids=["apart", "beside"])
def test_tests_that_a_program_keeps_from_ending_are_its_own_fault(
    grade: Grade, monkeypatch: pytest.MonkeyPatch, apart: bool
) -> None:
    monkeypatch.setattr(trial, "_TESTS_CPU_S", 0.5)
    waits = "import time\nfor _ in range(add(1, 2)): time.sleep(0.001)\nassert add(1, 2) == 3"
    asked = suite(waits, apart=apart)
    assert grade(RIGHT, asked).verdict == "accepted"
    report = grade("def add(a, b): return 10 ** 9", asked | SHORT)
    assert (report.verdict, report.score) == ("time_limit_exceeded", 0.0), report
