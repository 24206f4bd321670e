"""The documentation says what is true."""

from __future__ import annotations

import ast
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from trainer_client.dataset import config
from trainer_client.dataset.config import DatasetConfig, read_config
from trainer_client.dataset.sources import SOURCES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "dataset.md"


def descriptions() -> dict[tuple[str, str], str]:
    """The text below each field, by class and field."""
    tree = ast.parse(Path(config.__file__).read_text())
    return {
        (node.name, field.target.id): " ".join(below.value.value.split())
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for field, below in zip(node.body, node.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
    }


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Each key with its default and description."""
    known = descriptions()
    for name, field in model.model_fields.items():
        inner = [each for each in (field.annotation, *typing.get_args(field.annotation)) if is_section(each)]
        if inner:
            many = "[]" if typing.get_origin(field.annotation) is tuple else ""
            yield from keys(inner[0], f"{prefix}{name}{many}.")
        else:
            default = "required" if field.is_required() else shown(field.default)
            yield prefix + name, default, known[model.__name__, name].replace("``", "`")


def is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def shown(value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, tuple | frozenset):
        return f"`[{', '.join(map(str, sorted(value) if isinstance(value, frozenset) else value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def test_the_table_of_keys_is_complete() -> None:
    text = DOCS.read_text()
    table = text[text.index("<!-- keys -->") : text.index("<!-- /keys -->")].splitlines()[1:]
    expected = [f"| `{key}` | {default} | {meaning} |" for key, default, meaning in keys(DatasetConfig)]
    assert table == ["| key | default | |", "|---|---|---|", *expected]


@pytest.mark.parametrize("form", SOURCES)
def test_every_format_is_listed(form: str) -> None:
    text = DOCS.read_text()
    assert f"`{form}`" in text[text.index("## Sources") : text.index("Files are JSON lines")]


def test_the_configurations_shown_are_valid(tmp_path: Path) -> None:
    [shown_yaml] = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(), re.DOTALL)
    (tmp_path / "dataset.yaml").write_text(shown_yaml)
    assert read_config(tmp_path / "dataset.yaml").collect.sources[0].name == "lc"
    demo = read_config(ROOT / "examples" / "dataset" / "demo.yaml")
    assert demo.collect.sources[0].files[0].resolve() == ROOT / "examples"
