"""Guesses: how many bits it takes to guess a value, and a text in which equal values look equal."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from typing import Any

from evaluator.sealing.source import walk

MAX_BITS_PER_VALUE = 8
MAX_ELEMENTS = 20
"""Elements of a container that are looked at for its bits."""
MAX_TEXT_LENGTH = 500
_LARGEST_FLOAT_THAT_COUNTS = 1e15


def guess_bits(value: Any) -> int:
    """The bits of one value, cautiously."""
    if value is None or isinstance(value, bool):
        return 1
    if isinstance(value, int):
        return _of_integer(value)
    if isinstance(value, float):
        return _of_float(value)
    if isinstance(value, (str, bytes)):
        return 1 if len(value) < 4 else 3 if len(value) < 6 else MAX_BITS_PER_VALUE
    if isinstance(value, dict):
        return _of_elements([part for item in list(value.items())[:MAX_ELEMENTS] for part in item])
    if isinstance(value, (list, tuple, set, frozenset)) or type(value).__name__ == "deque":
        return _of_elements(list(value)[:MAX_ELEMENTS])
    if isinstance(value, type):
        return 3
    if hasattr(value, "tolist"):
        return guess_bits(value.tolist())
    return min(MAX_BITS_PER_VALUE, len(repr(value)) // 3)


def _of_integer(value: int) -> int:
    if -1 <= value <= 2:
        return 1
    return 3 if abs(value) < 100 else 5 if abs(value) < 1_000 else MAX_BITS_PER_VALUE


def _of_float(value: float) -> int:
    if abs(value) < _LARGEST_FLOAT_THAT_COUNTS and value == int(value):
        return _of_integer(int(value))
    return 3 if len(repr(value)) < 5 else MAX_BITS_PER_VALUE


def _of_elements(elements: list[Any]) -> int:
    return min(MAX_BITS_PER_VALUE, sum(map(guess_bits, elements))) if elements else 1


def canonical(value: Any) -> str:
    """Text of a value, the same for values that compare equal; a digest of a long one."""
    text = _text(value)
    return text if len(text) <= MAX_TEXT_LENGTH else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(sorted(f"{canonical(key)}: {canonical(item)}" for key, item in value.items())) + "}"
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(map(canonical, value))) + "}"
    if type(value) is list:
        return f"[{', '.join(map(canonical, value))}]"
    if type(value) is tuple:
        return f"({', '.join(map(canonical, value))})"
    if isinstance(value, float) and abs(value) < _LARGEST_FLOAT_THAT_COUNTS and value == int(value):
        return repr(int(value))
    return hex(value) if type(value) is int and abs(value) > 1 << 64 else repr(value)


def literals(node: ast.AST, deep: bool = True) -> Iterator[Any]:
    """The values of the literals in an expression; with ``deep`` false, of the expression itself alone."""
    for part in walk(node) if deep else (node,):
        if isinstance(part, (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp)):
            try:
                yield ast.literal_eval(part)
            except (ValueError, TypeError):  # no literal
                continue
