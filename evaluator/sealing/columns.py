"""Columns: cells that are all constant, so that a token may stand in each of them.

The token that arrives with a record says which value the condition is about.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from evaluator.sealing.cells import ANY, Cell, Cells, bindings, key_of
from evaluator.sealing.constants import Constants, Holder, assigned_value, is_singleton
from evaluator.sealing.source import Function, Source, callee, children
from evaluator.sealing.vocabulary import ARRAY_ASSERTIONS, CLOSENESS, METHODS

WHOLE: Any = object()
"""Key of the column of a name itself, not of its elements."""

_TAKING_TOKENS = METHODS.keys() | ARRAY_ASSERTIONS | {"subTest", "print"}
_PEELED = CLOSENESS | {"abs", "fabs", "all", "bool"}
_OPERATIONS = (
    *(ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.keyword, ast.GeneratorExp, ast.ListComp),
    *(ast.JoinedStr, ast.FormattedValue, ast.Tuple),
)


@dataclass(eq=False, slots=True)
class Column:
    """The cells that a name, or an element of it, may stand for: all constant."""

    holder: Holder
    cells: tuple[Cell, ...]
    singletons: bool
    """All of them have the same identity outside."""
    each_row: bool
    """A run of the loop or of ``parametrize`` that gives them comes to each."""


class Columns:
    """The columns of a text."""

    def __init__(self, source: Source, constants: Constants, cells: Cells) -> None:
        self._source = source
        self._constants = constants
        self._cells = cells
        self._columns: dict[tuple[Holder, Any], Column | None] = {}
        self._known: dict[tuple[Holder, Any], bool] = {}
        self._helpers = {node.name for node in source.nodes if isinstance(node, Function)}

    def find(self, node: ast.AST) -> Column | None:
        """The column that an expression reads: a name, an attribute, or an element of one."""
        base, key = (node.value, key_of(node)) if isinstance(node, ast.Subscript) else (node, WHOLE)
        holder = self._constants.holder(base)
        if holder is None or (key is ANY and isinstance(node, ast.Subscript) and not _is_plain_index(node.slice)):
            return None
        if (holder, key) not in self._columns:
            self._columns[holder, key] = None  # for those that need themselves
            self._columns[holder, key] = self._column(holder, key)
        return self._columns[holder, key]

    def is_known(self, node: ast.AST) -> bool:
        """Tell if all that an expression may read is constant, whoever else reads it."""
        base, key = (node.value, key_of(node)) if isinstance(node, ast.Subscript) else (node, WHOLE)
        holder = self._constants.holder(base)
        if holder is None:
            return False
        if (holder, key) not in self._known:
            self._known[holder, key] = False
            self._known[holder, key] = bool(self._constant_cells(holder, key))
        return self._known[holder, key]

    def _column(self, holder: Holder, key: Any) -> Column | None:
        if not all(self._may_hand_on(use) for use in self._reads(holder, key)):
            return None
        cells = self._constant_cells(holder, key)
        if not cells:
            return None
        singletons = all(is_singleton(cell.node) for cell in cells)
        return Column(holder, cells, singletons, key is not ANY and self._comes_to_each(holder))

    def _constant_cells(self, holder: Holder, key: Any) -> tuple[Cell, ...]:
        """The constant cells that a holder, or an element of it, may stand for; none if one is no constant."""
        cells: Iterable[Cell] | None = self._cells.values(holder)
        if cells is not None and key is not WHOLE:
            cells = self._cells.elements(cells, key)
        return () if cells is None else self._followed(cells)

    def _reads(self, holder: Holder, key: Any) -> Iterator[ast.AST]:
        """The expressions that read a name, or one element of it."""
        for use in holder.uses:
            parent = self._source.parents[use]
            is_subscript = isinstance(parent, ast.Subscript) and parent.value is use
            if key is WHOLE and not is_subscript:
                yield use
            elif isinstance(parent, ast.Subscript) and is_subscript and key in (ANY, key_of(parent)):
                yield parent

    def _may_hand_on(self, use: ast.AST) -> bool:
        """A use that could hand a token on: an operand of an assertion, a helper's argument, another name's value."""
        child = use
        for parent in self._source.ancestors(use):
            if isinstance(parent, ast.Call):
                name = callee(parent)
                if child is parent.func:
                    return False
                if name in _TAKING_TOKENS or name in self._helpers:
                    return True
                if name not in _PEELED:
                    return self._cells.takes_apart(child)
            elif isinstance(parent, ast.stmt):
                return isinstance(parent, (ast.Assert, ast.Assign, ast.AnnAssign)) or self._cells.takes_apart(child)
            elif not isinstance(parent, _OPERATIONS):
                return self._cells.takes_apart(child)
            child = parent
        return False

    def _comes_to_each(self, holder: Holder) -> bool:
        """Tell if a holder is bound by loops and ``parametrize`` alone, or assigned once from one that is."""
        value = assigned_value(self._source, holder)
        if value is not None:
            column = self.find(value)
            return column is not None and column.each_row
        bound = bindings(holder)
        return len(bound) == 1 and self._gives_each(*bound[0])

    def _gives_each(self, kind: str, node: ast.AST) -> bool:
        """A binding by a loop, by ``parametrize``, or by taking apart what one of these gives."""
        if kind == "parameter":
            function = self._source.parents[self._source.parents[node]]
            return isinstance(function, Function) and bool(function.decorator_list)
        parent = self._source.parents[node]
        while isinstance(parent, (ast.Tuple, ast.List)):
            parent = self._source.parents[parent]
        if isinstance(parent, ast.Assign):
            row = self._constants.holder(parent.value)
            return row is not None and self._comes_to_each(row)
        return isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension))

    def _followed(self, cells: Iterable[Cell]) -> tuple[Cell, ...]:
        """The cells, those that read another column replaced by that column's; none if one is no constant."""
        followed: dict[int, Cell] = {}
        for cell in cells:
            if self._constants.is_constant(cell.node):
                followed[id(cell.node)] = cell
            elif (column := self.find(cell.node)) is not None:
                followed |= {id(inner.node): inner for inner in column.cells}
                if not self._cells.spend(len(column.cells)):
                    return ()
            else:
                return ()
        return tuple(followed.values())


def _is_plain_index(node: ast.expr) -> bool:
    """An index that is no slice."""
    return not any(isinstance(part, (ast.Slice, ast.Tuple)) for part in (node, *children(node)))
