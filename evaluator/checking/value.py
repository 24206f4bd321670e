"""Comparison of plain JSON values, type by type.

Booleans, integers and strings are never each other. An integer stands for an expected float of the same value
(``2`` for ``2.0``), never the other way round. Nothing recursive: a hostile result nests as deep as it likes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from decimal import Decimal

from pydantic import JsonValue

from evaluator.checking.match import Match, shown
from evaluator.checking.number import as_written, closeness
from evaluator.checking.text import has_far_more_elements

_FLOAT_BITS = 1100
"""More than any float has before its point."""
FloatTest = Callable[[float | int, float], bool]


def equal_values(got: JsonValue, want: JsonValue) -> Match:
    """Equal values; floats must be equal exactly."""
    return _compare(got, want, "json", lambda a, b: a == b)


def float_values(abs_tolerance: float, rel_tolerance: float) -> Callable[[JsonValue, JsonValue], Match]:
    """Equal values, where an expected float may be missed by ``max(abs, rel × |expected|)``."""
    close = closeness(abs_tolerance, rel_tolerance)

    def near(got: float | int, want: float) -> bool:
        if not (_finite(got) and math.isfinite(want)):
            return got == want
        if isinstance(got, int) and got.bit_length() > _FLOAT_BITS:
            return False  # far from any float, and a decimal of it takes long to make
        return close(Decimal(got) if isinstance(got, int) else as_written(got), as_written(want))

    return lambda got, want: _compare(got, want, "float", near)


def json_text(output: bytes, expected: bytes) -> Match:
    """Both texts are JSON and say the same; for programs that print JSON."""
    # The author may have written commas and brackets as escapes.
    if has_far_more_elements(output, expected) and has_far_more_elements(
        output, json.dumps(json.loads(expected)).encode()
    ):
        return Match.no("the output holds far more elements than expected")
    try:
        got = json.loads(output)
    except (ValueError, RecursionError) as error:
        return Match.no(f"the output is not JSON: {error}")
    return equal_values(got, json.loads(expected))


def _finite(number: float | int) -> bool:
    return isinstance(number, int) or math.isfinite(number)


def _compare(got: JsonValue, want: JsonValue, rule: str, same_float: FloatTest) -> Match:
    pending: list[tuple[JsonValue, JsonValue, str]] = [(got, want, "the result")]
    while pending:
        a, b, where = pending.pop()
        if isinstance(b, list) and isinstance(a, list):
            if len(a) != len(b):
                return Match.no(f"{where} has {len(a)} elements, expected {len(b)}")
            pending.extend(
                (x, y, f"{where}[{i}]" if i < 1000 else where) for i, (x, y) in enumerate(zip(a, b, strict=True))
            )
        elif isinstance(b, dict) and isinstance(a, dict):
            if a.keys() != b.keys():
                return Match.no(f"{where} has the keys {shown(sorted(a))}, expected {shown(sorted(b))}")
            pending.extend((a[key], b[key], f"{where}[{shown(key)}]") for key in b)
        elif not _same_scalar(a, b, same_float):
            return Match.no(f"{where} is {shown(a)}, expected {shown(b)}")
    return Match.by(rule)


def _same_scalar(got: JsonValue, want: JsonValue, same_float: FloatTest) -> bool:
    if isinstance(want, float) and isinstance(got, int | float) and not isinstance(got, bool):
        return same_float(got, want)
    return type(got) is type(want) and got == want
