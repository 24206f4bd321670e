"""Checkers and interactors that are programs: both protocols, and what becomes of one that fails."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from evaluator.grading.grader import open_grader
from evaluator.schema import Submission
from evaluator.settings import Settings
from tests.grading.conftest import LIMITS, Grade

DIVISOR = """
import sys
n = int(open(sys.argv[1]).read())
try:
    answer = int(open(sys.argv[2]).read())
except ValueError:
    sys.exit("not a number")
if 1 < answer < n and n % answer == 0:
    sys.exit(0)
print("no divisor", file=sys.stderr)
sys.exit(1)
"""
VALIDATOR = """
import sys
n = int(open(sys.argv[1]).read())
answer = int(sys.stdin.read())
if 1 < answer < n and n % answer == 0:
    sys.exit(42)
open(sys.argv[3] + "judgemessage.txt", "w").write("no divisor of " + str(n))
sys.exit(43)
"""
VALIDATOR_CPP = {
    "validate/validate.cpp": '#include "help.h"\nint main(int c, char **v) { return divides(v[1]) ? 42 : 43; }',
    "validate/help.h": "bool divides(const char *path);",
    "validate/help.cpp": '#include "help.h"\n#include <fstream>\n#include <iostream>\nbool divides(const char *path) {\n'
    "    long n, a; std::ifstream(path) >> n; return std::cin >> a && a > 1 && a < n && n % a == 0; }",
}
GUESS = """
import sys
secret, asked = int(open(sys.argv[1]).read()), 0
while True:
    line = sys.stdin.readline()
    if not line:
        sys.exit({refuses})
    asked += 1
    guess = int(line)
    if asked > 12:
        print("too many questions", file=sys.stderr)
        sys.exit({refuses})
    print("equal" if guess == secret else "less" if secret < guess else "greater", flush=True)
    if guess == secret:
        sys.exit({accepts})
"""
BISECT = """
low, high = 1, 1000
while True:
    middle = (low + high) // 2
    print(middle, flush=True)
    said = input()
    if said == "equal": break
    if said == "less": high = middle - 1
    else: low = middle + 1
"""
BISECT_C = r"""
#include <stdio.h>
int main(void) { int low = 1, high = 1000; char said[16];
  for (;;) { int m = (low + high) / 2; printf("%d\n", m); fflush(stdout); if (scanf("%15s", said) != 1) return 1;
    if (said[0] == 'e') return 0; if (said[0] == 'l') high = m - 1; else low = m + 1; } }
"""


def checked(checker: dict[str, Any]) -> dict[str, Any]:
    return {"mode": "stdio", "checker": {"kind": "program", **checker}, "tests": [{"input": "91\n", "output": "7\n"}]}


@pytest.mark.parametrize(
    "checker",
    [
        {"code": DIVISOR},
        {"code": VALIDATOR, "protocol": "icpc"},
        {"files": VALIDATOR_CPP, "language": "cpp", "protocol": "icpc"},
    ],
    ids=["testlib", "icpc", "icpc in C++"],
)
def test_a_checker_decides(grade: Grade, checker: dict[str, Any]) -> None:
    if checker.get("language") == "cpp" and shutil.which("g++") is None:
        pytest.skip("g++ is not installed")
    assert grade("print(13)", checked(checker)).verdict == "accepted"
    assert grade("print(7)", checked(checker)).tests[0].strict is True
    assert grade("print(8)", checked(checker)).verdict == "wrong_answer"
    assert grade("print(1 / 0)", checked(checker)).verdict == "runtime_error"


def test_what_the_checker_says_is_the_reason(grade: Grade) -> None:
    for checker in ({"code": DIVISOR}, {"code": VALIDATOR, "protocol": "icpc"}):
        report = grade("print(8)", checked(checker))
        assert "no divisor" in (report.tests[0].reason or "")


@pytest.mark.parametrize(
    ("checker", "said"),
    [
        ({"code": "import sys; sys.exit(3)"}, "exit code 3"),
        ({"code": "1 / 0", "protocol": "icpc"}, "ZeroDivisionError"),
        ({"code": "pass", "protocol": "icpc"}, "exit code 0"),
        ({"code": "import sys; sys.exit(7)"}, "gives points"),
        ({"code": "import sys; print('partially correct (0) no', file=sys.stderr)"}, "gives points"),
        ({"code": "import sys; print('partially correct (1) no', file=sys.stderr); sys.exit(1)"}, "gives points"),
        ({"code": "import os; os.abort()"}, "SIGABRT"),
        ({"code": "x = = 1"}, "does not parse"),
        ({"code": "1 / 0"}, "ZeroDivisionError"),
        ({"code": "int main( {", "language": "cpp"}, "does not compile"),
        ({"code": "x", "language": "cobol"}, "cobol"),
        ({"code": "import os\nwhile True: os.fork()", "protocol": "icpc"}, "failed"),
    ],
)
def test_a_broken_checker_is_our_side_and_never_a_score(grade: Grade, checker: dict[str, Any], said: str) -> None:
    report = grade("print(13)", checked(checker))
    assert (report.verdict, report.score) == ("judge_error", None), report
    assert said in (report.reason or "")
    assert grade("print(13)", checked({"code": DIVISOR})).verdict == "accepted"


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
def test_a_checker_that_misses_testlib_is_told_where_to_put_it(tmp_path: Path) -> None:
    suite = checked({"code": '#include "testlib.h"\nint main() {}', "language": "cpp"})
    submission = Submission.model_validate({"code": "print(13)", "suite": suite})
    assert submission.suite is not None
    with open_grader(Settings(data_dir=tmp_path, testlib=None, min_isolation="process")) as grader:
        report = grader.grade(submission, submission.suite)
    assert (report.verdict, report.score) == ("judge_error", None)
    assert "MICROCODER_TESTLIB" in (report.reason or "")


def test_a_checker_sees_no_output_of_a_program_that_failed(grade: Grade) -> None:
    checker = {"code": "import sys; sys.exit(0)"}
    assert grade("print(1); raise SystemExit(1)", checked(checker)).verdict == "runtime_error"


def talking(protocol: str, **interactor: Any) -> dict[str, Any]:
    codes = {"testlib": {"accepts": 0, "refuses": 1}, "icpc": {"accepts": 42, "refuses": 43}}[protocol]
    return {
        "mode": "interactive",
        "limits": LIMITS | {"cpu_s": 1, "wall_s": 2},
        "interactor": {"code": GUESS.format(**codes), "protocol": protocol, **interactor},
        "tests": [{"input": "730\n"}, {"input": "1\n"}, {"input": "1000\n"}],
    }


@pytest.mark.parametrize("protocol", ["testlib", "icpc"])
@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (BISECT, "accepted"),
        ("for n in range(1, 1001):\n    print(n, flush=True)\n    if input() == 'equal': break", "wrong_answer"),
        ("print(500, flush=True)\ninput()\n1 / 0", "runtime_error"),
        ("print(500, flush=True)", "wrong_answer"),
        ("import time\nprint(500, flush=True)\ntime.sleep(100)", "time_limit_exceeded"),
        ("print(500, flush=True)\nwhile True: pass", "time_limit_exceeded"),
        ("import sys\nprint(500)\nsys.stdin.readline()", "time_limit_exceeded"),
        ("print('x' * (1 << 20))\nwhile True: print(1)", "judge_error"),
        ("import sys\nprint(", "compile_error"),
    ],
    ids=["bisects", "asks too much", "fails", "leaves", "sleeps", "spins", "does not flush", "nonsense", "no python"],
)
def test_a_conversation_is_judged(grade: Grade, protocol: str, code: str, verdict: str) -> None:
    report = grade(code, talking(protocol))
    assert report.verdict == verdict, report


def test_a_compiled_program_talks(grade: Grade) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    report = grade(BISECT_C, talking("icpc"), language="c")
    assert (report.verdict, report.passed) == ("accepted", 3), report


def test_an_interactor_that_fails_is_our_side(grade: Grade) -> None:
    report = grade(BISECT, talking("icpc", code="1 / 0"))
    assert (report.verdict, report.score) == ("judge_error", None)
    assert "ZeroDivisionError" in (report.reason or "")


def test_a_program_that_was_still_read_when_the_interactor_failed_is_not_blamed(grade: Grade) -> None:
    long = f"x = [{'1, ' * 500_000}]\n{BISECT}"
    patient = {"limits": LIMITS | {"cpu_s": 20, "wall_s": 60}}  # to read it takes a good part of a second
    assert grade(long, talking("icpc") | patient).verdict == "accepted"
    report = grade(long, talking("icpc", code="1 / 0") | patient)
    assert (report.verdict, report.score) == ("judge_error", None)
    assert grade(BISECT + "if", talking("icpc")).verdict == "compile_error"


def test_neither_program_sees_the_files_of_the_other(grade: Grade) -> None:
    code = (
        "import os\nfor folder, _, names in os.walk('/run/box'):\n    for name in names:\n"
        "        if name == 'input.txt': print(open(folder + '/' + name).read(), flush=True); input()\nprint(0, flush=True)\n"
    )
    assert grade(code, talking("testlib")).verdict == "wrong_answer"
