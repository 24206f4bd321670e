"""Programs of current idioms, of 20 features each: they compile and run in every language that this host offers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evaluator.grading.grader import Grader
from evaluator.schema import Submission, Suite
from sandbox.toolchain import languages

IDIOMS = Path(__file__).parent / "idioms"
LEAST = {
    "go": (1, 23),
    "javascript": (22, 0),
    "typescript": (0, 21),
    "kotlin": (1, 9),
    "rust": (1, 80),
    "python": (3, 11),
    "cpp": (12, 0),
    "java": (17, 0),
    "php": (8, 1),
    "cpp17": (12, 0),
    "pypy": (3, 9),
    "elixir": (1, 14),
    "r": (4, 1),
}
"""Versions of toolchains below which a program's features are not there."""
LIMITS = {"cpu_s": 10, "wall_s": 60, "memory_mb": 512}


def programs() -> list[str]:
    return sorted(path.stem for path in IDIOMS.glob("*.out"))


def version(text: str) -> tuple[int, ...]:
    """The last number with a point in it: of ``g++ (Debian 12.2.0-14) 12.2.0`` the compiler's own."""
    return tuple(map(int, re.findall(r"\d+\.\d+", text)[-1].split(".")))


def test_every_language_has_a_program() -> None:
    assert set(programs()) == set(languages())


@pytest.mark.parametrize("name", programs())
def test_a_program_of_current_idioms_runs(grader: Grader, name: str) -> None:
    offered = grader.languages.versions.get(name)
    if offered is None:
        pytest.skip(f"no toolchain of {name} that works")
    if version(offered) < LEAST.get(name, (0,)):
        pytest.skip(f"{offered} is too old (microcoder languages install {name})")
    code = (IDIOMS / f"{name}.{languages()[name].extension}").read_text()
    stdin = IDIOMS / f"{name}.in"
    test = {"input": stdin.read_text() if stdin.exists() else "", "output": (IDIOMS / f"{name}.out").read_text()}
    suite = Suite.model_validate({"mode": "stdio", "tests": [test], "limits": LIMITS, "checker": {"kind": "lines"}})
    report = grader.grade(Submission(language=name, code=code, suite=suite, detail="full"), suite)
    assert report.verdict == "accepted", report.model_dump_json(indent=1)
