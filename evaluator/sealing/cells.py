"""Cells: the places of the tree that hold the source of what a name may be bound to.

    for x, want in [(1, 2), (3, 4)]:
        assert f(x) == want                 want may be bound to the cells 2 and 4

Literal tables, named or not, with ``enumerate``, ``zip`` and ``items``; ``parametrize``; the calls of a helper; plain
assignments; attributes of a test class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from evaluator.sealing.attributes import ClassAttribute
from evaluator.sealing.constants import Constants, Holder
from evaluator.sealing.scopes import Scopes
from evaluator.sealing.source import Function, Source, callee, children, dotted, has_stars, walk

MAX_CELLS_PER_NODE = 8
"""Cells that are looked at, per node of the text: a thousand loops over one table of a thousand rows are left open."""

MAX_NAMES = 255
"""Parameters of a helper, or targets of one assignment."""

ANY: Any = object()
"""Key of all elements: the index is computed."""

Literal = ast.List | ast.Tuple | ast.Dict


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


class Cells:
    """The cells of all names of a text."""

    def __init__(self, source: Source, scopes: Scopes, constants: Constants) -> None:
        self._source = source
        self._scopes = scopes
        self._constants = constants
        self._values: dict[Holder, tuple[Cell, ...] | None] = {}
        self._budget = MAX_CELLS_PER_NODE * len(source.nodes) + 10_000
        self._fixture_parameters = _fixture_parameters(source)
        self._starred: dict[ast.Call, bool] = {}
        self._methods_called: dict[str, list[ast.Attribute]] = {}
        for node in source.nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                self._methods_called.setdefault(node.attr, []).append(node)

    def spend(self, cells: int) -> bool:
        """Note that so many cells were looked at; false once there were too many for the text."""
        self._budget -= cells
        return self._budget > 0

    def elements(self, cells: Iterable[Cell], key: Any) -> list[Cell] | None:
        """The elements of what cells hold: those under a key, or all; None if a cell holds no literal."""
        return self._elements(cells) if key is ANY else self._drill(cells, [key])

    def values(self, holder: Holder) -> tuple[Cell, ...] | None:
        """The cells that a holder may be bound to, constant or not; None if there are others."""
        if holder not in self._values:
            self._values[holder] = None
            bound_values = self._bound(holder)
            self._budget -= len(bound_values or ())
            self._values[holder] = tuple(bound_values) if bound_values is not None and self._budget > 0 else None
        return self._values[holder]

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

    def length(self, table: ast.expr) -> int | None:
        """Count the elements of a literal, or of a name that means one."""
        elements = self._elements([Cell(None, "", table)])
        return None if elements is None else len(elements)

    def _bound(self, holder: Holder) -> list[Cell] | None:
        cells: list[Cell] = []
        for kind, node in bindings(holder):
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

    def _elements_of(self, literals: list[Literal]) -> list[Cell]:
        return [
            Cell(elements, number, element)
            for literal in literals
            for elements in [literal.values if isinstance(literal, ast.Dict) else literal.elts]
            for number, element in enumerate(elements)
        ]

    def _literals(self, cells: Iterable[Cell]) -> list[Literal] | None:
        """The literals that cells hold or name; None if one holds anything else."""
        literals: list[Literal] = []
        for cell in cells:
            node = cell.node
            if isinstance(node, Literal):
                if any(isinstance(part, ast.Starred) for part in children(node)):
                    return None
                literals.append(node)
            elif (inner := self._named(node)) is not None:
                literals.extend(inner)
            else:
                return None
            self._budget -= 1
        return literals if self._budget > 0 else None

    def _named(self, node: ast.expr) -> list[Literal] | None:
        if isinstance(node, ast.Subscript):
            rows = self._elements if key_of(node) is ANY else (lambda cells: self._drill(cells, [key_of(node)]))
            result = rows([Cell(node, "value", node.value)])
            return None if result is None else self._literals(result)
        holder = self._constants.holder(node)
        values = self.values(holder) if holder is not None else None
        return None if values is None else self._literals(values)

    def _passed(self, parameter: ast.arg) -> list[Cell] | None:
        """The possible values of a function's parameter: from ``parametrize``, or from the text's own calls."""
        arguments = self._source.parents[parameter]
        function = self._source.parents[arguments]
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or not isinstance(arguments, ast.arguments):
            return None
        if len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs) > MAX_NAMES:
            return None
        for decorator in function.decorator_list:
            names = _parametrized(decorator)
            if names is not None and parameter.arg in names[0] and isinstance(decorator, ast.Call):
                if decorator.keywords or parameter.arg in self._fixture_parameters:
                    return None  # a fixture, or a function that makes ids, sees the values
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

    def _is_starred(self, call: ast.Call) -> bool:
        if call not in self._starred:
            self._starred[call] = has_stars(call)
        return self._starred[call]

    def _mentions(self, function: ast.FunctionDef | ast.AsyncFunctionDef, method: bool) -> Iterable[ast.AST]:
        """Find the places that name a helper. Another object's method of the same name is not it."""
        if method:
            return self._methods_called.get(function.name, [])
        variable = self._scopes.scope(function).variables.get(function.name)
        return variable.uses if variable is not None else []

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
        cells, called = _default(arguments, parameter), False
        for mention in self._mentions(function, method):
            call = self._source.parents[mention]
            if not (isinstance(call, ast.Call) and call.func is mention) or self._is_starred(call):
                return None
            if method and not _through_self(call):
                return None
            more = _argument(call, index, parameter.arg)
            if more is None and not cells:
                return None
            cells += [more] if more is not None else []
            called = True
        return cells if called else None


def bindings(holder: Holder) -> list[tuple[str, ast.AST]]:
    """List the nodes that bind a holder, with the kind of each binding."""
    if isinstance(holder, ClassAttribute):
        return [("store", store) for store in holder.stores]
    return [(kind, node) for kind, node in holder.bindings]


def key_of(node: ast.Subscript) -> Any:
    """The literal index or key of a subscript, or ``ANY``."""
    index: ast.AST = node.slice
    if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub) and isinstance(index.operand, ast.Constant):
        return -index.operand.value if isinstance(index.operand.value, int) else ANY
    return index.value if isinstance(index, ast.Constant) else ANY


def _element(literal: Literal, key: Any) -> Cell | None:
    if isinstance(literal, ast.Dict):
        for number, name in enumerate(literal.keys):
            if isinstance(name, ast.Constant) and type(name.value) is type(key) and name.value == key:
                return Cell(literal.values, number, literal.values[number])
        return None
    size = len(literal.elts)
    if type(key) is not int or not -size <= key < size:
        return None
    return Cell(literal.elts, key % size, literal.elts[key])


def _fixture_parameters(source: Source) -> set[str]:
    """The names that fixtures of the text take: pytest gives them a test's parametrized values too."""
    return {
        argument.arg
        for node in source.nodes
        if isinstance(node, Function)
        and any("fixture" in {callee(d), *dotted(d).split(".")} for d in node.decorator_list)
        for argument in node.args.args
    }


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


def _through_self(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and dotted(call.func.value) in ("self", "cls")


def _argument(call: ast.Call, index: int | None, name: str) -> Cell | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return Cell(keyword, "value", keyword.value)
    if index is not None and index < len(call.args):
        return Cell(call.args, index, call.args[index])
    return None
