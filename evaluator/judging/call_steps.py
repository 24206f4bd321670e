"""The body of a test, read as steps: calls of the submission's functions with constants, and assertions about what
they return (``calls``)."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from evaluator.forms import codec
from evaluator.judging.expressions import MAKERS, NotData, constant
from evaluator.sealing.sealed import RECORDER

_MAX_STEPS: Final = 4096
_OF_PYTHON: Final = frozenset(vars(builtins))
_SETS: Final = frozenset({"set", "frozenset"})
_ORDERED: Final = frozenset({"list", "tuple", "dict"})
_BUILTINS: Final = frozenset(
    {"sorted", "len", "set", "list", "tuple", "round", "sum", "max", "min", "abs", "bool", "int"}
)
"""Functions that tests may call with a result before they look at it."""
_IMMUTABLE: Final = (type(None), bool, int, float, complex, str, bytes)


@dataclass
class TestCalls:
    """The steps of one test, or of one statement of a script, at its line; 0 is that of ``check``."""

    name: str
    line: int
    steps: list[list[Any]] = field(default_factory=list)


class FixedValue:
    """A value that is the same in each run. One that a function may change is given away once."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self._is_immutable = _is_immutable(value)
        self._is_given_away = False

    def take(self) -> Any:
        """The value, to be given to somebody.

        Raises:
            NotData: somebody else may have changed it.
        """
        if self._is_given_away and not self._is_immutable:
            raise NotData
        self._is_given_away = True
        return self.value


class TokenHandle(NamedTuple):
    """A constant that stays outside, by its number."""

    number: int


class CallLeaf(NamedTuple):
    """A result of a call, or what is made of one, as steps have it."""

    data: list[Any]


class OfSubmission(NamedTuple):
    """A function of the submission's."""

    name: str


class Rows(NamedTuple):
    """A table with tokens in it."""

    rows: Sequence[ast.expr]


class Helper(NamedTuple):
    """A function of the tests' that they call with functions of the submission's."""

    parameters: Sequence[str]
    body: Sequence[ast.stmt]


class Other(NamedTuple):
    """Anything else that the tests give a name to."""


Binding = FixedValue | TokenHandle | CallLeaf | OfSubmission | Rows | Helper | Other
Names = dict[str, Binding]


class Steps:
    """Takes the steps of all tests of a suite, and notes the names that these rest on."""

    def __init__(self) -> None:
        self.functions: dict[str, None] = {}
        """Functions of the submission's, in the order in which they come."""
        self.collisions: set[str] = set()
        """Names by which the tests mean something else."""
        self._count = 0

    def step(self, test: TestCalls, *step: Any) -> None:
        """Add a step."""
        self._count += 1
        if self._count > _MAX_STEPS:
            raise NotData
        if step[0] == "call":
            self.functions[step[1]] = None
        test.steps.append(list(step))

    def avoid(self, name: str) -> None:
        """Note a builtin: the tests mean Python's, unless the submission has one of that name."""
        self.collisions.add(name)

    def constant(self, node: ast.expr, names: Mapping[str, Binding]) -> Any:
        """The value of a constant expression.

        Raises:
            NotData: it is none.
        """
        used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        makers = (used - names.keys()) & MAKERS
        if makers & _ORDERED and (makers & _SETS or any(isinstance(each, ast.Set) for each in ast.walk(node))):
            raise NotData  # of a set's elements the order differs from process to process
        for maker in makers:
            self.avoid(maker)
        bindings = {name: binding for name, binding in names.items() if name in used}
        if not all(isinstance(binding, FixedValue) for binding in bindings.values()):
            raise NotData
        values = {name: binding.take() for name, binding in bindings.items() if isinstance(binding, FixedValue)}
        return constant(node, values, frozenset())


class TestBody:
    """Reads the statements of one test."""

    def __init__(self, steps: Steps, test: TestCalls, names: Names) -> None:
        self._steps, self._test, self._names = steps, test, names
        self._results = 0
        self._is_inside = False

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Read statements, in the order in which they run."""
        for node in body:
            self._statement(node)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Pass() | ast.Expr(ast.Constant()):
                return
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "site"), arguments, [])) if name == RECORDER:
                self._site(arguments)
            case ast.Expr(ast.Call(ast.Name(name), arguments, []) as call):
                if isinstance(helper := self._names.get(name), Helper):
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

    def _inline(self, helper: Helper, arguments: Sequence[ast.expr]) -> None:
        """Read a helper that is called here, once: what it calls is no helper."""
        functions = [OfSubmission(self._function(argument) or "") for argument in arguments]
        names = dict(zip(helper.parameters, functions, strict=True))
        if self._is_inside or not all(function.name for function in functions):
            raise NotData
        outer, self._names, self._is_inside = self._names, {**self._names, **names}, True
        self.run(helper.body)
        self._names, self._is_inside = outer, False

    def _site(self, arguments: Sequence[ast.expr]) -> None:
        match arguments:
            case [ast.Constant(int(number)), ast.Tuple(leaves), ast.Tuple(tokens)]:
                data = [self._leaf(leaf) for leaf in leaves]
                self._steps.step(self._test, "site", number, data, [self._token(token) for token in tokens])
            case _:
                raise NotData

    def _leaf(self, node: ast.expr) -> list[Any]:
        value = self._value(node)
        if not isinstance(value, CallLeaf):
            raise NotData
        return value.data

    def _token(self, node: ast.expr) -> int:
        value = self._value(node)
        if not isinstance(value, TokenHandle):
            raise NotData
        return value.number

    def _value(self, node: ast.expr) -> Binding:
        if isinstance(node, ast.Name) and node.id in self._names:
            return self._names[node.id]
        if (token := token_of(node)) is not None:
            return token
        if isinstance(node, ast.Call) and self._function(node.func) is not None:
            return self._call(node)
        if (leaf := self._made_of_leaf(node)) is not None:
            return leaf
        if isinstance(node, ast.List | ast.Tuple) and has_token(node):
            return Rows(node.elts)
        return FixedValue(self._steps.constant(node, self._names))

    def _function(self, node: ast.expr) -> str | None:
        """The submission's function of that name: one that the tests do not have, nor Python."""
        if not isinstance(node, ast.Name):
            return None
        binding = self._names.get(node.id)
        if isinstance(binding, OfSubmission):
            return binding.name
        return node.id if binding is None and node.id not in _OF_PYTHON else None

    def _made_of_leaf(self, node: ast.expr) -> CallLeaf | None:
        """The leaf that a builtin makes of a leaf, or an item of one; None where no call is in it."""
        match node:
            case ast.Call(ast.Name(name), [of, *more], []) if name in _BUILTINS and name not in self._names:
                self._steps.avoid(name)
            case ast.Subscript(of, ast.Constant(int()) as more):
                name, more = "item", [more]
            case _:
                return None
        if not self._has_leaf(of):
            return None
        return CallLeaf([name, self._leaf(of), *(self._steps.constant(each, self._names) for each in more)])

    def _has_leaf(self, node: ast.expr) -> bool:
        names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
        return any(isinstance(self._names.get(each.id), CallLeaf) or self._function(each) is not None for each in names)

    def _call(self, call: ast.Call) -> CallLeaf:
        function = self._function(call.func)
        if function is None:
            raise NotData
        arguments = [self._form(argument) for argument in call.args]
        named = {str(each.arg): self._form(each.value) for each in call.keywords if each.arg is not None}
        if len(named) != len(call.keywords):
            raise NotData
        self._steps.step(self._test, "call", function, arguments, named)
        self._results += 1
        return CallLeaf(["result", self._results - 1])

    def _form(self, node: ast.expr) -> codec.Form:
        form = codec.encode(self._steps.constant(node, self._names))
        if type(form) is dict and "large" in form:
            raise NotData
        return form

    def _rows(self, node: ast.expr) -> Iterable[ast.expr | FixedValue]:
        if isinstance(node, ast.List | ast.Tuple):
            return node.elts
        value = self._value(node)
        if isinstance(value, Rows):
            return value.rows
        if not isinstance(value, FixedValue):
            raise NotData
        return [FixedValue(each) for each in _listed(value.take())]

    def _bind(self, target: ast.expr, row: ast.expr | FixedValue) -> None:
        match target, row:
            case ast.Name(name), FixedValue():
                self._names[name] = row
            case ast.Name(name), ast.expr():
                self._names[name] = self._value(row)
            case ast.Tuple(targets), FixedValue():
                cells = _listed(row.take())
                for each, cell in zip(targets, cells, strict=True):
                    self._bind(each, FixedValue(cell))
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


def token_of(node: ast.expr) -> TokenHandle | None:
    match node:
        case ast.Call(ast.Attribute(ast.Name(name), "token"), [ast.Constant(int(number))], []) if name == RECORDER:
            return TokenHandle(number)
    return None


def has_token(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Call) and token_of(each) is not None for each in ast.walk(node))
