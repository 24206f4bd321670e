"""The kinds of mutants: small slips in a program's syntax tree. Comparisons that include or exclude their border,
constants off by one, conditions and special cases, ranges and slices one short, calls of a similar function, missing
steps.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_MAX_PLAIN_INTEGER = 100_000
"""The largest constant to change by one. A larger one mostly stands for infinity, and one more makes no difference."""
_UNTOUCHED = frozenset({"annotation", "returns", "decorator_list", "type_params", "names", "type_comment"})
"""Fields that do not change what a program does, or that break it at once."""
_SETTINGS = frozenset({"setrecursionlimit", "set_int_max_str_digits", "stack_size", "TypeVar", "namedtuple"})
"""Calls whose arguments make no difference to almost any test."""


@dataclass(frozen=True, slots=True)
class Change:
    """A new value for one field of a node, or for one element of the field."""

    kind: str
    line: int
    text: str
    node: ast.AST
    field: str
    place: int | None
    value: Any

    def swap(self, value: Any) -> Any:
        """Put a value into the field. Returns the former one."""
        holder = getattr(self.node, self.field)
        if self.place is None:
            setattr(self.node, self.field, value)
            return holder
        before, holder[self.place] = holder[self.place], value
        return before


@dataclass(frozen=True, slots=True)
class _Slot:
    """A node, and the field of its parent that holds it."""

    node: ast.AST
    parent: ast.AST
    field: str
    place: int | None
    steps: frozenset[str] | None
    """Names that the conditions of the ``while`` loops around it read, None if there is no such loop. Without the steps
    that change them, the loops do not end."""
    moves: bool = False
    """True if it is part of such a step."""

    def instead(self, kind: str, text: str, other: ast.AST) -> Change:
        """Put another node in the place of this one."""
        return Change(kind, self.line, text, self.parent, self.field, self.place, other)

    def within(self, kind: str, text: str, field: str, value: Any, place: int | None = None) -> Change:
        """Change a field of the node itself."""
        return Change(kind, self.line, text, self.node, field, place, value)

    @property
    def line(self) -> int:
        return getattr(self.node, "lineno", 0) or getattr(self.parent, "lineno", 0)


def changes(tree: ast.Module) -> Iterator[Change]:
    """Yield all changes of a program, in the order of its text."""
    waiting = list(reversed(_slots(tree, None)))
    while waiting:
        slot = waiting.pop()
        if _is_left_alone(slot.node):
            continue
        for operator in _OPERATORS:
            yield from operator(slot)
        waiting.extend(reversed(_slots(slot.node, _steps_within(slot), moves=slot.moves or _is_step(slot))))


def _steps_within(slot: _Slot) -> frozenset[str] | None:
    if isinstance(slot.node, ast.While):
        return (slot.steps or frozenset()) | _names(slot.node.test)
    return slot.steps


def _slots(node: ast.AST, steps: frozenset[str] | None, *, moves: bool = False) -> list[_Slot]:
    slots = []
    for name, value in ast.iter_fields(node):
        if name in _UNTOUCHED:
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                slots.append(_Slot(child, node, name, place, steps, moves))
    return slots


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True  # a mutant of it would do nothing at all
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr():
            return True
        case ast.Expr(value=call) | call:
            return _is_setting(call)


def _is_setting(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _SETTINGS
    return False


def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))


_COMPARISONS: dict[type[ast.cmpop], tuple[str, str, type[ast.cmpop]]] = {
    ast.Lt: ("<", "<=", ast.LtE),
    ast.LtE: ("<=", "<", ast.Lt),
    ast.Gt: (">", ">=", ast.GtE),
    ast.GtE: (">=", ">", ast.Gt),
    ast.Eq: ("==", "!=", ast.NotEq),
    ast.NotEq: ("!=", "==", ast.Eq),
    ast.In: ("in", "not in", ast.NotIn),
    ast.NotIn: ("not in", "in", ast.In),
}


def _comparisons(slot: _Slot) -> Iterator[Change]:
    if isinstance(slot.node, ast.Compare):
        for place, operator in enumerate(slot.node.ops):
            if type(operator) in _COMPARISONS:
                before, after, other = _COMPARISONS[type(operator)]
                yield slot.within("comparison", f"{before} becomes {after}", "ops", other(), place)


_ARITHMETIC: dict[type[ast.operator], tuple[str, str, type[ast.operator]]] = {
    ast.Add: ("+", "-", ast.Sub),
    ast.Sub: ("-", "+", ast.Add),
    ast.Mult: ("*", "+", ast.Add),
    ast.FloorDiv: ("//", "%", ast.Mod),
    ast.Mod: ("%", "//", ast.FloorDiv),
    ast.BitAnd: ("&", "|", ast.BitOr),
    ast.BitOr: ("|", "&", ast.BitAnd),
    ast.BitXor: ("^", "|", ast.BitOr),
    ast.LShift: ("<<", ">>", ast.RShift),
    ast.RShift: (">>", "<<", ast.LShift),
}


def _arithmetic(slot: _Slot) -> Iterator[Change]:
    node = slot.node
    match node:
        case ast.BinOp(left=one, right=other) | ast.AugAssign(target=one, value=other):
            if type(node.op) not in _ARITHMETIC or _is_text(one) or _is_text(other) or slot.moves or _is_step(slot):
                return
            before, after, operator = _ARITHMETIC[type(node.op)]
            yield slot.within("arithmetic", f"{before} becomes {after}", "op", operator())


def _is_text(node: ast.AST) -> bool:
    """Tell whether a node is text: ``%`` formats it and ``+`` joins it, so other operators would only raise errors."""
    match node:
        case ast.JoinedStr() | ast.Constant(value=str() | bytes()) | ast.List() | ast.ListComp():
            return True
    return False


def _is_step(slot: _Slot) -> bool:
    """Tell whether a statement may bring a ``while`` loop closer to its end. If the loop's condition reads no name,
    every statement that changes something in place may."""
    match slot.node:
        case ast.Assign(targets=[moved]):
            return bool(slot.steps) and not _names(moved).isdisjoint(slot.steps or ())
        case ast.AugAssign(target=moved) | ast.Expr(value=moved):
            return slot.steps is not None and not (slot.steps and slot.steps.isdisjoint(_names(moved)))
    return False


def _constants(slot: _Slot) -> Iterator[Change]:
    match slot.parent, slot.node:
        case ast.BinOp(op=ast.Pow()), _:
            return  # another exponent in 10 ** 9 + 7 is no small slip
        case _ if slot.moves:
            return  # a loop with step 0 does not end
        case ast.BinOp(op=ast.Mod()), ast.Constant(value=int(value)):
            pass
        case _, ast.Constant(value=int(value)) if abs(value) <= _MAX_PLAIN_INTEGER:
            pass
        case _:
            return
    for other in (not value,) if isinstance(value, bool) else (value + 1, value - 1):
        if other >= 0:  # a negative number has its sign in a node of its own
            yield slot.instead("constant", f"{value!r} becomes {other!r}", ast.Constant(other))


def _conditions(slot: _Slot) -> Iterator[Change]:
    match slot.node:
        case ast.If(test=test) | ast.IfExp(test=test):
            yield slot.within("condition", "the condition is negated", "test", ast.UnaryOp(ast.Not(), test))
            yield slot.within("special case", "the condition is never true", "test", ast.Constant(False))
        case ast.comprehension(ifs=[_, *_]):
            yield slot.within("special case", "the filter lets everything through", "ifs", [])
        case ast.BoolOp(op=ast.And()):
            yield slot.within("boolean", "and becomes or", "op", ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield slot.within("boolean", "or becomes and", "op", ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield slot.instead("boolean", "not is left out", operand)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield slot.instead("arithmetic", "the sign is left out", operand)


_NEIGHBOURS = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"} | {
    "bisect_left": "bisect_right", "bisect_right": "bisect_left", "bisect": "bisect_left", "sum": "max",
    "popleft": "pop", "appendleft": "append", "lower": "upper", "upper": "lower", "lstrip": "rstrip", "find": "rfind",
    "insort": "append", "permutations": "combinations", "union": "intersection",
}  # fmt: skip
_LEFT_OUT = frozenset({"abs", "sorted", "set", "reversed"})


def _calls(slot: _Slot) -> Iterator[Change]:
    match slot.node:
        case ast.Call(func=ast.Name(id="range") as function, args=arguments):
            yield from _ranges(slot, function, arguments)
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in _LEFT_OUT:
            replacement = ast.Call(ast.Name("list", ast.Load()), [argument], []) if name != "abs" else argument
            yield slot.instead("call", f"{name} is left out", replacement)
        case ast.Call(func=ast.Name(id=name) as function) if name in _NEIGHBOURS:
            other = _NEIGHBOURS[name]
            yield slot.within("call", f"{name} becomes {other}", "func", ast.Name(other, ast.Load()))
        case ast.Call(func=ast.Attribute(value=of, attr=name)) if name in _NEIGHBOURS:
            other = _NEIGHBOURS[name]
            yield slot.within("call", f"{name} becomes {other}", "func", ast.Attribute(of, other, ast.Load()))


def _ranges(slot: _Slot, function: ast.Name, arguments: list[ast.expr]) -> Iterator[Change]:
    if not arguments or any(isinstance(each, ast.Starred) for each in arguments):
        return
    end = min(1, len(arguments) - 1)
    shorter = ast.BinOp(arguments[end], ast.Sub(), ast.Constant(1))
    yield slot.within("range", "the range ends one sooner", "args", shorter, end)
    later = [ast.Constant(1), arguments[0]] if len(arguments) == 1 else None
    if later is not None:
        yield slot.instead("range", "the range begins one later", ast.Call(function, later, []))


def _subscripts(slot: _Slot) -> Iterator[Change]:
    match slot.node:
        case ast.Slice(upper=ast.expr() as upper):
            shorter = ast.BinOp(upper, ast.Sub(), ast.Constant(1))
            yield slot.within("slice", "the slice ends one sooner", "upper", shorter)
        case ast.Subscript(slice=ast.Name() as index, ctx=ast.Load()):
            before = ast.BinOp(index, ast.Sub(), ast.Constant(1))
            yield slot.within("index", "the index is one less", "slice", before)


def _statements(slot: _Slot) -> Iterator[Change]:
    match slot.node:
        case ast.AugAssign() | ast.Expr(value=ast.Call()) if not _is_step(slot):
            yield slot.instead("statement", "the statement is left out", ast.Pass())
        case ast.Continue() if slot.steps is None:
            yield slot.instead("statement", "continue is left out", ast.Pass())
        case ast.Break() if slot.steps is None:
            yield slot.instead("statement", "break is left out", ast.Pass())


_OPERATORS: tuple[Callable[[_Slot], Iterator[Change]], ...] = (
    _comparisons, _arithmetic, _constants, _conditions, _calls, _subscripts, _statements,
)  # fmt: skip
