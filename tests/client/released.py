"""Pieces of released trainers' own code, without what the rest of them needs (torch, ray, a GPU).

A function or class is taken out of the installed library's source file, as it stands, and run with small stand-ins for
the names around it. Where the library is not installed the test is skipped: ``pip install --no-deps trl`` is enough.
"""

from __future__ import annotations
import __future__

import ast
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def source(package: str, file: str) -> Path:
    """A file of an installed package, which is not imported. ``a.py|b.py``: it has moved between versions."""
    spec = importlib.util.find_spec(package)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for name in file.split("|"):
            if (path := Path(place) / name).exists():
                return path
    pytest.skip(f"{package}/{file} is not installed")


def taken(package: str, file: str, *names: str, **around: Any) -> dict[str, Any]:
    """Functions and classes (``Class.method`` for a method as a function) of a file; ``around`` are the names that they
    use."""
    path = source(package, file)
    tree = ast.parse(path.read_text())
    module = ast.Module([_definition(tree, name, path) for name in names], type_ignores=[])
    namespace = {"__name__": f"released_{package}", **around}
    flags = __future__.annotations.compiler_flag  # their annotations name what is not here
    exec(compile(module, str(path), "exec", flags=flags), namespace)
    return namespace


def loaded(name: str, path: Path, patch: pytest.MonkeyPatch | None = None) -> ModuleType:
    """A source file as a module, without the package around it."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    if patch is not None:
        patch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@contextmanager
def part(package: str, folder: str) -> Iterator[Any]:
    """A package inside an installed package, imported alone, without what stands above it."""
    path = source(package, f"{folder}/__init__.py")
    name = f"released_{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=[str(path.parent)])
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        for each in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
            del sys.modules[each]


def _definition(tree: ast.Module, name: str, path: Path) -> ast.stmt:
    body = tree.body
    for part in name.split("."):
        found = next((node for node in body if getattr(node, "name", None) == part), None)
        if found is None:
            pytest.skip(f"{path} has no {name} any more")
        body = getattr(found, "body", [])
    found.decorator_list = []
    return found
