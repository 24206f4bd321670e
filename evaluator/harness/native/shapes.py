"""Shapes of tests' arguments: they tell which of several overloads is meant, where a language has these.

A shape is ``Any``, ``Bool``, ``Int`` (of 32 bits), ``Long``, ``Float``, ``Text``, ``Nodes`` (a list with nulls in it,
or one that the suite gives the type of a structure), ``("List", shape)`` or ``("Map", shape)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

Shape = str | tuple[str, Any]

_ELEMENTS, _DEEPEST = 32, 4
"""Elements of a list that are looked at, and levels of lists: what lies deeper may be anything."""
_NUMBERS = ("Int", "Long", "Float")
UNKNOWN = "Null"
"""Of null, and of the elements of an empty list."""


def shapes_of(inputs: Iterable[Sequence[Any]], types: Sequence[str] = ()) -> list[tuple[Shape, ...]]:
    """The shapes of all calls, as few as can be: one for each number of arguments and what these are at all."""
    groups: list[list[Shape]] = []
    for values in inputs:
        shapes = [_shape(value, 0) for value in values]
        fitting = next((group for group in groups if _alike(group, shapes)), None)
        if fitting is None:
            groups.append(shapes)
        else:
            fitting[:] = map(_merged, fitting, shapes)
    return [tuple(_typed(shape, number, types) for number, shape in enumerate(group)) for group in groups]


def _typed(shape: Shape, number: int, types: Sequence[str]) -> Shape:
    kind = types[number] if number < len(types) else ""
    if "Node" in kind and "list[" not in kind.lower():
        return "Nodes"
    return "Any" if shape == UNKNOWN else shape


def _alike(group: Sequence[Shape], shapes: Sequence[Shape]) -> bool:
    return len(group) == len(shapes) and all(
        UNKNOWN in (one, other) or _merged(one, other) != "Any" or "Any" in (one, other)
        for one, other in zip(group, shapes, strict=True)
    )


def _shape(value: Any, depth: int) -> Shape:
    match value:
        case None:
            return UNKNOWN
        case bool():
            return "Bool"
        case int():
            return "Int" if -(2**31) <= value < 2**31 else "Long"
        case float():
            return "Float"
        case str():
            return "Text"
    if depth == _DEEPEST:
        return "Any"
    elements = value.values() if isinstance(value, dict) else value
    seen = [_shape(element, depth + 1) for element in islice(elements, _ELEMENTS)]
    if isinstance(value, dict):
        return ("Map", _all(seen))
    return "Nodes" if UNKNOWN in seen else ("List", _all(seen))


def _all(shapes: Sequence[Shape]) -> Shape:
    """One shape of several; of none it is as of null."""
    merged: Shape = UNKNOWN
    for shape in shapes:
        merged = _merged(merged, shape)
    return merged


def _merged(one: Shape, other: Shape) -> Shape:
    if one == other or other == UNKNOWN:
        return one
    if one == UNKNOWN:
        return other
    if one in _NUMBERS and other in _NUMBERS:
        return max(one, other, key=_NUMBERS.index)
    if isinstance(one, tuple) and isinstance(other, tuple) and one[0] == other[0]:
        return (one[0], _merged(one[1], other[1]))
    lists = {shape if isinstance(shape, str) else shape[0] for shape in (one, other)}
    return "Nodes" if lists == {"Nodes", "List"} else "Any"
