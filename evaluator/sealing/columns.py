"""Columns: what a name may hold where a table, a decorator, a helper's callers or several assignments give its values.

    for x, want in [(1, 2), (3, 4)]:
        assert f(x) == want                 the column of want: the cells 2 and 4

A *cell* is a place in the tree that holds the source of a value. Each cell of a column may be replaced by a token: the
token that arrives with a record says which value the condition is about.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from evaluator.sealing.attributes import ClassAttribute
from evaluator.sealing.constants import Constants, Holder, assigned_value, is_singleton
from evaluator.sealing.scopes import Scopes
from evaluator.sealing.source import Function, Source, callee, children, dotted, walk
from evaluator.sealing.vocabulary import ARRAY_ASSERTIONS, CLOSENESS, METHODS

MAX_CELLS_PER_NODE = 8
"""Cells that are looked at, per node of the text: a thousand loops over one table of a thousand rows are left open."""

MAX_NAMES = 255
"""Parameters of a helper, or targets of one assignment."""

WHOLE: Any = object()
"""Key of the column of a name itself, not of its elements."""
ANY: Any = object()
"""Key of the column of all elements: the index is computed."""


_TAKING_TOKENS = METHODS.keys() | ARRAY_ASSERTIONS | {"subTest", "print"}
_PEELED = CLOSENESS | {"abs", "fabs", "all", "bool"}
_OPERATIONS = (
    *(ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.keyword, ast.GeneratorExp, ast.ListComp),
    *(ast.JoinedStr, ast.FormattedValue, ast.Tuple),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in the tree: a field of a node, or an element of a list of nodes."""

    owner: Any
    key: int | str
    node: ast.expr

    def replace(self, node: ast.expr) -> None:
        """Put another expression there."""
        if isinstance(self.key, int):
            self.owner[self.key] = node
        else:
            setattr(self.owner, self.key, node)


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

    def __init__(self, source: Source, scopes: Scopes, constants: Constants) -> None:
        self._source = source
        self._scopes = scopes
        self._constants = constants
        self._values: dict[Holder, tuple[Cell, ...] | None] = {}
        self._columns: dict[tuple[Holder, Any], Column | None] = {}
        self._known: dict[tuple[Holder, Any], bool] = {}
        self._budget = MAX_CELLS_PER_NODE * len(source.nodes) + 10_000
        self._helpers = {node.name for node in source.nodes if isinstance(node, Function)}
        self._calls: dict[str, list[ast.AST]] = {}
        for node in source.nodes:
            if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                self._calls.setdefault(node.id if isinstance(node, ast.Name) else node.attr, []).append(node)

    def find(self, node: ast.AST) -> Column | None:
        """The column that an expression reads: a name, an attribute, or an element of one."""
        base, key = (node.value, _key(node)) if isinstance(node, ast.Subscript) else (node, WHOLE)
        holder = self._constants.holder(base)
        if holder is None or (key is ANY and isinstance(node, ast.Subscript) and not _is_plain_index(node.slice)):
            return None
        if (holder, key) not in self._columns:
            self._columns[holder, key] = None  # for those that need themselves
            self._columns[holder, key] = self._column(holder, key)
        return self._columns[holder, key]

    def is_known(self, node: ast.AST) -> bool:
        """All that an expression may read is constant, whoever else reads it."""
        base, key = (node.value, _key(node)) if isinstance(node, ast.Subscript) else (node, WHOLE)
        holder = self._constants.holder(base)
        if holder is None:
            return False
        if (holder, key) not in self._known:
            self._known[holder, key] = False
            self._known[holder, key] = bool(self._cells(holder, key))
        return self._known[holder, key]

    def values(self, holder: Holder) -> tuple[Cell, ...] | None:
        """The cells that a holder may be bound to, constant or not; None if there are others."""
        if holder not in self._values:
            self._values[holder] = None
            found = self._bound(holder)
            self._budget -= len(found or ())
            self._values[holder] = tuple(found) if found is not None and self._budget > 0 else None
        return self._values[holder]

    def key(self, subscript: ast.Subscript) -> Any:
        """The literal index or key of a subscript, or ``ANY``."""
        return _key(subscript)

    def takes_apart(self, use: ast.AST) -> bool:
        """A use that only reaches elements, each by a name or key of its own: loops, unpacking, subscripts, ``len``."""
        parent = self._source.parents[use]
        if isinstance(parent, ast.Call) and use in parent.args:
            if dotted(parent.func) in ("enumerate", "zip"):
                return self.takes_apart(parent)
            return dotted(parent.func) == "len" or _is_parametrize(parent)
        if isinstance(parent, ast.Attribute) and parent.attr in ("items", "values", "keys"):
            call = self._source.parents[parent]
            return isinstance(call, ast.Call) and call.func is parent and self.takes_apart(call)
        if isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension)):
            return parent.iter is use and self._all_known(parent.target)
        if isinstance(parent, ast.Assign):
            return all(
                isinstance(target, (ast.Tuple, ast.List)) and self._all_known(target) for target in parent.targets
            )
        return isinstance(parent, ast.Subscript) and parent.value is use and isinstance(parent.ctx, ast.Load)

    def _all_known(self, target: ast.expr) -> bool:
        """Each name of a target is known to hold cells and nothing else."""
        for part in walk(target):
            if isinstance(part, ast.Name):
                variable = self._scopes.variable(part)
                if variable is None or self.values(variable) is None:
                    return False
            elif not isinstance(part, (ast.Tuple, ast.List, ast.expr_context)):
                return False
        return True

    def _column(self, holder: Holder, key: Any) -> Column | None:
        if not all(self._may_hand_on(use) for use in self._reads(holder, key)):
            return None
        cells = self._cells(holder, key)
        if not cells:
            return None
        singletons = all(is_singleton(cell.node) for cell in cells)
        return Column(holder, cells, singletons, key is not ANY and self._comes_to_each(holder))

    def _cells(self, holder: Holder, key: Any) -> tuple[Cell, ...]:
        """The constant cells that a holder, or an element of it, may stand for; none if one is no constant."""
        found: Iterable[Cell] | None = self.values(holder)
        if found is not None and key is not WHOLE:
            found = self._elements(found) if key is ANY else self._drill(found, [key])
        return () if found is None else self._followed(found)

    def _reads(self, holder: Holder, key: Any) -> Iterator[ast.AST]:
        """The expressions that read a name, or one element of it."""
        for use in holder.uses:
            parent = self._source.parents[use]
            is_subscript = isinstance(parent, ast.Subscript) and parent.value is use
            if key is WHOLE and not is_subscript:
                yield use
            elif isinstance(parent, ast.Subscript) and is_subscript and key in (ANY, _key(parent)):
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
                    return self.takes_apart(child)
            elif isinstance(parent, ast.stmt):
                return isinstance(parent, (ast.Assert, ast.Assign, ast.AnnAssign)) or self.takes_apart(child)
            elif not isinstance(parent, _OPERATIONS):
                return self.takes_apart(child)
            child = parent
        return False

    def _comes_to_each(self, holder: Holder) -> bool:
        """All that binds a holder are loops and ``parametrize``, or what it is once assigned from is bound so."""
        value = assigned_value(self._source, holder)
        if value is not None:
            column = self.find(value)
            return column is not None and column.each_row
        bindings = _bindings(holder)
        return len(bindings) == 1 and self._gives_each(*bindings[0])

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

    def length(self, table: ast.expr) -> int | None:
        """How many elements a literal has, or a name that means one."""
        elements = self._elements([Cell(None, "", table)])
        return None if elements is None else len(elements)

    def _followed(self, cells: Iterable[Cell]) -> tuple[Cell, ...]:
        """The cells, those that read another column replaced by that column's; none if one is no constant."""
        followed: dict[int, Cell] = {}
        for cell in cells:
            if self._constants.is_constant(cell.node):
                followed[id(cell.node)] = cell
            elif (column := self.find(cell.node)) is not None:
                followed |= {id(inner.node): inner for inner in column.cells}
                self._budget -= len(column.cells)
            else:
                return ()
            if self._budget < 0:
                return ()
        return tuple(followed.values())

    def _bound(self, holder: Holder) -> list[Cell] | None:
        cells: list[Cell] = []
        for kind, node in _bindings(holder):
            more: Iterable[Cell] | None = None
            if kind == "store":
                more = self._stored(node)
            elif kind == "parameter" and isinstance(node, ast.arg):
                more = self._passed(node)
            if more is None:
                return None
            cells.extend(more)
        return cells

    def _stored(self, target: ast.AST) -> list[Cell] | None:
        """The cells that an assignment or loop binds to one of its targets."""
        path: list[int] = []
        parent = self._source.parents[target]
        while isinstance(parent, (ast.Tuple, ast.List)):
            if len(parent.elts) > MAX_NAMES:
                return None
            path.insert(0, parent.elts.index(target))  # type: ignore[arg-type]
            target, parent = parent, self._source.parents[parent]
        if isinstance(parent, ast.Assign) and parent.targets == [target]:
            return self._drill([Cell(parent, "value", parent.value)], path)
        if isinstance(parent, ast.AnnAssign) and parent.target is target and parent.value is not None:
            return self._drill([Cell(parent, "value", parent.value)], path)
        if isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension)) and parent.target is target:
            return self._iterated(parent.iter, path, parent)
        return None

    def _iterated(self, table: ast.expr, path: list[int], owner: ast.AST) -> list[Cell] | None:
        """The cells at one place of each row that an iteration gives."""
        name = dotted(table.func) if isinstance(table, ast.Call) else ""
        if isinstance(table, ast.Call) and name == "enumerate" and table.args and path:
            return [] if path[0] == 0 else self._iterated(table.args[0], path[1:], table)
        if isinstance(table, ast.Call) and name == "zip" and path and path[0] < len(table.args):
            return self._iterated(table.args[path[0]], path[1:], table)
        if isinstance(table, ast.Call) and isinstance(table.func, ast.Attribute) and not table.args:
            return self._of_mapping(table.func, path)
        rows = self._elements([Cell(owner, "iter", table)])
        return None if rows is None else self._drill(rows, path)

    def _of_mapping(self, method: ast.Attribute, path: list[int]) -> list[Cell] | None:
        """``for key, value in {…}.items()``, or ``.values()``."""
        rest = path[1:] if method.attr == "items" else path
        if method.attr == "items" and path[:1] == [0]:
            return []
        if method.attr not in ("items", "values") or (method.attr == "items" and not path):
            return None
        mappings = self._literals([Cell(method, "value", method.value)])
        if mappings is None or not all(isinstance(mapping, ast.Dict) for mapping in mappings):
            return None
        return self._drill(self._elements_of(mappings), rest)

    def _drill(self, cells: Iterable[Cell], path: list[Any]) -> list[Cell] | None:
        """The cells at a place inside each of the cells' literals."""
        for key in path:
            literals = self._literals(cells)
            if literals is not None:
                self._budget -= sum(len(literal.keys) for literal in literals if isinstance(literal, ast.Dict))
            inner = None if literals is None else [_element(literal, key) for literal in literals]
            if inner is None or None in inner:
                return None
            cells = [cell for cell in inner if cell is not None]
        return list(cells)

    def _elements(self, cells: Iterable[Cell]) -> list[Cell] | None:
        literals = self._literals(cells)
        return None if literals is None else self._elements_of(literals)

    def _elements_of(self, literals: list[ast.List | ast.Tuple | ast.Dict]) -> list[Cell]:
        return [
            Cell(elements, number, element)
            for literal in literals
            for elements in [literal.values if isinstance(literal, ast.Dict) else literal.elts]
            for number, element in enumerate(elements)
        ]

    def _literals(self, cells: Iterable[Cell]) -> list[ast.List | ast.Tuple | ast.Dict] | None:
        """The literals that cells hold or name; None if one holds anything else."""
        literals: list[ast.List | ast.Tuple | ast.Dict] = []
        for cell in cells:
            node = cell.node
            if isinstance(node, (ast.List, ast.Tuple, ast.Dict)):
                if any(isinstance(part, ast.Starred) for part in children(node)):
                    return None
                literals.append(node)
            elif (inner := self._named(node)) is not None:
                literals.extend(inner)
            else:
                return None
            self._budget -= 1
        return literals if self._budget > 0 else None

    def _named(self, node: ast.expr) -> list[ast.List | ast.Tuple | ast.Dict] | None:
        if isinstance(node, ast.Subscript):
            rows = self._elements if _key(node) is ANY else (lambda cells: self._drill(cells, [_key(node)]))
            found = rows([Cell(node, "value", node.value)])
            return None if found is None else self._literals(found)
        holder = self._constants.holder(node)
        values = self.values(holder) if holder is not None else None
        return None if values is None else self._literals(values)

    def _passed(self, parameter: ast.arg) -> list[Cell] | None:
        """What a function's parameter may be: from ``parametrize``, or from the text's own calls."""
        arguments = self._source.parents[parameter]
        function = self._source.parents[arguments]
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or not isinstance(arguments, ast.arguments):
            return None
        if len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs) > MAX_NAMES:
            return None
        for decorator in function.decorator_list:
            names = _parametrized(decorator)
            if names is not None and parameter.arg in names[0] and isinstance(decorator, ast.Call):
                place = [names[0].index(parameter.arg)] if names[1] else []
                return self._parametrize_cells(decorator, place)
        if function.decorator_list or function.name.startswith("test") or function.name == "check":
            return None
        return self._call_cells(function, parameter)

    def _parametrize_cells(self, decorator: ast.Call, place: list[int]) -> list[Cell] | None:
        rows = self._elements([Cell(decorator.args, 1, decorator.args[1])])
        cells: list[Cell] = []
        for row in rows or ():
            if callee(row.node) == "param" and isinstance(row.node, ast.Call):
                index = place[0] if place else 0
                if index >= len(row.node.args) or isinstance(row.node.args[index], ast.Starred):
                    return None
                cells.append(Cell(row.node.args, index, row.node.args[index]))
            elif (inner := self._drill([row], place)) is not None:
                cells.extend(inner)
            else:
                return None
        return None if rows is None else cells

    def _call_cells(self, function: ast.FunctionDef | ast.AsyncFunctionDef, parameter: ast.arg) -> list[Cell] | None:
        """The arguments of all calls of a helper, and its default."""
        arguments = function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        if parameter in (arguments.vararg, arguments.kwarg):
            return None
        method = isinstance(self._source.parents[function], ast.ClassDef)
        index = positional.index(parameter) - method if parameter in positional else None
        if index is not None and index < 0:
            return None
        cells = _default(arguments, parameter)
        for mention in self._calls.get(function.name, ()):
            call = self._source.parents[mention]
            if not (isinstance(call, ast.Call) and call.func is mention) or _has_stars(call):
                return None
            if method and not _through_self(call):
                return None
            more = _argument(call, index, parameter.arg)
            if more is None and not cells:
                return None
            cells = [*cells, more] if more is not None else cells
        return cells


def _bindings(holder: Holder) -> list[tuple[str, ast.AST]]:
    if isinstance(holder, ClassAttribute):
        return [("store", store) for store in holder.stores]
    return [(kind, node) for kind, node in holder.bindings]


def _key(node: ast.Subscript) -> Any:
    index: ast.AST = node.slice
    if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub) and isinstance(index.operand, ast.Constant):
        return -index.operand.value if isinstance(index.operand.value, int) else ANY
    return index.value if isinstance(index, ast.Constant) else ANY


def _is_plain_index(node: ast.expr) -> bool:
    """An index that is no slice."""
    return not any(isinstance(part, (ast.Slice, ast.Tuple)) for part in (node, *children(node)))


def _element(literal: ast.List | ast.Tuple | ast.Dict, key: Any) -> Cell | None:
    if isinstance(literal, ast.Dict):
        for number, name in enumerate(literal.keys):
            if isinstance(name, ast.Constant) and type(name.value) is type(key) and name.value == key:
                return Cell(literal.values, number, literal.values[number])
        return None
    size = len(literal.elts)
    if type(key) is not int or not -size <= key < size:
        return None
    return Cell(literal.elts, key % size, literal.elts[key])


def _is_parametrize(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "parametrize" and len(node.args) >= 2


def _parametrized(decorator: ast.expr) -> tuple[list[str], bool] | None:
    """The names that ``parametrize`` gives, and if each row is a tuple of them."""
    if not _is_parametrize(decorator) or not isinstance(decorator, ast.Call):
        return None
    names = decorator.args[0]
    if isinstance(names, ast.Constant) and isinstance(names.value, str):
        split = [name.strip() for name in names.value.split(",") if name.strip()]
        return split, len(split) > 1
    if isinstance(names, (ast.List, ast.Tuple)):
        return [str(name.value) if isinstance(name, ast.Constant) else "" for name in names.elts], True
    return None


def _default(arguments: ast.arguments, parameter: ast.arg) -> list[Cell]:
    positional = [*arguments.posonlyargs, *arguments.args]
    if parameter in positional:
        number = positional.index(parameter) - len(positional) + len(arguments.defaults)
        return [Cell(arguments.defaults, number, arguments.defaults[number])] if number >= 0 else []
    number = arguments.kwonlyargs.index(parameter)
    default = arguments.kw_defaults[number]
    return [Cell(arguments.kw_defaults, number, default)] if default is not None else []


def _has_stars(call: ast.Call) -> bool:
    return any(isinstance(argument, ast.Starred) for argument in call.args) or any(k.arg is None for k in call.keywords)


def _through_self(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and dotted(call.func.value) in ("self", "cls")


def _argument(call: ast.Call, index: int | None, name: str) -> Cell | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return Cell(keyword, "value", keyword.value)
    if index is not None and index < len(call.args):
        return Cell(call.args, index, call.args[index])
    return None
