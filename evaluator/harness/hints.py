"""Types of parameters and results: from a function's hints, or a suite's words, to the structures in them."""

from __future__ import annotations

import ast
import functools
import inspect
import re
import types
from typing import Any, NamedTuple

STRUCTURES = ("ListNode", "TreeNode", "RandomNode", "NaryNode", "GraphNode")
_STRUCTURE = re.compile(rf"\b({'|'.join(STRUCTURES)})\b")
_WORD = re.compile(r"[^\W\d]\w*")
_MAX_DEPTH = 8
"""Names of types that are followed one after the other; a type may contain itself."""
_EITHER = frozenset({"Optional", "Union", "Annotated", "Final", "ClassVar"})
_LISTS = frozenset(
    ("list", "List", "Sequence", "MutableSequence", "Iterable", "Iterator", "Generator", "Collection", "Deque", "deque")
)
_DICTS = frozenset(("dict", "Dict", "Mapping", "MutableMapping", "DefaultDict", "defaultdict", "OrderedDict"))
_NAMED = ("TypeAliasType", "NewType", "TypeVar", "ForwardRef")
_MEANINGS = ("__value__", "__supertype__", "__bound__", "__forward_arg__")
"""Attribute of each of those with the type that it names."""


class Type(NamedTuple):
    """A type, as far as values are made for it: a structure's name, ``list``, ``tuple`` or ``dict`` of other types,
    ``int``, or nothing."""

    name: str = ""
    parts: tuple[Type, ...] = ()

    @property
    def is_structure(self) -> bool:
        """True if values of it are not plain JSON."""
        return self.name not in ("", "int")


PLAIN = Type()


def types_of(function: Any, of_suite: dict[str, Any] | None, names: dict[str, Any]) -> tuple[dict[str, Type], Type]:
    """Types of a function's parameters, in order, and of its result: as the suite gives them, else as hinted.
    ``names`` are the submission's."""
    parameters = [name for name in _parameters(function) if name != "self"]
    if of_suite is not None:
        # They count by position: a wrapper's parameters, or *args, have no names for them.
        known = [read(text) for text in of_suite["params"]]
        named = [*parameters, *map(str, range(len(parameters), len(known)))]
        return dict(zip(named, known, strict=False)), read(of_suite["returns"] or "")
    hints = getattr(function, "__annotations__", {})
    return {name: _hinted(hints.get(name), names) for name in parameters}, _hinted(hints.get("return"), names)


def _parameters(function: Any) -> list[str]:
    """Return the parameters' names. ``inspect`` takes most of a light test: only a function that needs it gets it."""
    plain = getattr(function, "__func__", function)
    gathers = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
    if type(plain) is types.FunctionType and not vars(plain) and not plain.__code__.co_flags & gathers:
        code = plain.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        return list(names if plain is function else names[1:])
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [each.name for each in parameters if each.kind is not each.VAR_KEYWORD]


def _hinted(hint: Any, names: dict[str, Any]) -> Type:
    return PLAIN if hint is None else read(_text(hint, names, 0))


def _text(hint: Any, names: dict[str, Any], depth: int) -> str:
    """A hint as text, whether it is a string or was evaluated, with LiveCodeBench's names for the program's own."""
    text = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    return _WORD.sub(lambda word: _meaning(word[0], names, depth), text)


def _meaning(word: str, names: dict[str, Any], depth: int) -> str:
    """The type that a word of a hint stands for."""
    value = names.get(word)
    if value is None or word in STRUCTURES or depth == _MAX_DEPTH:
        return word
    if isinstance(value, type) and not hasattr(value, "__args__"):
        return next((name for name in STRUCTURES if names.get(name) is value), word)
    kind = type(value).__name__
    if kind in _NAMED:
        value = getattr(value, _MEANINGS[_NAMED.index(kind)])
    elif not getattr(value, "__args__", None):
        return word
    return word if value is None else _text(value, names, depth + 1)


@functools.lru_cache(256)
def read(text: str) -> Type:
    """Read a type: ``Optional[ListNode]``, ``list[TreeNode]``, ``tuple[ListNode, int]``."""
    if not _STRUCTURE.search(text) and "[int" not in text:
        return Type("int") if text == "int" else PLAIN
    try:
        return _type_of(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        match = _STRUCTURE.search(text)
        return Type(match[1]) if match else PLAIN


def _type_of(node: ast.expr) -> Type:
    match node:
        case ast.Constant(value=str(text)):
            return read(text)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return Type(name) if name in STRUCTURES or name == "int" else PLAIN
        case ast.UnaryOp(operand=variable):  # ~T
            return _type_of(variable)
        case ast.BinOp(left=left, right=right):
            return _either([_type_of(left), _type_of(right)])
        case ast.Call(args=[ast.Constant(value=str(text)), *_]):  # ForwardRef('ListNode')
            return read(text)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            return _generic(name, inner.elts if isinstance(inner, ast.Tuple) else [inner])
    return PLAIN


def _generic(name: str, arguments: list[ast.expr]) -> Type:
    parts = [_type_of(argument) for argument in arguments]
    if name in STRUCTURES:
        return Type(name)
    if name in _EITHER:
        return _either(parts)
    if name in _DICTS and len(parts) == 2:
        return Type("dict", tuple(parts)) if parts[0].name == "int" or parts[1].is_structure else PLAIN
    if not any(part.is_structure for part in parts):
        return PLAIN
    if name in ("tuple", "Tuple"):
        endless = isinstance(arguments[-1], ast.Constant)
        return Type("list", (parts[0],)) if endless else Type("tuple", tuple(parts))
    return Type("list", (parts[0],)) if name in _LISTS else PLAIN


def _either(parts: list[Type]) -> Type:
    return next((part for part in parts if part.is_structure), PLAIN)


def named(*kinds: str | None) -> list[str]:
    """The structures that types name."""
    matches = (_STRUCTURE.search(kind) for kind in kinds if kind is not None)
    return [match[1] for match in matches if match is not None]
