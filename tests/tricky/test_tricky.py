"""Every tricky program gets a verdict that its header names, in the strongest tier that this host grants."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from evaluator.errors import UnknownLanguage
from evaluator.grading.grader import Grader, open_grader
from evaluator.runtime import interpreter
from evaluator.settings import Settings
from sandbox.toolchain import python_runtime
from tests.tricky.program import Tricky, every_program

PROGRAMS = every_program()


@pytest.fixture(scope="module")
def python() -> str | None:
    """The environment of submissions, which may have numpy; None for the interpreter of our own."""
    return interpreter(Settings())


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory, python: str | None) -> Iterator[Grader]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), python=python, min_isolation="process")
    with open_grader(settings) as opened:
        yield opened


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_the_verdict_is_the_one_expected(grader: Grader, python: str | None, program: Tricky) -> None:
    if program.needs and not _has(program.needs, python):
        pytest.skip(f"the environment of submissions has no {program.needs}")
    submission = program.submission
    assert submission.suite is not None
    try:
        report = grader.grade(submission, submission.suite)
    except UnknownLanguage:
        pytest.skip(f"no {program.language} here")
    assert report.verdict.value in program.expected, (program.why, report)


@pytest.mark.parametrize("honest", [True, False], ids=["honest", "wrong"])
def test_both_kinds_are_many_and_in_every_mode(honest: bool) -> None:
    chosen = [program for program in PROGRAMS if program.honest is honest]
    assert len(chosen) > 150
    assert {program.suite["mode"] for program in chosen} == {"stdio", "function", "program"}
    assert all(program.why and (honest or len(program.expected & {"accepted"}) == 0) for program in chosen)


def _has(module: str, python: str | None) -> bool:
    command = [python_runtime(python).python, "-I", "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
