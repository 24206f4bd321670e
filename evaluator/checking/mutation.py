"""Outputs that are wrong on purpose, which a checker must refuse.

Each mutation is small and systematic (a line swapped, dropped or doubled, an integer off by one, a decimal by a ten
thousandth, a letter's case, two tokens run together). A checker that accepts a mutant accepts such mistakes.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import JsonValue

_INTEGER = re.compile(rb"(?<![\w.])-?\d+(?![\w.])")
_DECIMAL = re.compile(rb"(?<![\w.])-?\d+\.\d+(?![\w.])")
_LETTER = re.compile(rb"[A-Za-z]")
_OFF = 1e-4


def of_output(expected: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield mutants of a program's expected output with their names. Each differs from it in its tokens."""
    lines = expected.splitlines()
    tokens = expected.split()
    mutants = {
        "empty": b"",
        "token added": expected.rstrip() + b" 0",
        "last line dropped": b"\n".join(lines[:-1]),
        "line doubled": b"\n".join([*lines[:1], *lines]),
        "lines swapped": b"\n".join(_swapped(lines)),
        "lines reversed": b"\n".join(lines[::-1]),
        "tokens swapped": b"\n".join(b" ".join(_swapped(line.split())) for line in lines),
        "tokens joined": b"".join(tokens[:2]) + b" " + b" ".join(tokens[2:]),
        "integer off by one": _INTEGER.sub(lambda match: b"%d" % (int(match[0]) + 1), expected, count=1),
        "decimal off": _DECIMAL.sub(lambda match: repr(_off(float(match[0]))).encode(), expected, count=1),
        "case changed": _LETTER.sub(lambda match: match[0].swapcase(), expected, count=1),
    }
    yield from ((name, mutant) for name, mutant in mutants.items() if mutant.split() != tokens)


def of_value(expected: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Yield mutants of a function's expected result with their names. Each differs from it."""
    if isinstance(expected, list) and expected:
        yield from _of_list(expected)
    for name, kind, change in _SCALARS:
        mutant, changed = _first(copy.deepcopy(expected), kind, change)
        if changed:
            yield name, mutant
    yield "null", None
    yield "in a list", [expected]


def _of_list(expected: list[Any]) -> Iterator[tuple[str, JsonValue]]:
    mutants: dict[str, JsonValue] = {
        "element dropped": expected[:-1],
        "element doubled": [expected[0], *expected],
        "elements swapped": _swapped(expected),
        "elements reversed": expected[::-1],
        "inner elements reversed": [element[::-1] if isinstance(element, list) else element for element in expected],
    }
    yield from ((name, mutant) for name, mutant in mutants.items() if mutant != expected)


_SCALARS: tuple[tuple[str, type, Callable[[Any], Any]], ...] = (
    ("integer off by one", int, lambda number: number + 1),
    ("decimal off", float, lambda number: _off(number)),
    ("boolean flipped", bool, lambda flag: not flag),
    ("boolean for integer", int, lambda number: bool(number)),
    ("case changed", str, lambda text: text.swapcase()),
    ("text for number", int, str),
)


def _first(value: Any, kind: type, change: Callable[[Any], Any]) -> tuple[Any, bool]:
    """Change the first scalar of a type in a value that the change alters.

    Returns:
        The value, and True if there was such a scalar.
    """
    if type(value) is kind:
        changed = change(value)
        return changed, type(changed) is not kind or changed != value
    parts = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for key, part in parts:
        mutant, changed = _first(part, kind, change)
        if changed:
            value[key] = mutant
            return value, True
    return value, False


def _off(number: float) -> float:
    return number + max(abs(number), 1.0) * _OFF


def _swapped(parts: list[Any]) -> list[Any]:
    """Swap the first two neighbours that differ."""
    for at in range(len(parts) - 1):
        if parts[at] != parts[at + 1]:
            return [*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]]
    return parts
