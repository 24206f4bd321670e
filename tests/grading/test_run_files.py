"""Files and arguments of a test, files in the place of stdin and stdout, and sources that a suite adds to programs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from evaluator.grading.run_files import with_included
from evaluator.schema import Suite
from sandbox.toolchain import languages
from tests.grading.conftest import Grade

TEST: dict[str, Any] = {"input": "1\n", "output": "2\n"}
NAMED: dict[str, Any] = {"mode": "stdio", "output_file": "out.txt", "tests": [TEST]}


def test_files_and_arguments_belong_to_one_test(grade: Grade) -> None:
    tests = [
        {"input": "", "output": f"{number} {number + 5}", "args": [str(number)], "files": {"a/b": f"{number + 5}"}}
        for number in range(5)
    ]
    read = "import os, sys\nprint(sys.argv[1], open('a/b').read())\n"
    assert grade(read, {"mode": "stdio", "tests": tests}).verdict == "accepted"
    leave = f"{read}assert not os.path.exists('left'); open('left', 'w').close(); os.unlink('a/b')\n"
    assert grade(leave, {"mode": "stdio", "tests": tests}).verdict == "accepted", "each run has its own directory"
    own = {"mode": "stdio", "tests": [{**TEST, "files": {"main.py": "print(3)\n"}}]}
    assert grade("print(2)", own).verdict == "accepted", "none takes the place of the program"
    data = {"mode": "stdio", "tests": [{**TEST, "files": {"data": {"base64": "/w=="}}}]}
    assert grade("print(open('data', 'rb').read()[0] - 253)", data).verdict == "accepted"


def test_an_interactive_program_has_files_and_arguments_too(grade: Grade) -> None:
    interactor = {"code": "import sys; sys.exit(0 if input() == open(sys.argv[1]).read() else 1)"}
    test = {"input": "ab", "args": ["a"], "files": {"b": "b"}}
    suite = {"mode": "interactive", "interactor": interactor, "tests": [test]}
    assert grade("import sys; print(sys.argv[1] + open('b').read(), flush=True)", suite).verdict == "accepted"


@pytest.mark.parametrize(
    ("code", "verdict", "reason"),
    [
        ("open('out.txt', 'w').write('2')", "accepted", None),
        ("open('out.txt', 'w').write('3')", "wrong_answer", "token 1 is '3'"),
        ("print(2)", "wrong_answer", "left no file out.txt"),
        ("import os; os.symlink('/etc/passwd', 'out.txt')", "wrong_answer", "left no file out.txt"),
        ("open('out.txt', 'wb').write(b'2 ' * (1 << 20))", "output_limit_exceeded", "larger than the limit of output"),
        ("open('out.txt', 'w').write('2'); 1 / 0", "runtime_error", "ZeroDivisionError"),
        ("print(", "compile_error", None),
    ],
)
def test_the_output_is_what_the_program_leaves_in_its_file(
    grade: Grade, code: str, verdict: str, reason: str | None
) -> None:
    report = grade(code, {**NAMED, "limits": {"cpu_s": 2, "memory_mb": 256, "output_mb": 1}})
    assert report.verdict == verdict, report
    assert reason is None or reason in (report.tests[0].reason or "")


def test_a_program_with_sources_of_the_suite_is_one_of_several_files(grade: Grade) -> None:
    helped: dict[str, Any] = {"mode": "stdio", "tests": [TEST], "include": {"python": {"help.py": "answer = 2\n"}}}
    assert grade("from help import answer; print(answer)", helped).verdict == "accepted"
    started = {**helped, "include": {"default": {"main.py": "import solution\nprint(solution.answer())\n"}}}
    assert grade("def answer(): return 2", started).verdict == "accepted"
    assert grade("print(2)", started).verdict == "runtime_error", "it is not what starts"
    suite = Suite.model_validate({"mode": "stdio", "tests": [TEST], "include": {"c++": {"main.cpp": "a", "a.h": "b"}}})
    for name in ("cpp", "cpp17", "cpp23"):
        program = with_included(suite, languages()[name], b"\xff")
        assert (program.main, program.units) == (b"a", ("solution.cpp",)), name
        assert program.others == {"a.h": b"b", "solution.cpp": b"\xff"}, name
    assert with_included(suite, languages()["c"], b"\xff").parts == (b"\xff",), "none of its language"


def test_files_that_mean_nothing_are_refused() -> None:
    function = {"mode": "function", "function": {"name": "f"}, "tests": [{"input": [], "output": 1}]}
    for suite, reason in (
        ({**function, "include": {"python": {"a.py": ""}}}, 'no meaning in mode "function"'),
        ({**function, "tests": [{"input": [], "output": 1, "args": ["a"]}]}, 'no meaning in mode "function"'),
        ({**NAMED, "mode": "interactive", "interactor": {"code": "0"}}, 'output_file: have no meaning in mode "inter'),
        ({**NAMED, "input_file": "a", "tests": [{**TEST, "files": {"a": ""}}]}, "is the suite's input_file"),
        ({**NAMED, "tests": [{**TEST, "files": {"a": "", "a/b": ""}}]}, "cannot be a file and the directory"),
        ({**NAMED, "tests": [{**TEST, "files": {"../a": ""}}]}, "inside the working directory"),
        ({**NAMED, "output_file": "a/b"}, "directly in the working directory"),
        ({**NAMED, "include": {"c": {"a": "", "a/b": ""}}}, "cannot be a file and the directory"),
    ):
        with pytest.raises(ValidationError, match=reason):
            Suite.model_validate(suite)
