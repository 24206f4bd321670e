"""``microcoder suggest-checker``: the strictest checker that the references need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import microcoder

THIRD = "print(1 / int(input()))\n"


def suggest(directory: Path, tests: list[dict[str, Any]], right: list[str], wrong: list[str]) -> tuple[int, Any]:
    (directory / "suite.json").write_text(json.dumps({"mode": "stdio", "tests": tests}))
    names = {"right": right, "wrong": wrong}
    for kind, programs in names.items():
        for number, program in enumerate(programs):
            (directory / f"{kind}{number}.py").write_text(program)
    references = [str(directory / f"right{number}.py") for number in range(len(right))]
    known = [part for number in range(len(wrong)) for part in ("--wrong", str(directory / f"wrong{number}.py"))]
    suite = directory / "suite.json"
    done = microcoder("suggest-checker", *references, *known, "--json", "--suite", suite)
    return done.returncode, json.loads(done.stdout)


def test_no_more_is_forgiven_than_the_references_need(tmp_path: Path) -> None:
    tests = [{"input": "3\n", "output": "0.333333\n"}]
    code, told = suggest(tmp_path, tests, [THIRD, "print('%.7f' % (1 / int(input())))"], ["print('0.333')"])
    assert (code, told["checker"]) == (0, {"kind": "float", "abs": 1e-6, "rel": 1e-6})
    code, told = suggest(tmp_path, tests, ["print('0.333333 ')"], [])
    assert (code, told["checker"]) == (0, {"kind": "lines"})


def test_where_no_checker_fits_it_says_so(tmp_path: Path) -> None:
    tests = [{"input": "", "output": "1 2\n"}]
    code, told = suggest(tmp_path, tests, ["print(1, 2)", "print(3, 4)"], [])
    assert (code, told["checker"]) == (2, None)


def test_a_known_wrong_program_rules_a_checker_out(tmp_path: Path) -> None:
    tests = [{"input": "", "output": "1\n2\n"}]
    code, told = suggest(tmp_path, tests, ["print(1); print(2)", "print(2); print(1)"], ["print(2); print(1)"])
    assert (code, told["checker"]) == (2, None)


@pytest.mark.parametrize("mode", ["program"])
def test_a_mode_that_compares_nothing_is_refused(tmp_path: Path, mode: str) -> None:
    (tmp_path / "suite.json").write_text(json.dumps({"mode": mode, "program": {"test_code": "assert f() == 1"}}))
    (tmp_path / "right.py").write_text("def f(): return 1")
    done = microcoder("suggest-checker", tmp_path / "right.py", "--suite", tmp_path / "suite.json")
    assert done.returncode == 2
    assert "no checker to suggest" in done.stderr
