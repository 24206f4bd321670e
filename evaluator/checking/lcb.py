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
from evaluator.checking.text import has_far_more_lines
from evaluator.harness import values

_NUMBERS = ("int", "decimal", "fraction", "complex")


def output(got: bytes, want: bytes) -> Match:
    """Compare what a program wrote."""
    if has_far_more_lines(got, want):
        return Match.no("the output has far more lines than expected")
    got_lines, want_lines = _lines(got), _lines(want)
    if len(got_lines) != len(want_lines):
        return Match.no(f"the output has {len(got_lines)} lines, expected {len(want_lines)}")
    for number, (a, b) in enumerate(zip(got_lines, want_lines, strict=True), start=1):
        if a == b:
            continue
        decimals = _decimals(a), _decimals(b)
        if None in decimals or not _equal(*decimals):
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
    """A tuple at the top as the list that it counts as."""
    match form:
        case {"type": "tuple", "value": list(elements)} | {"type": "namedtuple", "value": [_, _, list(elements)]}:
            return elements
    return form


def _equals(form: Any, want: JsonValue) -> bool:
    """Python's ``==`` of the value that a form stands for and a JSON value. No such value is made but numbers: a set, a
    long range or an array equals no JSON value, and may cost much to make."""
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


def _lines(data: bytes) -> list[str]:
    return [line.strip() for line in data.decode("utf-8", "replace").strip().split("\n")]


def _decimals(line: str) -> list[Decimal] | None:
    try:
        return [Decimal(word) for word in line.split()]
    except InvalidOperation:
        return None
