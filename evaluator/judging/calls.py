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
import builtins
import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, NamedTuple

from evaluator.forms import codec
from evaluator.judging.expressions import MAKERS, NotData, constant
from evaluator.sealing.sealed import RECORDER, Sealed

_MAX_STEPS: Final = 4096
_HARMLESS: Final = frozenset(
    {
        *("pytest", "unittest", "typing", "math", "collections", "itertools", "functools", "string", "re", "json"),
        *("decimal", "fractions", "datetime", "copy"),
    }
)
"""Modules whose import changes nothing."""
_OF_PYTHON: Final = frozenset(vars(builtins))
_SETS: Final = frozenset({"set", "frozenset"})
_ORDERED: Final = frozenset({"list", "tuple", "dict"})
BUILTINS: Final = frozenset({"sorted", "len", "set", "list", "tuple", "round", "sum", "max", "min", "abs", "bool"})
"""What tests may do with a result before they look at it."""
_IMMUTABLE: Final = (type(None), bool, int, float, complex, str, bytes)


@dataclass
class TestCalls:
    """The steps of one test, or of one statement of a script, at its line; 0 is that of ``check``."""

    name: str
    line: int
    steps: list[list[Any]] = field(default_factory=list)


@dataclass
class Calls:
    """All tests of a suite. ``names``: functions that the submission must have; ``taken``: names that it must not."""

    names: list[str]
    taken: list[str]
    tests: list[TestCalls]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def find_calls(sealed: Sealed, entry_point: str | None) -> Calls | None:
    """The calls of a suite's tests, or None where they are more than that."""
    try:
        return _Suite(sealed, entry_point).calls()
    except (NotData, SyntaxError, ValueError, RecursionError, MemoryError, ArithmeticError, TypeError, LookupError):
        return None


class _Constant:
    """A value that is the same in each run. One that a function may change is given away once."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self._is_immutable = _is_immutable(value)
        self._is_given_away = False

    def take(self) -> Any:
        if self._is_given_away and not self._is_immutable:
            raise NotData
        self._is_given_away = True
        return self.value


class _Token(NamedTuple):
    number: int


class _Leaf(NamedTuple):
    data: list[Any]


class _Function(NamedTuple):
    name: str


class _Rows(NamedTuple):
    """A table with tokens in it."""

    rows: Sequence[ast.expr]


class _Helper(NamedTuple):
    """A function of the tests'; ``names`` are those of its module."""

    parameters: Sequence[str]
    body: Sequence[ast.stmt]
    names: Mapping[str, _Binding]


class _Other(NamedTuple):
    """Anything else that the tests give a name to."""


_Binding = _Constant | _Token | _Leaf | _Function | _Rows | _Helper | _Other
_Names = dict[str, _Binding]


class _Suite:
    """Reads the text of a suite."""

    def __init__(self, sealed: Sealed, entry_point: str | None) -> None:
        self._sealed, self._entry_point = sealed, entry_point
        self._of_framework = sealed.framework in ("unittest", "pytest")
        self._names: _Names = {}
        self._functions, self._taken = dict[str, None](), set[str]()
        self._tests: list[TestCalls] = []
        self._steps = 0

    def calls(self) -> Calls:
        """
        Raises:
            NotData: the tests are more than calls.
        """
        if self._sealed.framework == "pytest" and importlib.util.find_spec("pytest") is None:
            raise NotData
        check: ast.FunctionDef | None = None
        classes: dict[str, ast.ClassDef] = {}
        for node in ast.parse(self._sealed.text).body:
            match node:
                case ast.Import() | ast.ImportFrom():
                    self._import(node)
                case ast.FunctionDef(name):
                    self._bind_definition(name)
                    if self._sealed.framework == "script" and not node.decorator_list:
                        self._names[name] = _Helper(_parameters(node), node.body, dict(self._names))
                    if self._sealed.framework == "pytest" and name.startswith("test"):
                        self._tests += self._test_function(node)
                    if name == "check":
                        check = node
                case ast.ClassDef(name) if self._of_framework and name.startswith("Test"):
                    self._bind_definition(name)
                    classes[name] = node
                    if self._sealed.framework == "pytest":
                        self._tests += self._test_class(node)
                case _:
                    self._statement(node)
        if self._sealed.framework == "unittest":
            for name in sorted(classes):
                self._tests += sorted(self._test_class(classes[name]), key=lambda test: test.name)
        if self._sealed.framework == "check":
            self._tests.append(self._check(check))
        if not any(step[0] == "site" for test in self._tests for step in test.steps):
            raise NotData
        return Calls(list(self._functions), sorted(self._taken), self._tests)

    def _bind_definition(self, name: str) -> None:
        if name in self._taken:
            raise NotData
        self._names[name] = _Other()
        self._taken.add(name)

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
                self._functions[alias.name] = None
                self._names[alias.asname or alias.name] = _Function(alias.name)
            elif not stars:
                self._names[(alias.asname or alias.name).partition(".")[0]] = _Other()

    def _statement(self, node: ast.stmt) -> None:
        """A statement at the top level: in a script it is a test by itself."""
        match node:
            case ast.Expr(ast.Constant(str())):
                return
            case ast.If(ast.Compare(ast.Name("__name__"), [ast.Eq()], [ast.Constant("__main__")])) if (
                self._of_framework
            ):
                return
            case ast.Assign([ast.Name(name)], ast.List(rows) | ast.Tuple(rows) as value) if _has_token(value):
                self._names[name] = _Rows(rows)
                return
            case ast.Assign([ast.Name(name)], value):
                self._names[name] = _Constant(self.constant(value, self._names))
                return
        if self._of_framework:
            raise NotData
        test, names = TestCalls("", node.lineno), dict(self._names)
        self._run(test, [node], names)
        self._names |= {name: _Other() for name in names if names[name] is not self._names.get(name)}
        self._tests.append(test)

    def _check(self, node: ast.FunctionDef | None) -> TestCalls:
        entry = self._entry_point or ""
        if node is None or node.decorator_list or not entry.isidentifier():
            raise NotData
        (parameter,) = _parameters(node)
        self._functions[entry] = None
        test = TestCalls("", 0)
        self._run(test, node.body, {**self._names, parameter: _Function(entry)})
        return test

    def _test_class(self, node: ast.ClassDef) -> list[TestCalls]:
        """The tests of a class that has nothing but tests."""
        of_unittest = [ast.unparse(base) for base in node.bases]
        if of_unittest != (["unittest.TestCase"] if self._sealed.framework == "unittest" else []):
            raise NotData
        if node.keywords or node.decorator_list or not isinstance(self._names.get("unittest", _Other()), _Other):
            raise NotData
        tests: dict[str, TestCalls] = {}
        for each in node.body:
            if isinstance(each, ast.Pass):
                continue
            if not isinstance(each, ast.FunctionDef) or each.decorator_list or not each.name.startswith("test"):
                raise NotData
            (parameter,) = _parameters(each)
            tests[each.name] = TestCalls(f"{node.name}.{each.name}", each.lineno)
            self._run(tests[each.name], each.body, {**self._names, parameter: _Other()})
        return list(tests.values())

    def _test_function(self, node: ast.FunctionDef) -> Iterable[TestCalls]:
        """A test, or one for each of its rows of parameters."""
        parameters = _parameters(node)
        rows: list[_Names | None] = [None]
        if node.decorator_list:
            (decorator,) = node.decorator_list
            rows = [*self._parameter_rows(decorator, parameters)]
        elif parameters:
            raise NotData
        for place, row in enumerate(rows):
            test = TestCalls(node.name if row is None else f"{node.name}[{place}]", node.lineno)
            self._run(test, node.body, {**self._names, **(row or {})})
            yield test

    def _parameter_rows(self, decorator: ast.expr, parameters: Sequence[str]) -> Iterable[_Names]:
        match decorator:
            case ast.Call(function, [ast.Constant(str(given)), table], []):
                names = [name.strip() for name in given.split(",") if name.strip()]
            case _:
                raise NotData
        rows = self._rows(table)
        if ast.unparse(function) != "pytest.mark.parametrize" or not rows or sorted(names) != sorted(parameters):
            raise NotData
        for row in rows:
            yield dict(zip(names, self._cells(row, len(names)), strict=True))

    def _rows(self, table: ast.expr) -> Sequence[ast.expr]:
        if isinstance(table, ast.List | ast.Tuple):
            return table.elts
        bound = self._names.get(table.id) if isinstance(table, ast.Name) else None
        if not isinstance(bound, _Rows):
            raise NotData
        return bound.rows

    def _cells(self, row: ast.expr, count: int) -> list[_Binding]:
        if count == 1:
            return [self._table_cell(row)]
        if not isinstance(row, ast.Tuple | ast.List) or len(row.elts) != count:
            raise NotData
        return [self._table_cell(cell) for cell in row.elts]

    def _table_cell(self, node: ast.expr) -> _Binding:
        return _token(node) or _Constant(self.constant(node, self._names))

    def _run(self, test: TestCalls, body: Sequence[ast.stmt], names: _Names) -> None:
        _Body(self, test, names).run(body)

    def step(self, test: TestCalls, *step: Any) -> None:
        """Add a step."""
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise NotData
        if step[0] == "call":
            self._functions[step[1]] = None
        test.steps.append(list(step))

    def take(self, name: str) -> None:
        """Note a builtin: the tests mean Python's, unless the submission has one of that name."""
        self._taken.add(name)

    def constant(self, node: ast.expr, names: Mapping[str, _Binding]) -> Any:
        """The value of a constant expression.

        Raises:
            NotData: it is none.
        """
        used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        makers = (used - names.keys()) & MAKERS
        if makers & _ORDERED and (makers & _SETS or any(isinstance(each, ast.Set) for each in ast.walk(node))):
            raise NotData  # of a set's elements the order differs from process to process
        for maker in makers:
            self.take(maker)
        bindings = {name: binding for name, binding in names.items() if name in used}
        if not all(isinstance(binding, _Constant) for binding in bindings.values()):
            raise NotData
        values = {name: binding.take() for name, binding in bindings.items() if isinstance(binding, _Constant)}
        return constant(node, values, frozenset())


class _Body:
    """Reads the statements of one test."""

    def __init__(self, suite: _Suite, test: TestCalls, names: _Names) -> None:
        self._suite, self._test, self._names = suite, test, names
        self._results = 0

    def run(self, body: Sequence[ast.stmt]) -> None:
        for node in body:
            self._statement(node)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Pass() | ast.Expr(ast.Constant()):
                return
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "site"), arguments, [])) if name == RECORDER:
                self._site(arguments)
            case ast.Expr(ast.Call(ast.Name(name), arguments, []) as call):
                if isinstance(helper := self._names.get(name), _Helper):
                    self._inline(helper, arguments)
                else:
                    self._call(call)
            case ast.Assign([ast.Name(name)], value):
                self._names[name] = self._value(value)
            case ast.For(target, rows, body, [], None):
                for row in self._rows(rows):
                    self._bind(target, row)
                    self.run(body)
            case _:
                raise NotData

    def _inline(self, helper: _Helper, arguments: Sequence[ast.expr]) -> None:
        """Run a function of the tests' that is called with functions of the submission's."""
        functions = [_Function(self._function(argument) or "") for argument in arguments]
        names = dict(zip(helper.parameters, functions, strict=True))
        if not all(function.name for function in functions):
            raise NotData
        outer, self._names = self._names, {**helper.names, **names}
        self.run(helper.body)
        self._names = outer

    def _site(self, arguments: Sequence[ast.expr]) -> None:
        match arguments:
            case [ast.Constant(int(number)), ast.Tuple(leaves), ast.Tuple(tokens)]:
                data = [self._leaf(leaf) for leaf in leaves]
                self._suite.step(self._test, "site", number, data, [self._token(token) for token in tokens])
            case _:
                raise NotData

    def _leaf(self, node: ast.expr) -> list[Any]:
        value = self._value(node)
        if not isinstance(value, _Leaf):
            raise NotData
        return value.data

    def _token(self, node: ast.expr) -> int:
        value = self._value(node)
        if not isinstance(value, _Token):
            raise NotData
        return value.number

    def _value(self, node: ast.expr) -> _Binding:
        if isinstance(node, ast.Name) and node.id in self._names:
            return self._names[node.id]
        if (token := _token(node)) is not None:
            return token
        if isinstance(node, ast.Call) and self._function(node.func) is not None:
            return self._call(node)
        if (leaf := self._made_of_leaf(node)) is not None:
            return leaf
        if isinstance(node, ast.List | ast.Tuple) and _has_token(node):
            return _Rows(node.elts)
        return _Constant(self._suite.constant(node, self._names))

    def _function(self, node: ast.expr) -> str | None:
        """The submission's function of that name: one that the tests do not have, nor Python."""
        if not isinstance(node, ast.Name):
            return None
        binding = self._names.get(node.id)
        if isinstance(binding, _Function):
            return binding.name
        return node.id if binding is None and node.id not in _OF_PYTHON else None

    def _made_of_leaf(self, node: ast.expr) -> _Leaf | None:
        """What a builtin makes of a leaf, or an item of one; None where no call is in it."""
        match node:
            case ast.Call(ast.Name(name), [of, *more], []) if name in BUILTINS and name not in self._names:
                self._suite.take(name)
            case ast.Subscript(of, ast.Constant(int()) as more):
                name, more = "item", [more]
            case _:
                return None
        if not self._has_leaf(of):
            return None
        return _Leaf([name, self._leaf(of), *(self._suite.constant(each, self._names) for each in more)])

    def _has_leaf(self, node: ast.expr) -> bool:
        names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
        return any(isinstance(self._names.get(each.id), _Leaf) or self._function(each) is not None for each in names)

    def _call(self, call: ast.Call) -> _Leaf:
        function = self._function(call.func)
        if function is None:
            raise NotData
        arguments = [self._form(argument) for argument in call.args]
        named = {str(each.arg): self._form(each.value) for each in call.keywords if each.arg is not None}
        if len(named) != len(call.keywords):
            raise NotData
        self._suite.step(self._test, "call", function, arguments, named)
        self._results += 1
        return _Leaf(["result", self._results - 1])

    def _form(self, node: ast.expr) -> codec.Form:
        form = codec.encode(self._suite.constant(node, self._names))
        if type(form) is dict and "large" in form:
            raise NotData
        return form

    def _rows(self, node: ast.expr) -> Iterable[ast.expr | _Constant]:
        if isinstance(node, ast.List | ast.Tuple):
            return node.elts
        value = self._value(node)
        if isinstance(value, _Rows):
            return value.rows
        if not isinstance(value, _Constant):
            raise NotData
        return [_Constant(each) for each in _listed(value.take())]

    def _bind(self, target: ast.expr, row: ast.expr | _Constant) -> None:
        match target, row:
            case ast.Name(name), _Constant():
                self._names[name] = row
            case ast.Name(name), ast.expr():
                self._names[name] = self._value(row)
            case ast.Tuple(targets), _Constant():
                cells = _listed(row.take())
                for each, cell in zip(targets, cells, strict=True):
                    self._bind(each, _Constant(cell))
            case ast.Tuple(targets), ast.Tuple(elements) | ast.List(elements):
                for each, element in zip(targets, elements, strict=True):
                    self._bind(each, element)
            case _:
                raise NotData


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple | range) or len(value) > _MAX_STEPS:
        raise NotData
    return list(value)


def _is_immutable(value: Any) -> bool:
    if type(value) in (tuple, frozenset):
        return all(map(_is_immutable, value))
    return type(value) in (*_IMMUTABLE, range)


def _token(node: ast.expr) -> _Token | None:
    match node:
        case ast.Call(ast.Attribute(ast.Name(name), "token"), [ast.Constant(int(number))], []) if name == RECORDER:
            return _Token(number)
    return None


def _has_token(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Call) and _token(each) is not None for each in ast.walk(node))


def _parameters(node: ast.FunctionDef) -> list[str]:
    """The names of a function's parameters, which are all plain.

    Raises:
        NotData: they are not.
    """
    given = node.args
    if given.posonlyargs or given.kwonlyargs or given.vararg or given.kwarg or given.defaults:
        raise NotData
    return [argument.arg for argument in given.args]
