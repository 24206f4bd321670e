"""The same things in any order, each as often as expected. Values are told apart as in ``json``."""

from __future__ import annotations

import marshal
from collections import Counter
from collections.abc import Callable
from typing import Any

from pydantic import JsonValue

from evaluator.checking import text
from evaluator.checking.match import Match, shown

_PLAIN_MARSHAL = 2
"""The last version of the format without references, which would make equal values differ."""


def lines(output: bytes, expected: bytes) -> Match:
    """Equal multisets of lines, trailing blanks and blank lines at the end aside."""
    if text.has_far_more_lines(output, expected):
        return Match.no("the output has far more lines than expected")
    return _multisets(text.lines_of(output), text.lines_of(expected), "unordered lines", "line")


def tokens(output: bytes, expected: bytes) -> Match:
    """Equal multisets of tokens."""
    return _multisets(text.tokens_of(output), text.tokens_of(expected), "unordered tokens", "token")


def elements(got: JsonValue, want: JsonValue, *, nested: bool) -> Match:
    """Equal multisets of a list's elements; with ``nested`` the lists in it may be in any order too."""
    if not (isinstance(got, list) and isinstance(want, list)):
        return Match.no(f"the result is {shown(got)}, expected {shown(want)}")
    if len(got) != len(want):
        return Match.no(f"the output has {len(got)} elements, expected {len(want)}")
    try:
        got_parts, want_parts = ([_canonical(element, nested) for element in value] for value in (got, want))
    except (RecursionError, ValueError):  # the latter is marshal's word for it
        return Match.no("the result nests too deeply")
    named = dict(zip(want_parts, want, strict=True))
    return _multisets(got_parts, want_parts, "unordered elements", "element", named.__getitem__)


def _canonical(value: JsonValue, nested: bool) -> bytes:
    """Equal bytes for equal values, of the same types. Not as JSON, which takes long to write a long integer; and not
    as the values, whose hashes a program can make equal."""
    return marshal.dumps(_ordered(value, nested), _PLAIN_MARSHAL)


def _ordered(value: Any, nested: bool) -> Any:
    if isinstance(value, list):
        elements = [_ordered(element, nested) for element in value]
        return sorted(elements, key=lambda element: marshal.dumps(element, _PLAIN_MARSHAL)) if nested else elements
    return tuple((key, _ordered(value[key], nested)) for key in sorted(value)) if isinstance(value, dict) else value


def _multisets(
    got: list[bytes], want: list[bytes], rule: str, unit: str, original: Callable[[bytes], Any] = lambda part: part
) -> Match:
    if len(got) != len(want):
        return Match.no(f"the output has {len(got)} {unit}s, expected {len(want)}")
    missing = Counter(want) - Counter(got)
    return Match.no(f"{unit} '{shown(original(next(iter(missing))))}' is missing") if missing else Match.by(rule)
