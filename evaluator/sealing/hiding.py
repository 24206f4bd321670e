"""Hiding: which constants leave the delivered text.

A cell can be replaced by a token if everything that reads it only hands it to sealed sites. Where one reader does more
(``len(want)``, ``if want is None``), the cell stays, and the sites that would have needed its token are open.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from evaluator.sealing.assertions import Assertion
from evaluator.sealing.attributes import ClassAttributes
from evaluator.sealing.cells import ANY, Cell, Cells, key_of
from evaluator.sealing.constants import Constants, Holder, is_immutable
from evaluator.sealing.scopes import Scopes
from evaluator.sealing.source import Source, callee, walk

MAX_ROUNDS = 20
"""Each round opens what an earlier one made impossible; people's tests need two or three."""

_LITERALS = (ast.List, ast.Tuple, ast.Dict)
_CAPTURES = {"capsys", "capfd", "redirect_stdout", "redirect_stderr", "StringIO", "capture_output", "stdout"}


class Hiding:
    """Decides for all assertions of a text that have a condition with secrets."""

    def __init__(
        self,
        source: Source,
        scopes: Scopes,
        attributes: ClassAttributes,
        constants: Constants,
        cells: Cells,
        assertions: Iterable[Assertion],
    ) -> None:
        self._source = source
        self._constants = constants
        self._cells = cells
        self._prints = not any(
            (isinstance(node, ast.Name) and node.id in _CAPTURES)
            or (isinstance(node, ast.Attribute) and node.attr in _CAPTURES)
            or (isinstance(node, ast.arg) and node.arg in _CAPTURES)
            for node in source.nodes
        )
        self._readers: dict[ast.AST, list[Holder]] = {}
        holders: list[Holder] = [*scopes.all(), *attributes.settled()]
        for holder in holders:
            for cell in cells.values(holder) or ():
                self._readers.setdefault(cell.node, []).append(holder)
        self._sealed = {assertion: _secret_uses(assertion) for assertion in assertions}
        self._mentions = {assertion: list(self._constant_holders(assertion)) for assertion in self._sealed}
        self._candidates = {cell.node: cell for cell in self._all_cells()}
        self.impossible: set[Assertion] = set()
        """Assertions whose tokens cannot be: open."""
        self._bad: set[Any] = set()
        self._by_place: dict[Holder, dict[Any, list[ast.Subscript]]] = {}
        self._places: dict[ast.AST, dict[ast.AST, Any]] = {}
        self._settle()

    def cells(self) -> list[Cell]:
        """The cells to be replaced by tokens, in the order of the assertions that need them."""
        return [cell for node, cell in self._candidates.items() if node not in self._bad]

    def shows(self, assertion: Assertion) -> bool:
        """A constant of an assertion stands in the delivered text under a name."""
        return any(self._cell(holder).node in self._bad for holder in self._mentions[assertion])

    def may_change(self, assertion: Assertion) -> bool:
        """A constant of an assertion that could change stands in the delivered text, and is iterated there."""
        return any(
            self._cell(holder).node in self._bad
            and not is_immutable(self._cell(holder).node)
            and any(self._cells.takes_apart(use) for use in holder.uses if use not in self._consumed)
            for holder in self._mentions[assertion]
        )

    def _all_cells(self) -> Iterator[Cell]:
        for assertion in self._sealed:
            if assertion.condition is not None:
                for _, column in assertion.condition.tokens:
                    yield from column.cells
            yield from map(self._cell, self._mentions[assertion])

    def _cell(self, holder: Holder) -> Cell:
        """Return the only cell of a constant's holder."""
        values = self._cells.values(holder)
        assert values is not None
        return values[0]

    def _constant_holders(self, assertion: Assertion) -> Iterator[Holder]:
        """The names of constants that an assertion's condition has inlined."""
        for node in assertion.condition.constants if assertion.condition is not None else ():
            for part in walk(node):
                if isinstance(part, (ast.Name, ast.Attribute)) and isinstance(part.ctx, ast.Load):
                    holder = self._constants.holder(part)
                    if holder is not None and self._constants.value(holder) is not None and self._cells.values(holder):
                        yield holder

    def _settle(self) -> None:
        """Open what is impossible until nothing changes."""
        self._consumed: set[ast.AST] = set()
        for _ in range(MAX_ROUNDS):
            possible = [assertion for assertion in self._sealed if assertion not in self.impossible]
            self._consumed = {use for assertion in possible for use in self._sealed[assertion]}
            self._known: dict[Any, bool] = {}
            before = len(self._bad)
            self._bad |= {node for node, cell in self._candidates.items() if not self._is_hidden(cell)}
            self._bad |= {key for key, good in self._known.items() if not good}
            opened = {assertion for assertion in possible if self._lacks_a_token(assertion)}
            self.impossible |= opened
            if not opened and len(self._bad) == before:
                return
        self._bad |= self._candidates.keys()
        self.impossible |= {assertion for assertion in self._sealed if self._lacks_a_token(assertion)}

    def _lacks_a_token(self, assertion: Assertion) -> bool:
        tokens = assertion.condition.tokens if assertion.condition is not None else []
        columns = {column for _, column in tokens}
        return any(self._is_bad(column) for column in columns)

    def _is_bad(self, column: Any) -> bool:
        key = ("column", column)
        if key not in self._known:
            self._known[key] = not any(cell.node in self._bad for cell in column.cells)
        return not self._known[key]

    def _is_hidden(self, cell: Cell) -> bool:
        """Tell if nothing but sealed sites looks at what a cell holds."""
        if not all(map(self._only_hands_on, self._readers.get(cell.node, ()))):
            return False
        child: ast.AST = cell.node
        for parent in self._source.ancestors(cell.node):
            if not isinstance(parent, _LITERALS):
                return True
            if not self._is_reached_by_name(parent, child):
                return False
            child = parent
        return True

    def _is_reached_by_name(self, literal: ast.AST, child: ast.AST) -> bool:
        """Tell if whatever holds a table or row takes it apart, and hands on this element only."""
        for holder in self._readers.get(literal, ()):
            key = (holder, "apart")
            if key not in self._known:
                self._known[key] = key not in self._bad and all(self._takes_apart(use) for use in holder.uses)
            if not self._known[key] or not self._subscripts_hand_on(holder, self._place(literal, child)):
                return False
        return True

    def _takes_apart(self, use: ast.AST) -> bool:
        return use in self._consumed or self._cells.takes_apart(use) or self._is_ignored(use)

    def _subscripts_hand_on(self, holder: Holder, place: Any) -> bool:
        """The subscripts that read one place of a row are handed on."""
        subscripts = self._subscripts(holder)
        return all(self._all_hand_on(holder, key, subscripts.get(key, ())) for key in (place, ANY))

    def _all_hand_on(self, holder: Holder, place: Any, subscripts: Iterable[ast.Subscript]) -> bool:
        key = (holder, "place", place)
        if key not in self._known:
            self._known[key] = True
            self._known[key] = key not in self._bad and all(
                self._hands_on(node) or self._cells.takes_apart(node) for node in subscripts
            )
        return self._known[key]

    def _subscripts(self, holder: Holder) -> dict[Any, list[ast.Subscript]]:
        """A holder's subscripts by index or key; those that count from the end are as good as computed ones."""
        if holder not in self._by_place:
            places = self._by_place[holder] = {}
            for use in holder.uses:
                parent = self._source.parents[use]
                if isinstance(parent, ast.Subscript) and parent.value is use:
                    key = key_of(parent)
                    places.setdefault(ANY if isinstance(key, int) and key < 0 else key, []).append(parent)
        return self._by_place[holder]

    def _place(self, literal: ast.AST, child: ast.AST) -> Any:
        """Index or key of an element."""
        if literal not in self._places:
            self._places[literal] = dict(_numbered(literal))
        return self._places[literal].get(child)

    def _only_hands_on(self, holder: Holder) -> bool:
        """Each use of a name hands its value to a sealed site, as a whole."""
        key = (holder, "whole")
        if key not in self._known:
            self._known[key] = True
            self._known[key] = key not in self._bad and all(map(self._hands_on, holder.uses))
        return self._known[key]

    def _hands_on(self, use: ast.AST) -> bool:
        """A use by a sealed site, by nobody, or by a name that itself only hands on."""
        if use in self._consumed or self._is_ignored(use):
            return True
        if use in self._readers:
            return all(map(self._only_hands_on, self._readers[use]))
        outer = next((node for node in self._source.ancestors(use) if node in self._candidates), None)
        return outer is not None and outer not in self._bad

    def _is_ignored(self, use: ast.AST) -> bool:
        """A part of what ``print`` or ``subTest`` shows."""
        for parent in self._source.ancestors(use):
            if isinstance(parent, ast.Call):
                return callee(parent) == "subTest" or (self._prints and _is_plain_print(parent))
            if isinstance(parent, ast.FormattedValue) and (parent.format_spec is not None or parent.conversion > 0):
                return False
            if not isinstance(parent, (ast.FormattedValue, ast.JoinedStr, ast.keyword, ast.Tuple)):
                return False
        return False


def _secret_uses(assertion: Assertion) -> set[ast.AST]:
    """The expressions that an assertion's sealed form no longer evaluates, or only hands to the recorder."""
    if assertion.condition is None:
        return set()
    uses: set[ast.AST] = {node for node, _ in assertion.condition.tokens}
    for node in assertion.condition.constants:
        uses.update(walk(node))
    return uses


def _is_plain_print(call: ast.Call) -> bool:
    """``print`` to standard output."""
    return callee(call) == "print" and all(keyword.arg in ("sep", "end") for keyword in call.keywords)


def _numbered(literal: ast.AST) -> Iterator[tuple[ast.AST, Any]]:
    """Each element of a literal with its index or key."""
    if isinstance(literal, ast.Dict):
        for key, value in zip(literal.keys, literal.values, strict=True):
            yield value, key.value if isinstance(key, ast.Constant) else None
    elif isinstance(literal, (ast.List, ast.Tuple)):
        yield from ((element, number) for number, element in enumerate(literal.elts))
