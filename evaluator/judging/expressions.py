"""Conditions as data, as far as they compare plain values with constants by what is listed here.

What is data needs no jail: ``plain`` evaluates it where strangers' code never runs. A condition is a list of JSON that
begins with the name of what is done:

========================================  ==================================================================
``["value", 0]``, ``["token", 0]``        a value that was sent; a constant that came along with it
``["constant", form]``                    a constant, in the form of ``evaluator.forms``
``["compare", "Eq", left, right]``        a comparison, by the name of its class in ``ast``
``["not", x]``, ``["abs", x]``            and ``["minus", a, b]``, ``["and", x, ...]``, ``["or", x, ...]``
``["assert", "assertEqual", a, b]``       an assertion of ``UnittestAssertions``
========================================  ==================================================================
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from evaluator.forms import codec

Data = list[Any]
PLAIN_FORMS: Final = frozenset(
    {"tuple", "dict", "set", "frozenset", "OrderedDict", "Counter", "deque", "int", "float", "str", "bytes", "complex"}
)
"""The types, beside JSON's, whose values cost no more to make and to compare than they are long."""
COMPARISONS: Final = frozenset({"Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "In", "NotIn", "Is", "IsNot"})
ASSERTIONS: Final = frozenset(
    {
        *("assertEqual", "assertEquals", "assertNotEqual", "assertLess", "assertLessEqual", "assertGreater"),
        *("assertGreaterEqual", "assertIn", "assertNotIn", "assertListEqual", "assertTupleEqual", "assertDictEqual"),
        *("assertMultiLineEqual", "assertSetEqual", "assertTrue", "assertFalse", "assertIsNone", "assertIsNotNone"),
        *("assertAlmostEqual", "assertAlmostEquals", "assertNotAlmostEqual", "assertSequenceEqual", "assertCountEqual"),
    }
)
"""Of ``UnittestAssertions``; with no other arguments than the two first, and ``places``."""
PLACES: Final = range(100)
MAX_DEPTH: Final = 30
"""Nesting of plain values, and of conditions."""
_VALUES, _TOKENS, _ASSERTIONS = "_v", "_t", "_tc"
_REFERENCES = frozenset({_VALUES, _TOKENS, _ASSERTIONS})
MAKERS: Final = frozenset({"float", "int", "complex", "bytes", "list", "tuple", "dict", "set", "frozenset", "range"})
"""Builtins that constants may be made by."""
_CONSTANT_PARTS = (
    *(ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.unaryop, ast.BinOp, ast.operator),
    *(ast.Call, ast.keyword, ast.Name, ast.Load),
)
_MAX_NODES = 20_000
_MAX_EXPONENT = 10_000
_WORD = re.compile(r"\w+|\*")


class NotData(Exception):
    """An expression that is not what is listed here."""


def condition_data(condition: str, imports: Iterable[str]) -> Data | None:
    """A condition as data, or None where it is more than that. ``imports`` are what it is evaluated with."""
    try:
        return _Reader(frozenset(_WORD.findall("\n".join(imports)))).read(ast.parse(condition, mode="eval").body, 0)
    except (NotData, ValueError, RecursionError, MemoryError, ArithmeticError, TypeError, LookupError):
        return None


def constant_data(source: str, imports: Iterable[str]) -> Data | None:
    """A plain constant as data, or None where it is none."""
    data = condition_data(source, imports)
    return data if data is not None and data[0] == "constant" else None


def is_plain(form: codec.Form, depth: int = 0) -> bool:
    """Tell whether the value of a form is made of JSON's types and ``PLAIN_FORMS`` alone, and nests little. Any JSON
    may come."""
    kind = type(form)
    if kind is not list and kind is not dict:
        return True
    if depth > MAX_DEPTH:
        return False
    if kind is list:
        return all(is_plain(each, depth + 1) for each in form)
    if len(form) != 1:
        return False
    ((name, payload),) = form.items()
    return name in PLAIN_FORMS and (type(payload) is str or (type(payload) is list and is_plain(payload, depth + 1)))


def constant(node: ast.expr, names: Mapping[str, Any], bound: frozenset[str]) -> Any:
    """The value of an expression of literals, arithmetic, ``names`` and a few builtins that ``bound`` does not have.

    Raises:
        NotData: it is more than that.
        Exception: whatever evaluating it raises.
    """
    used = {name for name in _names(node) if name not in names}
    if not used <= MAKERS or used & bound or (used and "*" in bound):
        raise NotData
    makers = {name: vars(builtins)[name] for name in used}
    return eval(compile(ast.Expression(node), "<constant>", "eval"), {"__builtins__": makers}, dict(names))


def _names(node: ast.expr) -> set[str]:
    """The names in an expression of which each part is among those that constants have."""
    nodes = list(ast.walk(node))
    if len(nodes) > _MAX_NODES or not all(isinstance(each, _CONSTANT_PARTS) for each in nodes):
        raise NotData
    if any(isinstance(each, ast.Call) and not isinstance(each.func, ast.Name) for each in nodes):
        raise NotData
    if not all(_is_cheap(each) for each in nodes if isinstance(each, ast.BinOp)):
        raise NotData
    return {each.id for each in nodes if isinstance(each, ast.Name)}


def _is_cheap(node: ast.BinOp) -> bool:
    """Tell whether an operation's result is not much longer than its text: a tower of powers has no end."""
    match node:
        case ast.BinOp(left, ast.Pow(), ast.Constant(int(exponent))):
            return exponent <= _MAX_EXPONENT and not any(isinstance(each, ast.Pow) for each in ast.walk(left))
        case ast.BinOp(_, ast.Pow(), ast.UnaryOp(ast.USub(), ast.Constant(int(exponent)))):
            return exponent <= _MAX_EXPONENT
        case ast.BinOp(_, ast.LShift(), ast.Constant(int(exponent))):
            return exponent <= _MAX_EXPONENT
    return not isinstance(node.op, ast.Pow | ast.LShift)


class _Reader:
    """Makes data of the tree of a condition. ``bound`` are words that imports may give another meaning."""

    def __init__(self, bound: frozenset[str]) -> None:
        self._bound = bound

    def read(self, node: ast.expr, depth: int) -> Data:
        if depth > MAX_DEPTH:
            raise NotData
        deeper = depth + 1
        match node:
            case ast.Subscript(ast.Name("_v" | "_t" as name), ast.Constant(int(number))):
                return ["value" if name == _VALUES else "token", number]
            case ast.Compare(left, [operator], [right]) if _has_reference(node):
                return self._comparison(type(operator).__name__, left, right, deeper)
            case ast.UnaryOp(ast.Not(), operand) if _has_reference(node):
                return ["not", self.read(operand, deeper)]
            case ast.BinOp(left, ast.Sub(), right) if _has_reference(node):
                return ["minus", self.read(left, deeper), self.read(right, deeper)]
            case ast.BoolOp(operator, values):
                word = "and" if isinstance(operator, ast.And) else "or"
                return [word, *(self.read(value, deeper) for value in values)]
            case ast.Call(ast.Name("abs"), [operand], []) if _has_reference(node) and self._bound.isdisjoint(
                ("*", "abs")
            ):
                return ["abs", self.read(operand, deeper)]
            case ast.Call(ast.Attribute(ast.Name("_tc"), method), arguments, named):
                return self._assertion(method, [*arguments, *_places(arguments, named)], deeper)
        if _has_reference(node):
            raise NotData
        form = codec.encode(constant(node, {}, self._bound))
        if not is_plain(form):
            raise NotData
        return ["constant", form]

    def _comparison(self, operator: str, left: ast.expr, right: ast.expr, depth: int) -> Data:
        if operator not in COMPARISONS or (operator in ("Is", "IsNot") and not _is_singleton(right)):
            raise NotData
        return ["compare", operator, self.read(left, depth), self.read(right, depth)]

    def _assertion(self, method: str, arguments: list[ast.expr], depth: int) -> Data:
        if method in ("assertIs", "assertIsNot") and len(arguments) == 2 and _is_singleton(arguments[1]):
            pass  # of other constants equal ones need not be the same
        elif method not in ASSERTIONS or (len(arguments) > 2 and not ("Almost" in method and _is_few(arguments[2]))):
            raise NotData
        return ["assert", method, *(self.read(argument, depth) for argument in arguments)]


def _places(arguments: list[ast.expr], named: list[ast.keyword]) -> list[ast.expr]:
    """The third argument of an assertion, where it is given by name."""
    if named and not (len(arguments) == 2 and [each.arg for each in named] == ["places"]):
        raise NotData
    return [each.value for each in named]


def _is_few(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value in PLACES


def _is_singleton(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _has_reference(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Name) and each.id in _REFERENCES for each in ast.walk(node))
