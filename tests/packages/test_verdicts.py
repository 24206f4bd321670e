"""Every submission of every package of ours gets what its author expects, through the command and the service."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluator.cli.app import app
from evaluator.cli.packages import without_unoffered
from evaluator.local import LocalService
from tests.packages.dmoj_texts import DMOJ_CHECK, ECHO
from tests.packages.texts import EXPECTED, LEGACY_FLAGS, write
from trainer_client.packages import Package, PackageSubmission


@pytest.mark.parametrize("name", EXPECTED)
def test_every_verdict_is_as_its_directory_says(name: str, shared_service: LocalService, tmp_path: Path) -> None:
    files, ungraded = EXPECTED[name]
    if any(each.endswith((".c", ".cpp")) for each in files) and shutil.which("g++") is None:
        pytest.skip("g++ is not installed")
    package = write(tmp_path / name, files)
    if files is DMOJ_CHECK:
        with zipfile.ZipFile(package / "data.zip", "w") as archive:
            for member in ("1.in", "1.out", "2-1.in", "2-1.out", "2-2.in", "2-2.out"):
                archive.writestr(member, "7\n")
    result = CliRunner().invoke(app, ["grade", "--package", str(package), "--server", shared_service.url, "--json"])
    rows = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    graded = {row["submission"]: row["outcome"] for row in rows}
    assert {each for each, outcome in graded.items() if outcome == "not graded"} == ungraded
    assert {outcome for outcome in graded.values() if outcome != "not graded"} == {"as expected"}, rows
    assert result.exit_code == 0, result.output


def test_a_submission_in_the_wrong_folder_is_named_and_the_exit_code_is_2(
    shared_service: LocalService, tmp_path: Path
) -> None:
    files = {**LEGACY_FLAGS, "submissions/accepted/wrong.py": "print(1)\n"}
    files = {name: text for name, text in files.items() if "time_limit" not in name}
    package = write(tmp_path / "echo", files)
    arguments = ["grade", "--package", str(package), "--server", shared_service.url]
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, arguments)
    assert result.exit_code == 2
    assert "differs" in result.stdout
    assert "wrong_answer, where only accepted may be" in " ".join(result.stdout.split())


def test_other_programs_are_graded_against_a_package(shared_service: LocalService, tmp_path: Path) -> None:
    package, mine = write(tmp_path / "echo", LEGACY_FLAGS), tmp_path / "mine.py"
    mine.write_text(ECHO)
    arguments = ["grade", str(mine), "--package", str(package), "--server", shared_service.url, "--json"]
    result = CliRunner().invoke(app, arguments)
    assert json.loads(result.stdout)["verdict"] == "accepted"


def test_a_submission_in_a_language_that_a_service_lacks_keeps_no_other_from_being_graded() -> None:
    submissions = [PackageSubmission("a.py", "python"), PackageSubmission("b.rkt", "racket")]
    package = without_unoffered(Package("legacy", "echo", {}, {}, submissions), {"python", "py"})
    assert [each.obstacle for each in package.submissions] == ["", "the service does not offer its language (racket)"]


def test_a_package_without_a_time_limit_gets_one_from_its_right_submissions(
    shared_service: LocalService, tmp_path: Path
) -> None:
    files = {name: text for name, text in LEGACY_FLAGS.items() if name != ".timelimit" and "wrong" not in name}
    package = write(tmp_path / "echo", files)
    result = CliRunner().invoke(app, ["grade", "--package", str(package), "--server", shared_service.url])
    assert "no time limit is stated; 1 s is 5 times the slowest" in result.stderr
    assert result.exit_code == 0, result.output


def test_a_suite_is_written_and_says_what_it_is(tmp_path: Path) -> None:
    package, out = write(tmp_path / "echo", LEGACY_FLAGS), tmp_path / "echo.suite.json"
    result = CliRunner().invoke(app, ["suites", "from-package", str(package), "--out", str(out)])
    assert result.exit_code == 0, result.output
    suite = json.loads(out.read_text())
    assert [test.get("checker_args") for test in suite["tests"]] == [[], [], ["any_sign"]]
    assert suite["limits"] == {"cpu_s": 0.5, "memory_mb": 256}
    assert "echo: legacy, mode stdio, 3 tests, 0.5 s of CPU time, 256 MiB" in result.stderr
