"""``microcoder`` without the server's packages: the client half works, the rest says what to install."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from evaluator.installation import install_command, requirement
from tests.command import run_python
from tests.end_to_end.conftest import RIGHT, SUM, Client

ROOT = Path(__file__).parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
SERVER_PACKAGES = sorted(each.partition(">")[0].replace("-", "_") for each in EXTRAS["server"] if ">" in each)
COMMAND_LINE = sorted({each.partition(">")[0] for each in EXTRAS["cli"]} - {"pyyaml"})  # which few commands need
WITHOUT = """
import sys
from importlib.machinery import PathFinder

class WithoutServer(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        hidden = name.partition(".")[0] in HIDDEN
        return None if hidden else super().find_spec(name, path, target)

sys.meta_path = [WithoutServer if each is PathFinder else each for each in sys.meta_path]
sys.path.insert(0, ROOT)
from evaluator.cli import main
"""
ONE = "main()"
SEVERAL = """
import json
for sys.argv[1:] in map(json.loads, sys.argv[1:]):
    try:
        main()
    except SystemExit as end:
        print("code", end.code or 0, flush=True)
"""
"""Commands in one process: each imports for a second of CPU time."""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def microcoder(tmp_path: Path) -> Run:
    def run(*arguments: str, hidden: Sequence[str] = (), body: str = ONE) -> subprocess.CompletedProcess[str]:
        absent = [*SERVER_PACKAGES, *hidden, "starlette", "yaml", "numpy"]
        code = f"HIDDEN, ROOT = {absent!r}, {str(ROOT)!r}\n{WITHOUT}{body}"
        return run_python(["-c", code, *arguments], tmp_path, MICROCODER_DATA_DIR=str(tmp_path / "data"))

    return run


@pytest.fixture
def files(tmp_path: Path) -> None:
    (tmp_path / "suite.json").write_text(json.dumps(SUM))
    (tmp_path / "right.py").write_text(RIGHT)
    test_code = "def test_one(): assert add(1, 2) == 3"
    (tmp_path / "asserts.json").write_text(json.dumps({"mode": "program", "program": {"test_code": test_code}}))
    task = {"id": "sum", "suite": SUM}
    (tmp_path / "tasks.jsonl").write_text(json.dumps(task))
    (tmp_path / "samples.jsonl").write_text(json.dumps({"task_id": "sum", "solution": RIGHT}))


def test_programs_are_graded_by_a_service_elsewhere(microcoder: Run, files: None, client: Client) -> None:
    done = microcoder("grade", "right.py", "--suite", "suite.json", "--server", client.service.url, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "accepted"


def test_suites_are_checked_by_a_service_elsewhere(microcoder: Run, files: None, client: Client) -> None:
    done = microcoder("suites", "check", "asserts.json", "--server", client.service.url, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["usable"]


def test_samples_are_scored_by_a_service_elsewhere(microcoder: Run, files: None, client: Client) -> None:
    done = microcoder("score", "suites", "tasks.jsonl", "samples.jsonl", "--server", client.service.url)
    assert done.returncode == 0, done.stderr
    assert "pass@1" in done.stdout


def test_keys_are_made(microcoder: Run, tmp_path: Path) -> None:
    done = microcoder("keys", "new", "team", "--file", str(tmp_path / "keys.toml"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("mc_")


def test_every_command_has_its_help(microcoder: Run) -> None:
    commands = [[], ["score"], ["score", "suites"], ["dataset"], ["train"], ["calibrate"]]
    done = microcoder(*(json.dumps([*command, "--help"]) for command in commands), body=SEVERAL)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"(Usage: |^code 0$)", done.stdout, re.MULTILINE) == ["Usage: ", "code 0"] * len(commands)


def test_without_the_protocol_s_sdk_assistants_are_told_what_to_install(microcoder: Run) -> None:
    done = microcoder("mcp", hidden=["mcp"])
    assert done.returncode == 2
    assert f"mcp, which is not installed: {install_command('mcp')}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_needs_the_server_says_what_to_install(microcoder: Run) -> None:
    commands = ["serve", "worker", "doctor", "runtime"]
    done = microcoder(*(json.dumps([command]) for command in commands), body=SEVERAL)
    assert done.stdout == "code 2\n" * len(commands)
    for command, said in zip(commands, done.stderr.splitlines(), strict=True):
        assert said.startswith(f"error: `microcoder {command}` needs the server's packages, and ")
        assert said.endswith(f"is not installed: {install_command('server')}")


def test_without_a_server_it_says_that_one_would_be_started(microcoder: Run, files: None) -> None:
    done = microcoder("grade", "right.py", "--suite", "suite.json")
    assert done.returncode == 2
    assert done.stderr.startswith("error: without --server a service is started here")
    assert install_command("server") in done.stderr


@pytest.mark.parametrize(
    ("origin", "what"),
    [
        (None, "'microcoder-evaluator[cli]'"),
        ({"url": "file:///src/a%20b", "dir_info": {}}, "'/src/a b[cli]'"),
        ({"url": "file:///src", "dir_info": {"editable": True}}, "--editable '/src[cli]'"),
        (
            {"url": "file:///dist/package-1-py3-none-any.whl", "archive_info": {}},
            "'microcoder-evaluator[cli] @ file:///dist/package-1-py3-none-any.whl'",
        ),
        (
            {"url": "https://git.example.org/team/it.git", "vcs_info": {"vcs": "git", "commit_id": "ab12"}},
            "'microcoder-evaluator[cli] @ git+https://git.example.org/team/it.git@ab12'",
        ),
    ],
)
def test_what_is_to_be_installed_comes_from_where_the_package_came(origin: dict[str, Any] | None, what: str) -> None:
    assert requirement("cli", origin) == what


def test_without_the_command_lines_packages_it_says_so(microcoder: Run) -> None:
    for package in COMMAND_LINE:
        done = microcoder("grade", "--help", hidden=[package])
        assert done.returncode == 2
        assert f"not installed, {package}: {install_command('cli')}" in done.stderr
        assert done.stderr.count("\n") == 1


def test_without_a_package_that_few_commands_need_these_say_so(microcoder: Run) -> None:
    assert microcoder("grade", "--help", hidden=["yaml"]).returncode == 0
    done = microcoder("suites", "from-package", ".", hidden=["yaml"])
    assert done.returncode == 2
    assert done.stderr.startswith("error: this needs yaml, which is not installed: pip install ")
    assert done.stderr.count("\n") == 1
