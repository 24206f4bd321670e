"""The product's Python modules as syntax trees, and the imports between them."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("sandbox", "evaluator", "trainer_client")
BESIDE = ("tests", "benchmarks")
"""Folders whose prose has the same rules. Programs that are judged lie among them as data."""
DATA = ("programs", "cheats")


@dataclass(frozen=True)
class Module:
    """A module of the product. ``path`` is relative to the repository."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"


@dataclass(frozen=True)
class Import:
    """An import that a module makes anywhere, also in a function or for types alone. ``target`` is a module's name."""

    module: Module
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module.path}:{self.line} imports {self.target}"


@cache
def modules() -> dict[str, Module]:
    """Return the product's modules by their names."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {module.name: module for module in _parsed(paths)}


def _parsed(paths: Iterable[Path]) -> tuple[Module, ...]:
    """Parse files. The trees are a million objects that stay, so the garbage collector need not go through them."""
    gc.disable()
    try:
        return tuple(map(_module, paths))
    finally:
        gc.freeze()
        gc.enable()


def _module(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
    return Module(name, relative, ast.parse(path.read_text(encoding="utf-8")))


@cache
def modules_beside() -> tuple[Module, ...]:
    """Return the modules of tests and benchmarks, without the programs that they judge."""
    paths = [path for folder in BESIDE for path in sorted((ROOT / folder).rglob("*.py"))]
    return _parsed([path for path in paths if not set(DATA) & set(path.parts)])


@cache
def imports() -> tuple[Import, ...]:
    """Return all imports of the product's modules, of other packages too."""
    return tuple(each for module in modules().values() for each in _imports_of(module))


def _imports_of(module: Module) -> Iterator[Import]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # A relative import would hide its target from this test and from a reader's search.
            assert node.level == 0, f"{module.path}:{node.lineno}: write the whole name of the module"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield Import(module, inner if inner in modules() else str(node.module), node.lineno)


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of every docstring, those of attributes and constants included."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            match statement:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield statement.lineno, text
