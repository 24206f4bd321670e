"""Regions: what surrounds a statement, and so if a run must reach it, and who hears of its failure."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace

from evaluator.sealing.source import Function, Source, callee, children, dotted, is_main_guard, walk
from evaluator.sealing.vocabulary import RAISES

_FAILURES = {"AssertionError", "Exception", "BaseException", "failureException"}
"""Exceptions by which a handler or ``raises`` hears of failed assertions."""
_SETUPS = ("setUp", "asyncSetUp", "setup_method", "setup_function")
_SKIPS = {"skip", "skipTest", "importorskip", "skipif", "skipIf", "skipUnless"}


@dataclass(frozen=True, slots=True)
class Region:
    """The surroundings of a statement."""

    test: str = ""
    """Qualified name of the function."""
    straight: bool = True
    """Every run of its test reaches it."""
    each_row: bool = True
    """Every run of its test reaches it, for each row of the loops around it."""
    caught: bool = False
    """The tests hear of its failure, and may expect it."""
    guarded: bool = False
    """The tests hear of what its operands raise."""
    class_body: bool = False
    """Directly in a class: a lambda does not see the names there."""


class Regions:
    """The region of each statement of a text."""

    def __init__(self, source: Source) -> None:
        self._regions: dict[ast.AST, Region] = {}
        self._helpers: set[str] = set()
        """Names that are mentioned where failures are caught: helpers that fail there."""
        self._called = _called_at_top(source.module)
        self._leaves_early = _functions_that_leave(source)
        self.reads_failures = any(map(_reads_failure, source.nodes))
        """The tests look into a caught failure: messages stay."""
        marks = [node for node in source.module.body if _is_mark(node)]
        skipped, expected = any(_mentions(mark, _SKIPS) for mark in marks), any(map(_expects_failure, marks))
        start = Region(straight=not skipped, each_row=not skipped, caught=expected)
        self._block(source.module.body, start)
        for node in source.nodes:
            if callee(node) in RAISES and isinstance(node, ast.Call) and len(node.args) > 1 and _hears_failures(node):
                self._helpers |= _names(node.args)
        self._spread(source)

    def of(self, statement: ast.stmt) -> Region:
        """The region of a statement."""
        region = self._regions[statement]
        is_helper = any(part in self._helpers for part in region.test.split("."))
        return replace(region, caught=True) if is_helper else region

    def _spread(self, source: Source) -> None:
        """A helper that a heard helper calls is heard too."""
        mentions = {node.name: _names(node.body) for node in source.nodes if isinstance(node, Function) and node.name}
        waiting = list(self._helpers)
        while waiting:
            new = mentions.get(waiting.pop(), set()) & mentions.keys() - self._helpers
            self._helpers |= new
            waiting += new

    def _block(self, statements: Iterable[ast.stmt], region: Region) -> None:
        for statement in statements:
            self._regions[statement] = region
            self._statement(statement, region)

    def _statement(self, node: ast.stmt, region: Region) -> None:
        if isinstance(node, Function):
            self._function(node, region)
        elif isinstance(node, ast.ClassDef):
            self._class(node, region)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            whole = region.each_row and not _breaks(node)
            self._block([*node.body, *node.orelse], replace(region, straight=False, each_row=whole))
        elif is_main_guard(node) and isinstance(node, ast.If):
            self._block([*node.body, *node.orelse], region)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self._with(node, region)
        elif isinstance(node, (ast.Try, ast.TryStar)):
            self._try(node, region)
        else:
            unsure = replace(region, straight=False, each_row=False)
            for block in _blocks(node):
                self._block(block, unsure)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, region: Region) -> None:
        test = f"{region.test}.{node.name}".lstrip(".")
        runs = node.name.startswith("test") or node.name in ("check", *_SETUPS) or test in self._called
        sure = runs and node not in self._leaves_early and not _skips(node)
        self._block(
            node.body,
            Region(
                test=test,
                straight=region.straight and sure,
                each_row=region.each_row and sure,
                caught=region.caught or any(map(_expects_failure, node.decorator_list)),
                guarded=region.guarded,
            ),
        )

    def _class(self, node: ast.ClassDef, region: Region) -> None:
        setups = [child for child in node.body if isinstance(child, Function) and child.name in _SETUPS]
        sure = not _skips(node) and not any(setup in self._leaves_early for setup in setups)
        inner = replace(
            region,
            test=f"{region.test}.{node.name}".lstrip("."),
            straight=region.straight and sure,
            each_row=region.each_row and sure,
            caught=region.caught or any(map(_expects_failure, node.decorator_list)),
            class_body=True,
        )
        self._block(node.body, inner)

    def _with(self, node: ast.With | ast.AsyncWith, region: Region) -> None:
        for item in node.items:
            call = item.context_expr
            if callee(call) in RAISES or callee(call) == "suppress":
                hears = isinstance(call, ast.Call) and _hears_failures(call)
                region = replace(region, straight=False, each_row=False, guarded=True, caught=region.caught or hears)
                if hears:
                    self._helpers |= _names(node.body)
        self._block(node.body, region)

    def _try(self, node: ast.Try | ast.TryStar, region: Region) -> None:
        swallows = [handler for handler in node.handlers if not _fails_again(handler)]
        hears = any(_handles_failures(handler) for handler in swallows)
        body = replace(region, guarded=True) if node.handlers else region
        if swallows:
            body = replace(body, straight=False, each_row=False, caught=region.caught or hears)
        if hears:
            self._helpers |= _names(node.body)
        self._block(node.body, body)
        unsure = replace(region, straight=False, each_row=False)
        for handler in node.handlers:
            self._block(handler.body, unsure)
        self._block(node.orelse, unsure if node.handlers else region)
        self._block(node.finalbody, region)


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """The lists of statements inside a statement."""
    blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
    if isinstance(node, ast.Match):
        blocks += [case.body for case in node.cases]
    return blocks


def _called_at_top(module: ast.Module) -> set[str]:
    """Functions that a script calls by itself."""
    statements = list(module.body)
    for statement in module.body:
        if is_main_guard(statement) and isinstance(statement, ast.If):
            statements += statement.body
    return {callee(statement.value) for statement in statements if isinstance(statement, ast.Expr)}


def _functions_that_leave(source: Source) -> set[ast.AST]:
    """Functions that may return, or skip their test, before their end."""
    leaving: set[ast.AST] = set()
    for node in source.nodes:
        if isinstance(node, ast.Return) or (callee(node) in _SKIPS and isinstance(node, ast.Call)):
            function = next(
                (outer for outer in source.ancestors(node) if isinstance(outer, (*Function, ast.Lambda))), None
            )
            if function is not None and not _is_last(node, function):
                leaving.add(function)
    return leaving


def _is_last(node: ast.AST, function: ast.AST) -> bool:
    return isinstance(node, ast.Return) and isinstance(function, Function) and function.body[-1] is node


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    """Names and attributes that are mentioned."""
    parts = [part for node in nodes for part in walk(node)]
    return {
        part.id if isinstance(part, ast.Name) else part.attr
        for part in parts
        if isinstance(part, ast.Name | ast.Attribute)
    }


def _mentions(node: ast.AST, words: set[str]) -> bool:
    return not words.isdisjoint(_names([node]))


def _is_mark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(dotted(target) == "pytestmark" for target in node.targets)


def _expects_failure(decorator: ast.AST) -> bool:
    return _mentions(decorator, {"expectedFailure", "xfail"})


def _skips(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return any(_mentions(decorator, _SKIPS) for decorator in node.decorator_list)


def _hears_failures(call: ast.Call) -> bool:
    """``raises(AssertionError)`` and kin."""
    exceptions = call.args[:1] if callee(call) != "suppress" else call.args
    exceptions = exceptions + [keyword.value for keyword in call.keywords if keyword.arg == "expected_exception"]
    return any(_mentions(exception, _FAILURES) for exception in exceptions)


def _handles_failures(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or _mentions(handler.type, _FAILURES)


def _fails_again(handler: ast.ExceptHandler) -> bool:
    """A handler that fails the test itself."""
    return any(
        isinstance(node, ast.Raise) or callee(getattr(node, "value", None) or node) == "fail" for node in handler.body
    )


def _reads_failure(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return node.name is not None and node.type is not None and _mentions(node.type, _FAILURES)
    if not isinstance(node, ast.withitem) or callee(node.context_expr) not in RAISES:
        return False
    call = node.context_expr
    match = isinstance(call, ast.Call) and (len(call.args) > 1 or bool(call.keywords))
    return isinstance(call, ast.Call) and _hears_failures(call) and (match or node.optional_vars is not None)


def _breaks(loop: ast.For | ast.AsyncFor) -> bool:
    """A loop that may leave rows out."""
    stack: list[ast.AST] = list(loop.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Break, ast.Continue, ast.Return)):
            return True
        if not isinstance(node, (ast.expr, *Function, ast.ClassDef)):
            stack.extend(children(node))
    return False
