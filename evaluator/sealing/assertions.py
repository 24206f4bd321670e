"""Assertions: every site of a text, in its order, with its condition where it has one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from evaluator.sealing.conditions import Condition, ConditionSplitter
from evaluator.sealing.constants import Constants
from evaluator.sealing.scopes import Scopes
from evaluator.sealing.source import Function, Source, callee, dotted, has_stars, walk
from evaluator.sealing.vocabulary import (
    ARRAY_ASSERTIONS,
    ARRAY_MESSAGES,
    COMPARISONS,
    IDENTITIES,
    INSTANCES,
    METHODS,
    MOCK_ASSERTIONS,
    MODERN_NAMES,
    RAISES,
    TRUTHS,
)

Shape = Literal["assert", "call", "element", "context", "mock"]


@dataclass(eq=False, slots=True)
class Assertion:
    """One assertion, before it is decided if it can be sealed."""

    node: ast.expr | ast.Assert
    """The node that is replaced: a statement ``assert``, a call, a generator's element, a context manager."""
    statement: ast.stmt
    """In which it stands."""
    shape: Shape
    condition: Condition | None = None
    message: ast.expr | None = None
    """Expressions that are evaluated for the message alone."""
    why_open: str = ""


class Assertions:
    """Finds the assertions of a text."""

    def __init__(self, source: Source, scopes: Scopes, constants: Constants, conditions: ConditionSplitter) -> None:
        self._source = source
        self._scopes = scopes
        self._constants = constants
        self._conditions = conditions
        self._own = {node.name for node in source.nodes if isinstance(node, Function)}
        self._own_equality = any(
            isinstance(node, ast.Attribute) and node.attr == "addTypeEqualityFunc" for node in source.nodes
        )

    def find(self) -> Iterator[Assertion]:
        """All assertions, in the order of the text."""
        for node in self._source.nodes:
            if isinstance(node, ast.Assert):
                yield from self._of_assert(node)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                yield from self._of_call(node, node.value)
            elif isinstance(node, (ast.With, ast.AsyncWith)):
                yield from self._of_contexts(node)

    def _of_assert(self, node: ast.Assert) -> Iterator[Assertion]:
        if isinstance(node.test, ast.Constant):
            return
        if (element := self._element(node.test)) is not None:
            yield Assertion(element, node, "element", self._conditions.of_truth(element))
        else:
            yield Assertion(node, node, "assert", self._conditions.of_truth(node.test))

    def _of_call(self, statement: ast.Expr, call: ast.Call) -> Iterator[Assertion]:
        name = callee(call)
        if name in METHODS and self._is_unittest(call):
            yield self._of_method(statement, call, name)
        elif name in ARRAY_ASSERTIONS:
            yield self._of_array_assertion(statement, call)
        elif name in MOCK_ASSERTIONS and isinstance(call.func, ast.Attribute):
            yield self._of_mock(statement, call, call.func)
        elif name in RAISES and self._raises(call):
            yield Assertion(call, statement, "call", why_open="raises")

    def _of_contexts(self, node: ast.With | ast.AsyncWith) -> Iterator[Assertion]:
        for item in node.items:
            if isinstance(item.context_expr, ast.Call) and self._raises(item.context_expr):
                yield Assertion(item.context_expr, node, "context", why_open="raises")

    def _of_method(self, statement: ast.Expr, call: ast.Call, name: str) -> Assertion:
        arguments = _arguments(call, METHODS[name].parameters)
        if arguments is None or not set(METHODS[name].operands) <= {parameter for parameter, _ in arguments}:
            return Assertion(call, statement, "call", why_open="its arguments are not written out")
        message = next((value for parameter, value in arguments if parameter == "msg"), None)
        operands = [(parameter, value) for parameter, value in arguments if parameter != "msg"]
        if name in TRUTHS:
            return self._of_truth_method(statement, call, name, operands[0][1], message)
        if name in INSTANCES:
            test = ast.Call(ast.Name("isinstance", ast.Load()), [value for _, value in operands], [])
            condition = self._conditions.of_truth(self._adopt(test, call), name == "assertNotIsInstance")
            return Assertion(call, statement, "call", condition, message)
        if self._own_equality and name not in IDENTITIES:
            return Assertion(call, statement, "call", None, message, "the tests define an equality of their own")
        method = ast.Attribute(ast.Name("_tc", ast.Load()), MODERN_NAMES.get(name, name), ast.Load())
        places = COMPARISONS[name].operands
        in_order = [parameter for parameter, _ in operands if parameter in places] == list(places)
        parts = [(None if in_order and parameter in places else parameter, value) for parameter, value in operands]
        return Assertion(call, statement, "call", self._conditions.of_call(method, parts, name in IDENTITIES), message)

    def _of_truth_method(
        self, statement: ast.Expr, call: ast.Call, name: str, operand: ast.expr, message: ast.expr | None
    ) -> Assertion:
        if name == "assertTrue" and (element := self._element(operand)) is not None:
            return Assertion(element, statement, "element", self._conditions.of_truth(element), message)
        if name in ("assertIsNone", "assertIsNotNone"):
            operator = ast.Is() if name == "assertIsNone" else ast.IsNot()
            operand = self._adopt(ast.Compare(operand, [operator], [ast.Constant(None)]), call)
        condition = self._conditions.of_truth(operand, negative=name == "assertFalse")
        return Assertion(call, statement, "call", condition, message)

    def _of_array_assertion(self, statement: ast.Expr, call: ast.Call) -> Assertion:
        other_keywords = [keyword for keyword in call.keywords if keyword.arg not in ARRAY_MESSAGES]
        message = next((keyword.value for keyword in call.keywords if keyword.arg in ARRAY_MESSAGES), None)
        if has_stars(call) or not self._constants.is_constant(call.func):
            return Assertion(call, statement, "call", None, message, "an assertion that is not known outside")
        parts = [(None, value) for value in call.args] + [(keyword.arg, keyword.value) for keyword in other_keywords]
        condition = self._conditions.of_call(self._constants.inline(call.func), parts)
        return Assertion(call, statement, "call", condition, message)

    def _of_mock(self, statement: ast.Expr, call: ast.Call, method: ast.Attribute) -> Assertion:
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if has_stars(call) or not all(map(self._constants.is_constant, arguments)):
            return Assertion(call, statement, "mock", why_open="an argument is no constant")
        function = ast.Attribute(
            ast.Subscript(ast.Name("_v", ast.Load()), ast.Constant(0), ast.Load()), method.attr, ast.Load()
        )
        parts = [(None, value) for value in call.args] + [(keyword.arg, keyword.value) for keyword in call.keywords]
        condition = self._conditions.of_call(function, parts)
        return Assertion(call, statement, "mock", condition)

    def _element(self, node: ast.expr) -> ast.expr | None:
        """The comparison with something secret in ``all(f(x) == y for x, y in rows)``."""
        while (
            isinstance(node, ast.Call)
            and self._is_all(node)
            and isinstance(node.args[0], (ast.GeneratorExp, ast.ListComp))
        ):
            node = node.args[0].elt
            if self._conditions.exposes(node):
                return node
        return None

    def _is_all(self, node: ast.Call) -> bool:
        return dotted(node.func) == "all" and self._constants.is_constant(node.func) and len(node.args) == 1

    def _is_unittest(self, call: ast.Call) -> bool:
        """A method of a test case: on a name that the text binds, and not one that the text defines."""
        if not isinstance(call.func, ast.Attribute) or call.func.attr in self._own:
            return False
        receiver: ast.expr = call.func.value
        if isinstance(receiver, ast.Call):
            return callee(receiver) == "TestCase"
        while isinstance(receiver, ast.Attribute):
            receiver = receiver.value
        return isinstance(receiver, ast.Name) and self._scopes.variable(receiver) is not None

    def _raises(self, call: ast.Call) -> bool:
        name = callee(call)
        if isinstance(call.func, ast.Name):
            return name in ("raises", "warns") and self._scopes.variable(call.func) is not None
        return name in RAISES and dotted(call.func) != "" and name not in self._own

    def _adopt(self, node: ast.expr, call: ast.Call) -> ast.expr:
        """Put an expression of ours in the place of a call."""
        for part in walk(node):
            if isinstance(part, ast.expr) and not hasattr(part, "lineno"):
                ast.copy_location(part, call)
        self._source.parents[node] = self._source.parents[call]
        return node


def _arguments(call: ast.Call, parameters: tuple[str, ...]) -> list[tuple[str, ast.expr]] | None:
    """A call's arguments with their parameters, in the order of the text; None if that cannot be told."""
    if has_stars(call) or len(call.args) > len(parameters):
        return None
    pairs = list(zip(parameters, call.args, strict=False))
    pairs += [(keyword.arg or "", keyword.value) for keyword in call.keywords]
    names = [parameter for parameter, _ in pairs]
    return pairs if len(set(names)) == len(names) and set(names) <= set(parameters) else None
