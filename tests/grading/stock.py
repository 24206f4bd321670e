"""The stock runners' verdict on a program: real pytest, unittest or a plain script, in one process, inside the jail.

They believe what the program does, so only honest and wrong programs are asked about, no cheats.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.grading.grader import Grader
from evaluator.schema import RunRequest, to_string

_RUN = '''
import json, os, resource, signal, sys, time
with open("asked.json") as file:
    ASKED = json.load(file)
sys.set_int_max_str_digits(0)
TESTS = ASKED["name"]
told = {"accepted": False, "ran": 0, "own_s": 0.0, "text": ""}


class Clock:
    """CPU time of what the author and the program wrote, without the runner's."""

    def __init__(self):
        self.total = 0.0
    def __enter__(self):
        self.begin = time.process_time()
    def __exit__(self, *_):
        self.total += time.process_time() - self.begin


clock = Clock()


def script():
    import runpy
    sys.setrecursionlimit(50_000)  # not for pytest, whose collection relies on an end of recursion
    with clock:
        try:
            runpy.run_path(f"{TESTS}.py", run_name="__main__")
            told["accepted"] = True
        except SystemExit as error:
            told["accepted"] = error.code in (None, 0)
        except BaseException as error:
            told["text"] = f"{type(error).__name__}: {error}"
    told["ran"] = 1


def unittest_():
    import importlib, io, unittest
    with clock:
        try:
            module = importlib.import_module(TESTS)
        except BaseException as error:
            told["text"] = f"{type(error).__name__}: {error}"
            return
    told_to = io.StringIO()
    with clock:
        suite = unittest.defaultTestLoader.loadTestsFromModule(module)
        result = unittest.TextTestRunner(stream=told_to).run(suite)
    told.update(accepted=result.wasSuccessful() and result.testsRun > len(result.skipped), ran=result.testsRun)
    told["text"] = told_to.getvalue()[-500:]


def pytest_():
    import pytest

    class Watch:
        passed = 0
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_call(self, item):
            with clock:
                return (yield)
        def pytest_runtest_logreport(self, report):
            self.passed += report.when == "call" and report.outcome == "passed"
            if report.failed:
                told["text"] = str(report.longrepr)[-500:]
        def pytest_collectreport(self, report):
            if report.failed:
                told["text"] = str(report.longrepr)[-500:]

    watch = Watch()
    code = pytest.main(["-p", "no:cacheprovider", "-p", "no:terminal", f"{TESTS}.py"], plugins=[watch])
    told.update(accepted=code == 0 and watch.passed > 0, ran=watch.passed)


def one():
    sys.path.insert(0, os.getcwd())
    {"script": script, "unittest": unittest_, "pytest": pytest_}[ASKED["framework"]]()
    told["own_s"] = clock.total
    with open("told.json", "w") as file:
        json.dump(told, file)
    os._exit(0)


def in_child(directory):
    os.setpgid(0, 0)
    os.chdir(directory)
    resource.setrlimit(resource.RLIMIT_CPU, (ASKED["cpu_s"], ASKED["cpu_s"]))
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    one()


def one_after_the_other(directories):
    for name in ASKED["imports"]:
        try:
            __import__(name)
        except ImportError:
            pass
    answers = []
    for directory in directories:
        child = os.fork()
        if not child:
            in_child(directory)
        signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, ASKED["wall_s"])
        status = os.waitpid(child, 0)[1]
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            with open(f"{directory}/told.json") as file:
                answers.append(json.load(file))
        except (OSError, ValueError):
            answers.append({**told, "text": f"ended early: {status}"})
    with open("told.json", "w") as file:
        json.dump(answers, file)


if "programs" in ASKED:
    one_after_the_other(ASKED["programs"])
else:
    one()
'''
_IMPORTS_SUBMISSION = re.compile(
    r"^\s*(?:from|import)\s+(solution|submission|candidate|main|your_module|your_code)\b", re.MULTILINE
)
_TESTS = "test_of_the_author"


@dataclass(frozen=True)
class Stock:
    """The result of a stock runner. ``own_s``: CPU time that program and tests took, without the runner's.
    ``cpu_s``: with it, where a program was run by itself."""

    accepted: bool
    own_s: float
    cpu_s: float
    text: str


def framework_of(test_code: str) -> str:
    """``script``, ``unittest`` or ``pytest``, as the text of the tests has it."""
    tree = ast.parse(test_code)
    cases = any(
        isinstance(node, ast.ClassDef) and any("TestCase" in ast.unparse(base) for base in node.bases)
        for node in ast.walk(tree)
    )
    functions = any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test") for node in tree.body
    )
    classes = any(
        isinstance(node, ast.ClassDef)
        and node.name.startswith("Test")
        and any(isinstance(part, ast.FunctionDef) and part.name.startswith("test") for part in node.body)
        for node in tree.body
    )
    if functions or (classes and not cases):
        return "pytest"
    return "unittest" if cases else "script"


def run_stock(
    grader: Grader,
    code: str,
    test_code: str,
    *,
    entry_point: str | None = None,
    cpu_s: float = 10.0,
    wall_s: float | None = None,
) -> Stock:
    """Run the tests with the program as their author would: beside it where they import it, else below it."""
    files = _files(code, test_code, entry_point)
    asked = {"name": _TESTS, "framework": framework_of(test_code)}
    request: dict[str, Any] = {
        "code": _RUN,
        "files": {**files, "asked.json": json.dumps(asked)},
        "collect": ["told.json"],
        "limits": {"cpu_s": cpu_s, "wall_s": wall_s or 2 * cpu_s + 1, "memory_mb": 2048, "output_mb": 16},
    }
    report = grader.run(RunRequest.model_validate(request))
    if "told.json" not in report.files:
        return Stock(
            False,
            0.0,
            report.cpu_s,
            f"ended early: {report.stopped_by or report.exit_code} {to_string(report.stderr)[-300:]}",
        )
    told = json.loads(to_string(report.files["told.json"]))
    return Stock(told["accepted"], told["own_s"], report.cpu_s, told["text"])


def run_stock_each(
    grader: Grader, codes: Sequence[str], test_code: str, *, entry_point: str | None, cpu_s: float, wall_s: float
) -> list[Stock]:
    """As ``run_stock``, of several programs: each is run in a fork of one process, which has imported the runner. The
    limits are those of each; of CPU time in whole seconds, as the kernel has them."""
    directories = [f"program_{number}" for number in range(len(codes))]
    files = {
        f"{directory}/{name}": text
        for directory, code in zip(directories, codes, strict=True)
        for name, text in _files(code, test_code, entry_point).items()
    }
    framework = framework_of(test_code)
    whole_s = math.ceil(cpu_s)
    asked = {
        "name": _TESTS,
        "framework": framework,
        "programs": directories,
        "imports": {"script": [], "unittest": ["unittest.mock"], "pytest": ["unittest.mock", "pytest"]}[framework],
        "cpu_s": whole_s,
        "wall_s": wall_s,
    }
    everything = {"cpu_s": 5 + (whole_s + 1) * len(codes), "wall_s": 60 + wall_s * len(codes)}
    request: dict[str, Any] = {
        "code": _RUN,
        "files": {**files, "asked.json": json.dumps(asked)},
        "collect": ["told.json"],
        "limits": {**everything, "memory_mb": 4096, "output_mb": 16, "processes": 64},
    }
    report = grader.run(RunRequest.model_validate(request))
    if "told.json" not in report.files:
        raise RuntimeError(f"the stock runner ended early: {report}")
    answers = json.loads(to_string(report.files["told.json"]))
    return [Stock(told["accepted"], told["own_s"], 0.0, told["text"]) for told in answers]


def _files(code: str, test_code: str, entry_point: str | None) -> dict[str, str]:
    """The files of a program and its tests."""
    if entry_point and re.search(r"^def check\(", test_code, re.MULTILINE):
        test_code += "" if re.search(r"^check\(", test_code, re.MULTILINE) else f"\ncheck({entry_point})\n"
    imported = _IMPORTS_SUBMISSION.search(test_code)
    if imported:
        return {f"{imported[1]}.py": code, f"{_TESTS}.py": test_code}
    return {f"{_TESTS}.py": f"{code}\n\n{test_code}"}
