"""Every language of the table, from source to verdict, wherever its toolchain is installed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from evaluator.grading.grader import Grader
from evaluator.schema import Report, Submission, Suite
from sandbox.toolchain import languages

PROGRAMS = Path(__file__).parent / "programs"
EXPECTED: dict[str, dict[str, str]] = tomllib.loads((PROGRAMS / "expected.toml").read_text())
KINDS = ("hello", "compile_error", "runtime_error", "time_limit", "memory_limit")
NAMES = sorted(set(languages()) - {"cpp23", "cpp17", "cpp14", "cpp11"})  # they are cpp by another standard
LIMITS = {"cpu_s": 1, "wall_s": 20, "memory_mb": 256}
ROOM = {"cpu_s": 20, "wall_s": 60, "memory_mb": 256}
"""So that the limit which a program breaks is the one that it is about."""


def test_every_language_has_its_programs() -> None:
    missing = [(name, kind) for name in NAMES for kind in KINDS if not source(name, kind).exists()]
    assert missing == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_program_gets_its_verdict(grader: Grader, name: str, kind: str) -> None:
    report = graded(grader, name, kind)
    assert report.verdict == expected(name, kind), report.model_dump_json(indent=1)


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_in_the_landlock_tier(landlock_grader: Grader, name: str) -> None:
    report = graded(landlock_grader, name, "hello")
    assert report.isolation == "landlock"
    assert report.verdict == "accepted", report.model_dump_json(indent=1)


ASSERTS = (
    'using System.Diagnostics;\nclass P { static void Main() { %s(%s, "no"); System.Console.WriteLine("hello"); } }'
)


@pytest.mark.parametrize(
    ("name", "code", "verdict"),
    [
        ("csharp", ASSERTS % ("Debug.Assert", "1 == 1"), "accepted"),
        ("csharp", ASSERTS % ("Debug.Assert", "1 == 2"), "runtime_error"),
        ("csharp", ASSERTS % ("Trace.Assert", "1 == 2"), "runtime_error"),
        ("cpp11", "#include <bits/stdc++.h>\nint main() { auto f = [](int x) { return x; }; std::cout << \"hello\"; f(1); }", "accepted"),
        ("cpp11", "int main() { auto f = [](auto x) { return x; }; static_assert(__cplusplus > 201103L, \"\"); }", "compile_error"),
        ("cpp14", "#include <bits/stdc++.h>\nint main() { auto f = [](auto x) { return x; }; std::cout << f(\"hello\"); }", "accepted"),
        ("cpp14", "int main() { if constexpr (true) {} static_assert(__cplusplus > 201402L); }", "compile_error"),
        ("go", 'package solution\nimport "fmt"\nfunc Main() { fmt.Println("hello") }', "compile_error"),
        ("java", 'class A { public static void run() { System.out.println("hello"); } }', "compile_error"),
        ("typescript", 'console.log(await Promise.resolve<string>("hello"));', "accepted"),
        ("typescript", 'console.log(await Promise.resolve<string>("hello");', "compile_error"),
    ],
)  # fmt: skip
def test_what_a_program_of_a_language_has_to_be(grader: Grader, name: str, code: str, verdict: str) -> None:
    node = grader.languages.versions.get("javascript", "v0.0").removeprefix("v").split(".")
    if name == "typescript" and tuple(map(int, node[:2])) < (20, 19):
        pytest.skip("a Node that does not tell ES modules by their text")
    report = judged(grader, name, code, {"input": "", "output": "hello"}, ROOM)
    assert report.verdict == verdict, report.model_dump_json(indent=1)


def graded(grader: Grader, name: str, kind: str) -> Report:
    limits: dict[str, Any] = LIMITS if kind == "time_limit" else ROOM
    test = {"input": expected(name, "input"), "output": expected(name, "output")}
    return judged(grader, name, source(name, kind).read_text(), test, limits)


def judged(grader: Grader, name: str, code: str, test: dict[str, str], limits: dict[str, Any]) -> Report:
    if name not in grader.languages.versions:
        pytest.skip(f"no toolchain of {name} that works")
    suite = Suite.model_validate({"mode": "stdio", "tests": [test], "limits": limits})
    return grader.grade(Submission(language=name, code=code, suite=suite, detail="full"), suite)


def source(name: str, kind: str) -> Path:
    return PROGRAMS / name / f"{kind}.{languages()[name].extension}"


def expected(name: str, what: str) -> str:
    return EXPECTED.get(name, {}).get(what, EXPECTED["default"][what])
