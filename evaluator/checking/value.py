"""Comparison of plain JSON values, type by type.

Booleans, integers and strings are never equal to each other. An integer equals an expected float of the same value
(``2`` for ``2.0``), never the other way round. Nothing here is recursive: a hostile result may nest to any depth.
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
"""More bits than the integer part of any float has."""
FloatTest = Callable[[float | int, float], bool]


def equal_values(got: JsonValue, want: JsonValue) -> Match:
    """Accept equal values. Floats must be exactly equal."""
    return _compare(got, want, "json", lambda a, b: a == b)


def float_values(abs_tolerance: float, rel_tolerance: float) -> Callable[[JsonValue, JsonValue], Match]:
    """Return a comparison that accepts equal values, and floats within ``max(abs, rel × |expected|)``."""
    close = closeness(abs_tolerance, rel_tolerance)

    def near(got: float | int, want: float) -> bool:
        if not (_finite(got) and math.isfinite(want)):
            return got == want
        if isinstance(got, int) and got.bit_length() > _FLOAT_BITS:
            return False  # larger than any float, and slow to convert to a decimal
        return close(Decimal(got) if isinstance(got, int) else as_written(got), as_written(want))

    return lambda got, want: _compare(got, want, "float", near)


def json_text(output: bytes, expected: bytes) -> Match:
    """Accept an output that is JSON and equals the expected JSON, for programs that print JSON."""
    # The expected JSON may have commas and brackets as escapes: it is written anew before they are counted.
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
