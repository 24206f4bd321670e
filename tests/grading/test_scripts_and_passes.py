"""Suites of problem packages: programs that a script builds, several passes, groups, arguments of tests."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.grading.conftest import Grade

BUILD = "#!/bin/sh\ng++ -O1 -o validate parts/*.cpp\nprintf '#!/bin/sh\\nexec ./validate \"$@\"\\n' > run\n"
PARTS = {
    "parts/main.cpp": '#include "same.h"\nint main(int c, char **v) { return same(v[2], c > 4) ? 42 : 43; }',
    "parts/same.h": "bool same(const char *path, bool any_sign);",
    "parts/same.cpp": '#include "same.h"\n#include <cstdlib>\n#include <fstream>\n#include <iostream>\n'
    "bool same(const char *path, bool any_sign) {\n  long want, got; std::ifstream(path) >> want;\n"
    "  return std::cin >> got && (got == want || (any_sign && labs(got) == labs(want))); }",
}
ECHO = "print(input())"
ENCODE = """
import sys
line = input().split()
if line[0] == "encode": print(*(int(n) + 1 for n in line[1:]))
else: print(*(int(n) - 1 for n in line[1:]))
"""
RELAY = """
import os, sys
given, answer, feedback = sys.argv[1:4]
line, sent = open(given).read().split(), sys.stdin.read().split()
log = feedback + "log"
if line[0] == "encode":
    open(log, "w").write(" ".join(line[1:]))
    open(feedback + "nextpass.in", "w").write("decode " + " ".join(sent) + "\\n")
    sys.exit(42 if sent != line[1:] else 43)
if line[0] == "again": open(feedback + "nextpass.in", "w").write("again\\n")
sys.exit(42 if line[0] == "again" or open(log).read().split() == sent else 43)
"""
TALK = """
import sys
given, answer, feedback = sys.argv[1:4]
word = open(given).read().strip()
print(word, flush=True)
heard = input()
if word == "first":
    open(feedback + "nextpass.in", "w").write("second\\n")
    open(feedback + "heard", "w").write(heard)
    sys.exit(42)
sys.exit(42 if heard == "second" and open(feedback + "heard").read() == "first" else 43)
"""


def icpc(kind: str = "program", **program: Any) -> dict[str, Any]:
    named = {} if kind == "interactor" else {"kind": kind}
    return {**named, "protocol": "icpc", **program}


def test_a_script_builds_a_checker_and_a_test_has_arguments_of_its_own(grade: Grade) -> None:
    if shutil.which("g++") is None:
        pytest.skip("g++ is not installed")
    suite = {
        "mode": "stdio",
        "checker": icpc(files={"build": BUILD, **PARTS}, build="build"),
        "tests": [
            {"input": "7\n", "output": "7\n"},
            {"input": "-7\n", "output": "7\n", "checker_args": ["any_sign"]},
            {"input": "7\n", "output": "8\n"},
        ],
    }
    report = grade(ECHO, suite, policy="all")
    assert [test.verdict for test in report.tests] == ["accepted", "accepted", "wrong_answer"], report


@pytest.mark.parametrize(
    ("files", "build", "reason"),
    [
        ({"build": "#!/bin/sh\necho no such luck >&2\nexit 3\n"}, "build", "no such luck"),
        ({"build": "#!/bin/sh\ntrue\n"}, "build", "left no file run"),
    ],
)
def test_a_script_that_makes_nothing_is_our_side(grade: Grade, files: dict[str, str], build: str, reason: str) -> None:
    suite = {"mode": "stdio", "checker": icpc(files=files, build=build), "tests": [{"input": "1", "output": "1"}]}
    report = grade(ECHO, suite)
    assert report.verdict == "judge_error"
    assert reason in (report.reason or "")


def test_a_script_alone_is_a_checker(grade: Grade) -> None:
    run = '#!/bin/sh\nread got\nread want < "$2"\n[ "$got" = "$want" ] && exit 42\nexit 43\n'
    suite = {
        "mode": "stdio",
        "checker": icpc(files={"run": run}, run="run"),
        "tests": [{"input": "1", "output": "1"}, {"input": "1", "output": "2"}],
    }
    assert [test.verdict for test in grade(ECHO, suite, policy="all").tests] == ["accepted", "wrong_answer"]


def test_a_program_runs_in_as_many_passes_as_the_validator_asks_for(grade: Grade) -> None:
    tests = [{"input": "encode 1 2 3\n", "output": ""}]
    suite: dict[str, Any] = {"mode": "stdio", "passes": 2, "checker": icpc(code=RELAY), "tests": tests}
    assert grade(ENCODE, suite).verdict == "accepted"
    assert grade(ENCODE.replace("- 1", "- 2"), suite).verdict == "wrong_answer"
    assert grade("print(input()[7:])", suite).verdict == "wrong_answer"
    assert (
        grade("line = input()\nprint(*line.split()[1:], 9)\nif 'decode' in line: 1 / 0", suite).verdict
        == "runtime_error"
    )
    never_done = grade("input(); print(1)", {**suite, "tests": [{"input": "again\n", "output": ""}]})
    assert (never_done.verdict, "another pass after 2" in (never_done.tests[0].reason or "")) == ("wrong_answer", True)


def test_a_conversation_has_passes_too(grade: Grade) -> None:
    suite = {
        "mode": "interactive",
        "passes": 2,
        "interactor": icpc("interactor", code=TALK),
        "tests": [{"input": "first\n"}],
    }
    assert grade(ECHO, suite).verdict == "accepted"
    assert grade("input(); print('second')", suite).verdict == "wrong_answer"


def test_a_checker_judges_what_an_interactor_of_testlib_writes(grade: Grade) -> None:
    interactor = "import sys\nprint(5, flush=True)\nopen(sys.argv[2], 'w').write(input())\n"
    checker = "import sys\nsys.exit(open(sys.argv[2]).read() != open(sys.argv[3]).read().strip())"
    suite = {
        "mode": "interactive",
        "interactor": {"code": interactor},
        "checker": {"kind": "program", "code": checker},
        "tests": [{"input": "", "output": "25\n"}],
    }
    assert grade("print(int(input()) ** 2)", suite).verdict == "accepted"
    assert grade("print(int(input()) * 2)", suite).verdict == "wrong_answer"


def test_a_group_counts_once_all_of_it_passes_and_what_it_requires(grade: Grade) -> None:
    tests = [
        {"input": "0", "output": "0", "weight": 0},
        {"input": "1", "output": "1", "weight": 1, "group": "a"},
        {"input": "2", "output": "-", "weight": 1, "group": "b"},
        {"input": "3", "output": "3", "weight": 2, "group": "b"},
        {"input": "4", "output": "4", "weight": 4, "group": "c"},
    ]
    assert grade(ECHO, {"mode": "stdio", "tests": tests}, policy="all").score == 5 / 8
    dependent = grade(
        ECHO,
        {"mode": "stdio", "tests": tests, "groups": {"c": {"requires": ["b"]}, "b": {"each_test": True}}},
        policy="all",
    )
    assert (dependent.score, dependent.passed) == (3 / 8, 4)


def test_the_default_validator_has_the_flags_of_each_test(grade: Grade) -> None:
    tests = [
        {"input": "Yes", "output": "yes"},
        {"input": "Yes", "output": "yes", "checker_args": ["case_sensitive"]},
        {"input": "1.01", "output": "1", "checker_args": ["float_tolerance", "0.1"]},
    ]
    report = grade(ECHO, {"mode": "stdio", "checker": {"kind": "icpc_default"}, "tests": tests}, policy="all")
    assert [test.verdict for test in report.tests] == ["accepted", "wrong_answer", "accepted"]
