"""Solutions as models write them, in each language of mode function: right ones are accepted, their wrong twins are not.

The programs are data: ``solutions/problems.toml`` has the problems, a file for each language its solutions.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.grading.conftest import Grade

SOLUTIONS = Path(__file__).parent / "solutions"
PROBLEMS: dict[str, dict[str, Any]] = tomllib.loads((SOLUTIONS / "problems.toml").read_text())
TOOLS = {"cpp": "g++", "java": "javac", "javascript": "node", "typescript": "esbuild"}
REFUSED = {"wrong_answer", "runtime_error", "time_limit_exceeded", "memory_limit_exceeded"}
OF_FUNCTION = ("types", "answer", "style", "prelude")
SHORT = {"cpp": 3, "java": 2, "javascript": 12, "typescript": 6}
"""So many of each language's are always graded, the others in ``make matrix``: each is compiled twice."""


def programs(language: str) -> list[dict[str, Any]]:
    return list(tomllib.loads((SOLUTIONS / f"{language}.toml").read_text())["program"])


def spread(language: str, *, short: bool) -> list[dict[str, Any]]:
    """A few from all over the file, or all the others."""
    every = programs(language)
    few = set(range(0, len(every), len(every) // SHORT[language]))
    return [program for number, program in enumerate(every) if (number in few) is short]


def suite(problem: str) -> dict[str, Any]:
    entry = PROBLEMS[problem]
    function = {"name": entry.get("name", problem), **{key: entry[key] for key in OF_FUNCTION if key in entry}}
    tests = [{"input": given, "output": expected} for given, expected in json.loads(entry["tests"])]
    checker = {"checker": entry["checker"]} if "checker" in entry else {}
    limits = {"cpu_s": 5, "memory_mb": 512}
    return {"mode": "function", "function": function, "tests": tests, "limits": limits, **checker}


def misjudged(grade: Grade, language: str, *, short: bool, standard: str = "") -> list[str]:
    found = []
    for program in spread(language, short=short):
        old, new = program["wrong"]
        assert old in program["code"], program
        options: dict[str, Any] = {"language": standard or language, "policy": "all"}
        right = grade(program["code"], suite(program["problem"]), **options)
        wrong = grade(program["code"].replace(old, new), suite(program["problem"]), **options)
        if right.verdict != "accepted" or wrong.verdict not in REFUSED:
            found.append(f"{right.verdict}, {wrong.verdict}:\n{program['code']}{right.first_failure} {right.compile}")
    return found


@pytest.mark.parametrize("language", TOOLS)
def test_solutions_are_judged_rightly(grade: Grade, language: str) -> None:
    if shutil.which(TOOLS[language]) is None:
        pytest.skip(f"{TOOLS[language]} is not installed")
    assert not (found := misjudged(grade, language, short=True)), "\n".join(found)


@pytest.mark.parametrize("language", TOOLS)
def test_all_other_solutions_are_judged_rightly(grade: Grade, language: str) -> None:
    if shutil.which(TOOLS[language]) is None:
        pytest.skip(f"{TOOLS[language]} is not installed")
    assert not (found := misjudged(grade, language, short=False)), "\n".join(found)


def test_all_other_solutions_in_cpp_are_judged_rightly_by_another_compiler(grade: Grade) -> None:
    if shutil.which("clang++-19") is None:
        pytest.skip("clang++-19 is not installed")
    assert not (found := misjudged(grade, "cpp", short=True, standard="cpp23")), "\n".join(found)
