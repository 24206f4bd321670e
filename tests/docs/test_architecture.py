"""Every function and file that docs/architecture.md and CONTRIBUTING.md name exists."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest

from tests.docs.tables import DOCS, ROOT

PAGE = (DOCS / "architecture.md").read_text()
FUNCTIONS = re.findall(r"`((?:trainer_client|evaluator|sandbox)(?:\.\w+)+)`", PAGE)
PATH = re.compile(r"`((?:\w+/)+(?:\w+\.\w+)?)`")
CONTRIBUTING = PATH.findall((ROOT / "CONTRIBUTING.md").read_text())
FILES = [
    *PATH.findall(PAGE),
    # It names parts of a folder without the folder, and what you would call NAME.
    *(path for path in CONTRIBUTING if (ROOT / path.split("/")[0]).is_dir() and "NAME" not in path),
]
IN_C = re.findall(r"`(sandbox/zygote/\w+\.c): (\w+)`", PAGE)
NUMBERS = [int(number) for number in re.findall(r"^\| (\d+) \| `", PAGE, re.MULTILINE)]


def look_up(name: str) -> Any:
    """Look up a dotted name: a module, or something in one."""
    parts = name.split(".")
    value: Any = importlib.import_module(parts[0])
    for place, part in enumerate(parts[1:], 2):
        if not hasattr(value, part):
            importlib.import_module(".".join(parts[:place]))
        value = getattr(value, part)
    return value


@pytest.mark.parametrize("name", dict.fromkeys(FUNCTIONS))
def test_every_function_named_is_there(name: str) -> None:
    assert look_up(name) is not None


@pytest.mark.parametrize(("path", "name"), IN_C)
def test_every_function_in_c_is_there(path: str, name: str) -> None:
    assert re.search(rf"^[a-zA-Z].*\b{name}\(.*\{{$", (ROOT / path).read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", dict.fromkeys(FILES))
def test_every_file_named_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_step_of_the_walk_is_in_the_table() -> None:
    walk = PAGE[PAGE.index("## The way in") : PAGE.index("## Functions")]
    steps = {int(each) for group in re.findall(r"\((\d+(?:, \d+)*)\)", walk) for each in group.split(", ")}
    assert sorted(steps) == NUMBERS == list(range(1, len(NUMBERS) + 1))
