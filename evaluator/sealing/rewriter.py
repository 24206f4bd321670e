"""The delivered text: each assertion as a call of the recorder."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluator.sealing.assertions import Assertion
from evaluator.sealing.sealed import RECORDER, Site
from evaluator.sealing.source import dotted

_RUNNERS = {"unittest.main", "pytest.main"}


@dataclass(frozen=True, slots=True)
class AssertionSite:
    """An assertion and the site that it became."""

    assertion: Assertion
    site: Site


class Rewriter(ast.NodeTransformer):
    """Rewrites a tree in place."""

    def __init__(self, pairs: Iterable[AssertionSite]) -> None:
        self._sites: Mapping[ast.AST, AssertionSite] = {pair.assertion.node: pair for pair in pairs}

    def visit(self, node: ast.AST) -> ast.AST:
        """The node as delivered."""
        pair = self._sites.get(node)
        if pair is None:
            self.generic_visit(node)
            return node
        return ast.copy_location(self._rewrite(pair), node)

    def _rewrite(self, pair: AssertionSite) -> ast.AST:
        assertion, site = pair.assertion, pair.site
        if site.form in ("site", "lazy", "mock"):
            call = self._record(pair)
            return self._beside_message(call, assertion)
        node = assertion.node
        if isinstance(node, ast.Assert):
            test = _call("reached", site.number, self._visited(node.test))
            return ast.Assert(test, node.msg and self._visited(node.msg))
        self.generic_visit(node)
        return _call("raises" if site.form == "raises" else "reached", site.number, node)

    def _record(self, pair: AssertionSite) -> ast.expr:
        assertion, site = pair.assertion, pair.site
        if site.form == "mock":
            assert isinstance(assertion.node, ast.Call)
            assert isinstance(assertion.node.func, ast.Attribute)
            return _call("mock", site.number, self._visited(assertion.node.func.value))
        assert assertion.condition is not None
        leaves = [self._visited(leaf.node) for leaf in assertion.condition.leaves]
        if site.form == "lazy":
            leaves = [ast.Lambda(_no_arguments(), leaf) for leaf in leaves]
        tokens = [node for node, _ in assertion.condition.tokens]
        return _call(site.form, site.number, _tuple(leaves), _tuple(tokens))

    def _beside_message(self, call: ast.expr, assertion: Assertion) -> ast.AST:
        """The statement in place of an assertion: what its message calls is called as before."""
        if assertion.shape == "assert":
            return ast.Expr(call)
        if assertion.message is not None and assertion.shape != "element":
            return _tuple([call, self._visited(assertion.message)])
        return call

    def _visited(self, node: ast.expr) -> ast.expr:
        visited = self.visit(node)
        assert isinstance(visited, ast.expr)
        return visited


def drop_runners(module: ast.Module) -> None:
    """Drop top-level calls of ``unittest.main`` and ``pytest.main``: the real runner is ours to start."""
    for statement in module.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            is_runner = dotted(statement.value.func) in _RUNNERS
            if is_runner:
                statement.value = ast.copy_location(ast.Constant(None), statement.value)


def token(number: int) -> ast.expr:
    """An inert handle in place of a constant."""
    return _call("token", number)


def _call(name: str, number: int, *arguments: ast.expr) -> ast.expr:
    function = ast.Attribute(ast.Name(RECORDER, ast.Load()), name, ast.Load())
    return ast.Call(function, [ast.Constant(number), *arguments], [])


def _tuple(elements: list[ast.expr]) -> ast.expr:
    return ast.Tuple(elements, ast.Load())


def _no_arguments() -> ast.arguments:
    return ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
