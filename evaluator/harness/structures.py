"""Linked lists, trees and graphs as LeetCode writes them in JSON.

A list is the list of its values; a tree its values level by level with null for a missing child; an n-ary tree the same
with null after each group of children; a list with random pointers ``[value, index or null]`` for each node; a graph
the neighbours of each node, numbered from 1.
"""

from __future__ import annotations

import collections
import types
from collections.abc import Callable
from typing import Any

from evaluator.harness import values
from evaluator.harness.hints import Type

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


def build(value: Any, kind: Type, module: types.ModuleType) -> Any:
    """Make an argument of that type of plain values. A value that has not the type's form stays."""
    parts = kind.parts
    match kind.name:
        case "" | "int":
            return value
        case "list":
            return [build(element, parts[0], module) for element in value] if isinstance(value, list) else value
        case "tuple":
            fits = isinstance(value, list) and len(value) == len(parts)
            return tuple(build(*each, module) for each in zip(value, parts, strict=True)) if fits else value
        case "dict":
            return _build_dict(value, parts[0], parts[1], module) if isinstance(value, dict) else value
    node = vars(module).get(_CLASS_OF[kind.name]) or CLASSES[_CLASS_OF[kind.name]]
    return _BUILDERS[kind.name](value, node)


def _build_dict(pairs: dict[str, Any], key: Type, value: Type, module: types.ModuleType) -> dict[Any, Any]:
    """A dict. Its keys may be numbers, which JSON writes as text."""
    try:
        return {(int(k) if key.name == "int" else k): build(v, value, module) for k, v in pairs.items()}
    except ValueError:
        return pairs


def form(value: Any, kind: Type) -> Any:
    """The form of a result: as JSON for the structures above, else as ``values`` has it.

    Raises:
        NotPlain: it has none.
    """
    several = isinstance(value, list | tuple)
    if kind.name == "list" and several:
        return [form(element, kind.parts[0]) for element in value]
    if kind.name == "tuple" and several and len(value) == len(kind.parts):
        return [form(*each) for each in zip(value, kind.parts, strict=True)]
    if kind.name in _FORMS:
        return values.encode(_FORMS[kind.name](value))
    return values.encode(value, _of_node)


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
