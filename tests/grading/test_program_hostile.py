"""program mode: whatever a submission answers, raises or writes into the pipes is judged, and is never our fault."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.grading.grader import Grader
from tests.grading.conftest import Grade

CHECK = "def check(candidate):\n    assert candidate(1) == 2\n    assert candidate(2) == 3"
UNITTEST = (
    "import unittest\nfrom solution import f\n"
    "class T(unittest.TestCase):\n    def test_it(self): self.assertEqual(f(1), 2)\n"
    "    def test_too(self): self.assertEqual(f(2), 3)"
)
PYTEST = "def test_it():\n    assert f(1) == 2\ndef test_too():\n    assert f(2) == 3, f(2)"
FORMS = {"check": CHECK, "unittest": UNITTEST, "pytest": PYTEST}
HONEST = "def f(x): return x + 1"
REFUSED = {"wrong_answer", "runtime_error", "time_limit_exceeded", "memory_limit_exceeded"}
LIMITS = {"cpu_s": 3, "memory_mb": 512, "wall_s": 20}


def suite(test_code: str, **program: Any) -> dict[str, Any]:
    return {
        "mode": "program",
        "limits": LIMITS,
        "program": {"test_code": test_code, "entry_point": "f", **program},
    }


def require_refusal(grader: Grader, grade: Grade, code: str, test_code: str, **program: Any) -> None:
    before = grader.slots_discarded
    report = grade(code, suite(test_code, **program), detail="full")
    assert report.verdict in REFUSED, report
    assert report.score == 0.0
    report.model_dump_json()
    assert grader.slots_discarded == before
    assert grade(HONEST, suite(test_code, **program)).verdict == "accepted"


RESULTS = {
    "5,000 digits": "10 ** 5_000",
    "a million bits": "1 << 1_000_000",
    "huge in a list": "[10 ** 5_000, {10 ** 5_000: 10 ** 5_000}]",
    "a lone surrogate": r"'\ud83d'",
    "a lone surrogate as a key": r"{'\ud83d': '\udc00'}",
    "a range": "range(10 ** 30)",
    "a negative range": "range(0, -(10 ** 30), -7)",
    "a signalling NaN": "__import__('decimal').Decimal('sNaN')",
    "infinite": "float('inf')",
    "a long text": "'x' * (20 << 20)",
    "many texts": "['x' * 1000] * 20_000",
    "NUL": r"'\0' * 10",
    "itself": "f",
    "a module": "__import__('unittest')",
    "a module that ends": "__import__('types').ModuleType('unittest.__main__')",
    "a module that is not": "__import__('types').ModuleType('unittest.no.such')",
    "an odd named tuple": "type('T', (tuple,), {'_fields': ('class', 'class')})((1, 2))",
    "a named tuple of NUL": r"type('T\ud800', (tuple,), {'_fields': ('\0',)})((1,))",
    "a generator": "(x for x in [2])",
    "a coroutine": "(lambda: (yield))()",
    "an exception": "ValueError('no')",
    "an exception class": "type('E\\ud800', (Exception,), {'__module__': 'unittest.__main__'})",
}


@pytest.mark.parametrize("value", RESULTS.values(), ids=RESULTS)
def test_odd_results_are_wrong(grader: Grader, grade: Grade, value: str) -> None:
    for form in FORMS.values():
        require_refusal(grader, grade, f"def f(x): return {value}", form)


@pytest.mark.parametrize("depth", [200, 1_000, 20_000, 100_000])
@pytest.mark.parametrize("nest", ["[{}]", "({},)", "{{1: {}}}"])
def test_results_that_nest_deeply_are_wrong(grader: Grader, grade: Grade, nest: str, depth: int) -> None:
    made = nest.replace("{}", "x").replace("{{", "{").replace("}}", "}")
    require_refusal(grader, grade, f"def f(x):\n    for _ in range({depth}): x = {made}\n    return x", CHECK)


ODD = "class E({base}):\n    __module__ = {module}\n{body}\ndef f(x): raise E({arguments})"
RAISED = {
    "of a module that is not there": ("Exception", "'no.such.module'", "    pass", "1"),
    "of a part that is not there": ("Exception", "'unittest.no'", "    pass", "1"),
    "of a module that ends the process": ("Exception", "'unittest.__main__'", "    pass", "1"),
    "of a module that is a number": ("Exception", "5", "    pass", "1"),
    "of the harness": ("Exception", "'evaluator.harness.channel'", "    pass", "1"),
    "with half a character": ("Exception", "'x'", "    pass", r"'\ud800'"),
    "of a name that is half a character": ("Exception", "'x'", "    pass\nE.__name__ = '\\ud800'", "1"),
    "of a name with NUL": ("Exception", "'x'", "    pass\nE.__name__ = 'a.b c'", "1"),
    "whose text exits": ("Exception", "'x'", "    def __str__(self): raise SystemExit(0)\n    __repr__ = __str__", "1"),
    "whose text interrupts": (
        "Exception", "'x'", "    def __str__(self): raise KeyboardInterrupt\n    __repr__ = __str__", "1"),
    "whose text has no end": ("Exception", "'x'", "    def __str__(self): return str(self)\n    __repr__ = __str__", "1"),
    "whose text is no text": ("Exception", "'x'", "    def __str__(self): return 5\n    __repr__ = __str__", "1"),
    "that is a group": ("ExceptionGroup", "'x'", "    pass", "'a', [ValueError(1)]"),
    "that wants what nobody tells": (
        "UnicodeDecodeError", "'x'", "    def __init__(self, *a): pass", "'utf-8', b'x', 0, 1, 'no'"),
    "of a syntax that is odd": ("SyntaxError", "'x'", "    pass", "'m', ('f', 'x', [], 5)"),
    "with a huge number": ("Exception", "'x'", "    pass", "10 ** 50_000"),
    "with itself": ("Exception", "'x'", "    pass", "f, E"),
    "that says it is built in": ("Exception", "'builtins'", "    pass", "1"),
    "that says it is exit": ("Exception", "'builtins'", "    pass\nE.__name__ = 'exit'", "1"),
}  # fmt: skip


@pytest.mark.parametrize("name", RAISED)
def test_odd_exceptions_are_failures(grader: Grader, grade: Grade, name: str) -> None:
    base, module, body, arguments = RAISED[name]
    code = ODD.format(base=base, module=module, body=body, arguments=arguments)
    for form in FORMS.values():
        require_refusal(grader, grade, code, form)
    at_once = code.replace("def f(x): raise", "def f(x): pass\nraise")
    require_refusal(grader, grade, at_once, CHECK)


BY_NAME = [
    "import unittest.case\ndef f(x): raise unittest.case._ShouldStop",
    "import unittest.case\ndef f(x): raise unittest.case._UnexpectedSuccess",
    "import unittest\ndef f(x): raise unittest.SkipTest('no')",
    "import unittest\nclass E(unittest.SkipTest): pass\ndef f(x): raise E('no')",
    "class E(Exception): __module__ = 'unittest.case'\nE.__name__ = '_ShouldStop'\ndef f(x): raise E",
    "class E(Exception): __module__ = 'unittest.case'\nE.__name__ = 'SkipTest'\ndef f(x): raise E('no')",
    "class E(Exception): __module__ = 'unittest'\nE.__name__ = 'SkipTest'\ndef f(x): raise E('no')",
    "class E(BaseException): __module__ = '_pytest.outcomes'\nE.__name__ = 'Skipped'\ndef f(x): raise E('no')",
    "class E(BaseException): __module__ = '_pytest.outcomes'\nE.__name__ = 'Exit'\ndef f(x): raise E('no')",
    "class E(Exception): __module__ = 'evaluator.harness.channel'\nE.__name__ = 'Gone'\ndef f(x): raise E",
    "class E(Exception): __module__ = 'evaluator.harness.tester'\nE.__name__ = 'CannotRun'\ndef f(x): raise E",
    "class E(BaseException): __module__ = 'evaluator.harness.tester'\nE.__name__ = 'Stop'\ndef f(x): raise E",
    "def f(x): raise KeyboardInterrupt",
    "def f(x): raise SystemExit(0)",
    "def f(x): raise GeneratorExit",
    "def f(x): raise StopIteration",
    "def f(x): raise StopAsyncIteration",
    "def f(x): raise ModuleNotFoundError(name='numpy')",
]


@pytest.mark.parametrize("apart", [True, False], ids=["apart", "beside"])
@pytest.mark.parametrize("code", BY_NAME)
def test_no_exception_tells_the_runner_what_to_do(grader: Grader, grade: Grade, code: str, apart: bool) -> None:
    for form in FORMS.values():
        require_refusal(grader, grade, code, form, apart=apart)


def test_the_end_of_an_iteration_ends_no_loop_of_the_tests(grade: Grade) -> None:
    stops = "def f(x):\n    raise StopIteration"
    tests = "assert all(map(lambda case: f(case[0]) == case[1], [(1, 2), (2, 3)]))"
    assert grade(stops, suite(tests)).score == 0.0
    assert grade(HONEST, suite(tests)).verdict == "accepted"
    expected = "try:\n    f(1)\n    assert False\nexcept StopIteration:\n    pass"
    assert grade(stops, suite(expected)).verdict == "accepted"
    assert grade("def f(x): return iter([])", suite("assert list(f(1)) == []\nassert next(f(1), 7) == 7")).score == 1.0


SAY = """
import json, os
def say(message, size=None):
    data = message if isinstance(message, bytes) else json.dumps(message).encode()
    head = (len(data) if size is None else size).to_bytes(8, "little")
    for end in range(200, 210):
        try: os.write(end, head + data)
        except OSError: pass
def answer(*messages):
    say({"loaded": True})
    say({"found": True, "value": {"type": "mine", "value": [1, {"kind": "function", "name": "f"}]}})
    for message in messages: say(message)
"""
MESSAGES = {
    "no JSON": 'answer(b"{")',
    "no object": "answer([1], 5, None)",
    "nothing": 'answer(b"")',
    "half a message": 'answer(); say(b"{}", 100)',
    "too large": 'answer(); say(b"{}", 300 << 20)',
    "larger than all": 'answer(); say(b"{}", (1 << 64) - 1)',
    "wrong keys": 'answer({"vlaue": 2}, {})',
    "a number for a class": 'answer({"class": 5, "arguments": 7, "trace": 9})',
    "a class of numbers": 'answer({"class": {"name": 1, "module": 2, "base": 3}, "arguments": [], "trace": None})',
    "a class of nothing": 'answer({"class": {}})',
    "a base that is none": 'answer({"class": {"name": "E", "module": "x", "base": "print"}, "arguments": [], "trace": ""})',
    "a base of odd making": 'answer({"class": {"name": "E", "module": "x", "base": "BaseExceptionGroup"}, '
    '"arguments": {"type": "tuple", "value": [1]}, "trace": ""})',
    "a name with NUL": r'answer({"class": {"name": "a\0b", "module": "x", "base": "Exception"}, "arguments": 1, "trace": 5})',
    "a module that ends": 'answer({"class": {"name": "main", "module": "unittest.__main__", "base": "Exception"}, '
    '"arguments": {"type": "tuple", "value": []}, "trace": ""})',
    "no exception of a module": 'answer({"class": {"name": "TestCase", "module": "unittest.case", "base": "x"}, '
    '"arguments": {"type": "tuple", "value": []}, "trace": ""})',
    "an odd named tuple": 'answer({"value": {"type": "namedtuple", "value": [1]}})',
    "a named tuple of code": 'answer({"value": {"type": "namedtuple", "value": ["T", ["a b", "import os"], [1, 2]]}})',
    "an array of nothing": 'answer({"value": {"type": "array", "value": []}})',
    "an array of an odd kind": 'answer({"value": {"type": "array", "value": ["<f99999999", [1]]}})',
    "a dict of lists": 'answer({"value": {"type": "dict", "value": [[[1], 2]]}})',
    "a type that is a list": 'answer({"value": {"type": [1], "value": 2}})',
    "a value without a type": 'answer({"value": {"value": 2}})',
    "a library's": 'answer({"value": {"type": "library", "value": ["os", "getcwd"]}})',
    "somebody else's": 'answer({"value": {"type": "yours", "value": 12345}})',
    "a module to import": 'answer({"value": {"type": "mine", "value": [9, {"kind": "module", "name": "unittest.__main__"}]}})',
    "no module": 'answer({"value": {"type": "mine", "value": [9, {"kind": "module", "name": "numpy.no.such"}]}})',
    "an exception of nothing": 'answer({"value": {"type": "mine", "value": [9, {"kind": "exception"}]}})',
    "facts of nothing": 'answer({"value": {"type": "mine", "value": [[9], 5]}})',
    "arguments of nothing": 'answer({"value": 2, "arguments": 5, "named": [1]})',
    "deep": 'answer(b\'{"value": \' + b"[" * 100_000 + b"]" * 100_000 + b"}")',
    "deeper": 'answer(b"[" * 20_000)',
    "a huge number": 'answer(b\'{"value": \' + b"9" * 30_000 + b"}")',
    "a huge hexadecimal": 'answer({"value": {"type": "int", "value": "f" * 30_000}})',
    "not a number": "answer(b'{\"value\": NaN}', b'{\"value\": Infinity}')",
    "a call of nothing": 'answer({"do": "call"}, {"do": 5}, {"do": "call", "of": 1, "arguments": [], "named": {}})',
    "syntax that is a number": "say({'syntax_error': 5})",
    "a raise instead of loading": "say({'class': 5})",
}


@pytest.mark.parametrize("name", MESSAGES)
def test_odd_messages_are_failures(grader: Grader, grade: Grade, name: str) -> None:
    code = f"{SAY}\n{MESSAGES[name]}\nos._exit(0)"
    before = grader.slots_discarded
    for form in FORMS.values():
        report = grade(code, suite(form))
        assert report.verdict in REFUSED | {"compile_error"}, report
        assert report.score == 0.0
    assert grader.slots_discarded == before
    assert grade(HONEST, suite(CHECK)).verdict == "accepted"


def test_messages_that_come_while_the_tests_compute_are_answers_and_nothing_else(grader: Grader, grade: Grade) -> None:
    talks = f"{SAY}\nimport threading\ndef f(x):\n    threading.Timer(0.05, say, [{{'value': 0}}]).start()\n    return x + 1"
    tests = (
        "import time\nassert f(1) == 2\nbegin = time.time()\nwhile time.time() < begin + 0.3: pass\nassert f(2) == 3"
    )
    require_refusal(grader, grade, talks, tests)


@pytest.mark.parametrize(
    "code",
    [
        "from evaluator.harness.tester import CannotRun\ndef f(x): raise CannotRun(broken='the suite')",
        "from evaluator.harness.pytest_style import Unsupported\ndef f(x): raise Unsupported('the moon')",
        "from evaluator.harness.channel import Gone\ndef f(x): raise Gone",
        "def f(x):\n    import no_such_module",
        "import os\nos._exit(0)",
        "import json\njson.dumps = None\ndef f(x): return 5",
        "import os\nos.kill(os.getpid(), 9)",
        "import evaluator.harness.tester as t\nt.Tester.run = lambda self: 1 / 0\ndef f(x): return 5",
        "open('result.json', 'w').write('[' * 10_000)\nimport os\nos._exit(0)",
    ],
)
def test_a_program_beside_its_tests_is_not_taken_for_them(grader: Grader, grade: Grade, code: str) -> None:
    require_refusal(grader, grade, code, PYTEST, apart=False)


@pytest.mark.parametrize("result", ["1 << 20000000", "[1 << 20000000]", "{'a': -1 << 20000000}"])
@pytest.mark.parametrize("apart", [True, False])
def test_an_integer_of_millions_of_digits_is_a_wrong_answer(grade: Grade, result: str, apart: bool) -> None:
    """To write it in full took longer than the tests may: it was too slow, not wrong."""
    report = grade(f"def f(n): return {result}", suite("assert f(5) == 15", apart=apart, entry_point=None))
    assert report.verdict == "wrong_answer", report


LIAR = (
    "class Solution:\n    def f(self, x): return self\n    def __sub__(self, other): return 0.0\n    __rsub__ = __sub__\n"
    "    def __lt__(self, other): return True\n    __gt__ = __le__ = __ge__ = __contains__ = __lt__\n"
    "    def __abs__(self): return 0.0\ndef f(x): return Solution()"
)
"""A value of its own answers as it likes, by operators."""


@pytest.mark.parametrize(
    "test_code",
    [
        "assert abs(Solution().f(2) - 4.0) < 1e-6",
        "assert abs(4.0 - Solution().f(2)) < 1e-6",
        "assert Solution().f(2) < 3",
        "assert 3 in Solution().f(2)",
        "s = Solution()\nassert s.f(2) < 3",
        "r = f(2)\nassert not hasattr(r, 'error')\nassert abs(r - 4.0) < 1e-6",
        "import numpy as np\nassert abs(np.sqrt(16.0) - f(2)) < 1e-6",
        "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertAlmostEqual(Solution().f(2), 4.0)",
        "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertLess(Solution().f(2), 3)",
        "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertIn(3, Solution().f(2))",
    ],
)
def test_an_answer_does_not_decide_what_it_is_compared_with(grade: Grade, test_code: str) -> None:
    report = grade(LIAR, suite(test_code, entry_point=None))
    assert report.verdict in REFUSED or (report.verdict == "judge_error" and "numpy" in str(report.reason)), report


@pytest.mark.parametrize(
    "test_code",
    [
        "v = Vec(1)\nassert v < 5 and v + 1 == Vec(2) and (v + 1) < 5",
        "v = make(1)\nassert v.x == 1\nassert v < 5",
        "assert Vec(1) + Vec(2) == Vec(3)\nassert (Vec(1) + Vec(2)).x == 3",
        "assert 1 in Vec(1)",
    ],
)
def test_an_object_that_is_tested_answers_by_its_operators(grade: Grade, test_code: str) -> None:
    code = (
        "class Vec:\n    def __init__(self, x): self.x = x\n    def __lt__(self, n): return self.x < n\n"
        "    def __add__(self, n): return Vec(self.x + (n.x if isinstance(n, Vec) else n))\n"
        "    def __eq__(self, o): return self.x == o.x\n    def __contains__(self, n): return n == self.x\n"
        "def make(x): return Vec(x)"
    )
    # What a function returns is not told by the text to be an object: a reference shows it.
    reference = {"reference": code} if "make" in test_code else {}
    report = grade(code, suite(test_code, entry_point=None, **reference))
    assert report.verdict == "accepted", report
