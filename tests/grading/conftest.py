"""One grader for the tests of a module, in the strongest tier that this host grants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from evaluator.grading.grader import Grader, open_grader
from evaluator.runtime import interpreter
from evaluator.schema import Report, Submission
from evaluator.settings import Settings
from tests.data_dirs import DataDirs

Grade = Callable[..., Report]
LIMITS = {"cpu_s": 3, "memory_mb": 512}


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory, data_dirs: DataDirs) -> Iterator[Grader]:
    settings = Settings(data_dir=data_dirs.fill(tmp_path_factory.mktemp("data")), min_isolation="process")
    with open_grader(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def packages_grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """In the environment of submissions, which has pytest and numpy unless somebody made it otherwise."""
    python = interpreter(Settings())
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), python=python, min_isolation="process")
    with open_grader(settings) as opened:
        yield opened


def grade_in_full(grader: Grader, code: str, suite: dict[str, Any]) -> Report:
    """Grade code against a suite given as it travels, with detail ``full``."""
    submission = Submission.model_validate({"code": code, "suite": suite, "detail": "full"})
    assert submission.suite is not None
    return grader.grade(submission, submission.suite)


@pytest.fixture
def grade(grader: Grader) -> Grade:
    """Grade code against a suite given as it travels; further fields are the submission's."""

    def run(code: str, suite: dict[str, Any], **fields: Any) -> Report:
        submission = Submission.model_validate({"code": code, "suite": {"limits": LIMITS, **suite}, **fields})
        assert submission.suite is not None
        return grader.grade(submission, submission.suite)

    return run
