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
NAMES = sorted(set(languages()) - {"cpp17"})  # it has the programs of cpp
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


def graded(grader: Grader, name: str, kind: str) -> Report:
    if name not in grader.languages.versions:
        pytest.skip(f"no toolchain of {name} that works")
    limits: dict[str, Any] = LIMITS if kind == "time_limit" else ROOM
    test = {"input": expected(name, "input"), "output": expected(name, "output")}
    suite = Suite.model_validate({"mode": "stdio", "tests": [test], "limits": limits})
    code = source(name, kind).read_text()
    return grader.grade(Submission(language=name, code=code, suite=suite, detail="full"), suite)


def source(name: str, kind: str) -> Path:
    return PROGRAMS / name / f"{kind}.{languages()[name].extension}"


def expected(name: str, what: str) -> str:
    return EXPECTED.get(name, {}).get(what, EXPECTED["default"][what])
