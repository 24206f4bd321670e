"""The same things in any order, each as often as expected. Values are told apart as in ``json``."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from pydantic import JsonValue

from evaluator.checking import text
from evaluator.checking.match import Match, shown


def lines(output: bytes, expected: bytes) -> Match:
    """Equal multisets of lines, trailing blanks and blank lines at the end aside."""
    return _multisets(text.lines_of(output), text.lines_of(expected), "unordered lines", "line")


def tokens(output: bytes, expected: bytes) -> Match:
    """Equal multisets of tokens."""
    return _multisets(text.tokens_of(output), text.tokens_of(expected), "unordered tokens", "token")


def elements(got: JsonValue, want: JsonValue, *, nested: bool) -> Match:
    """Equal multisets of a list's elements; with ``nested`` the lists in it may be in any order too."""
    if not (isinstance(got, list) and isinstance(want, list)):
        return Match.no(f"the result is {shown(got)}, expected {shown(want)}")
    try:
        return _multisets([_canonical(v, nested) for v in got], [_canonical(v, nested) for v in want],
                          "unordered elements", "element")  # fmt: skip
    except RecursionError:
        return Match.no("the result nests too deeply")


def _canonical(value: JsonValue, nested: bool) -> str:
    return json.dumps(_sorted(value) if nested else value, sort_keys=True)


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(map(_sorted, value), key=lambda element: json.dumps(element, sort_keys=True))
    return {key: _sorted(element) for key, element in value.items()} if isinstance(value, dict) else value


def _multisets(got: list[Any], want: list[Any], rule: str, unit: str) -> Match:
    if len(got) != len(want):
        return Match.no(f"the output has {len(got)} {unit}s, expected {len(want)}")
    missing = Counter(want) - Counter(got)
    return Match.no(f"{unit} '{shown(next(iter(missing)))}' is missing") if missing else Match.by(rule)
