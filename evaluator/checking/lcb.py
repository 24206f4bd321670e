"""LiveCodeBench's acceptance rule on outputs and results (its evaluator at commit 28fef95), without its harness.

Outputs: stripped as a whole and line by line; as many lines; each equal, or equal as sequences of decimals, exactly
(``1.0`` is ``1``; ``0.333`` is not ``0.3333``). Results: Python's ``==`` after a tuple has become a list at the top
only.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import JsonValue

from evaluator.checking.match import Match, shown
from evaluator.checking.plain import plain
from evaluator.harness import values

_NUMBERS = ("int", "decimal", "fraction", "complex")


def output(got: bytes, want: bytes) -> Match:
    """Compare what a program wrote."""
    got_text, want_lines = got.decode("utf-8", "replace").strip(), _lines(want.decode("utf-8", "replace").strip())
    if (count := got_text.count("\n") + 1) != len(want_lines):
        return Match.no(f"the output has {count} lines, expected {len(want_lines)}")
    for number, (a, b) in enumerate(zip(_lines(got_text), want_lines, strict=True), start=1):
        if a != b and not _equal_decimals(a, b):
            return Match.no(f"line {number} is '{shown(a.encode())}', expected '{shown(b.encode())}'")
    return Match.by("lcb")


def result(form: Any, want: JsonValue) -> Match:
    """Compare what a function returned."""
    try:
        if _equals(_listed(form), want):
            return Match.by("lcb")
    except Exception as error:  # a program may have written the form itself
        return Match.no(f"the result cannot be understood: {type(error).__name__}")
    return Match.no(f"the result is {shown(_readable(form))}, expected {shown(want)}")


def _listed(form: Any) -> Any:
    """Return the form, with a tuple at the top turned into a list."""
    match form:
        case {"type": "tuple", "value": list(elements)} | {"type": "namedtuple", "value": [_, _, list(elements)]}:
            return elements
    return form


def _equals(form: Any, want: JsonValue) -> bool:
    """Tell whether Python's ``==`` holds between a form's value and a JSON value. Only numbers are decoded: a set, a
    range or an array equals no JSON value, and may be expensive to build."""
    if isinstance(want, list):
        return isinstance(form, list) and len(form) == len(want) and all(map(_equals, form, want))
    if isinstance(want, dict):
        if not (isinstance(form, dict) and form["type"] in ("dict", "counter")):
            return False
        got = {key: value for key, value in form["value"] if isinstance(key, str)}
        return len(form["value"]) == len(want) and got.keys() == want.keys() and all(
            _equals(got[key], want[key]) for key in want
        )  # fmt: skip
    if isinstance(form, dict):
        return form["type"] in _NUMBERS and _equal(values.decode(form), want)
    return not isinstance(form, list) and _equal(form, want)


def _readable(form: Any) -> Any:
    try:
        return plain(form, sets=True)
    except values.NotPlain:
        return form


def _equal(got: Any, want: Any) -> bool:
    try:
        return bool(got == want)
    except ArithmeticError:  # a signalling NaN: LiveCodeBench counts an error as a failure too
        return False


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n")]


def _equal_decimals(got: str, want: str) -> bool:
    words = want.split()
    try:
        # A longer line differs by its length: the words past the expected number need not be parsed.
        decimals = [[Decimal(word) for word in each] for each in (got.split(None, len(words)), words)]
    except InvalidOperation:
        return False
    return _equal(*decimals)
