"""Variables: which names of the text mean the same, where each is bound and where it is used."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from evaluator.sealing.source import Comprehension, Function, Source, children

BindingKind = Literal["store", "parameter", "definition", "import", "other"]


@dataclass(eq=False, slots=True)
class Variable:
    """A name in one scope."""

    name: str
    scope: Scope
    bindings: list[tuple[BindingKind, ast.AST]] = field(default_factory=list)
    uses: list[ast.Name] = field(default_factory=list)
    """The places that read it, in nested scopes too."""


@dataclass(eq=False, slots=True)
class Scope:
    """A module, class, function, lambda or comprehension."""

    node: ast.AST
    parent: Scope | None
    variables: dict[str, Variable] = field(default_factory=dict)
    elsewhere: dict[str, Scope] = field(default_factory=dict)
    """Names declared ``global`` or ``nonlocal``."""

    @property
    def is_class(self) -> bool:
        """True for a class: scopes inside it do not see its names."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_comprehension(self) -> bool:
        """A walrus inside it binds in the scope around."""
        return isinstance(self.node, Comprehension)


class Scopes:
    """The variables of a text. A name that the text binds nowhere has none: it is the submission's, or a builtin."""

    def __init__(self, source: Source) -> None:
        binder = _Binder(source.module)
        self.module = binder.module
        self._inner = binder.inner
        self._scope_of = binder.scope_of
        self._variable_of: dict[ast.Name, Variable] = {}
        for name in binder.names:
            self._resolve(name)

    def variable(self, name: ast.Name) -> Variable | None:
        """The variable that a name stands for."""
        return self._variable_of.get(name)

    def all(self) -> Iterator[Variable]:
        """Every variable of the text."""
        for scope in self._inner.values():
            yield from scope.variables.values()

    def scope(self, node: ast.AST) -> Scope:
        """The scope in which a name, function, class or comprehension stands."""
        return self._scope_of[node]

    def inner(self, node: ast.AST) -> Scope:
        """The scope that a function, class or comprehension opens."""
        return self._inner[node]

    def _resolve(self, name: ast.Name) -> None:
        scope: Scope | None = self._scope_of[name]
        key, first = _mangled(name.id, scope), True
        while scope is not None:
            owner = scope.elsewhere.get(key, scope)
            variable = owner.variables.get(key) if first or not scope.is_class else None
            if variable is not None:
                self._variable_of[name] = variable
                if isinstance(name.ctx, ast.Load):
                    variable.uses.append(name)
                return
            first, scope = False, owner.parent


def _mangled(name: str, scope: Scope | None) -> str:
    if not name.startswith("__") or name.endswith("__"):
        return name
    while scope is not None and not scope.is_class:
        scope = scope.parent
    if scope is None or not isinstance(scope.node, ast.ClassDef):
        return name
    return f"_{scope.node.name.lstrip('_')}{name}"


class _Binder:
    """Walks the tree once, noting each name's scope and each binding.

    Bodies of functions come after what is around them, so that ``nonlocal`` finds what it means.
    """

    def __init__(self, module: ast.Module) -> None:
        self.module = Scope(module, None)
        self.inner: dict[ast.AST, Scope] = {module: self.module}
        self.scope_of: dict[ast.AST, Scope] = {}
        self.names: list[ast.Name] = []
        self._later: deque[tuple[ast.AST, Scope]] = deque([(module, self.module)])
        while self._later:
            self.visit(*self._later.popleft())

    def visit(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, (*Function, ast.Lambda)):
            self._function(node, scope)
        elif isinstance(node, ast.ClassDef):
            self._class(node, scope)
        elif isinstance(node, Comprehension):
            self._comprehension(node, scope)
        elif isinstance(node, ast.NamedExpr):
            self._walrus(node, scope)
        else:
            self._bind_if_binding(node, scope)
            for child in children(node):
                self.visit(child, scope)

    def _bind_if_binding(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.Name):
            self._name(node, scope)
            if not isinstance(node.ctx, ast.Load):
                self._bind(node.id, "store", node, scope)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                self._bind(alias.asname or alias.name.partition(".")[0], "import", node, scope)
        elif isinstance(node, ast.Global):
            scope.elsewhere |= dict.fromkeys(node.names, self.module)
        elif isinstance(node, ast.Nonlocal):
            scope.elsewhere |= {name: _owner(name, scope) for name in node.names}
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            self._bind(node.name, "other", node, scope)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            self._bind(node.rest, "other", node, scope)

    def _bind(self, name: str, kind: BindingKind, node: ast.AST, scope: Scope) -> None:
        key = _mangled(name, scope)
        owner = scope.elsewhere.get(key, scope)
        owner.variables.setdefault(key, Variable(key, owner)).bindings.append((kind, node))

    def _open(self, node: ast.AST, scope: Scope) -> Scope:
        self.scope_of[node] = scope
        inner = self.inner[node] = Scope(node, scope)
        return inner

    def _name(self, node: ast.Name, scope: Scope) -> None:
        self.scope_of[node] = scope
        self.names.append(node)

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> None:
        around = _beyond_comprehensions(scope)
        self._name(node.target, around)
        self._bind(node.target.id, "other", node, around)
        self.visit(node.value, scope)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> None:
        inner = self._open(node, scope)
        arguments = node.args
        everyone = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        everyone += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
        for argument in everyone:
            self._bind(argument.arg, "parameter", argument, inner)
        outside: list[ast.expr | None] = [*arguments.defaults, *arguments.kw_defaults]
        outside += [argument.annotation for argument in everyone]
        if isinstance(node, Function):
            self._bind(node.name, "definition", node, scope)
            outside += [*node.decorator_list, node.returns]
        for expression in outside:
            if expression is not None:
                self.visit(expression, scope)
        body = node.body if isinstance(node, Function) else [node.body]
        self._later.extend((child, inner) for child in body)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        inner = self._open(node, scope)
        self._bind(node.name, "definition", node, scope)
        for expression in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(expression, scope)
        for statement in node.body:
            self.visit(statement, inner)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: Scope) -> None:
        inner = self._open(node, scope)
        self.visit(node.generators[0].iter, scope)
        for number, generator in enumerate(node.generators):
            for part in (generator.target, *([generator.iter] if number else []), *generator.ifs):
                self.visit(part, inner)
        for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self.visit(part, inner)


def _beyond_comprehensions(scope: Scope) -> Scope:
    while scope.is_comprehension and scope.parent is not None:
        scope = scope.parent
    return scope


def _owner(name: str, scope: Scope) -> Scope:
    """The function scope around that binds a nonlocal name; the scope itself if none does (no valid program)."""
    around = scope.parent
    while around is not None:
        if name in around.variables and not around.is_class:
            return around
        around = around.parent
    return scope
