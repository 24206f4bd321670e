"""Conversion of named arguments and Python's literals to JSON values, by a function's signature and Python's parser."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_JSON_WORDS = {"true": True, "false": False, "null": None, "undefined": None}
_MAX_TEXT = 1 << 26


class BadValue(ValueError):
    """A text is not a value, or JSON has no form for its value. ``reason`` is a word of the rejection."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's parameters in order, without ``self``, and their annotations as text."""

    name: str
    parameters: tuple[str, ...]
    annotations: tuple[str, ...]
    returns: str


def signature_of(code: str, name: str) -> Signature | None:
    """Find the signature of a function in a program or in starter code, whose bodies may be missing. None if there is
    no such function."""
    tree = _tree(code)
    if tree is None:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            parameters = [each for each in (*node.args.posonlyargs, *node.args.args) if each.arg != "self"]
            written = tuple(ast.unparse(each.annotation) if each.annotation else "" for each in parameters)
            returns = ast.unparse(node.returns) if node.returns else ""
            return Signature(name, tuple(each.arg for each in parameters), written, returns)
    return None


def _tree(code: str) -> ast.Module | None:
    for text in (code, code.rstrip() + " pass"):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def positional(text: str, signature: Signature) -> list[Any]:
    """Return the arguments in a text such as ``nums = [1, 2], k = 3`` in the signature's order. JSON's ``true``,
    ``false`` and ``null`` are accepted too.

    Raises:
        BadValue: it is not a list of arguments, or not of this function's.
    """
    call = _expression(f"_(\n{text}\n)")
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise BadValue("bad_input", f"no arguments: {text[:80]!r}")
    values: dict[str, Any] = {}
    for name, node in zip(signature.parameters, call.args, strict=False):
        values[name] = _value(node)
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in values:
            raise BadValue("bad_input", f"{keyword.arg!r} comes twice, or is a mapping: {text[:80]!r}")
        values[keyword.arg] = _value(keyword.value)
    if len(call.args) > len(signature.parameters) or set(values) != set(signature.parameters):
        raise BadValue("bad_input", f"arguments {sorted(values)} of a function of {list(signature.parameters)}")
    return [values[name] for name in signature.parameters]


def value_of(text: str, annotation: str = "") -> Any:
    """Parse a text as JSON or as a Python literal. With annotation ``str``, a text without quotes other than None is
    the value itself: some sets write results of that type so.

    Raises:
        BadValue: it is not a value.
    """
    stripped = text.strip()
    if annotation == "str" and not (len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'"):
        return text
    if annotation in ("Optional[str]", "str | None") and stripped not in ("null", "None") and stripped[:1] not in "\"'":
        return text
    if not stripped:
        raise BadValue("no_output", "an empty text")
    node = _expression(stripped)
    return _value(node)


def fits(value: Any, annotation: str) -> bool:
    """Tell whether a value fits a simple annotation (``int``, ``bool``, ``float``, ``str``, lists of them). Every value
    fits any other annotation."""
    match annotation:
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "bool":
            return isinstance(value, bool)
        case "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "str":
            return isinstance(value, str)
    for opening in ("List[", "list["):
        if annotation.startswith(opening) and annotation.endswith("]"):
            return isinstance(value, list) and all(fits(each, annotation[len(opening) : -1]) for each in value)
    return True


def _expression(text: str) -> ast.expr:
    if len(text) > _MAX_TEXT:
        raise BadValue("bad_input", f"{len(text)} characters")
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadValue("bad_value", f"no value: {text[:80]!r} ({type(error).__name__})") from None


def _value(node: ast.expr) -> Any:
    try:
        return _json_value(node)
    except RecursionError:
        raise BadValue("bad_value", "it nests too deeply") from None


def _json_value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=bool() | int() | str() | None as value):
            return value
        case ast.Constant(value=float() as value):
            return _finite(value)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_json_value(each) for each in items]
        case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
            return {_key(key): _json_value(each) for key, each in zip(keys, values, strict=True)}
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            number = _json_value(inner)
            if isinstance(number, int | float) and not isinstance(number, bool):
                return -number
        case ast.Name(id=word) if word in _JSON_WORDS:
            return _JSON_WORDS[word]
        case ast.Name(id="inf" | "nan" | "Infinity" | "NaN"):
            raise BadValue("not_finite", f"{node.id} has no JSON form")
    raise BadValue("bad_value", f"no literal: {ast.unparse(node)[:80]!r}")


def _key(key: Any) -> str:
    if not isinstance(key.value, str):
        raise BadValue("bad_value", f"a key that is no text: {key.value!r}")
    return key.value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise BadValue("not_finite", f"{value} has no JSON form")
    return value


def named(values: Sequence[Any], signature: Signature) -> dict[str, Any]:
    """Return the arguments by the names of their parameters."""
    return dict(zip(signature.parameters, values, strict=True))
