"""Comparison in any order: the same parts, each as often as expected. Values are equal as in ``json``."""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pydantic import JsonValue

from evaluator.checking import text
from evaluator.checking.match import Match, shown

_PLAIN_MARSHAL = 2
"""The last version of marshal's format without references. With them, equal values may have different bytes."""
_LONGEST_WHOLE = 64
"""Bytes of a canonical form. A longer one is replaced by its digest, so that nested values are not copied at each
level."""


def lines(output: bytes, expected: bytes) -> Match:
    """Accept equal multisets of lines. Trailing blanks, and blank lines at the end, do not count."""
    want = text.lines_of(expected)
    if (count := text.count_lines(output)) != len(want):
        return _other_count(count, want, "line")
    return _multisets(text.lines_of(output), want, "unordered lines", "line")


def tokens(output: bytes, expected: bytes) -> Match:
    """Accept equal multisets of tokens."""
    want = text.tokens_of(expected)
    if (count := text.count_tokens(output.removeprefix(text.BOM))) != len(want):
        return _other_count(count, want, "token")
    return _multisets(text.tokens_of(output), want, "unordered tokens", "token")


def elements(got: JsonValue, want: JsonValue, *, nested: bool) -> Match:
    """Accept equal multisets of a list's elements. With ``nested``, the lists inside may be in any order too."""
    if not (isinstance(got, list) and isinstance(want, list)):
        return Match.no(f"the result is {shown(got)}, expected {shown(want)}")
    if len(got) != len(want):
        return _other_count(len(got), want, "element")
    try:
        number = float if _only_floats(want) else int
        got_parts, want_parts = ([_canonical(_numbers(part, number), nested) for part in each] for each in (got, want))
    except (RecursionError, ValueError):  # marshal raises ValueError for values that nest too deeply
        return Match.no("the result nests too deeply")
    named = dict(zip(want_parts, want, strict=True))
    return _multisets(got_parts, want_parts, "unordered elements", "element", named.__getitem__)


def _only_floats(value: Any) -> bool:
    """Tell whether all numbers of a value are floats, so that integers equal them."""
    if isinstance(value, list | dict):
        return all(map(_only_floats, value.values() if isinstance(value, dict) else value))
    return isinstance(value, bool) or not isinstance(value, int)


def _numbers(value: Any, number: type[int | float]) -> Any:
    """Return a value with one form for equal numbers: zero without a sign; and a float where only floats are expected
    and the integer is one."""
    if isinstance(value, list):
        return [_numbers(element, number) for element in value]
    if isinstance(value, dict):
        return {key: _numbers(element, number) for key, element in value.items()}
    if isinstance(value, float):
        return value + 0.0
    is_float = number is float and type(value) is int and value.bit_length() < sys.float_info.max_exp
    return float(value) if is_float and float(value) == value else value


def _canonical(value: JsonValue, nested: bool) -> bytes:
    """Return the same bytes for equal values of the same types. JSON would be slow for long integers; and the values
    themselves cannot be counted safely, because a program can choose values whose hashes collide."""
    return _any_order(value) if nested else marshal.dumps(_ordered(value), _PLAIN_MARSHAL)


def _ordered(value: Any) -> Any:
    """Return a value with the keys of its objects sorted."""
    if isinstance(value, list):
        return [_ordered(element) for element in value]
    return tuple((key, _ordered(value[key])) for key in sorted(value)) if isinstance(value, dict) else value


def _any_order(value: Any) -> bytes:
    """Return the same bytes for lists of the same elements in any order, at every depth."""
    if isinstance(value, list):
        form = b"[" + _joined(sorted(map(_any_order, value)))
    elif isinstance(value, dict):
        form = b"{" + _joined(part for key in sorted(value) for part in (_any_order(key), _any_order(value[key])))
    else:
        form = marshal.dumps(value, _PLAIN_MARSHAL)
    return form if len(form) <= _LONGEST_WHOLE else b"#" + hashlib.sha256(form).digest()


def _joined(parts: Iterable[bytes]) -> bytes:
    return b"".join(b"%d:%b" % (len(part), part) for part in parts)


def _multisets(
    got: list[bytes], want: list[bytes], rule: str, unit: str, original: Callable[[bytes], Any] = lambda part: part
) -> Match:
    missing = Counter(want) - Counter(got)
    return Match.no(f"{unit} '{shown(original(next(iter(missing))))}' is missing") if missing else Match.by(rule)


def _other_count(count: int, want: Sequence[Any], unit: str) -> Match:
    return Match.no(f"the output has {count} {unit}s, expected {len(want)}")
