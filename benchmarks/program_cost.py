"""CPU of a submission of program mode: of the worker, its jails and all that runs in them, for small suites.

``python -m benchmarks.program_cost [--count 200] [--rounds 5] [--record]``. In turns: the grader, with kept results
off; and the author's text as it stands with the same program, under the same runner and framework, in the same warm
jail: nothing sealed, nothing judged. That is what the tests take by themselves. Then rows a second with two workers.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import psutil

from benchmarks.machine import facts, record
from benchmarks.program_problems import Problem
from benchmarks.program_report import throughput_lines
from evaluator import harness
from evaluator.grading.grader import Grader, open_grader
from evaluator.grading.trial import DELIVERED, SUBMISSION
from evaluator.runtime import interpreter
from evaluator.schema import Report, Submission, Verdict
from evaluator.settings import Settings
from sandbox.execution import PythonModule
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.toolchain import python_runtime

_TRIPLE = "def f(x):\n    return x * 3\n"
_STACK = "class S:\n    def __init__(self):\n        self.v = []\n"
_COUNTER = """
class C:
    def __init__(self):
        self.v = []
    def add(self, x):
        self.v.append(x)
        return len(self.v)
"""
_ADD = "def add(x, y):\n    return x + y\n"
_CALLS = "".join(f"    assert candidate({n}, {37 * n}) == {38 * n}\n" for n in range(1, 8))
_EQUAL = "    assert f({}) == {}\n"
_FUNCTIONS = "".join(f"def test_{n}():\n{_EQUAL.format(100 * n, 300 * n)}" for n in range(1, 7))
_OBJECTS = "".join(
    f"def test_{n}():\n    s = S()\n    s.v.append({n})\n    assert s.v == [{n}]\n{_EQUAL.format(100 * n, 300 * n)}"
    for n in range(1, 7)
)
_METHOD = (
    "    def test_{0}(self):\n        self.assertEqual(self.c.add({0}), 1)\n        self.assertEqual(self.c.v, [{0}])\n"
)
_CLASS = "import unittest\nclass T(unittest.TestCase):\n    def setUp(self):\n        self.c = C()\n"
_RAISES = "import pytest\ndef test_7():\n    with pytest.raises(TypeError):\n        f(None)\n"
_IMPORT = "from solution import f\n"
KINDS = (
    Problem("HumanEval-like, 7 assertions", "check", "", _ADD, f"def check(candidate):\n{_CALLS}", "add"),
    Problem("KodCode-like, 6 tests", "functions", "", _TRIPLE, _IMPORT + _FUNCTIONS),
    Problem("KodCode-like, with an exception", "raises", "", _TRIPLE, _IMPORT + _FUNCTIONS + _RAISES),
    Problem(
        "pytest, 6 tests of objects", "pytest", "", _TRIPLE + _STACK, f"from solution import S\n{_IMPORT}{_OBJECTS}"
    ),
    Problem("ClassEval-like, 10 tests", "unittest", "", _COUNTER, _CLASS + "".join(map(_METHOD.format, range(10)))),
)
_FRAMEWORKS = {"check": "check", "unittest": "unittest"}
_LIMITS = RunLimits(cpu_s=3.0, memory_bytes=512 * MIB)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="submissions of each kind in a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python", help="interpreter for the programs")
    parser.add_argument("--rate", action=argparse.BooleanOptionalAction, default=True, help="measure rows a second too")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    asked = parser.parse_args()
    before, python = facts(), asked.python or interpreter(Settings())
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data), python=python, results_mb=0)
        with open_grader(settings) as grader, closing(_sandbox(python, Path(data))) as sandbox:
            lines = [*_table(grader, sandbox, asked.count, asked.rounds)]
    if asked.rate:
        lines += ["", *throughput_lines(KINDS, python, copies=asked.count)]
    print(before, *lines, sep="\n")
    if asked.record:
        record("Cost of program mode", "python -m benchmarks.program_cost", before, lines)


def _sandbox(python: str | None, data: Path) -> Sandbox:
    runtime = python_runtime(python, harness.sources())
    runtimes = {"tests": harness.test_runtime(runtime), "judge": harness.judge_runtime(runtime)}
    return Sandbox(runtime, runtimes=runtimes, cache=data / "stock" / "compiled")


def _table(grader: Grader, sandbox: Sandbox, count: int, rounds: int) -> Iterator[str]:
    yield "| suite | way | CPU, ms | of which tests by themselves, in the same jail | beyond those |"
    yield "|---|---|---|---|---|"
    for kind in KINDS:
        way = _way(grader, kind)
        pairs = [
            (_cpu_ms(partial(_grade, grader, kind), count), _cpu_ms(partial(_run_stock, sandbox, kind), count))
            for _ in range(rounds)
        ]
        whole, own = (statistics.median(values) for values in zip(*pairs, strict=True))
        beyond = statistics.median(each - alone for each, alone in pairs)
        yield f"| {kind.set} | {way} | {whole:.1f} | {own:.1f} | {beyond:.1f} |"
    yield ""
    yield f"(median of {rounds} rounds of {count} submissions each, in turns, counted in ticks of 10 ms)"


def _way(grader: Grader, kind: Problem) -> str:
    report = _report(grader, kind)
    assert report.trust is not None
    return report.trust.way


def _report(grader: Grader, kind: Problem) -> Report:
    submission = Submission.model_validate({"code": kind.code, "suite": kind.suite(reference=True)})
    assert submission.suite is not None
    return grader.grade(submission, submission.suite)


def _grade(grader: Grader, kind: Problem) -> bool:
    return _report(grader, kind).verdict is Verdict.ACCEPTED


def _run_stock(sandbox: Sandbox, kind: Problem) -> bool:
    """The author's text, under its framework."""
    form = {
        "text": kind.tests,
        "framework": _FRAMEWORKS.get(kind.id, "pytest"),
        "entry_point": kind.entry_point,
        "prelude": False,
        "policy": "all",
        "separate": "solution" in kind.tests,
        "module_names": ["solution"],
    }
    files = {SUBMISSION: kind.code.encode(), DELIVERED: json.dumps(form).encode()}
    program = PythonModule(
        ("evaluator.harness.runner",), files, collect=("records",), runtime="judge" if kind.id == "check" else "tests"
    )
    return sandbox.run(program, _LIMITS).clean


def _cpu_ms(run: Callable[[], bool], count: int) -> float:
    """CPU of one run, of this process and all below it."""
    assert run()
    began_s = _tree_cpu_s()
    assert all(run() for _ in range(count))
    return 1000 * (_tree_cpu_s() - began_s) / count


def _tree_cpu_s() -> float:
    """CPU of this process and those below it, with what those have waited for."""
    me = psutil.Process()
    times = (process.cpu_times() for process in (me, *me.children(recursive=True)))
    return float(sum(each.user + each.system + each.children_user + each.children_system for each in times))


if __name__ == "__main__":
    main()
