"""Linked lists, trees and graphs as LeetCode writes them in JSON.

A list is the list of its values; a tree its values level by level with null for a missing child; an n-ary tree the same
with null after each group of children; a list with random pointers ``[value, index or null]`` for each node; a graph
the neighbours of each node, numbered from 1.
"""

from __future__ import annotations

import collections
import inspect
import re
import types
from collections.abc import Callable
from typing import Any

from evaluator.harness import values

_MOST_NODES = 10_000_000


class ListNode:
    def __init__(self, val: Any = 0, next: Any = None) -> None:
        self.val, self.next = val, next


class TreeNode:
    def __init__(self, val: Any = 0, left: Any = None, right: Any = None) -> None:
        self.val, self.left, self.right = val, left, right


class Node:
    """LeetCode calls nodes of three different things so."""

    def __init__(self, val: Any = 0, *links: Any, **named: Any) -> None:
        self.val = val
        self.next = self.random = self.left = self.right = None
        self.children: list[Any] = []
        self.neighbors: list[Any] = []
        vars(self).update(named)
        if links and isinstance(links[0], list):
            self.children = self.neighbors = links[0]
        elif links:
            self.next, self.random = (*links, None)[:2]


CLASSES = {"ListNode": ListNode, "TreeNode": TreeNode, "Node": Node}
"""The classes that submissions find where they define none of their own."""


_GATHERS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


def types_of(function: Any, types: dict[str, Any] | None) -> tuple[dict[str, str | None], str | None]:
    """The types of a function's parameters, in order, and of its result: as the suite gives them, else as hinted."""
    parameters = [name for name in _parameters(function) if name != "self"]
    if types is not None:
        names = parameters or [str(i) for i in range(len(types["params"]))]
        return dict(zip(names, types["params"], strict=False)), types["returns"]
    hints = getattr(function, "__annotations__", {})
    aliases = _aliases(getattr(function, "__globals__", {}))
    return {name: _name(hints.get(name), aliases) for name in parameters}, _name(hints.get("return"), aliases)


def _aliases(names: dict[str, Any]) -> dict[str, str]:
    """LeetCode's names for classes that the program calls something else (``ListNode = Node``), by those."""
    own = ((name, names.get(name)) for name in ("ListNode", "TreeNode"))
    return {kind.__name__: name for name, kind in own if isinstance(kind, type) and kind.__name__ != name}


def _parameters(function: Any) -> list[str]:
    """Their names, without ``inspect`` where a function is no more than its code: that takes most of a light test."""
    plain = getattr(function, "__func__", function)
    if type(plain) is types.FunctionType and not vars(plain) and not plain.__code__.co_flags & _GATHERS:
        code = plain.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        return list(names if plain is function else names[1:])
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _name(hint: Any, aliases: dict[str, str]) -> str | None:
    """A hint as text: ``Optional[ListNode]``, ``list[TreeNode]``, whether it is a string or was evaluated."""
    if hint is None:
        return None
    text = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    for own, name in aliases.items():
        text = re.sub(rf"\b{re.escape(own)}\b", name, text)
    return text


def build(value: Any, kind: str | None, module: types.ModuleType) -> Any:
    """Make an argument of that type of plain values."""
    structure = _structure(kind)
    if structure is None:
        return _with_number_keys(value) if kind and _NUMBER_KEYS.match(kind) else value
    name, several = structure
    make = _BUILDERS[name]
    node = vars(module).get(_CLASS_OF[name]) or CLASSES[_CLASS_OF[name]]
    return [make(element, node) for element in value] if several else make(value, node)


def form(value: Any, kind: str | None) -> Any:
    """The form of a result: as JSON for the structures above, else as ``values`` has it.

    Raises:
        NotPlain: it has none.
    """
    structure = _structure(kind)
    if structure is None:
        return values.encode(value, _of_node)
    name, several = structure
    if several and isinstance(value, list | tuple):
        return [values.encode(_FORMS[name](element)) for element in value]
    return values.encode(_FORMS[name](value))


_NUMBER_KEYS = re.compile(r"(?:typing\.)?[Dd]ict\[int\b")


def _with_number_keys(value: Any) -> Any:
    """A dict whose keys are numbers, which JSON writes as text. Any other value stays."""
    try:
        return {int(key): element for key, element in value.items()} if isinstance(value, dict) else value
    except ValueError:
        return value


_HINT = re.compile(r"\b(ListNode|TreeNode|RandomNode|NaryNode|GraphNode)\b")


def named(*kinds: str | None) -> list[str]:
    """The structures that types name."""
    matches = (_HINT.search(kind) for kind in kinds if kind is not None)
    return [match[1] for match in matches if match is not None]


def _structure(kind: str | None) -> tuple[str, bool] | None:
    """The structure that a type names, and whether it is a list of them."""
    match = _HINT.search(kind) if kind else None
    return None if match is None or kind is None else (match[1], bool(re.search(r"\b[Ll]ist\[", kind)))


def _of_node(value: Any) -> Any:
    """A node that no type told of: lists and trees can be known by what they have."""
    if hasattr(value, "val") and hasattr(value, "left") and hasattr(value, "right"):
        return values.encode(_tree(value))
    if hasattr(value, "val") and hasattr(value, "next"):
        return values.encode(_list(value))
    return values.refuse(value)


def _build_list(elements: list[Any] | None, node: Any) -> Any:
    head = None
    for element in reversed(elements or []):
        link = node(element)
        link.next, head = head, link
    return head


def _list(head: Any) -> list[Any]:
    elements, seen = [], set()
    while head is not None:
        if id(head) in seen:
            raise values.NotPlain("linked list with a cycle")
        seen.add(id(head))
        elements.append(head.val)
        head = head.next
    return elements


def _build_tree(elements: list[Any] | None, node: Any) -> Any:
    if not elements or elements[0] is None:
        return None
    rest = iter(elements)
    root = node(next(rest))
    waiting = collections.deque([root])
    while waiting:
        parent = waiting.popleft()
        for side in ("left", "right"):
            element = next(rest, None)
            child = None if element is None else node(element)
            setattr(parent, side, child)
            if child is not None:
                waiting.append(child)
    return root


def _tree(root: Any) -> list[Any]:
    elements: list[Any] = []
    waiting, seen = collections.deque([root]), 0
    while waiting:
        node = waiting.popleft()
        elements.append(None if node is None else node.val)
        if node is not None:
            waiting += [node.left, node.right]
        if (seen := seen + 1) > _MOST_NODES:
            raise values.NotPlain("tree with a cycle")
    while elements and elements[-1] is None:
        elements.pop()
    return elements


def _build_random(elements: list[Any] | None, node: Any) -> Any:
    nodes = [node(value) for value, _ in elements or []]
    for position, (_, target) in enumerate(elements or []):
        nodes[position].next = nodes[position + 1] if position + 1 < len(nodes) else None
        nodes[position].random = None if target is None else nodes[target]
    return nodes[0] if nodes else None


def _random(head: Any) -> list[Any]:
    nodes: list[Any] = []
    numbers: dict[int, int] = {}
    while head is not None and id(head) not in numbers:
        numbers[id(head)] = len(nodes)
        nodes.append(head)
        head = head.next
    return [[node.val, None if node.random is None else numbers.get(id(node.random), -1)] for node in nodes]


def _build_nary(elements: list[Any] | None, node: Any) -> Any:
    if not elements:
        return None
    root = _with(node, elements[0], "children")
    waiting: collections.deque[Any] = collections.deque([root])
    current: Any = None
    for element in elements[1:]:
        if element is None:
            current = waiting.popleft()
        else:
            child = _with(node, element, "children")
            current.children.append(child)
            waiting.append(child)
    return root


def _nary(root: Any) -> list[Any]:
    if root is None:
        return []
    elements: list[Any] = [root.val]
    waiting = collections.deque([root])
    while waiting:
        elements.append(None)
        for child in waiting.popleft().children or []:
            elements.append(child.val)
            waiting.append(child)
        if len(elements) > _MOST_NODES:
            raise values.NotPlain("tree with a cycle")
    while elements[-1] is None:
        elements.pop()
    return elements


def _build_graph(neighbours: list[Any] | None, node: Any) -> Any:
    nodes = [_with(node, number, "neighbors") for number in range(1, len(neighbours or []) + 1)]
    for one, neighbors in zip(nodes, neighbours or [], strict=True):
        one.neighbors.extend(nodes[number - 1] for number in neighbors)
    return nodes[0] if nodes else None


def _graph(start: Any) -> list[Any]:
    if start is None:
        return []
    nodes = {start.val: start}
    waiting = [start]
    while waiting:
        for neighbor in waiting.pop().neighbors:
            if neighbor.val not in nodes:
                nodes[neighbor.val] = neighbor
                waiting.append(neighbor)
    return [[neighbor.val for neighbor in nodes[number].neighbors] for number in sorted(nodes)]


def _with(node: Any, value: Any, links: str) -> Any:
    instance = node(value)
    setattr(instance, links, [])
    return instance


_CLASS_OF = {
    "ListNode": "ListNode", "TreeNode": "TreeNode", "RandomNode": "Node", "NaryNode": "Node", "GraphNode": "Node",
}  # fmt: skip
_BUILDERS: dict[str, Callable[[Any, Any], Any]] = {
    "ListNode": _build_list, "TreeNode": _build_tree, "RandomNode": _build_random, "NaryNode": _build_nary,
    "GraphNode": _build_graph,
}  # fmt: skip
_FORMS: dict[str, Callable[[Any], Any]] = {
    "ListNode": _list, "TreeNode": _tree, "RandomNode": _random, "NaryNode": _nary, "GraphNode": _graph,
}  # fmt: skip
