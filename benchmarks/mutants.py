"""Programs that differ from a right one in one place: most of them are wrong, as a model's slips are."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.Mod: ast.Add,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}  # fmt: skip

Change = Callable[[ast.AST], None]
"""Changes a node in place."""


def mutants(code: str, count: int, seed: str) -> Iterator[tuple[str, str]]:
    """Yield at most so many different programs, each with what was changed in it; the same for the same seed."""
    tree = ast.parse(code)
    places = [(at, label, change) for at, node in enumerate(_walk(tree)) for label, change in _changes(node)]
    random.Random(seed).shuffle(places)
    known = {ast.unparse(tree)}
    for at, label, change in places:
        changed = copy.deepcopy(tree)
        node = list(_walk(changed))[at]
        change(node)
        text = ast.unparse(ast.fix_missing_locations(changed))
        if text not in known:
            known.add(text)
            yield f"{label} in line {getattr(node, 'lineno', 0)}", text
        if len(known) > count:
            return


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but docstrings, annotations and texts of formats."""
    yield tree
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list") or isinstance(tree, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.AST) and not text:
                yield from _walk(child)


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Yield the possible changes of a node."""
    match node:
        case ast.Constant(value=bool()):
            yield "truth turned", lambda node: setattr(node, "value", not getattr(node, "value"))  # noqa: B009
        case ast.Constant(value=int() | float()):
            yield "constant one larger", lambda node: setattr(node, "value", getattr(node, "value") + 1)  # noqa: B009
        case ast.Constant(value=str()):
            yield "text longer", lambda node: setattr(node, "value", getattr(node, "value") + "x")  # noqa: B009
        case ast.Compare(ops=[op, *_]):
            yield "comparison changed", _with_first_op(_COMPARISONS[type(op)])
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in _OPERATORS:
            yield "operator changed", _with_op(_OPERATORS[type(operator)])
        case ast.BoolOp(op=op):
            yield "and for or", _with_bool_op(ast.Or if isinstance(op, ast.And) else ast.And)
        case ast.Return(value=ast.expr()):
            yield "nothing returned", lambda node: setattr(node, "value", ast.Constant(None))
        case ast.If():
            yield "branch never taken", lambda node: setattr(node, "test", ast.Constant(False))
            yield "branch always taken", lambda node: setattr(node, "test", ast.Constant(True))
        case ast.Call(func=ast.Name(id="range"), args=[_, *_]):
            yield "range one longer", _longer_range
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield "sign dropped", _without_sign


def _with_first_op(kind: type[ast.cmpop]) -> Change:
    def change(node: ast.AST) -> None:
        assert isinstance(node, ast.Compare)
        node.ops[0] = kind()

    return change


def _with_op(kind: type[ast.operator]) -> Change:
    def change(node: ast.AST) -> None:
        assert isinstance(node, ast.BinOp | ast.AugAssign)
        node.op = kind()

    return change


def _with_bool_op(kind: type[ast.boolop]) -> Change:
    def change(node: ast.AST) -> None:
        assert isinstance(node, ast.BoolOp)
        node.op = kind()

    return change


def _longer_range(node: ast.AST) -> None:
    assert isinstance(node, ast.Call)
    at = 0 if len(node.args) == 1 else 1
    node.args[at] = ast.BinOp(node.args[at], ast.Add(), ast.Constant(1))


def _without_sign(node: ast.AST) -> None:
    assert isinstance(node, ast.UnaryOp)
    node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
    if isinstance(node.op, ast.Not):
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
