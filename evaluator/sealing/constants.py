"""Constants: expressions that can be evaluated outside, alone.

Literals and what safe functions make of them, and names and attributes that the text gives such a value once.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from evaluator.sealing.attributes import ClassAttribute, ClassAttributes
from evaluator.sealing.scopes import Scope, Scopes, Variable
from evaluator.sealing.source import Comprehension, Source, callee, children
from evaluator.sealing.vocabulary import (
    ARRAY_ASSERTIONS,
    CLOSENESS,
    CONSTRUCTORS,
    ENVIRONMENT,
    METHODS,
    MOCK_ASSERTIONS,
    ONE_SHOT,
    SAFE_BUILTINS,
    SAFE_MODULES,
    SINGLETONS,
    STAR_MODULES,
)

Holder = Variable | ClassAttribute
"""A holder of a value: a variable, or an attribute of a test class."""

_NOTHING: frozenset[Scope] = frozenset()
_ONLY_LOOK = METHODS.keys() | ARRAY_ASSERTIONS | MOCK_ASSERTIONS | {"subTest", "print"}
_LEAVE_AS_IT_IS = (
    SAFE_BUILTINS | CLOSENESS | {"array", "DataFrame", "Series", "Counter", "parametrize", "items", "equals"}
)
_PARTS = (
    *(ast.List, ast.Tuple, ast.Set, ast.Dict, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp),
    *(ast.Subscript, ast.Slice, ast.Starred, ast.JoinedStr, ast.FormattedValue, ast.keyword, ast.Call),
)
"""Expressions that are constant if all their parts are."""


class Constants:
    """Tells the constant expressions of a text.

    Args:
        preface: source whose imports conditions may use too.
        names: what the submission is known to define.
    """

    def __init__(
        self, source: Source, scopes: Scopes, attributes: ClassAttributes, preface: str, names: frozenset[str]
    ) -> None:
        self._source = source
        self._scopes = scopes
        self._attributes = attributes
        self._names = names
        self._imports = _Imports(source)
        self._preface = _Preface(preface)
        self._needs: dict[tuple[ast.AST, bool], frozenset[Scope] | None] = {}
        self._values: dict[Holder, ast.expr | None] = {}
        self._shared: dict[Holder, str] = {}
        self._shared_statements: list[_Statement] = []

    def find_imports(self, expressions: Iterable[str]) -> tuple[str, ...]:
        """Return the statements that make what these inlined expressions use, in their order.

        No more than those: each run of the outer judge executes them, and where one imports a library, it runs in a
        process that has that loaded and is slower to fork.
        """
        statements = (*dict.fromkeys((*self._preface.statements, *self._imports.statements)), *self._shared_statements)
        words = set[str]().union(*map(_words, expressions))
        needed = []
        for statement in reversed(statements):
            if statement.name is None or statement.name in words:
                needed.append(statement.source)
                words |= _words(statement.source)  # it uses what those before it make
        return tuple(reversed(needed))

    def is_constant(self, node: ast.AST, strict: bool = False) -> bool:
        """Tell if an expression can be evaluated outside. ``strict``: a builtin function that is called may be the
        submission's, so that its result is not constant.
        """
        return self._need(node, strict) == _NOTHING

    def holder(self, node: ast.AST) -> Holder | None:
        """The variable or class attribute that an expression reads."""
        if isinstance(node, ast.Attribute):
            return self._attributes.find(node)
        variable = self._scopes.variable(node) if isinstance(node, ast.Name) else None
        if variable is not None and variable.scope.is_class:
            return self._attributes.find_variable(variable)
        return variable

    def value(self, holder: Holder) -> ast.expr | None:
        """The constant that a holder always has: set once, and only looked at if it could change."""
        if holder not in self._values:
            self._values[holder] = None  # for those that need themselves
            value = assigned_value(self._source, holder)
            if value is not None and self._stays(holder, value) and self.is_constant(value):
                self._values[holder] = value
        return self._values[holder]

    def inline(self, node: ast.expr) -> ast.expr:
        """A copy of a constant expression in which what the text binds is replaced by its value."""
        copy = self._copy(node)
        assert isinstance(copy, ast.expr)
        return copy

    def _stays(self, holder: Holder, value: ast.expr) -> bool:
        if callee(value) in ONE_SHOT or isinstance(value, ast.GeneratorExp):
            return False
        return is_immutable(value) or all(self._only_looks(use) for use in holder.uses)

    def _only_looks(self, use: ast.AST) -> bool:
        """A use that cannot change a mutable value: an operand of an assertion, a table's iteration, a message."""
        child = use
        for parent in self._source.ancestors(use):
            if isinstance(parent, ast.Assert):
                return True
            if isinstance(parent, ast.Call):
                if child is parent.func and callee(parent) != "items":
                    return False
                if callee(parent) in _ONLY_LOOK:
                    return True
                if callee(parent) not in _LEAVE_AS_IT_IS:
                    return False
            elif isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension)):
                return parent.iter is child
            elif isinstance(parent, ast.stmt) or (isinstance(parent, ast.Attribute) and parent.attr != "items"):
                return False
            child = parent
        return False

    def _need(self, node: ast.AST, strict: bool) -> frozenset[Scope] | None:
        """The comprehensions inside which an expression is constant; None if it is in none."""
        key = (node, strict)
        if key not in self._needs:
            self._needs[key] = self._compute_need(node, strict)
        return self._needs[key]

    def _compute_need(self, node: ast.AST, strict: bool) -> frozenset[Scope] | None:
        if isinstance(node, ast.Constant):
            return _NOTHING
        if isinstance(node, ast.Name):
            return self._need_of_name(node, strict)
        if isinstance(node, ast.Attribute):
            return self._need_of_attribute(node, strict)
        if isinstance(node, _PARTS):
            return self._need_of_all(node, strict)
        if isinstance(node, ast.comprehension):
            return None if node.is_async else self._need_of_all(node, strict)
        if isinstance(node, Comprehension):
            need = self._need_of_all(node, strict)
            return None if need is None else need - {self._scopes.inner(node)}
        if isinstance(node, ast.Lambda) and not node.args.defaults and not node.args.kw_defaults:
            need = self._need(node.body, strict)
            return None if need is None else need - {self._scopes.inner(node)}
        return None

    def _need_of_all(self, node: ast.AST, strict: bool) -> frozenset[Scope] | None:
        total = _NOTHING
        for child in children(node):
            if isinstance(child, (ast.expr, ast.keyword, ast.comprehension)):
                need = self._need(child, strict)
                if need is None:
                    return None
                total |= need
        return total

    def _need_of_attribute(self, node: ast.Attribute, strict: bool) -> frozenset[Scope] | None:
        holder = self.holder(node)
        if holder is not None:
            return _NOTHING if self.value(holder) is not None else None
        if node.attr in ENVIRONMENT or node.attr.startswith("_"):
            return None
        return self._need(node.value, strict)

    def _need_of_name(self, node: ast.Name, strict: bool) -> frozenset[Scope] | None:
        if isinstance(node.ctx, ast.Store):
            return _NOTHING  # a comprehension's target
        variable = self._scopes.variable(node)
        if variable is None:
            return _NOTHING if self._is_known_name(node, strict) else None
        if isinstance(variable.scope.node, (*Comprehension, ast.Lambda)):
            return frozenset({variable.scope})
        if all(kind == "import" for kind, _ in variable.bindings):
            return _NOTHING if self._imports.is_safe(node.id) else None
        holder = self.holder(node)
        return _NOTHING if holder is not None and self.value(holder) is not None else None

    def _is_known_name(self, node: ast.Name, strict: bool) -> bool:
        """A name that the text does not bind: a builtin, or of the preface, unless the submission has it."""
        if node.id in self._names:
            return node.id in self._preface.values
        parent = self._source.parents.get(node)
        if strict and isinstance(parent, ast.Call) and parent.func is node and node.id not in CONSTRUCTORS:
            return False
        return node.id in SAFE_BUILTINS or node.id in self._preface.names

    def _copy(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
            holder = self.holder(node)
            if holder is not None and (value := self.value(holder)) is not None:
                return self._copy(value) if _is_short(value) else self._share(holder, value)
        fields = {name: self._copy_field(value) for name, value in ast.iter_fields(node)}
        return type(node)(**fields)

    def _copy_field(self, value: object) -> object:
        if isinstance(value, list):
            return [self._copy_field(item) for item in value]
        return self._copy(value) if isinstance(value, ast.AST) else value

    def _share(self, holder: Holder, value: ast.expr) -> ast.expr:
        """The name under which a long constant is made once: copies at each use would grow as the square."""
        if holder not in self._shared:
            text = unparse(self.inline(value))
            name = self._shared[holder] = f"{SHARED}{len(self._shared)}"
            self._shared_statements.append(_Statement(name, f"{name} = {text}"))
        return ast.Name(self._shared[holder], ast.Load())


SHARED = "_c"
"""Prefix of names of constants that several conditions use."""
_RESERVED = (SHARED, "_v", "_t")


class _Statement(NamedTuple):
    """A statement that makes a name, or with ``from math import *`` many (None)."""

    name: str | None
    source: str


def _words(source: str) -> set[str]:
    return set(re.findall(r"\w+", source))


class _Imports:
    """The text's imports of safe modules, wherever they stand."""

    def __init__(self, source: Source) -> None:
        self._targets: dict[str, set[str | None]] = {}
        self.statements: list[_Statement] = []
        for node in source.nodes:
            if isinstance(node, ast.Import):
                self._add(node, [(alias.asname or _top(alias.name), alias.name, alias.name) for alias in node.names])
            elif isinstance(node, ast.ImportFrom):
                module = "" if node.level else node.module or ""
                names = [(alias.asname or alias.name, module, f"{module}.{alias.name}") for alias in node.names]
                self._add(node, names)

    def is_safe(self, name: str) -> bool:
        """Tell if all imports under this name mean one safe thing."""
        return None not in self._targets.get(name, {None}) and len(self._targets[name]) == 1

    def _add(self, node: ast.Import | ast.ImportFrom, names: list[tuple[str, str, str]]) -> None:
        for (name, module, target), alias in zip(names, node.names, strict=True):
            attribute = target.removeprefix(f"{module}.")
            safe = (
                (module in SAFE_MODULES or target in SAFE_MODULES)
                and not (isinstance(node, ast.ImportFrom) and attribute in ENVIRONMENT)
                and not name.startswith(_RESERVED)
            )
            # "import a.b" binds a, as "import a" does
            meaning = _top(target) if isinstance(node, ast.Import) and not alias.asname else target
            self._targets.setdefault(name, set()).add(meaning if safe else None)
            if safe and alias.name != "*":
                self.statements.append(_Statement(name, _import_source(node, alias)))


def _import_source(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    one = ast.alias(alias.name, alias.asname)
    return ast.unparse(ast.Import([one]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [one], 0))


class _Preface:
    """The imports of safe modules at the top level of a preface, and ``inf = float("inf")``."""

    def __init__(self, preface: str) -> None:
        self.names: set[str] = set()
        self.values: set[str] = set()
        """Of them those that it assigns: the program of which it is the head defines them too."""
        self.statements: list[_Statement] = []
        try:
            body = ast.parse(preface).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return  # it is the submission's, or its reference's: whoever runs it says so
        for node in body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name in SAFE_MODULES:
                        self._add(alias.asname or _top(alias.name), _import_source(node, alias))
            elif isinstance(node, ast.ImportFrom) and node.module in SAFE_MODULES and not node.level:
                self._add_from(node, node.module or "")
            elif isinstance(node, ast.Assign) and ast.unparse(node) in ("inf = float('inf')", "inf = math.inf"):
                self._add("inf", ast.unparse(node))
                self.values.add("inf")

    def _add_from(self, node: ast.ImportFrom, module: str) -> None:
        for alias in node.names:
            if alias.name == "*":
                if module in STAR_MODULES:
                    self.names |= _public_names(module)
                    self.statements.append(_Statement(None, _import_source(node, alias)))
            elif alias.name not in ENVIRONMENT:
                self._add(alias.asname or alias.name, _import_source(node, alias))

    def _add(self, name: str, source: str) -> None:
        if not name.startswith(_RESERVED):
            self.names.add(name)
            self.statements.append(_Statement(name, source))


def _public_names(module: str) -> set[str]:
    loaded = importlib.import_module(module)
    return set(getattr(loaded, "__all__", [name for name in vars(loaded) if not name.startswith("_")]))


def _top(module: str) -> str:
    return module.partition(".")[0]


def assigned_value(source: Source, holder: Holder) -> ast.expr | None:
    """Return the value that a holder is assigned, if the text does so exactly once and by itself."""
    if isinstance(holder, Variable):
        if [kind for kind, _ in holder.bindings] != ["store"]:
            return None
        store = holder.bindings[0][1]
    elif len(holder.stores) == 1:
        store = holder.stores[0]
    else:
        return None
    statement = source.parents.get(store)
    if isinstance(statement, ast.Assign):
        return statement.value if statement.targets == [store] else None
    return statement.value if isinstance(statement, ast.AnnAssign) and statement.target is store else None


def is_immutable(node: ast.AST) -> bool:
    """Literals that nothing can change."""
    if isinstance(node, ast.Tuple):
        return all(is_immutable(element) for element in node.elts)
    if isinstance(node, ast.BinOp):
        return is_immutable(node.left) and is_immutable(node.right)
    if isinstance(node, ast.UnaryOp):
        return is_immutable(node.operand)
    return isinstance(node, ast.Constant)


def is_number(node: ast.expr) -> bool:
    """Tell whether an expression is a literal number."""
    if isinstance(node, ast.UnaryOp):
        return is_number(node.operand)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float | complex)


def is_singleton(node: ast.AST) -> bool:
    """A constant that is the same object outside: ``None``, ``True``, ``int``."""
    if isinstance(node, ast.Constant):
        return node.value is None or isinstance(node.value, bool) or node.value is ...
    return isinstance(node, ast.Name) and node.id in SINGLETONS


def _is_short(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and (not isinstance(node.value, (str, bytes)) or len(node.value) < 40)


def unparse(node: ast.AST) -> str:
    """Source of a node that was put together."""
    return ast.unparse(node)
