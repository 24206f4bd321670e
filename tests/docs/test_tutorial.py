"""The tutorials do what they say: every complete suite is graded, every command is typed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from evaluator.local import LocalService
from evaluator.schema import Suite, SuiteCheck, Verdict
from tests.command import microcoder as run_here
from tests.docs.tables import DOCS
from tests.docs.text import fences, files

TUTORIAL = files(DOCS / "suites.md")
PROGRAMS = [name for name in TUTORIAL if name.endswith(".py")]
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
