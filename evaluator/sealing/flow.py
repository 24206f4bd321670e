"""Flow: what depends on the submission only through comparisons outside assertions.

    ok = f(1) == 2          a loose comparison: the 2 stands in the delivered text
    assert ok               proves nothing that a True would not

Names are followed, not values: through assignments, loops, helpers' arguments and results, and methods that change what
they are called on.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator

from evaluator.sealing.assertions import Assertion
from evaluator.sealing.columns import Columns
from evaluator.sealing.conditions import Condition, is_about_none
from evaluator.sealing.constants import Constants
from evaluator.sealing.scopes import Scopes, Variable
from evaluator.sealing.source import Function, Source, children, dotted, is_main_guard, walk

Place = Variable | str
"""A target of values: a variable, an attribute of ``self`` by its name, or the arguments of ``name()`` as one."""

_OURS = sys.stdlib_module_names | {"numpy", "pandas", "pytest", "_pytest"}


class Flow:
    """Finds the conditions of a text that only repeat a comparison that the process makes itself."""

    def __init__(
        self, source: Source, scopes: Scopes, constants: Constants, columns: Columns, assertions: Iterable[Assertion]
    ) -> None:
        self._source = source
        self._scopes = scopes
        self._loose: set[ast.AST] = set()
        self._parameters: dict[str, list[Place]] = {}
        edges = list(self._edges())
        touched = self._reach(edges, self._foreign(edges))
        names = {
            node for assertion in assertions if assertion.condition is not None for node in assertion.condition.compared
        }
        self._loose = {
            node
            for node in source.nodes
            if isinstance(node, ast.Compare)
            and node not in names
            and not is_about_none(node)
            and not is_main_guard(source.parents[node])
            and self._compares(node, constants, columns, touched)
        }
        self._carrying = self._reach(edges, self._foreign(edges)) if self._loose else touched
        self._depending = self._reach(edges, self._loosely_bound(edges)) if self._loose else set()

    @property
    def loose_comparisons(self) -> int:
        """Comparisons with constants outside assertions."""
        return len(self._loose)

    def is_loose(self, condition: Condition) -> bool:
        """A leaf depends on loose comparisons, and on nothing else of the submission."""
        return bool(self._loose) and any(self._is_loose_leaf(leaf.node) for leaf in condition.leaves)

    def _is_loose_leaf(self, node: ast.expr) -> bool:
        depends = any(part in self._loose for part in walk(node)) or self._mentions(node, self._depending)
        return depends and not self._mentions(node, self._carrying) and not self._calls_out(node)

    def _compares(self, node: ast.Compare, constants: Constants, columns: Columns, touched: set[Place]) -> bool:
        """A comparison of something of the submission's with a constant."""
        sides = [node.left, *node.comparators]
        return any(constants.is_constant(side) or columns.is_known(side) for side in sides) and any(
            self._mentions(side, touched) or self._calls_out(side) for side in sides
        )

    def _edges(self) -> Iterator[tuple[ast.AST, list[Place]]]:
        """Expressions, with the places that their values flow to."""
        functions = {node.name: node for node in self._source.nodes if isinstance(node, Function)}
        for node in self._source.nodes:
            if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield node.value, [place for target in targets for place in self._places(target)]
            elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
                yield node.iter, list(self._places(node.target))
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                yield node.context_expr, list(self._places(node.optional_vars))
            elif isinstance(node, ast.Return) and node.value is not None:
                yield node.value, self._function_around(node)
            elif isinstance(node, ast.Call):
                yield from self._edges_of_call(node, functions)

    def _edges_of_call(
        self, call: ast.Call, functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]
    ) -> Iterator[tuple[ast.AST, list[Place]]]:
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        name = dotted(call.func).rpartition(".")[2]
        if name in functions:
            if name not in self._parameters:
                scope = self._scopes.inner(functions[name])
                self._parameters[name] = [v for v in scope.variables.values() if v.bindings[0][0] == "parameter"]
            hub: list[Place] = [f"{name}()"]
            yield from ((argument, hub) for argument in arguments)
        elif isinstance(call.func, ast.Attribute):
            changed = list(self._places(call.func.value))
            yield from ((argument, changed) for argument in arguments)

    def _function_around(self, node: ast.AST) -> list[Place]:
        function = next((outer for outer in self._source.ancestors(node) if isinstance(outer, Function)), None)
        if function is None:
            return []
        variable = self._scopes.scope(function).variables.get(function.name)
        return [variable, function.name] if variable is not None else [function.name]

    def _places(self, target: ast.AST) -> Iterator[Place]:
        if isinstance(target, ast.Name):
            variable = self._scopes.variable(target)
            if variable is not None and variable.bindings[0][0] != "import":
                yield variable
        elif isinstance(target, ast.Attribute) and dotted(target.value) in ("self", "cls"):
            yield target.attr
        elif isinstance(target, (ast.Attribute, ast.Subscript, ast.Starred)):
            yield from self._places(target.value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                yield from self._places(element)

    def _read(self, node: ast.AST) -> Iterator[Place]:
        """The places that an expression reads, but for loose comparisons in it."""
        for part in self._parts(node):
            if isinstance(part, ast.Name):
                variable = self._scopes.variable(part)
                if variable is not None:
                    yield variable
            elif isinstance(part, ast.Attribute) and dotted(part.value) in ("self", "cls"):
                yield part.attr

    def _parts(self, node: ast.AST) -> Iterator[ast.AST]:
        stack = [node]
        while stack:
            part = stack.pop()
            if part not in self._loose:
                yield part
                stack.extend(children(part))

    def _reach(self, edges: list[tuple[ast.AST, list[Place]]], start: set[Place]) -> set[Place]:
        """Return all places to which values flow from these."""
        following: dict[Place, list[list[Place]]] = {f"{name}()": [all_] for name, all_ in self._parameters.items()}
        for node, targets in edges:
            for place in self._read(node):
                following.setdefault(place, []).append(targets)
        reached, waiting = set(start), list(start)
        while waiting:
            for targets in following.pop(waiting.pop(), ()):
                new = [place for place in targets if place not in reached]
                reached.update(new)
                waiting += new
        return reached

    def _foreign(self, edges: list[tuple[ast.AST, list[Place]]]) -> set[Place]:
        """Places that values of the submission come to at once: by a call, a handler, a fixture."""
        foreign: set[Place] = {place for node, targets in edges if self._calls_out(node) for place in targets}
        for variable in self._scopes.all():
            if _is_foreign(variable):
                foreign.add(variable)
        return foreign

    def _calls_out(self, node: ast.AST) -> bool:
        """A name that neither the text nor Python has."""
        return any(
            isinstance(part, ast.Name)
            and isinstance(part.ctx, ast.Load)
            and self._scopes.variable(part) is None
            and not hasattr(builtins, part.id)
            for part in self._parts(node)
        )

    def _mentions(self, node: ast.AST, places: set[Place]) -> bool:
        return any(place in places for place in self._read(node))

    def _loosely_bound(self, edges: list[tuple[ast.AST, list[Place]]]) -> set[Place]:
        """Places that hold a loose comparison's result, or what is done because of it."""
        bound: set[Place] = set()
        for node, targets in edges:
            if any(part in self._loose for part in walk(node)):
                bound.update(targets)
        for comparison in self._loose:
            for outer in self._source.ancestors(comparison):
                if isinstance(outer, (ast.If, ast.While)):
                    bound.update(self._changed_in([*outer.body, *outer.orelse]))
                    break
                if isinstance(outer, ast.stmt):
                    break
        return bound

    def _changed_in(self, statements: list[ast.stmt]) -> Iterator[Place]:
        for statement in statements:
            for node in walk(statement):
                if isinstance(node, (ast.Assign, ast.AugAssign)):
                    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                        yield from self._places(target)
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    yield from self._places(node.func.value)
                elif isinstance(node, ast.Return):
                    yield from self._function_around(node)


def _imports_ours(node: ast.AST) -> bool:
    """An import of Python's own modules, or of those that tests are made with."""
    if isinstance(node, ast.ImportFrom):
        return not node.level and (node.module or "").partition(".")[0] in _OURS
    return isinstance(node, ast.Import) and all(alias.name.partition(".")[0] in _OURS for alias in node.names)


def _is_foreign(variable: Variable) -> bool:
    kind, node = variable.bindings[0]
    if kind == "import":
        return not _imports_ours(node)
    return isinstance(node, ast.ExceptHandler) or (kind == "parameter" and _is_run_by_framework(variable))


def _is_run_by_framework(variable: Variable) -> bool:
    """A parameter that a fixture gives, or ``check``'s candidate."""
    function = variable.scope.node
    if not isinstance(function, Function) or not (function.name.startswith("test") or function.name == "check"):
        return False
    first = (function.args.posonlyargs or function.args.args)[:1]
    return not (variable.name == "self" and bool(first) and first[0].arg == "self")
