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
from evaluator.harness import values


def output(got: bytes, want: bytes) -> Match:
    """Compare what a program wrote."""
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
        got = values.decode(form)
    except values.NotPlain as error:
        return Match.no(f"the result holds a {error}")
    if isinstance(got, tuple):
        got = list(got)
    return Match.by("lcb") if _equal(got, want) else Match.no(f"the result is {shown(got)}, expected {shown(want)}")


def _equal(got: Any, want: Any) -> bool:
    try:
        return bool(got == want)
    except Exception:  # such as of a signalling NaN, or of two arrays: LiveCodeBench counts an error as a failure too
        return False


def _lines(data: bytes) -> list[str]:
    return [line.strip() for line in data.decode("utf-8", "replace").strip().split("\n")]


def _decimals(line: str) -> list[Decimal] | None:
    try:
        return [Decimal(word) for word in line.split()]
    except InvalidOperation:
        return None
