"""The tutorials do what they say: every complete suite is graded, every command is typed."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from evaluator.local import LocalService
from evaluator.schema import Suite, SuiteCheck, Verdict
from tests.command import microcoder as run_here
from tests.docs.tables import DOCS
from tests.docs.text import fences, files

TUTORIAL = files(DOCS / "suites.md")
PROGRAMS = [name for name in TUTORIAL if name.endswith(".py")]
MEASUREMENTS = {"cpu_s", "wall_s", "memory_bytes", "queued_s", "run_s", "isolation", "engine"}
EXIT_CODES = re.findall(r"^\| `microcoder (.+?)` \| (\d) \|$", (DOCS / "cli.md").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def service(shared_service: LocalService) -> LocalService:
    return shared_service


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files of the tutorial, as a reader has it."""
    for name, text in TUTORIAL.items():
        (tmp_path / name).write_text(text)
    for name, source in (("right.py", "accepted.total.py"), ("wrong.py", "wrong_answer.total.py")):
        (tmp_path / name).write_text(TUTORIAL[source])
    (tmp_path / "suite.json").write_text(TUTORIAL["total.suite.json"])
    return tmp_path


def microcoder(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_here(*words, cwd=folder, columns=160, MICROCODER_DATA_DIR=str(folder / "data"))


def test_each_mode_has_a_suite_with_a_program_that_passes_and_one_that_fails() -> None:
    suites = {
        name.split(".")[0]: Suite.model_validate_json(TUTORIAL[name])
        for name in TUTORIAL
        if name.endswith(".suite.json")
    }
    assert {suite.mode for suite in suites.values()} == {"stdio", "function", "program", "interactive"}
    assert sorted(PROGRAMS) == sorted(
        f"{verdict}.{name}.py" for name in suites for verdict in ("accepted", "wrong_answer")
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_of_the_tutorial_gets_the_verdict_of_its_name(
    program: str, folder: Path, service: LocalService
) -> None:
    verdict, name, _ = program.split(".")
    typed = ("grade", program, "--suite", f"{name}.suite.json", "--server", service.url, "--json")
    done = microcoder(folder, *typed)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == Verdict(verdict), done.stdout


def test_the_tutorial_s_test_code_proves_what_the_page_says(folder: Path, service: LocalService) -> None:
    done = microcoder(folder, "suites", "check", "stack.suite.json", "--server", service.url, "--json")
    trust = SuiteCheck.model_validate_json(done.stdout).trust
    assert trust is not None
    said = f"{trust.level}: {trust.bits:g} bits; way: {trust.way}; {trust.sealed} assertions sealed, {trust.open} open"
    assert said in (DOCS / "suites.md").read_text()


@pytest.mark.parametrize(("typed", "code"), EXIT_CODES)
def test_every_exit_code_shown_is_the_real_one(typed: str, code: str, folder: Path, service: LocalService) -> None:
    words = typed.split()
    if words[0] in ("grade", "suites") and "--server" not in words:
        words += ["--server", service.url]
    done = microcoder(folder, *words)
    assert done.returncode == int(code), done.stdout + done.stderr


def test_the_rewards_of_the_first_training_page_are_those_shown(
    service: LocalService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MICROCODER_URL", service.url)
    shown = fences(DOCS / "getting-started" / "train.md")
    names: dict[str, object] = {}
    for fence in shown:
        if fence.language == "python" and "GRPOTrainer" not in fence.content:
            exec(fence.content, names)
    assert capsys.readouterr().out == "".join(fence.content for fence in shown if fence.language == "text")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(("page", "answer_page"), [("README.md", "README.md"), ("docs/api.md", "docs/report.md")])
def test_the_first_request_gets_the_answer_shown(page: str, answer_page: str, service: LocalService) -> None:
    root = DOCS.parent
    [command] = [each.content for each in fences(root / page) if each.language == "sh" and "/v1/grade " in each.content]
    shown = next(each.content for each in fences(root / answer_page) if each.language == "json")
    for _ in range(3):  # the tests of a suite have an order that the service learns
        here = command.replace("http://127.0.0.1:8000", service.url)
        done = subprocess.run(here, shell=True, capture_output=True, text=True, check=True)
        assert _without_measurements(json.loads(shown), json.loads(done.stdout)) == json.loads(shown)


def _without_measurements(shown: Any, answer: Any) -> Any:
    """Return the fields of an answer that a page shows, with the page's figures in the place of what differs by
    machine."""
    if isinstance(shown, list):
        pairs = itertools.zip_longest(shown, answer)
        return [_without_measurements(*pair) for pair in pairs]
    if not isinstance(shown, dict):
        return answer
    return {
        name: each if name in MEASUREMENTS else _without_measurements(each, answer[name])
        for name, each in shown.items()
    }


def test_the_scores_of_the_first_scoring_page_are_those_shown(tmp_path: Path, service: LocalService) -> None:
    page = DOCS / "getting-started" / "score.md"
    for name, text in files(page).items():
        (tmp_path / name).write_text(text)
    for fence in fences(page):
        if fence.language == "console":
            for command, shown in _commands(fence.content):
                assert _typed(command, tmp_path, service) == shown


def _commands(text: str) -> list[tuple[str, str]]:
    """Split a console's text into commands and their outputs."""
    return [(command, shown) for command, _, shown in (each.partition("\n") for each in text.split("$ ") if each)]


def _typed(command: str, folder: Path, service: LocalService) -> str:
    """Run a command of the page, and return its output."""
    if command.startswith("microcoder "):
        done = microcoder(folder, *command.split()[1:], "--server", service.url)
    else:
        done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
