"""Attributes of test classes: ``self.x`` set in ``setUp``, ``CASES = [...]`` in the class."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from evaluator.sealing.scopes import Scopes, Variable
from evaluator.sealing.source import Function, Source, dotted

Store = ast.Name | ast.Attribute


@dataclass(eq=False, slots=True)
class ClassAttribute:
    """An attribute of one class of the text: where it is set, and where it is read."""

    owner: ast.ClassDef
    name: str
    stores: list[Store] = field(default_factory=list)
    uses: list[Store] = field(default_factory=list)


class ClassAttributes:
    """The attributes of all classes of a text."""

    def __init__(self, source: Source, scopes: Scopes) -> None:
        self._source = source
        self._scopes = scopes
        self._all: dict[tuple[ast.ClassDef, str], ClassAttribute] = {}
        self._bases: dict[ast.ClassDef, list[ast.ClassDef]] = {}
        self._parents: set[ast.ClassDef] = set()
        classes = {node.name: node for node in source.nodes if isinstance(node, ast.ClassDef)}
        for child in classes.values():
            self._bases[child] = [classes[name] for base in child.bases if (name := dotted(base)) in classes]
            self._parents.update(self._bases[child])
        for node in source.nodes:
            if isinstance(node, ast.ClassDef):
                self._of_body(node)
            elif isinstance(node, ast.Attribute) and (owner := self._owner(node.value)) is not None:
                attribute = self._get(owner, node.attr)
                (attribute.uses if isinstance(node.ctx, ast.Load) else attribute.stores).append(node)

    def find(self, node: ast.Attribute) -> ClassAttribute | None:
        """The attribute that ``self.x``, ``cls.x`` or ``Class.x`` means, where only its class sets it."""
        owner = self._owner(node.value)
        return self._settled(self._all.get((owner, node.attr))) if owner is not None else None

    def settled(self) -> list[ClassAttribute]:
        """All attributes that only their class sets."""
        return [attribute for attribute in self._all.values() if self._settled(attribute) is not None]

    def find_variable(self, variable: Variable) -> ClassAttribute | None:
        """The attribute that a name in a class's body is."""
        owner = variable.scope.node
        return self._settled(self._all.get((owner, variable.name))) if isinstance(owner, ast.ClassDef) else None

    def _settled(self, attribute: ClassAttribute | None) -> ClassAttribute | None:
        """The attribute, unless a class above or below may set it too."""
        if attribute is None or attribute.owner in self._parents:
            return None
        seen, above = {attribute.owner}, list(self._bases.get(attribute.owner, ()))
        while above:
            base = above.pop()
            if base not in seen:
                seen.add(base)
                above += self._bases.get(base, ())
                if (inherited := self._all.get((base, attribute.name))) is not None and inherited.stores:
                    return None
        return attribute

    def _owner(self, base: ast.expr) -> ast.ClassDef | None:
        """The class whose instance, or which itself, an expression is."""
        if isinstance(base, ast.Attribute) and base.attr == "__class__":
            return self._owner(base.value)
        if isinstance(base, ast.Call) and dotted(base.func) == "type" and len(base.args) == 1:
            return self._owner(base.args[0])
        variable = self._scopes.variable(base) if isinstance(base, ast.Name) else None
        if variable is None or len(variable.bindings) != 1:
            return None
        kind, node = variable.bindings[0]
        if kind == "definition":
            return node if isinstance(node, ast.ClassDef) else None
        return self._method_of(variable) if kind == "parameter" else None

    def _method_of(self, variable: Variable) -> ast.ClassDef | None:
        """The class whose method has the parameter as its first."""
        function = variable.scope.node
        if not isinstance(function, Function) or not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        first = (function.args.posonlyargs or function.args.args)[:1]
        if (
            not first
            or first[0].arg != variable.name
            or any(dotted(d) == "staticmethod" for d in function.decorator_list)
        ):
            return None
        owner = self._source.parents.get(function)
        return owner if isinstance(owner, ast.ClassDef) else None

    def _of_body(self, node: ast.ClassDef) -> None:
        for variable in self._scopes.inner(node).variables.values():
            stores = [binding for kind, binding in variable.bindings if kind == "store"]
            attribute = self._get(node, variable.name)
            attribute.stores += [store for store in stores if isinstance(store, ast.Name)]
            attribute.uses += variable.uses

    def _get(self, owner: ast.ClassDef, name: str) -> ClassAttribute:
        return self._all.setdefault((owner, name), ClassAttribute(owner, name))
