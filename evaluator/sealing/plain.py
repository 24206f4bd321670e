"""Plain values: which expressions make arguments that can cross to another process, and what may be done with results
that came from there so that nobody sees the difference."""

from __future__ import annotations

import ast
import builtins

from evaluator.sealing.scopes import Scopes, Variable
from evaluator.sealing.source import Comprehension, Source, callee, walk

_MAKERS = frozenset(
    [
        *("abs", "bin", "bool", "bytearray", "bytes", "chr", "complex", "dict", "divmod", "float", "frozenset", "hex"),
        *("int", "len", "list", "max", "min", "oct", "ord", "pow", "range", "repr", "round", "set", "sorted", "str"),
        *("sum", "tuple"),
    ]
)
"""Builtins that make plain values of plain values."""
_ITERATING = _MAKERS | {"enumerate", "zip", "reversed"}
"""Those over which a loop may go."""
_OTHER_LIBRARIES = frozenset(
    ["asyncio", "contextlib", "functools", "io", "itertools", "operator", "queue", "re", "types", "typing", "weakref"]
)
"""Modules whose functions make iterators, callables and objects of their own."""
_LOOKING = frozenset(
    [
        *("all", "any", "approx", "isclose", "isnan", "isinf", "allclose", "array_equal", "print", "type", "Counter"),
        *("deepcopy", "copy", "zip", "enumerate", "fsum", "isfinite", "OrderedDict"),
    ]
)
"""Functions that look at a result as a plain value, beside those that make others of it."""
_VALUE_OPERATORS = (ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.IfExp, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Slice)
_STATEMENTS = (ast.Assert, ast.Expr, ast.If, ast.While)
_DISPLAYS = (ast.JoinedStr, ast.FormattedValue, ast.keyword)


class PlainValues:
    """Looks at the expressions of one text."""

    def __init__(self, source: Source, scopes: Scopes) -> None:
        self._source, self._scopes = source, scopes
        self._is_plain: dict[Variable, bool] = {}

    def makes(self, node: ast.AST) -> bool:
        """Tell whether an expression makes a plain value, without the submission."""
        match node:
            case ast.Constant() | ast.JoinedStr():
                return True
            case ast.Name():
                return self._names_plain(node)
            case ast.Attribute(value):
                return self._is_library(value) or self.makes(value) or _is_self(value)
            case ast.Call(func, arguments, keywords):
                values = [*arguments, *(keyword.value for keyword in keywords)]
                return self._calls_maker(func) and all(self._iterates(value) for value in values)
            case ast.ListComp(element) | ast.SetComp(element):
                return self.makes(element) and all(self._iterates(each.iter) for each in node.generators)
            case ast.DictComp(key, value):
                return all(map(self.makes, (key, value))) and all(self._iterates(each.iter) for each in node.generators)
            case ast.Subscript(value, index):
                return self.makes(value) and self.makes(index)
            case ast.Compare(left, _, comparators):
                return all(map(self.makes, (left, *comparators)))
        if not isinstance(node, _VALUE_OPERATORS):
            return False
        return all(self.makes(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))

    def misuse(self, result: ast.expr) -> str:
        """Say what is done with a result that another process can see; empty if it is only looked at."""
        return self._misuse(result, set())

    def _misuse(self, result: ast.expr, seen: set[Variable]) -> str:
        node: ast.AST = result
        while True:
            inner, node = node, self._source.parents[node]
            if isinstance(node, ast.Attribute):
                return f"an attribute of a result: {node.attr}"
            if isinstance(node, ast.Call) and node.func is inner:
                return "a result that is called"
            if isinstance(node, ast.Compare):
                return _misuse_of_comparison(node)
            if isinstance(node, ast.Assign):
                return self._misuse_of_names(node, seen)
            if isinstance(node, _STATEMENTS):
                return ""
            if isinstance(node, ast.Call) and not _looks(node):
                return f"a result goes into {callee(node) or 'a call'}"
            if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
                return "a result is changed"
            if not isinstance(node, (ast.Call, ast.Subscript, *_VALUE_OPERATORS, *_DISPLAYS, *Comprehension)):
                return f"a result goes further at line {getattr(inner, 'lineno', 0)}"
            if isinstance(node, ast.GeneratorExp):
                return "a result goes into a generator"

    def _misuse_of_names(self, node: ast.Assign, seen: set[Variable]) -> str:
        for name in (part for target in node.targets for part in walk(target)):
            if isinstance(name, (ast.Attribute, ast.Subscript)):
                return "a result is kept in an object"
            variable = self._scopes.variable(name) if isinstance(name, ast.Name) else None
            if variable is None or variable in seen:
                continue
            seen.add(variable)
            if misuse := next(filter(None, (self._misuse(use, seen) for use in variable.uses)), ""):
                return misuse
        return ""

    def _names_plain(self, name: ast.Name) -> bool:
        variable = self._scopes.variable(name)
        if variable is None:
            return False
        if variable not in self._is_plain:
            self._is_plain[variable] = True  # of one that is made of itself
            self._is_plain[variable] = all(self._binds_plain(variable, *binding) for binding in variable.bindings)
        return self._is_plain[variable]

    def _binds_plain(self, variable: Variable, kind: str, node: ast.AST) -> bool:
        if kind == "parameter":
            module = self._scopes.inner(self._source.module)
            return variable.name not in module.variables  # else it may be a fixture, which makes what it likes
        if kind == "import" and isinstance(node, ast.ImportFrom):
            return node.module in ("math", "string")
        if kind != "store":
            return False
        direct, parent = node, self._source.parents[node]
        while isinstance(parent, (ast.Tuple, ast.List, ast.Starred)):
            direct, parent = parent, self._source.parents[parent]
        match parent:
            case ast.Assign(_, value):
                return self.makes(value) if direct is node else self._iterates(value)
            case ast.AugAssign(_, _, value) | ast.NamedExpr(_, value):
                return self.makes(value)
            case ast.AnnAssign(_, _, value):
                return value is None or self.makes(value)
            case ast.For(_, iterable) | ast.comprehension(_, iterable):
                return self._iterates(iterable)
        return False

    def _iterates(self, node: ast.AST) -> bool:
        """Tell whether an iteration goes through plain values."""
        if isinstance(node, ast.Starred):
            return self._iterates(node.value)
        if isinstance(node, ast.GeneratorExp):
            return self.makes(node.elt) and all(self._iterates(each.iter) for each in node.generators)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _ITERATING:
            return all(map(self._iterates, node.args))
        return self.makes(node)

    def _calls_maker(self, function: ast.expr) -> bool:
        """Tell whether a call makes a plain value of plain values."""
        if isinstance(function, ast.Attribute):
            return self._is_library(function.value) or self.makes(function.value)
        if not isinstance(function, ast.Name):
            return False
        variable = self._scopes.variable(function)
        if variable is None:
            return function.id in _MAKERS and hasattr(builtins, function.id)
        kind, node = variable.bindings[0]
        return kind == "import" and isinstance(node, ast.ImportFrom) and _makes_values(node.module or "")

    def _is_library(self, node: ast.expr) -> bool:
        """Tell whether it is a module that the tests import, or a part of one."""
        while isinstance(node, ast.Attribute):
            node = node.value
        variable = self._scopes.variable(node) if isinstance(node, ast.Name) else None
        if variable is None or variable.bindings[0][0] != "import":
            return False
        imported = variable.bindings[0][1]
        return not isinstance(imported, ast.Import) or all(_makes_values(alias.name) for alias in imported.names)


def _makes_values(module: str) -> bool:
    return module.partition(".")[0] not in _OTHER_LIBRARIES


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _looks(call: ast.Call) -> bool:
    name = callee(call)
    return name in _MAKERS or name in _LOOKING or name.startswith(("assert", "fail"))


def _misuse_of_comparison(node: ast.Compare) -> str:
    """Identity tells a copy from what was copied; that of None, truths and types does not."""
    for operator, side in zip(node.ops, node.comparators, strict=True):
        is_plain = isinstance(side, ast.Constant) or (isinstance(side, ast.Name) and hasattr(builtins, side.id))
        if isinstance(operator, (ast.Is, ast.IsNot)) and not is_plain:
            return "the identity of a result"
    return ""
