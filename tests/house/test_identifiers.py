"""One class name names one class, and identifiers are nouns and verbs, not bare participles."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.house.source import Module, modules

TWICE = {
    "CodeReward": "trainers' configurations name it: trainer_client.rewards.trl.CodeReward and its like",
    "CodeEnvironment": "the same, as OpenEnv and NeMo-RL call it",
    "AsyncCodeReward": "the same, as a coroutine",
}
"""Class names that several files may have, with the reason."""
PARTICIPLES = frozenset(
    ["asked", "found", "given", "heard", "kept", "made", "meant", "said", "taken", "told", "wanted"]
)
"""A reader searches for the thing: a request, a match, an argument, a message."""
EXCEPTIONS = {
    "trainer_client.benchmarks.generations.Generation.asked": "the field's name in files of generations",
}
"""Identifiers that stay, with the reason."""


def test_a_class_name_names_one_class() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{module.path}:{node.lineno}")
    twice = {name: where for name, where in places.items() if len(where) > 1}
    wrong = [f"{name}: {', '.join(where)}" for name, where in sorted(twice.items()) if name not in TWICE]
    assert not wrong, "a reader who searches for a class should find one:\n" + "\n".join(wrong)
    assert set(TWICE) <= set(twice), "these are there once now; delete their exceptions"


def test_identifiers_are_no_participles() -> None:
    wrong = [
        f"{module.path}:{line}: {name}"
        for module in modules().values()
        for line, name in _identifiers(module)
        if name not in EXCEPTIONS and _is_participle(name.rpartition(".")[2])
    ]
    assert not wrong, "name the thing, not what was done to it:\n" + "\n".join(wrong)


def test_every_exception_is_needed() -> None:
    names = {name for module in modules().values() for _, name in _identifiers(module)}
    assert set(EXCEPTIONS) <= names


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def found(): pass", True),
        ("def f(given): pass", True),
        ("class Kept: pass", True),
        ("def f(*, asked=1): pass", True),
        ("x = [told for told in y]", True),
        ("self._heard = 1", True),
        ("if (said := f()): pass", True),
        ("def given_names(): pass", False),
        ("match = 1", False),
    ],
)
def test_the_check_sees_every_kind_of_identifier(source: str, expected: bool) -> None:
    module = Module("example", next(iter(modules().values())).path, ast.parse(source))
    assert any(_is_participle(name.rpartition(".")[2]) for _, name in _identifiers(module)) is expected


def _is_participle(identifier: str) -> bool:
    return identifier.strip("_").lower() in PARTICIPLES


def _identifiers(module: Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of everything that a module defines: functions, classes, parameters, variables
    and attributes."""
    waiting: list[tuple[ast.AST, str]] = [(module.tree, module.name)]
    while waiting:
        node, scope = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                scope = f"{scope}.{node.name}"
                yield node.lineno, scope
            case ast.arg():
                yield node.lineno, f"{scope}.{node.arg}"
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, f"{scope}.{node.id}"
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, f"{scope}.{node.attr}"
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, f"{scope}.{name}"
        waiting += [(child, scope) for child in ast.iter_child_nodes(node)]
