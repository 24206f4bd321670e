"""Output of ``microcoder grade`` for people: short, in the submission's own names, and never a command to the terminal."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

from evaluator.cli.difference import MAX_CHARACTERS, difference, excerpt
from evaluator.cli.terminal import visible
from tests.command import microcoder
from tests.end_to_end.conftest import RIGHT, SUM, WRONG, Client

HOSTILE = "[red]x[/red] :smile: \x1b[2J\x1b]0;title\x07\r\u202e [link=http://a]b[/link] [/]"
SHOWN = r"[red]x[/red] :smile: \x1b[2J\x1b]0;title\x07\x0d\u202e [link=http://a]b[/link] [/]"
LINES = [str(number) for number in range(2000)]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "suite.json").write_text(json.dumps(SUM))
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(WRONG)
    (tmp_path / "broken.py").write_text("a = 1\ndef f(:\n")
    (tmp_path / "raises.py").write_text("def f():\n    return 1 / 0\nf()\n")
    (tmp_path / "endless.py").write_text("while True: pass")
    (tmp_path / "hostile.py").write_text(f"import sys\nprint({HOSTILE!r})\nsys.stderr.write({HOSTILE!r})\nsys.exit(3)")
    limits = {"cpu_s": 0.2, "wall_s": 5}
    (tmp_path / "fast.json").write_text(json.dumps({**SUM, "limits": limits}))
    long = {"mode": "stdio", "tests": [{"input": "", "output": "\n".join([*LINES[:1000], "-1", *LINES[1001:]])}]}
    (tmp_path / "long.json").write_text(json.dumps(long))
    (tmp_path / "long.py").write_text("for i in range(2000): print(i)")
    return tmp_path


def grade(files: Path, client: Client, *arguments: str, suite: str = "suite.json") -> tuple[int, str]:
    done = microcoder("grade", *arguments, "--suite", suite, "--server", client.service.url, cwd=files)
    return done.returncode, done.stdout


def test_of_a_long_output_the_difference_is_shown(files: Path, client: Client) -> None:
    _, output = grade(files, client, "long.py", suite="long.json")
    assert "line 1001: - expected, + output\n  998\n  999\n- -1\n+ 1000\n  1001\n" in output
    assert len(output.splitlines()) < 20


def test_what_a_program_writes_is_shown_and_not_obeyed(files: Path, client: Client) -> None:
    _, output = grade(files, client, "hostile.py")
    assert output.count(SHOWN) == 2  # stdout and stderr; the reason has its end
    assert output.count(SHOWN.rpartition("d")[2]) == 3
    assert not set(re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", output))


def test_files_have_the_names_that_the_user_gave_them(files: Path, client: Client) -> None:
    _, output = grade(files, client, "raises.py")
    assert 'File "raises.py", line 2, in f' in output
    _, output = grade(files, client, "broken.py")
    assert 'File "broken.py", line 2' in output
    assert "/run/box" not in output


def test_of_several_programs_each_has_its_reason(files: Path, client: Client) -> None:
    _, output = grade(files, client, "broken.py", "endless.py", "raises.py", "right.py", suite="fast.json")
    rows = {line.split()[0]: line for line in output.splitlines()}
    assert "the program does not compile: line 2: SyntaxError: invalid syntax" in rows["broken.py"]
    assert re.search(r"used \d+\.\d+ s of CPU time; the limit is 0\.2 s", rows["endless.py"])
    assert "exit code 1: ZeroDivisionError: division by zero" in rows["raises.py"]


def test_a_folder_s_programs_and_one_on_stdin_are_graded(
    files: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files / "answers"
    folder.mkdir()
    (folder / "a.py").write_text(RIGHT)
    (folder / "b.py").write_text(WRONG)
    (folder / "README").write_text("no program")
    code, output = grade(files, client, "answers")
    assert [line.split()[:2] for line in output.splitlines()[1:]] == [
        ["answers/a.py", "accepted"],
        ["answers/b.py", "wrong_answer"],
    ]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RIGHT.encode())))
    code, output = grade(files, client, "-")
    assert (code, output.splitlines()[1].split()[:2]) == (0, ["stdin", "accepted"])
    (files / "empty").mkdir()
    done = microcoder("grade", "empty", "--suite", "suite.json", cwd=files)
    assert (done.returncode, "empty: this folder has no programs" in done.stderr) == (2, True)


def test_check_ends_with_2_unless_every_program_is_accepted(files: Path, client: Client) -> None:
    assert grade(files, client, "right.py", "wrong.py")[0] == 0
    assert grade(files, client, "right.py", "wrong.py", "--check")[0] == 2
    assert grade(files, client, "right.py", "--check")[0] == 0


def text_of(expected: str, output: str) -> list[str]:
    return [line.plain for line in difference(expected, output)]


def test_a_difference_is_short_whatever_the_texts() -> None:
    assert text_of("a\n", "a\n") == []
    assert text_of("a\n", "a") == ["only the final line feed"]
    assert text_of("a\nb\n", "a\n")[1:] == ["  a", "- b"]
    assert text_of("", "x\n")[1:] == ["- ", "+ x"]
    assert text_of("a \nb\n", "a\nc\n") == ["line 2: - expected, + output", "  a ", "- b", "+ c"]
    assert text_of("a \n", "a\t\n")[1:] == ["- a·", "+ a→"]
    assert len(text_of("\n".join(LINES), "\n".join(reversed(LINES)))) < 20
    long = text_of("x" * 10**6 + "y", "x" * 10**6 + "z")
    assert [line[-1] for line in long[1:]] == ["y", "z"]
    assert max(map(len, long)) < MAX_CHARACTERS + 10


def test_an_excerpt_says_what_it_leaves_out() -> None:
    assert [line.plain for line in excerpt("a\nb\n")] == ["a", "b"]
    assert [line.plain for line in excerpt("\n".join(LINES))][-1] == "… 1988 more lines"
    assert [line.plain for line in excerpt("\n".join(LINES), from_end=True)][:2] == ["… 1988 more lines", "1988"]


def test_nothing_is_left_of_a_text_that_a_terminal_would_obey() -> None:
    every = "".join(map(chr, [*range(0x300), *range(0x2000, 0x2070), 0xD83D]))
    assert not [c for c in visible(every) if not c.isprintable() and c not in "\t\n" and ord(c) not in BLANKS]
    assert visible("é 中 😀 \t\n") == "é 中 😀 \t\n"
    visible(every).encode()


BLANKS = {0xA0, 0xAD, *range(0x2000, 0x200E), 0x202F, 0x205F, *range(0x2060, 0x2066), *range(0x206A, 0x2070)}
"""Blanks and marks without width, which move nothing."""
