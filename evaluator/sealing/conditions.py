"""Conditions: an assertion taken apart into what the process sends and what is decided outside.

``assert abs(f(x) - want) < 1e-6`` has the leaf ``f(x)``, the token ``want``, the constant ``1e-6`` and the condition
``abs(_v[0] - _t[0]) < 1e-06``. Only shapes whose parts can be put together again outside are taken apart: comparisons,
and/or/not of them, ``abs(X - C)``, ``isclose`` and kin, ``approx``. Anything else is a leaf as a whole.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from evaluator.sealing.columns import Column, Columns
from evaluator.sealing.constants import Constants, is_singleton
from evaluator.sealing.source import callee, dotted, has_stars, walk
from evaluator.sealing.vocabulary import CLOSENESS

_FRAMES = {"DataFrame", "Series", "Index"}
_NO_LAMBDA = {"super", "locals", "vars", "dir", "eval", "exec"}
"""Calls that mean something else inside a lambda."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An expression whose value leaves the process."""

    node: ast.expr
    truth: bool
    """Only its truth counts."""


@dataclass(slots=True)
class Condition:
    """An assertion's condition, and what it needs from the process."""

    expression: ast.expr | None = None
    """Over ``_v`` and ``_t``."""
    leaves: list[Leaf] = field(default_factory=list)
    tokens: list[tuple[ast.expr, Column]] = field(default_factory=list)
    constants: list[ast.expr] = field(default_factory=list)
    """The parts of the author's expression that stay outside."""
    skips: bool = False
    """The author's condition may hold without its last leaves."""
    statement: bool = False
    compared: list[ast.Compare] = field(default_factory=list)
    """The author's comparisons that it consists of."""

    @property
    def has_secret(self) -> bool:
        """Something that the process is not told."""
        return bool(self.tokens or self.constants)

    @property
    def is_truth(self) -> bool:
        """A single truth, and no comparison of the author's: that has both its sides in the process."""
        if self.has_secret or len(self.leaves) != 1:
            return False
        node = self.leaves[0].node
        if isinstance(node, ast.Compare):
            return is_about_none(node)
        return not isinstance(node, (ast.BoolOp, ast.UnaryOp)) and callee(node) not in ("all", "any")

    @property
    def fits_lambdas(self) -> bool:
        """True if all leaves but the first mean the same inside a lambda."""
        return not any(_needs_its_frame(part) for leaf in self.leaves for part in walk(leaf.node))


class ConditionSplitter:
    """Takes assertions apart."""

    def __init__(self, constants: Constants, columns: Columns) -> None:
        self._constants = constants
        self._columns = columns
        self._exposes: dict[tuple[ast.AST, bool], bool] = {}

    def of_truth(self, node: ast.expr, negative: bool = False) -> Condition:
        """The condition of ``assert node``, or of ``assert not node``."""

        def build(lift: _Lift) -> ast.expr:
            inner = lift.truth(node, negative, skippable=False, top=not negative)
            return ast.UnaryOp(ast.Not(), inner) if negative else inner

        return self._build(build)

    def of_call(
        self, function: ast.expr, arguments: list[tuple[str | None, ast.expr]], identity: bool = False
    ) -> Condition:
        """The condition of a call that raises AssertionError. Arguments stand in the order of the author's text."""

        def build(lift: _Lift) -> ast.expr:
            if identity and not all(lift.survives_identity(argument) for _, argument in arguments):
                for _, argument in arguments:
                    lift.leaf(argument, truth=False, skippable=False)
                return ast.Constant(value=True)
            values = [(name, lift.value(argument, skippable=False)) for name, argument in arguments]
            positional = [value for name, value in values if name is None]
            return ast.Call(function, positional, [ast.keyword(name, value) for name, value in values if name])

        condition = self._build(build)
        condition.statement = True
        return condition

    def exposes(self, node: ast.expr) -> bool:
        """Taking a truth apart would find something secret in it."""
        return _Lift(self._constants, self._columns, self._exposes, strict=False).exposes(node)

    def _build(self, build: Callable[[_Lift], ast.expr]) -> Condition:
        """Take apart. Where all looks constant, again: ``sum(1, 2) == 3`` may call the submission's ``sum``."""
        for strict in (False, True):
            lift = _Lift(self._constants, self._columns, self._exposes, strict)
            lift.condition.expression = build(lift)
            if lift.condition.leaves:
                break
        return lift.condition


class _Lift:
    """One condition in the making."""

    def __init__(
        self, constants: Constants, columns: Columns, exposes: dict[tuple[ast.AST, bool], bool], strict: bool
    ) -> None:
        self._constants = constants
        self._columns = columns
        self._known = exposes
        self._strict = strict
        self.condition = Condition()

    def truth(self, node: ast.expr, negative: bool, skippable: bool, top: bool = False) -> ast.expr:
        """The outer form of an expression whose truth counts."""
        if self._is_constant(node):
            return self._constants.inline(node)
        if isinstance(node, ast.Compare) and is_about_none(node) and not (top and _is_equal(node)):
            return self.leaf(node, True, skippable)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return ast.UnaryOp(node.op, self.truth(node.operand, not negative, skippable))
        if not self.exposes(node):
            self.condition.compared += [node] if isinstance(node, ast.Compare) else []
            return self.leaf(node, True, skippable)
        if isinstance(node, ast.BoolOp):
            stops_early = isinstance(node.op, ast.Or) is not negative
            parts = [
                self.truth(part, negative, skippable or (stops_early and number > 0))
                for number, part in enumerate(node.values)
            ]
            return ast.BoolOp(node.op, parts)
        if isinstance(node, ast.Compare):
            return self._comparison(node, negative, skippable)
        assert isinstance(node, ast.Call)
        return self._call(node, skippable)

    def value(self, node: ast.expr, skippable: bool) -> ast.expr:
        """The outer form of an operand."""
        if self._is_constant(node):
            self.condition.constants.append(node)
            return self._constants.inline(node)
        if (column := self._columns.find(node)) is not None:
            self.condition.tokens.append((node, column))
            return subscript("_t", len(self.condition.tokens) - 1)
        if self._is_distance(node) or self._is_approximate(node):
            assert isinstance(node, ast.Call)
            return self._call(node, skippable)
        return self.leaf(node, False, skippable)

    def leaf(self, node: ast.expr, truth: bool, skippable: bool) -> ast.expr:
        """A value that is sent."""
        self.condition.leaves.append(Leaf(node, truth))
        self.condition.skips |= skippable
        return subscript("_v", len(self.condition.leaves) - 1)

    def exposes(self, node: ast.expr) -> bool:
        """Taking a truth apart finds something that need not be in the process."""
        key = (node, self._strict)
        if key not in self._known:
            self._known[key] = self._compute_exposes(node)
        return self._known[key]

    def survives_identity(self, node: ast.expr) -> bool:
        """An operand of ``is`` that is not secret, or has the same identity outside."""
        if self._is_constant(node):
            return is_singleton(self._constants.inline(node))
        column = self._columns.find(node)
        return column is None or column.singletons

    def _compute_exposes(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            return self._identities_survive(node) and any(map(self._is_secret, operands))
        if isinstance(node, ast.BoolOp):
            return any(map(self.exposes, node.values))
        if isinstance(node, ast.UnaryOp):
            return isinstance(node.op, ast.Not) and self.exposes(node.operand)
        if not isinstance(node, ast.Call):
            return False
        if callee(node) in CLOSENESS and self._is_constant(node.func):
            return any(map(self._is_secret, node.args)) and not has_stars(node)
        if self._is_frame_equality(node):
            return True
        return (inner := _all_of(node)) is not None and self.exposes(inner)

    def _identities_survive(self, node: ast.Compare) -> bool:
        sides = [node.left, *node.comparators]
        return all(
            self.survives_identity(sides[number]) and self.survives_identity(sides[number + 1])
            for number, op in enumerate(node.ops)
            if isinstance(op, (ast.Is, ast.IsNot))
        )

    def _comparison(self, node: ast.Compare, negative: bool, skippable: bool) -> ast.expr:
        self.condition.compared.append(node)
        left = self.value(node.left, skippable)
        rest = [
            self.value(side, skippable or (negative and number > 0)) for number, side in enumerate(node.comparators)
        ]
        return ast.Compare(left, node.ops, rest)

    def _call(self, node: ast.Call, skippable: bool) -> ast.expr:
        if self._is_distance(node) and isinstance(node.args[0], ast.BinOp):
            difference = node.args[0]
            left, right = self.value(difference.left, skippable), self.value(difference.right, skippable)
            return ast.Call(self._constants.inline(node.func), [ast.BinOp(left, ast.Sub(), right)], [])
        if callee(node) in CLOSENESS:
            arguments = [self.value(argument, skippable) for argument in node.args]
            keywords = [ast.keyword(keyword.arg, self.value(keyword.value, skippable)) for keyword in node.keywords]
            return ast.Call(self._constants.inline(node.func), arguments, keywords)
        if self._is_frame_equality(node) and isinstance(node.func, ast.Attribute):
            frame = self.value(node.func.value, skippable)
            return ast.Call(ast.Attribute(frame, "equals", ast.Load()), [self.value(node.args[0], skippable)], [])
        inner = _all_of(node)
        assert isinstance(inner, ast.Compare)
        comparison = self._comparison(inner, False, skippable)
        if node.args:
            return ast.Call(self._constants.inline(node.func), [comparison], [])
        return ast.Call(ast.Attribute(comparison, "all", ast.Load()), [], [])

    def _is_constant(self, node: ast.AST) -> bool:
        return self._constants.is_constant(node, self._strict)

    def _is_secret(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call) and self._is_approximate(node):
            return any(map(self._is_secret, node.args))  # approx(C), where C may be a table's cell
        return self._is_constant(node) or self._columns.find(node) is not None

    def _is_frame_equality(self, node: ast.Call) -> bool:
        """``X.equals(C)`` of a constant that pandas makes."""
        if callee(node) != "equals" or len(node.args) != 1 or not isinstance(node.func, ast.Attribute):
            return False
        holder = self._constants.holder(node.args[0])
        value = self._constants.value(holder) if holder is not None else node.args[0]
        return value is not None and callee(value) in _FRAMES and self._is_constant(node.args[0])

    def _is_distance(self, node: ast.AST) -> bool:
        """``abs(X - C)``"""
        return (
            callee(node) in ("abs", "fabs")
            and isinstance(node, ast.Call)
            and len(node.args) == 1
            and isinstance(node.args[0], ast.BinOp)
            and isinstance(node.args[0].op, ast.Sub)
            and self._constants.is_constant(node.func)
            and (self._is_secret(node.args[0].left) or self._is_secret(node.args[0].right))
        )

    def _is_approximate(self, node: ast.AST) -> bool:
        """``approx(X)``: the value itself is compared outside."""
        return (
            callee(node) == "approx"
            and isinstance(node, ast.Call)
            and self._is_constant(node.func)
            and not has_stars(node)
        )


def subscript(name: str, number: int) -> ast.expr:
    """``name[number]``"""
    return ast.Subscript(ast.Name(name, ast.Load()), ast.Constant(number), ast.Load())


def is_about_none(node: ast.Compare) -> bool:
    """``X is None``, ``X != None`` and kin: true of objects that have no plain form."""
    sides = (node.left, node.comparators[0])
    return (
        len(node.ops) == 1
        and isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.Eq, ast.NotEq))
        and any(isinstance(side, ast.Constant) and side.value is None for side in sides)
    )


def _is_equal(node: ast.Compare) -> bool:
    return isinstance(node.ops[0], (ast.Is, ast.Eq))


def _all_of(node: ast.Call) -> ast.Compare | None:
    """The comparison in ``bool(X == C)``, ``np.all(X == C)`` and ``(X == C).all()``."""
    inner: ast.expr | None = None
    if len(node.args) == 1 and not node.keywords and dotted(node.func) in ("bool", "all", "np.all", "numpy.all"):
        inner = node.args[0]
    elif not node.args and not node.keywords and isinstance(node.func, ast.Attribute) and node.func.attr == "all":
        inner = node.func.value
    return inner if isinstance(inner, ast.Compare) else None


def _needs_its_frame(node: ast.AST) -> bool:
    if isinstance(node, ast.comprehension):
        return bool(node.is_async)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in _NO_LAMBDA
    return isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr))
