"""``microcoder calibrate``: limits by what right programs need."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.command import microcoder

SUM = {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}, {"input": "5 7\n", "output": "12\n"}]}
RIGHT = "print(sum(map(int, input().split())))\n"


def calibrate(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return microcoder("calibrate", *arguments, cwd=directory)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    contents: dict[str, Any] = {
        "sum.json": json.dumps(SUM),
        "sum.first.py": RIGHT,
        "sum.second.py": "a, b = input().split()\nprint(int(a) + int(b))\n",
        "other.json": json.dumps({**SUM, "limits": {"cpu_s": 4, "wall_s": 9, "memory_mb": 512}}),
        "other.py": RIGHT,
        "quick.json": json.dumps({**SUM, "limits": {"cpu_s": 0.25}}),
        "slow.py": "while True: pass\n",
        "wrong.py": "print(3)\n",
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_suites_get_the_limits_that_their_own_references_need(files: Path) -> None:
    programs = [part for name in ("sum.first.py", "sum.second.py", "other.py") for part in ("--reference", name)]
    done = calibrate(files, "sum.json", "other.json", *programs, "--out", "made", "--json")
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["references"], second["references"], first["old_s"], second["old_s"]) == (2, 1, 6.0, 4.0)
    for name, told in (("sum.json", first), ("other.json", second)):
        limits = json.loads((files / "made" / name).read_text())["limits"]
        assert limits["cpu_s"] == told["new_s"] >= 1.0
        assert limits["cpu_s"] == max(1.0, limits["cpu_s"])
        assert "wall_s" not in limits
    assert json.loads((files / "made/other.json").read_text())["limits"]["memory_mb"] == 512


def test_it_says_what_it_expects_to_flip_and_what_must_stay_too_slow(files: Path) -> None:
    references = ["--reference", "sum.first.py", "--reference", "sum.second.py"]
    done = calibrate(files, "quick.json", *references, "--too-slow", "slow.py", "--repeats", "1")
    assert done.returncode == 0, done.stderr
    assert "0 of 2 references fail" in done.stdout
    assert "1/1" in done.stdout
    assert (files / "quick.calibrated.json").exists()


def test_a_program_that_should_be_too_slow_and_passes_is_named(files: Path) -> None:
    done = calibrate(files, "sum.json", "--reference", "sum.first.py", "--too-slow", "sum.second.py", "--floor", "2")
    assert done.returncode == 2
    assert "should be too slow, and is accepted" in done.stdout


def test_a_reference_that_is_wrong_calibrates_nothing(files: Path) -> None:
    done = calibrate(files, "sum.json", "--reference", "wrong.py")
    assert done.returncode == 2
    assert "no reference is accepted" in done.stderr
    mixed = calibrate(files, "sum.json", "--reference", "wrong.py", "--reference", "sum.first.py", "--repeats", "1")
    assert mixed.returncode == 2
    assert "wrong.py is not accepted in each run" in " ".join(mixed.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["none.json", "--reference", "other.py"], "No such file"),
        (["other.py", "--reference", "other.py"], "not a valid suite"),
        (["sum.json", "other.json", "--reference", "other.py"], "no reference is named sum.*"),
    ],
)
def test_bad_input_gets_a_sentence(files: Path, arguments: list[str], complaint: str) -> None:
    done = calibrate(files, *arguments)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.split())
