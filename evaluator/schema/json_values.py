"""Values that JSON can carry, there and back: a test's arguments and its expected result."""

from __future__ import annotations

import json

from pydantic import JsonValue
from pydantic_core import to_json

_MOST_DIGITS = 4300
"""Digits of an integer that Python converts from and to text, at most."""
_DIGITS = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else ord(" ") for byte in range(256))
"""A table for ``bytes.translate``: every digit becomes 0, every other byte a blank."""
_DEEPEST = 100
"""Levels of lists and objects in a test's value, at most. The message around it adds some, and the parser's limit is
200."""


def check_value(value: JsonValue, where: str) -> None:
    """Refuse a value that cannot be written as JSON and read again."""
    try:
        text = to_json(value, inf_nan_mode="constants")  # five times as fast as json, which explains errors
    except ValueError:
        text = b""
    long_number = len(text) > _MOST_DIGITS and b"0" * (_MOST_DIGITS + 1) in text.translate(_DIGITS)
    if not text or long_number or b"NaN" in text or b"Infinity" in text:
        _check_with_json(value, where)
    if text.count(b"[") + text.count(b"{") > _DEEPEST and _nests_deeper(value):
        raise ValueError(f"{where} nests more than {_DEEPEST} deep")


def _check_with_json(value: JsonValue, where: str) -> None:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        half = ascii(error.object[error.start])
        raise ValueError(f"{where} holds half of a surrogate pair ({half}), for which UTF-8 has no bytes") from error
    except RecursionError as error:
        raise ValueError(f"{where} nests more than {_DEEPEST} deep") from error
    except ValueError as error:
        raise ValueError(
            f"{where} holds a number that JSON cannot carry ({error}): leave the test out, or write it as a test_code "
            'in mode "program"'
        ) from error


def _nests_deeper(value: JsonValue) -> bool:
    level: list[JsonValue] = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, list | dict)
        ]
        if not level:
            return False
    return True


def are_operations(value: JsonValue) -> bool:
    """Tell whether a value is names of methods, and a list of arguments for each."""
    match value:
        case [list(names), list(arguments)]:
            named = all(isinstance(name, str) and name.isidentifier() for name in names)
            return named and 0 < len(names) == len(arguments) and all(isinstance(values, list) for values in arguments)
        case _:
            return False
