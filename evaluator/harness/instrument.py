"""Test code, prepared so that every assertion reports for itself."""

from __future__ import annotations

import ast
from typing import Any

PASSED, FAILED = "__microcoder_passed__", "__microcoder_failed__"
_LEFT, _RIGHT = "__microcoder_left__", "__microcoder_right__"
_SHOWN = 200


class Assertion:
    """One ``assert`` of the test code. ``may_go_on``: what follows does not depend on its raising."""

    def __init__(self, node: ast.Assert, source: str, *, may_go_on: bool) -> None:
        self.line = node.lineno
        self.text = " ".join((ast.get_source_segment(source, node) or "assert").split())[:_SHOWN]
        self.may_go_on = may_go_on


class _Rewriter(ast.NodeTransformer):
    """``assert left == right, message`` becomes a test that tells what it compared."""

    def __init__(self, source: str) -> None:
        self.assertions: list[Assertion] = []
        self._source, self._guarded = source, 0

    def visit_Assert(self, node: ast.Assert) -> Any:
        number = len(self.assertions)
        self.assertions.append(Assertion(node, self._source, may_go_on=not self._guarded))
        shown: list[ast.expr] = []
        if isinstance(node.test, ast.Compare) and len(node.test.ops) == 1:
            node.test.left = ast.NamedExpr(ast.Name(_LEFT, ast.Store()), node.test.left)
            node.test.comparators[0] = ast.NamedExpr(ast.Name(_RIGHT, ast.Store()), node.test.comparators[0])
            shown = [ast.Name(_LEFT, ast.Load()), ast.Name(_RIGHT, ast.Load())]
        message = node.msg or ast.Constant(None)
        rewritten = ast.If(node.test, [_call(PASSED, [ast.Constant(number)])], [
            _call(FAILED, [ast.Constant(number), message, *shown])
        ])  # fmt: skip
        return ast.fix_missing_locations(ast.copy_location(rewritten, node))

    def visit_Try(self, node: ast.Try) -> Any:
        return self._visit_guarded(node)

    def visit_With(self, node: ast.With) -> Any:
        return self._visit_guarded(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return node  # a class of tests, whose methods report for themselves

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return node if node.name.startswith("test_") else self.generic_visit(node)

    def _visit_guarded(self, node: ast.AST) -> Any:
        self._guarded += 1
        visited = self.generic_visit(node)
        self._guarded -= 1
        return visited


def instrument(tree: ast.Module, source: str) -> list[Assertion]:
    """Rewrite the assertions of a module, those in classes and in functions named ``test_*`` left as they are."""
    rewriter = _Rewriter(source)
    rewriter.visit(tree)
    return rewriter.assertions


def free_calls(tree: ast.Module) -> list[str]:
    """Names that the module calls, or hands to a function as arguments, and does not itself bind; in order."""
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [part.id for node in calls for part in (node.func, *node.args) if isinstance(part, ast.Name)]
    return [name for name in dict.fromkeys(named) if name not in bound]


def names_in(node: ast.AST) -> set[str]:
    """Every name that it uses."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _call(name: str, arguments: list[ast.expr]) -> ast.Expr:
    return ast.Expr(ast.Call(ast.Name(name, ast.Load()), arguments, []))
