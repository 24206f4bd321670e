"""The way of a suite: apart or sealed, chosen from its text before any submission is seen.

Apart, the submission gets one call at a time and sees no test: it stays wherever the tests only call the submission's
functions with plain values. Anything that touches an object of the submission's is sealed.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Literal, NamedTuple

from evaluator.sealing.framework import find_module_names
from evaluator.sealing.plain import PlainValues
from evaluator.sealing.scopes import Scopes, Variable
from evaluator.sealing.source import Function, Source, callee, room_to_recurse, walk

CANDIDATE = "candidate"
"""The parameter of a function ``check``."""

_OTHER_CODE = {"mock", "unittest.mock", "threading", "multiprocessing", "gc", "inspect", "ctypes", "sys", "os", "io"}
"""Modules with which tests reach more of a process than a function's results."""
_OUTPUT = {"capsys", "capfd", "monkeypatch", "caplog", "tmp_path", "redirect_stdout", "redirect_stderr"}


class Way(NamedTuple):
    """The way in which a suite is run, and why."""

    name: Literal["apart", "sealed"]
    reason: str


class _Sealed(Exception):
    """The reason why a suite has to be sealed."""


def choose_way(test_code: str, names: frozenset[str] | None = None, classes: frozenset[str] = frozenset()) -> Way:
    """Choose a suite's way.

    Args:
        test_code: the author's text.
        names: what the reference defines, where there is one.
        classes: those of them that are classes.
    Raises:
        UnparsableTests: the text does not parse.
        TooComplex: it is too long, or nests too deeply.
    """
    with room_to_recurse():
        source = Source(test_code)
        try:
            _Look(source, names, classes).look()
        except _Sealed as why:
            return Way("sealed", str(why))
    return Way("apart", "the tests only call functions with plain values")


class _Look:
    """Looks for anything that needs the submission's objects."""

    def __init__(self, source: Source, names: frozenset[str] | None, classes: frozenset[str]) -> None:
        self._source = source
        self._scopes = Scopes(source)
        self._plain = PlainValues(source, self._scopes)
        self._names = names
        self._classes = classes
        self._modules = frozenset(find_module_names(source))

    def look(self) -> None:
        """Raise ``_Sealed`` at the first thing that needs more than plain values."""
        for node in self._source.nodes:
            self._refuse_statement(node)
        for node in self._source.nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and self._is_submissions(node):
                self._refuse_use(node)
            elif isinstance(node, ast.Attribute) and node.attr in self._classes:
                raise _Sealed(f"a class of the submission: {node.attr}")

    def _refuse_statement(self, node: ast.AST) -> None:
        if isinstance(node, (ast.With, ast.AsyncWith, ast.Await, ast.AsyncFunctionDef, ast.AsyncFor, ast.Try)):
            raise _Sealed(f"{_word(node)} at line {getattr(node, 'lineno', 0)}")
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for module in _imported(node):
                if module in _OTHER_CODE or module.partition(".")[0] in _OTHER_CODE:
                    raise _Sealed(f"the tests import {module}")
            if isinstance(node, ast.Import) and self._modules & {alias.name for alias in node.names}:
                raise _Sealed("the tests use the submission as a module")
        if isinstance(node, ast.arg) and node.arg in _OUTPUT:
            raise _Sealed(f"the tests use {node.arg}")
        if callee(node) in ("isinstance", "issubclass", "hasattr", "getattr", "callable", "raises", "assertIsInstance"):
            raise _Sealed(f"the tests use {callee(node)}")
        if callee(node).startswith("assertRaises"):
            raise _Sealed("the tests expect an exception")
        if callee(node) == "seed":
            raise _Sealed("the tests seed chance, which the submission shares")
        if isinstance(node, ast.ClassDef) and any(map(self._is_free, map(_root, node.bases))):
            raise _Sealed(f"{node.name} derives from a class of the submission")
        if isinstance(node, ast.ClassDef) and not (node.name.startswith("Test") or node.bases):
            raise _Sealed(f"the tests have a class of their own: {node.name}")

    def _is_free(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and self._is_submissions(node)

    def _is_submissions(self, node: ast.Name) -> bool:
        """A name that means something of the submission's."""
        variable = self._scopes.variable(node)
        if variable is None:
            known = self._names is not None and node.id in self._names
            return known or not hasattr(builtins, node.id)
        kind, binding = variable.bindings[0]
        if kind == "import" and isinstance(binding, ast.ImportFrom):
            return (binding.module or "").partition(".")[0] in self._modules
        return kind == "parameter" and variable.name == CANDIDATE and _is_check(variable)

    def _refuse_use(self, node: ast.Name) -> None:
        """Raise unless a function is called with plain values, and its result is a plain value."""
        if self._is_candidate(node):
            return
        if self._is_in_candidate(node):
            raise _Sealed("check is called with an expression, not with a function's name")
        if node.id in self._classes or (self._names is None and node.id[:1].isupper() and node.id != "None"):
            raise _Sealed(f"a class of the submission: {node.id}")
        call = self._source.parents[node]
        if not (isinstance(call, ast.Call) and call.func is node):
            raise _Sealed(f"{node.id} is used without being called")
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            if any(isinstance(part, ast.Lambda) or self._is_function(part) for part in walk(argument)):
                raise _Sealed(f"{node.id} is called with a function")
            if not self._plain.makes(argument):
                raise _Sealed(f"{node.id} is called with what may be no plain value, at line {argument.lineno}")
        if misuse := self._plain.misuse(call):
            raise _Sealed(misuse)

    def _is_candidate(self, node: ast.AST) -> bool:
        """The function that ``check`` is called with: ``check(two_sum)``."""
        return _calls_check(self._source.parents[node])

    def _is_in_candidate(self, node: ast.AST) -> bool:
        """A part of what ``check`` is called with: ``check(Solution().two_sum)``."""
        return any(map(_calls_check, self._source.ancestors(node)))

    def _is_function(self, node: ast.AST) -> bool:
        if not isinstance(node, ast.Name):
            return False
        parent = self._source.parents[node]
        if isinstance(parent, ast.Call) and parent.func is node:
            return False
        variable = self._scopes.variable(node)
        return variable is not None and variable.bindings[0][0] == "definition"


def _calls_check(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check"


def _word(node: ast.AST) -> str:
    words = {"With": "with", "AsyncWith": "async with", "Try": "try", "Await": "await", "AsyncFor": "async for"}
    return words.get(type(node).__name__, "async def")


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    else:
        yield node.module or ""
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _root(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def _is_check(variable: Variable) -> bool:
    return isinstance(variable.scope.node, Function) and variable.scope.node.name == "check"
