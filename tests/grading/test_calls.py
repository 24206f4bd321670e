"""program mode: calls that are made from the worker come to what the tests' own process comes to."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from evaluator.grading import python_tests
from evaluator.grading.grader import Grader
from evaluator.grading.prepared import CallData, PreparedTest, StepData
from evaluator.grading.trial import Trial, Trials
from evaluator.schema import Suite
from sandbox.build import CompileFailed
from sandbox.limits import MIB, RunLimits
from tests.grading.conftest import Grade

LIMITS = RunLimits(cpu_s=2.0, wall_s=20.0, memory_bytes=256 * MIB)
FUNCTIONS = "from solution import f\nimport pytest\n"
CASE = "import unittest\nfrom solution import f\nclass TestF(unittest.TestCase):\n"
SUITES: dict[str, dict[str, Any]] = {
    "script": {"test_code": "assert f(1) == 3000\nassert sorted(f([1])) == [1, 1, 1]\nassert f(2) == 6000\n"},
    "check": {
        "test_code": "def check(candidate):\n    assert candidate(1) == 3000\n    assert candidate(x=2) == 6000\n",
        "entry_point": "f",
    },
    "pytest": {
        "test_code": f"{FUNCTIONS}def test_one():\n    assert f(1) == 3000\n    assert f(2) == 6000\n"
        "@pytest.mark.parametrize('x, y', [(3, 9000), (4, 12000)])\ndef test_rows(x, y):\n    assert f(x) == y\n"
    },
    "unittest": {
        "test_code": f"{CASE}    def test_one(self):\n        self.assertEqual(f(1), 3000)\n        self.assertEqual(f(2), 6000)\n"
        "    def test_two(self):\n        self.assertAlmostEqual(f(0.5), 1500.0)\n"
    },
}
RIGHT = "def f(x): return x * 3000 if type(x) is not list else x * 3\n"
PROGRAMS: dict[str, str] = {
    "right": RIGHT,
    "right, by what it remembers": f"seen = []\n{RIGHT.replace('return', 'seen.append(x); return')}",
    "right, and says something": RIGHT.replace("return", "print('x'); return"),
    "right, and has a name of pytest's": f"def setup_function(): pass\n{RIGHT}",
    "wrong once": "def f(x): return 6001 if x == 2 else x * 3000 if type(x) is not list else x * 3\n",
    "wrong always": "def f(x): return None\n",
    "of another type": "def f(x): return str(x)\n",
    "half right": "def f(x): return 3000\n",
    "raises": "def f(x): raise ValueError(x)\n",
    "raises in the middle": "def f(x):\n    if x == 2: return {}[x]\n    return x * 3000 if type(x) is not list else x * 3\n",
    "an object": "class C: pass\ndef f(x): return C()\n",
    "an object that equals all": "class C:\n    def __eq__(self, other): return True\ndef f(x): return C()\n",
    "a generator": "def f(x):\n    yield x\n",
    "much": "def f(x): return [x] * 100000\n",
    "a huge number": "def f(x): return 10 ** 5000\n",
    "changes its arguments": "def f(x):\n    if type(x) is list: x.append(2)\n    return 3000\n",
    "does not parse": "def f(x) return x\n",
    "does not load": "1 / 0\n",
    "lacks the function": "def g(x): return x\n",
    "its name is no function": "f = 3\n",
    "exits": "import sys\ndef f(x): sys.exit(0)\n",
    "leaves": "import os\ndef f(x): os._exit(0)\n",
    "leaves in the middle": "import os\ndef f(x):\n    if x == 2: os._exit(3)\n    return x * 3000 if type(x) is not list else x * 3\n",
    "dies": "import os, signal\ndef f(x): os.kill(os.getpid(), signal.SIGSEGV)\n",
    "writes where answers go": "import os\ndef f(x):\n    os.write(201, b'x' * 100)\n    return 3000\n",
    "closes where answers go": "import os\ndef f(x):\n    os.closerange(3, 1000)\n    return 3000\n",
    "has Python's names": f"{RIGHT}def sorted(x): return [1, 1, 1]\ndef check(x): pass\n",
}


ENDS_WHILE_TOLD = ("writes where answers go", "closes where answers go")
"""Programs that end by themselves or are ended, whichever comes first."""


@pytest.fixture(params=SUITES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def prepared(grader: Grader, program: dict[str, Any]) -> tuple[Trials, PreparedTest]:
    suite = Suite.model_validate({"mode": "program", "program": program})
    assert suite.program is not None
    preparer = grader._context.preparer
    [test] = preparer.prepared(suite, None, LIMITS).tests
    return preparer.trials(suite.program, LIMITS), test


def told(trials: Trials, code: str, test: PreparedTest, policy: Any) -> Any:
    """All that a report says of a program, but for what it used and printed."""
    try:
        judged = python_tests.run(trials, code.encode(), test, policy)
    except CompileFailed as error:
        return str(error)
    return [(case, outcome and _fields(outcome)) for case, outcome in judged]


def _fields(outcome: Any) -> tuple[Any, ...]:
    return tuple(value for field, value in outcome._asdict().items() if field != "execution")


@pytest.mark.parametrize("reference", [RIGHT, None], ids=["reference", "none"])
@pytest.mark.parametrize("policy", ["all", "first_failure"])
def test_calls_come_to_the_same(packages_grader: Grader, name: str, policy: str, reference: str | None) -> None:
    trials, test = prepared(packages_grader, {**SUITES[name], "reference": reference})
    assert test.way == "apart"
    assert test.calls is not None
    by_process = test.model_copy(update={"calls": None})
    for what, code in PROGRAMS.items():
        by_calls, expected = told(trials, code, test, policy), told(trials, code, by_process, policy)
        if what in ENDS_WHILE_TOLD:
            by_calls, expected = ([outcome and outcome[0] for _, outcome in each] for each in (by_calls, expected))
        assert by_calls == expected, what


def test_a_program_that_is_as_usual_is_run_once(packages_grader: Grader, name: str) -> None:
    trials, test = prepared(packages_grader, {**SUITES[name], "reference": RIGHT})
    usual = [code for what, code in PROGRAMS.items() if what.startswith(("right", "wrong", "raises", "leaves"))]
    answers = [trials.run_calls(code.encode(), test, "all", None) for code in usual]
    assert sum(isinstance(answer, Trial) for answer in answers) >= len(usual) - 1  # a name of pytest's is not usual
    assert answers[0] is not None
    assert answers[0].accepted


@pytest.mark.parametrize(
    "step", [["site", 99, [["result", 0]], []], ["site", 0, [["result", 9]], []], ["shell", "x"]], ids=str
)
def test_calls_that_nobody_of_ours_wrote_are_left_to_the_process(packages_grader: Grader, step: list[Any]) -> None:
    trials, test = prepared(packages_grader, SUITES["script"])
    calls = CallData(
        names=("f",), collisions=(), tests=(StepData(name="", line=1, steps=(["call", "f", [1], {}], step)),)
    )
    judged = python_tests.run(trials, RIGHT.encode(), test.model_copy(update={"calls": calls}), "all")
    assert [outcome and outcome.accepted for _, outcome in judged] == [True] * 3


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("while True: pass", "time_limit_exceeded"),
        ("x = [0] * 10 ** 9", "memory_limit_exceeded"),
        ("import time; time.sleep(60)", "time_limit_exceeded"),
        ("while True: print('x' * 1000)", "output_limit_exceeded"),
    ],
)
def test_limits_hold(grade: Grade, body: str, verdict: str) -> None:
    short = {"cpu_s": 0.5, "wall_s": 2} if verdict == "time_limit_exceeded" else {"cpu_s": 10, "wall_s": 60}
    limits = {"memory_mb": 256, **short}
    suite = {"mode": "program", "limits": limits, "program": {"test_code": "assert f(1) == 3000"}}
    assert grade(f"def f(x):\n    {body}\n", suite).verdict == verdict


def test_what_a_program_leaves_running_is_ended_with_its_last_answer(grade: Grade) -> None:
    code = "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()\ndef f(x): return 3000\n"
    suite = {"mode": "program", "limits": {"wall_s": 300}, "program": {"test_code": "assert f(1) == 3000"}}
    began = time.monotonic()
    assert grade(code, suite).verdict == "accepted"
    assert time.monotonic() - began < 200


def test_no_descriptor_is_left_open(packages_grader: Grader) -> None:
    trials, test = prepared(packages_grader, {**SUITES["script"]})
    codes = (RIGHT, PROGRAMS["leaves"], PROGRAMS["an object"])

    def opened() -> int:
        for code in codes:
            trials.run_calls(code.encode(), test, "all", None)
        return len(os.listdir("/proc/self/fd"))

    assert opened() == opened()
