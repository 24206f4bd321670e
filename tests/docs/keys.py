"""Tables of a configuration's keys, from its models and the texts below their fields."""

from __future__ import annotations

import ast
import inspect
import sys
import typing
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel

BEGIN, END = "<!-- keys -->", "<!-- /keys -->"


def table(model: type[BaseModel]) -> list[str]:
    """Return the lines of the table."""
    rows = [f"| `{key}` | {default} | {meaning} |" for key, default, meaning in _keys(model, "", {})]
    return ["| key | default | |", "|---|---|---|", *rows]


def table_in(page: Path) -> list[str]:
    """Return the lines of the table that a page has."""
    text = page.read_text()
    return text[text.index(BEGIN) : text.index(END)].splitlines()[1:]


def _keys(model: type[BaseModel], prefix: str, before: dict[type[BaseModel], str]) -> Iterator[tuple[str, str, str]]:
    """Yield each key with its default and description. A section that came before is named by its first place."""
    known = _descriptions(model)
    for name, field in model.model_fields.items():
        inner = [each for each in (field.annotation, *typing.get_args(field.annotation)) if _is_section(each)]
        if not inner:
            default = "required" if field.is_required() else _shown(field.default)
            yield prefix + name, default, known[name].replace("``", "`")
            continue
        place = f"{prefix}{name}{'[]' if typing.get_origin(field.annotation) is tuple else ''}."
        if inner[0] in before:
            yield f"{place}…", "", f"As `{before[inner[0]]}…`."
        else:
            before[inner[0]] = place
            yield from _keys(inner[0], place, before)


def _descriptions(model: type[BaseModel]) -> dict[str, str]:
    """The text below each field."""
    tree = ast.parse(inspect.getsource(sys.modules[model.__module__]))
    [body] = [node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == model.__name__]
    return {
        field.target.id: " ".join(below.value.value.split())
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _shown(value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, Enum):
        return f"`{value.value}`"
    if isinstance(value, tuple | frozenset):
        return f"`[{', '.join(map(str, sorted(value) if isinstance(value, frozenset) else value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
