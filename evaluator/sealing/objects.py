"""Objects: expressions that are instances of the submission's classes, by the text alone.

An object may decide itself what it equals, contains or is less than, so that its comparison with a constant cannot be
evaluated outside. With a reference, its run shows where that is so. Without one the text does, as far as it can:
``Vec(1, 2)``, ``-v`` and ``v + w`` of such, names and attributes that are only ever bound to such, and what belongs to
a library's module (``os.environ``), which is no plain value either. A name of which the text reads an attribute that no
plain value has (``v.x``) may be bound to one: compared with a number it can be nothing else, while a named tuple has
attributes of its own too, and equals a tuple.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence

from evaluator.sealing.attributes import ClassAttributes
from evaluator.sealing.scopes import Scopes
from evaluator.sealing.source import Source
from evaluator.sealing.vocabulary import PLAIN_ATTRIBUTES


class Objects:
    """Tells the submission's objects of one text."""

    def __init__(self, source: Source, scopes: Scopes, attributes: ClassAttributes, module_names: tuple[str, ...]):
        self._source = source
        self._scopes = scopes
        self._attributes = attributes
        self._modules = frozenset(module_names)
        self._known: dict[ast.expr, bool] = {}

    def is_object(self, node: ast.expr) -> bool:
        """Tell whether an expression can only be an instance of a class of the submission's, or made of one by an
        operator."""
        if node not in self._known:
            self._known[node] = False  # for what is bound to itself
            self._known[node] = self._compute(node)
        return self._known[node]

    def may_be_object(self, node: ast.expr) -> bool:
        """Tell whether the text uses an attribute of a name, which is bound once, that no plain value has."""
        variable = self._scopes.variable(node) if isinstance(node, ast.Name) else None
        if variable is None or len(variable.bindings) != 1:
            return False
        users = (self._source.parents.get(use) for use in variable.uses)
        return any(isinstance(user, ast.Attribute) and user.attr not in PLAIN_ATTRIBUTES for user in users)

    def _compute(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call):
            return self._is_class(node.func)
        if isinstance(node, ast.UnaryOp):
            return not isinstance(node.op, ast.Not) and self.is_object(node.operand)
        if isinstance(node, ast.BinOp):
            return self.is_object(node.left) or self.is_object(node.right)
        if isinstance(node, ast.Name):
            variable = self._scopes.variable(node)
            return variable is not None and self._all_objects([store for _, store in variable.bindings])
        if isinstance(node, ast.Attribute):
            attribute = self._attributes.find(node)
            stores = [] if attribute is None else attribute.stores
            return self._all_objects(list(stores)) or self._is_of_library(node.value)
        return False

    def _is_class(self, function: ast.expr) -> bool:
        """A capitalised name that the text does not define, and Python does not have."""
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return function.value.id in self._modules and _is_capitalised(function.attr)
        if not isinstance(function, ast.Name) or not _is_capitalised(function.id):
            return False
        variable = self._scopes.variable(function)
        return not hasattr(builtins, function.id) if variable is None else self._is_imported(variable.bindings)

    def _is_of_library(self, module: ast.expr) -> bool:
        variable = self._scopes.variable(module) if isinstance(module, ast.Name) else None
        return variable is not None and all(
            isinstance(node, ast.Import) and variable.name not in self._modules for _, node in variable.bindings
        )

    def _is_imported(self, bindings: Sequence[tuple[str, ast.AST]]) -> bool:
        """Tell if a name comes from the submission's module."""
        return all(
            isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in self._modules
            for _, node in bindings
        )

    def _all_objects(self, stores: list[ast.AST]) -> bool:
        return bool(stores) and all(map(self._is_bound_to_object, stores))

    def _is_bound_to_object(self, store: ast.AST) -> bool:
        assignment = self._source.parents.get(store)
        if isinstance(assignment, ast.Assign):
            return store in assignment.targets and self.is_object(assignment.value)
        return (
            isinstance(assignment, ast.AnnAssign) and assignment.value is not None and self.is_object(assignment.value)
        )


def _is_capitalised(name: str) -> bool:
    return name[:1].isupper() and not name.isupper()
