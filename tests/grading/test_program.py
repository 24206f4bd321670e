"""program mode: what tests can do with a submission in another process, and what a submission cannot do to its tests."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.grading.conftest import Grade

CHECK = "def check(candidate):\n    assert candidate(3, 4) == 7\n    assert candidate(-1, 1) == 0\ncheck(add)"
STACK = (
    "class Stack:\n    def __init__(self): self.items = []\n    def push(self, x): self.items.append(x)\n"
    "    def pop(self):\n        if not self.items: raise Empty('nothing')\n        return self.items.pop()\n"
    "    def __len__(self): return len(self.items)\n    def __contains__(self, x): return x in self.items\n"
    "class Empty(LookupError): pass"
)


def suite(test_code: str, **program: Any) -> dict[str, Any]:
    return {"mode": "program", "program": {"test_code": test_code, **program}}


@pytest.mark.parametrize(
    ("code", "tests"),
    [
        ("def add(a, b): return a + b", CHECK),
        ("def sort(a): a.sort()", "xs = [3, 1, 2]\nsort(xs)\nassert xs == [1, 2, 3]"),
        ("def merge(a, b): a.update(b)", "d = {1: 2}\nmerge(d, {3: (4, 5)})\nassert d == {1: 2, 3: (4, 5)}"),
        ("def pair(x): return x, {x}, b'x', 1j", "assert pair(1) == (1, {1}, b'x', 1j)"),
        ("def half(x): return x / 2", "import math\nassert math.isclose(half(3), 1.5)\nassert type(half(2)) is float"),
        ("def root(x):\n    if x < 0: raise ValueError('negative')\n    return x ** 0.5",
         "try:\n    root(-1)\n    assert False\nexcept ValueError as e:\n    assert str(e) == 'negative'"),
        ("def adder(n): return lambda x: x + n", "assert adder(2)(3) == 5"),
        ("def count():\n    n = 0\n    while True:\n        yield n\n        n += 1",
         "import itertools\nassert list(itertools.islice(count(), 3)) == [0, 1, 2]"),
        ("def apply(f, xs): return [f(x) for x in xs]", "assert apply(lambda x: x * x, [1, 2]) == [1, 4]"),
        ("def apply(f, xs): return sorted(xs, key=f)", "assert apply(len, ['aa', 'b']) == ['b', 'aa']"),
        ("def only(xs, kind): return [x for x in xs if type(x) is not kind]", "assert only([1, 2.5], int) == [2.5]"),
        (STACK, "s = Stack()\ns.push(1)\ns.push(2)\nassert len(s) == 2 and 1 in s\nassert s.pop() == 2"),
        (STACK, "s = Stack()\ntry:\n    s.pop()\n    assert False\nexcept Empty:\n    pass\nassert isinstance(s, Stack)"),
        (STACK, "s = Stack()\ns.push(5)\nassert s.items == [5]\ns.items = []\nassert len(s) == 0"),
        ("import math\ndef area(r): return math.pi * r", "assert area(1) == math.pi"),
        ("def sum(a, b): return a * b", "assert sum(2, 5) == 10"),
        ("def f(x): return x", "from solution import f\nassert f(1) == 1"),
        ("def f(x): return x", "import solution\nassert solution.f((1, 2)) == (1, 2)"),
        ("import collections\ndef f(s): return collections.Counter(s)", "assert f('aab') == {'a': 2, 'b': 1}"),
        ("import decimal\ndef f(): return decimal.Decimal('1.10')", "import decimal\nassert f() == decimal.Decimal('1.1')"),
        ("def f(): return range(3)", "assert f() == range(3) and f() != [0, 1, 2]"),
        ("def f(n): return 10 ** n", "assert f(5000) == 10 ** 5000"),
        ("def f():\n    print('noise')\n    return 1", "assert f() == 1"),
        ("def f():\n    return input()", "try:\n    f()\n    assert False\nexcept EOFError:\n    pass"),
        ("def f(*a, **k): return a, k", "assert f(1, b=2) == ((1,), {'b': 2})"),
        ("import json\ndef f(): json.loads('{')",
         "import json\ntry:\n    f()\n    assert False\nexcept json.JSONDecodeError as e:\n    assert isinstance(e, ValueError)"),
        ("def f(): b'\\xff'.decode()", "try:\n    f()\n    assert False\nexcept UnicodeDecodeError as e:\n    assert e.start == 0"),
        ("import decimal\ndef f(): raise decimal.InvalidOperation",
         "import decimal\ntry:\n    f()\n    assert False\nexcept decimal.InvalidOperation: pass"),
        ("def f(): raise SystemExit(3)", "try:\n    f()\n    assert False\nexcept SystemExit as e:\n    assert e.code == 3"),
    ],
)  # fmt: skip
def test_honest_programs_are_accepted(grade: Grade, code: str, tests: str) -> None:
    report = grade(code, suite(tests))
    assert report.verdict == "accepted", report
    assert report.score == 1.0


@pytest.mark.parametrize(
    "code",
    [
        "import sys\nsys.exit(0)",
        "import os\nos._exit(0)",
        "raise SystemExit",
        "def add(a, b):\n    import os\n    os._exit(0)",
        "def add(a, b): raise SystemExit(0)",
        "class Same:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
        "def add(a, b): return Same()",
        "class add:\n    def __init__(self, *a): pass\n    def __eq__(self, other): return True\n"
        "    def __sub__(self, other): return 0\n    def __hash__(self): return 1",
        "class N(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\ndef add(a, b): return N(5)",
        "import builtins\nbuiltins.AssertionError = Exception\ndef add(a, b): return None",
        "import atexit, os\natexit.register(os._exit, 0)\ndef add(a, b): return 1",
        "import sys\nsys.excepthook = lambda *a: None\ndef add(a, b): return 1",
        "import gc, sys\ndef add(a, b):\n    for o in gc.get_objects():\n        if isinstance(o, dict) and 'check' in o:\n"
        "            return 7\n    return sys._getframe(1).f_locals.get('candidate', 1)",
        "import os\ndef add(a, b):\n    for fd in range(3, 300):\n        try: os.write(fd, b'{\"value\": 7}')\n"
        "        except OSError: pass\n    return 1",
        "import json\njson.dumps = lambda *a, **k: '{\"items\": []}'\ndef add(a, b): return 1",
        'open(\'result.json\', \'w\').write(\'{"items": [{"name": "x", "line": 1, "passed": true}]}\')\ndef add(a, b): return 1',
        "def check(candidate): pass\ndef add(a, b): return 1",
        "class A(type):\n    def __call__(cls, *a): return 7\nclass add(metaclass=A): pass",
        "def add(a, b): return '7'",
        "def add(a, b): return None",
        "def add(a, b): return float('nan')",
        "def add(a, b): return add",
    ],
)
def test_cheats_are_refused(grade: Grade, code: str) -> None:
    report = grade(code, suite(CHECK, entry_point="add"))
    assert report.verdict in ("wrong_answer", "runtime_error"), report
    assert report.score == 0.0


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("def add(a, b: return", "compile_error"),
        ("def add(a, b):\n    while True: pass", "time_limit_exceeded"),
        ("def add(a, b): return bytearray(1 << 30)", "memory_limit_exceeded"),
        ("def add(a, b): return a + b + 1", "wrong_answer"),
        ("def add(a, b): return a // 0", "runtime_error"),
        ("def subtract(a, b): return a - b", "runtime_error"),
        ("1 / 0", "runtime_error"),
        ("import os, signal\ndef add(a, b): os.kill(os.getpid(), signal.SIGSTOP)", "time_limit_exceeded"),
    ],
)
def test_what_goes_wrong_is_told_apart(grade: Grade, code: str, verdict: str) -> None:
    limits = {"cpu_s": 0.5, "wall_s": 2} if verdict == "time_limit_exceeded" else {"cpu_s": 10, "wall_s": 60}
    report = grade(code, suite(CHECK) | {"limits": {"memory_mb": 256, **limits}})
    assert report.verdict == verdict, report


def test_each_assertion_is_reported(grade: Grade) -> None:
    tests = "assert f(1) == 1\nassert f(2) == 3\nassert f(3) == 3\nassert g(1)\nassert f(4) == 4"
    report = grade("def f(x): return x", suite(tests), policy="all")
    verdicts = ["accepted", "wrong_answer", "accepted", "runtime_error", "accepted"]
    assert [test.verdict.value for test in report.tests] == verdicts
    assert (report.passed, report.total, report.score) == (3, 5, 0.6)
    assert report.tests[1].reason == "assert f(2) == 3: got 2, expected 3"
    first = grade("def f(x): return x", suite(tests))
    assert (first.verdict.value, first.passed, first.total) == ("wrong_answer", 1, 5)


def test_humanevals_check_is_called_where_the_tests_leave_it_to_us(grade: Grade) -> None:
    tests = "METADATA = {}\n\ndef check(candidate):\n    assert candidate(1) == 2\n    assert candidate(2) == 3\n"
    report = grade("def f(x): return x + 1", suite(tests, entry_point="f"), policy="all")
    assert (report.verdict.value, report.passed, report.total) == ("accepted", 2, 2)
    report = grade("def f(x): return 2", suite(tests, entry_point="f"), policy="all")
    assert (report.verdict.value, report.passed, report.total) == ("wrong_answer", 1, 2)
    report = grade("def g(x): return 2", suite(tests, entry_point="f"))
    assert report.verdict.value == "runtime_error"
    assert "defines no f" in (report.first_failure.reason or "" if report.first_failure else "")


def test_the_prelude_has_constants_for_the_tests_and_no_functions(grade: Grade) -> None:
    tests = "assert low([]) == inf\nassert low([1]) == 1"
    assert grade("def low(xs): return min(xs, default=inf)", suite(tests, prelude=True)).verdict == "accepted"
    assert grade("def f(): pass", suite("assert gcd(4, 6) == 2", prelude=True)).verdict == "runtime_error"


def test_unittest_and_pytest_style_tests_are_reported_by_name(grade: Grade) -> None:
    tests = (
        "import unittest\nclass T(unittest.TestCase):\n    def setUp(self): self.want = 2\n"
        "    def test_one(self): self.assertEqual(f(1), self.want)\n    def test_two(self): self.assertEqual(f(2), 2)\n"
        "def test_three():\n    assert f(3) == 4\n"
        "if __name__ == '__main__':\n    unittest.main()"
    )
    report = grade("def f(x): return x + 1", suite(tests), policy="all")
    told = {test.name: test.verdict.value for test in report.tests}
    assert told == {"T.test_one": "accepted", "T.test_two": "wrong_answer", "test_three": "accepted"}


def test_what_the_author_skips_is_left_out_and_what_the_submission_skips_is_not_passed(grade: Grade) -> None:
    tests = (
        "import unittest\nclass T(unittest.TestCase):\n    def test_one(self): self.assertEqual(f(1), 2)\n"
        "    @unittest.skip('not yet')\n    def test_two(self): self.fail()\n"
    )
    report = grade("def f(x): return x + 1", suite(tests), policy="all")
    assert {test.name: test.verdict.value for test in report.tests} == {"T.test_one": "accepted"}
    for apart in (True, False):
        asked = suite(tests, apart=apart)
        report = grade("import unittest\ndef f(x): raise unittest.SkipTest('no')", asked)
        assert report.verdict in ("wrong_answer", "runtime_error")
        assert report.score == 0.0


def test_each_test_may_have_its_own_code(grade: Grade) -> None:
    asked = {
        "mode": "program",
        "program": {},
        "tests": [{"test_code": "assert f(1) == 1", "weight": 3}, {"test_code": "assert f(2) == 1", "name": "second"}],
    }
    report = grade("def f(x): return x", asked, policy="all")
    assert [test.verdict.value for test in report.tests] == ["accepted", "wrong_answer"]
    assert report.score == 0.75


@pytest.mark.parametrize(
    ("tests", "said"),
    [("assert f(1 ==", "no Python"), ("import no_such_module\nassert f(1) == 1", "no_such_module"),
     ("def test_x(unknown):\n    assert f(1) == 1", "the fixture unknown")],
)  # fmt: skip
def test_broken_tests_are_our_side_and_never_a_score(grade: Grade, tests: str, said: str) -> None:
    report = grade("def f(x): return x", suite(tests))
    assert (report.verdict, report.score) == ("judge_error", None)
    assert said in (report.reason or "")


def test_tests_that_patch_the_program_run_beside_it(grade: Grade) -> None:
    code = "import random\ndef roll(): return random.randint(1, 6)\nclass Base:\n    def hi(self): return 'hi'"
    tests = (
        "from unittest.mock import patch\nwith patch('random.randint', return_value=4):\n    assert roll() == 4\n"
        "class Child(Base): pass\nassert Child().hi() == 'hi'"
    )
    assert grade(code, suite(tests, apart=False)).verdict == "accepted"
    for cheat in ("import os\nos._exit(0)", "import sys\nsys.exit(0)", "def roll(): return 5"):
        assert grade(cheat, suite(tests, apart=False)).verdict in ("wrong_answer", "runtime_error")


TOGETHER = {
    "cpp": ("#include <vector>\nusing namespace std;\nint add(int a, int b) { return a + b; }",
            "#undef NDEBUG\n#include <assert.h>\nint main() { assert(add(1, 2) == 3); assert(add(0, 0) == 0); }",
            "#include <cstdlib>\nstruct S { S() { exit(0); } } s;\nint add(int, int) { return 0; }"),
    "c": ("int add(int a, int b) { return a + b; }",
          "#include <assert.h>\nint main(void) { assert(add(1, 2) == 3); return 0; }",
          "#include <stdlib.h>\nint add(int a, int b) { exit(0); }"),
    "javascript": ("const add = (a, b) => a + b;", "if (add(1, 2) !== 3) throw new Error('add');",
                   "process.exit(0); const add = 0;"),
    "java": ("import java.util.*;\nclass Solution { int add(int a, int b) { return a + b; } }",
             "public class Main { public static void main(String[] x) { if (new Solution().add(1, 2) != 3) throw new AssertionError(); } }",
             "class Solution { static { System.exit(0); } int add(int a, int b) { return 0; } }"),
}  # fmt: skip
TOOLS = {"cpp": "g++", "c": "gcc", "javascript": "node", "java": "javac"}


@pytest.mark.parametrize("language", list(TOGETHER))
def test_other_languages_run_together_with_their_tests(grade: Grade, language: str) -> None:
    if shutil.which(TOOLS[language]) is None:
        pytest.skip(f"{TOOLS[language]} is not installed")
    right, tests, cheat = TOGETHER[language]
    limits = {"limits": {"cpu_s": 5, "memory_mb": 1024}}
    assert grade(right, suite(tests) | limits, language=language).verdict == "accepted"
    wrong = right.replace("a + b", "a - b")
    assert grade(wrong, suite(tests) | limits, language=language).verdict == "runtime_error"
    report = grade(cheat, suite(tests) | limits, language=language)
    assert report.verdict == "runtime_error"
    assert "before its tests did" in (report.first_failure.reason or "" if report.first_failure else "")
