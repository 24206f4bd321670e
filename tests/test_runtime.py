"""The environment that Python submissions see is made by us, and is not the service's."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.grading.grader import open_grader
from evaluator.runtime import RuntimeNotMade, interpreter, make
from evaluator.schema import RunRequest
from evaluator.settings import Settings

LOOK = "import importlib.util, sys\nprint(sys.prefix)\nprint(importlib.util.find_spec('pydantic') is None)"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose environment was made."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), min_isolation="process")
    assert interpreter(settings) is None
    made = make(settings, packages=(), python=None)
    assert interpreter(settings) == str(made)
    return settings


def test_submissions_see_the_environment_that_was_made(settings: Settings) -> None:
    with open_grader(settings) as grader:
        report = grader.run(RunRequest(code=LOOK))
    assert report.stdout == f"{settings.data_dir / 'runtime'}\nTrue\n", report


def test_the_configured_interpreter_wins(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, python="/usr/bin/python3")
    assert interpreter(settings) == "/usr/bin/python3"


def test_what_cannot_be_made_is_told(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(RuntimeNotMade, match="no-such-python"):
        make(Settings(data_dir=tmp_path), packages=(), python="/no-such-python")
    with pytest.raises(RuntimeNotMade, match="pip install"):
        make(settings, packages=("./no-such-package",), python=None)
