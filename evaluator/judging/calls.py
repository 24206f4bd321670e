"""Tests that only call the submission's functions with constants and send what those return: as data.

Such tests need no process of their own: whoever has the data makes the calls, one after the other, in the order in
which the tests' text, as delivered, would make them. ``Calls.to_json``: for each test, or statement of a script, its
steps. A step is

- ``["call", name, [form, ...], {name: form}]``: a call of a function of the submission's, or
- ``["site", number, [leaf, ...], [token, ...]]``: an assertion that is reached, with what it looks at. A leaf is
  ``["result", 0]``, of this test's first call, or what a builtin makes of a leaf: ``["sorted", leaf]``,
  ``["round", leaf, 2]``; ``["item", leaf, 0]`` is ``leaf[0]``.

Anything else in the text, and the tests are no data.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from evaluator.judging.call_steps import (
    Binding,
    FixedValue,
    Helper,
    Names,
    OfSubmission,
    Other,
    Rows,
    Steps,
    TestBody,
    TestCalls,
    has_token,
    token_of,
)
from evaluator.judging.expressions import NotData
from evaluator.sealing.sealed import Sealed

_HARMLESS: Final = frozenset(
    {
        *("pytest", "unittest", "typing", "math", "collections", "itertools", "functools", "string", "re", "json"),
        *("decimal", "fractions", "datetime", "copy"),
    }
)
"""Modules whose import changes nothing."""


@dataclass
class Calls:
    """All tests of a suite. ``names``: functions that the submission must have; ``collisions``: names that it must not
    have."""

    names: list[str]
    collisions: list[str]
    tests: list[TestCalls]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def find_calls(sealed: Sealed, entry_point: str | None) -> Calls | None:
    """The calls of a suite's tests, or None where they are more than that."""
    try:
        return _Suite(sealed, entry_point).calls()
    except (NotData, SyntaxError, ValueError, RecursionError, MemoryError, ArithmeticError, TypeError, LookupError):
        return None


_Test = tuple[TestCalls, Sequence[ast.stmt], Names]
"""A test, its body, and its parameters."""


class _Suite:
    """Reads the text of a suite."""

    def __init__(self, sealed: Sealed, entry_point: str | None) -> None:
        self._sealed, self._entry_point = sealed, entry_point
        self._of_framework = sealed.framework in ("unittest", "pytest")
        self._names: Names = {}
        self._scripts: list[TestCalls] = []
        self._bodies: list[_Test] = []
        self._steps = Steps()

    def calls(self) -> Calls:
        """
        Raises:
            NotData: the tests are more than calls.
        """
        if self._sealed.framework == "pytest" and importlib.util.find_spec("pytest") is None:
            raise NotData
        for node in ast.parse(self._sealed.text).body:
            self._top_level(node)
        for test, body, names in self._bodies:  # which run when all of the module has
            TestBody(self._steps, test, {**self._names, **names}).run(body)
        tests = [test for test, _, _ in self._bodies] if self._of_framework else [*self._scripts, *self._checks()]
        if self._sealed.framework == "unittest":
            tests.sort(key=lambda test: test.name.split("."))
        if not any(step[0] == "site" for test in tests for step in test.steps):
            raise NotData
        return Calls(list(self._steps.functions), sorted(self._steps.collisions), tests)

    def _top_level(self, node: ast.stmt) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.FunctionDef(name):
                self._bind_definition(name)
                if self._sealed.framework == "pytest" and name.startswith("test"):
                    self._bodies += self._test_function(node)
                elif not self._of_framework and not node.decorator_list:
                    self._names[name] = Helper(_parameters(node), node.body)
            case ast.ClassDef(name) if self._of_framework and name.startswith("Test"):
                self._bind_definition(name)
                self._bodies += self._test_class(node)
            case _:
                self._statement(node)

    def _bind_definition(self, name: str) -> None:
        if name in self._steps.collisions:
            raise NotData
        self._names[name] = Other()
        self._steps.collisions.add(name)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = node.names[0].name if isinstance(node, ast.Import) else node.module or ""
        of_submission = isinstance(node, ast.ImportFrom) and module in self._sealed.module_names
        stars = any(alias.name == "*" for alias in node.names)
        harmless = all(alias.name.partition(".")[0] in _HARMLESS for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            harmless = module.partition(".")[0] in _HARMLESS and not stars and node.level == 0
        if not (of_submission or harmless):
            raise NotData
        for alias in node.names:
            if of_submission and not stars:
                self._steps.functions[alias.name] = None
                self._names[alias.asname or alias.name] = OfSubmission(alias.name)
            elif not stars:
                self._names[(alias.asname or alias.name).partition(".")[0]] = Other()

    def _statement(self, node: ast.stmt) -> None:
        """A statement at the top level: in a script it is a test by itself."""
        match node:
            case ast.Expr(ast.Constant(str())):
                return
            case ast.If(ast.Compare(ast.Name("__name__"), [ast.Eq()], [ast.Constant("__main__")])) if (
                self._of_framework
            ):
                return
            case ast.Assign([ast.Name(name)], ast.List(rows) | ast.Tuple(rows) as value) if has_token(value):
                self._names[name] = Rows(rows)
                return
            case ast.Assign([ast.Name(name)], value):
                self._names[name] = FixedValue(self._steps.constant(value, self._names))
                return
        if self._of_framework:
            raise NotData
        test, names = TestCalls("", node.lineno), dict(self._names)
        TestBody(self._steps, test, names).run([node])
        self._names |= {name: Other() for name in names if names[name] is not self._names.get(name)}
        self._scripts.append(test)

    def _checks(self) -> Iterator[TestCalls]:
        """The call of ``check`` that no text has."""
        if self._sealed.framework != "check":
            return
        check, entry = self._names.get("check"), self._entry_point or ""
        if not isinstance(check, Helper) or not entry.isidentifier():
            raise NotData
        (parameter,) = check.parameters
        self._steps.functions[entry] = None
        test = TestCalls("", 0)
        TestBody(self._steps, test, {**self._names, parameter: OfSubmission(entry)}).run(check.body)
        yield test

    def _test_class(self, node: ast.ClassDef) -> Iterator[_Test]:
        """The tests of a class that has nothing but tests."""
        bases = ["unittest.TestCase"] if self._sealed.framework == "unittest" else []
        if [ast.unparse(base) for base in node.bases] != bases or node.keywords or node.decorator_list:
            raise NotData
        if bases and not isinstance(self._names.get("unittest"), Other):
            raise NotData
        names = set[str]()
        for each in node.body:
            if isinstance(each, ast.Pass):
                continue
            if not isinstance(each, ast.FunctionDef) or each.decorator_list or not each.name.startswith("test"):
                raise NotData
            (parameter,) = _parameters(each)
            if each.name in names:
                raise NotData
            names.add(each.name)
            yield TestCalls(f"{node.name}.{each.name}", each.lineno), each.body, {parameter: Other()}

    def _test_function(self, node: ast.FunctionDef) -> Iterator[_Test]:
        """A test, or one for each of its rows of parameters."""
        parameters = _parameters(node)
        if not node.decorator_list:
            if parameters:
                raise NotData
            yield TestCalls(node.name, node.lineno), node.body, {}
            return
        (decorator,) = node.decorator_list
        for place, row in enumerate(self._parameter_rows(decorator, parameters)):
            yield TestCalls(f"{node.name}[{place}]", node.lineno), node.body, row

    def _parameter_rows(self, decorator: ast.expr, parameters: Sequence[str]) -> Iterable[Names]:
        match decorator:
            case ast.Call(function, [ast.Constant(str(text)), table], []):
                names = [name.strip() for name in text.split(",") if name.strip()]
            case _:
                raise NotData
        rows = self._rows(table)
        if ast.unparse(function) != "pytest.mark.parametrize" or not isinstance(self._names.get("pytest"), Other):
            raise NotData
        if not rows or sorted(names) != sorted(parameters):
            raise NotData
        for row in rows:
            yield dict(zip(names, self._cells(row, len(names)), strict=True))

    def _rows(self, table: ast.expr) -> Sequence[ast.expr]:
        if isinstance(table, ast.List | ast.Tuple):
            return table.elts
        bound = self._names.get(table.id) if isinstance(table, ast.Name) else None
        if not isinstance(bound, Rows):
            raise NotData
        return bound.rows

    def _cells(self, row: ast.expr, count: int) -> list[Binding]:
        if count == 1:
            return [self._table_cell(row)]
        if not isinstance(row, ast.Tuple | ast.List) or len(row.elts) != count:
            raise NotData
        return [self._table_cell(cell) for cell in row.elts]

    def _table_cell(self, node: ast.expr) -> Binding:
        return token_of(node) or FixedValue(self._steps.constant(node, self._names))


def _parameters(node: ast.FunctionDef) -> list[str]:
    """The names of a function's parameters, which are all plain."""
    arguments = node.args
    if arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg or arguments.defaults:
        raise NotData
    return [argument.arg for argument in arguments.args]
