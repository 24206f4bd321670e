"""Test code, prepared so that every assertion reports for itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container
from typing import Any

PASSED, FAILED, CHECKED = "__microcoder_passed__", "__microcoder_failed__", "__microcoder_checked__"
_LEFT, _RIGHT = "__microcoder_left__", "__microcoder_right__"
_SHOWN = 200


class Assertion:
    """One ``assert`` of the test code. ``may_go_on``: what follows does not depend on its raising."""

    def __init__(self, node: ast.Assert, source: str, *, may_go_on: bool) -> None:
        self.line = node.lineno
        self.text = " ".join((ast.get_source_segment(source, node) or "assert").split())[:_SHOWN]
        self.may_go_on = may_go_on


class _Rewriter(ast.NodeTransformer):
    """``assert left == right, message`` becomes a test that tells what it compared; other ways to check tell that they
    were reached. ``left_out``: functions that report for themselves."""

    def __init__(self, source: str, left_out: set[str], defined: set[str]) -> None:
        self.assertions: list[Assertion] = []
        self._source, self._left_out, self._defined, self._guarded = source, left_out, defined, 0

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
        return self._telling(node, self._visit_guarded)

    def visit_With(self, node: ast.With) -> Any:
        return self._telling(node, self._visit_guarded)

    def visit_If(self, node: ast.If) -> Any:
        return self._telling(node, self.generic_visit)

    def visit_Expr(self, node: ast.Expr) -> Any:
        return self._telling(node, self.generic_visit)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return node  # a class of tests, whose methods report for themselves

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return node if node.name in self._left_out else self.generic_visit(node)

    def _telling(self, node: ast.stmt, visit: Callable[[ast.AST], Any]) -> Any:
        """Followed by a word that it was reached, if it is a check."""
        is_check = _checks(node, self._defined)
        visited = visit(node)
        if not is_check:
            return visited
        return [visited, ast.fix_missing_locations(ast.copy_location(_call(CHECKED, []), node))]

    def _visit_guarded(self, node: ast.AST) -> Any:
        self._guarded += 1
        visited = self.generic_visit(node)
        self._guarded -= 1
        return visited


def instrument(tree: ast.Module, source: str, left_out: set[str]) -> list[Assertion]:
    """Rewrite the assertions of a module, those in classes and in the functions ``left_out`` left as they are."""
    rewriter = _Rewriter(source, left_out, set(_definitions(tree)))
    rewriter.visit(tree)
    return rewriter.assertions


def reaches_a_check(tree: ast.Module, entries: set[str]) -> bool:
    """Whether a module's statements, or the functions ``entries``, lead to something that can fail."""
    definitions = _definitions(tree)
    waiting = [node for node in tree.body if not isinstance(node, _DEFINITIONS) or node.name in entries]
    seen: set[ast.stmt] = set()
    while waiting:
        node = waiting.pop()
        seen.add(node)
        if any(_checks(part, definitions) for part in ast.walk(node)):
            return True
        named = [definitions[name] for name in names_in(node) & definitions.keys()]
        waiting += [definition for definition in named if definition not in seen]
    return False


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_CHECKS = ("assert", "check", "expect", "fail", "raises", "verify")
_ENDS = ("exit", "_exit", "quit", "fail")


def _definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    return {node.name: node for node in tree.body if isinstance(node, _DEFINITIONS)}


def _checks(node: ast.AST, defined: Container[str]) -> bool:
    """Whether a statement can fail by what it finds: ``assert``, ``if ...: raise``, ``try: ... assert False``,
    ``with raises(...)``, or a call of ``assert_equal``, which is not one of the functions ``defined`` beside it."""
    if isinstance(node, ast.If):
        return any(map(_ends, [*node.body, *node.orelse]))
    if isinstance(node, ast.Try):
        handled = [each for handler in node.handlers for each in handler.body]
        return any(isinstance(each, ast.Assert) or _ends(each) for each in [*node.body, *handled, *node.orelse])
    if isinstance(node, ast.With):
        return any(_calls(item.context_expr, _CHECKS, defined) for item in node.items)
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and _calls(node.value, _CHECKS, defined))


def _ends(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and _calls(node.value, _ENDS, ()))


def _calls(node: ast.AST, beginnings: tuple[str, ...], defined: Container[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name not in defined and name.startswith(beginnings)


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
