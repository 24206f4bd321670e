"""The helper in C stands in layers: each file knows those below it, by their headers, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house.source import ROOT
from tests.house.test_identifiers import PARTICIPLES

FOLDER = ROOT / "sandbox" / "zygote"
LAYERS = (
    *("protocol", "messages", "io", "pages", "jail", "box", "memory"),  # these touch nothing of the interpreter
    *("interpreter", "version", "names", "streams", "script"),
    *("baseline", "restore", "batch", "child", "init", "native"),
)
"""From the lowest to the highest."""
STATE = {"native.c": "zygote"}
"""Variables that outlive a function, with the file that has each; all else is passed on."""
MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 400
FILES = sorted(FOLDER.glob("*.[ch]"))
SOURCES = [path for path in FILES if path.suffix == ".c"]
_INCLUDE = re.compile(r'^#include "(\w+)\.h"$', re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FUNCTION = re.compile(
    r"^(?P<head>[a-z_][^;={}#]*?\b(?P<name>\w+)\([^;{}]*\)) \{\n(?P<body>.*?)^\}", re.M | re.S | re.I
)
_VARIABLE = re.compile(
    r"^(?!static const\b|enum\b|typedef\b)\w[^;(]*?\b(?P<name>\w+)(?:\[[^;]*\])?(?: = [^;]*)?;$", re.M
)
_OF_THE_C_API = {"functions", "module"}
"""Tables that ``PyModule_Create`` takes, which are no constants to it."""


class Function(NamedTuple):
    name: str
    is_static: bool
    lines: int


def code(path: Path) -> str:
    """Return a file's text without its comments."""
    return _COMMENT.sub("", path.read_text())


def functions(path: Path) -> list[Function]:
    return [
        Function(match["name"], "static" in match["head"].split(), match["body"].count("\n"))
        for match in _FUNCTION.finditer(code(path))
    ]


def test_every_file_has_its_layer() -> None:
    assert {path.stem for path in FILES} == set(LAYERS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_includes_point_down(path: Path) -> None:
    below = LAYERS[: LAYERS.index(path.stem)]
    includes = _INCLUDE.findall(path.read_text())
    wrong = [name for name in includes if name not in below and name != path.stem]
    assert not wrong, f"{path.name} stands below {', '.join(wrong)}, or beside it"
    if path.suffix == ".c" and path.stem != LAYERS[-1]:
        assert includes[:1] == [path.stem], f"{path.name} includes its own header first"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_function_of_others_is_declared_in_its_own_header(path: Path) -> None:
    names = {function.name for function in functions(path) if not function.is_static}
    if path.stem == LAYERS[-1]:
        assert names == {"PyInit__native"}
        return
    declared = re.findall(r"^\w[^;{}]*?\b(\w+)\([^;{}]*\);[ ]*$", code(path.with_suffix(".h")), re.MULTILINE)
    assert names == set(declared) != set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_state_is_hidden_in_a_file(path: Path) -> None:
    outside = re.sub(r"\{\n.*?^\}", "{}", code(path).replace("_Alignas(PAGE_BYTES) ", ""), flags=re.S | re.M)
    names = {match["name"] for match in _VARIABLE.finditer(outside)} - _OF_THE_C_API
    names |= set(re.findall(r"^[ ]+static (?!const\b).*", code(path), re.MULTILINE))
    assert names == ({STATE[path.name]} if path.name in STATE else set()), "pass it on instead"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_and_functions_can_be_read_at_once(path: Path) -> None:
    assert path.read_text().count("\n") <= MAX_FILE_LINES
    long = [function.name for function in functions(path) if function.lines > MAX_FUNCTION_LINES]
    assert not long, f"split it; at most {MAX_FUNCTION_LINES} lines: " + ", ".join(long)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_identifiers_are_no_participles(path: Path) -> None:
    words = set(re.findall(r"\w+", re.sub(r'"[^"\n]*"', "", code(path))))
    assert not words & PARTICIPLES, "name the thing, not what was done to it"
