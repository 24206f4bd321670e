"""The comparison fallbacks that the MicroCoder paper describes (arXiv 2603.07777, section on the evaluator), any of
which accepts: equality, coercion between kinds of sequences, closeness of numbers, lines, sets, blanks.

For ablation only. It accepts wrong answers: a permutation where order matters, near misses of large integers,
duplicated elements. The paper gives neither order nor tolerances; these are numpy's defaults.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

from pydantic import JsonValue

from evaluator.checking.match import Match

_ABSOLUTE, _RELATIVE = 1e-8, 1e-5
_LONGEST_LITERAL = 64 * 1024


def output(got: bytes, want: bytes) -> Match:
    """Compare what a program wrote."""
    return _any(
        _read(got), _read(want), lambda: got.decode("utf-8", "replace"), lambda: want.decode("utf-8", "replace")
    )


def result(got: Any, want: JsonValue) -> Match:
    """Compare what a function returned: numbers, text, and lists, sets and dictionaries of such."""
    return _any(got, want, lambda: str(got), lambda: str(want))


def _any(got: Any, want: Any, got_text: Callable[[], str], want_text: Callable[[], str]) -> Match:
    attempts: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("equal", lambda: bool(got == want)),
        ("coerced", lambda: _sequence(got) == _sequence(want)),
        ("close", lambda: _close(_sequence(got), _sequence(want))),
        ("lines", lambda: _lines(got_text()) == _lines(want_text())),
        ("sets", lambda: set(map(str, _sequence(got))) == set(map(str, _sequence(want)))),
        ("line sets", lambda: set(_lines(got_text())) == set(_lines(want_text()))),
        ("blanks", lambda: got_text().split() == want_text().split()),
    )
    for name, attempt in attempts:
        try:
            if attempt():
                return Match.by(f"microcoder_loose: {name}")
        except Exception:
            continue  # as in the paper: if one comparison fails with an error, the next is tried
    return Match.no("no fallback accepts the output")


def _read(data: bytes) -> Any:
    text = data.decode("utf-8", "replace").strip()
    if len(text) > _LONGEST_LITERAL:
        return text
    try:
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return text


def _sequence(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [_sequence(element) if isinstance(element, list | tuple) else element for element in value]
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return value.split() if isinstance(value, str) else [value]


def _close(got: Any, want: Any) -> bool:
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(_close, got, want))
    return math.isclose(float(got), float(want), rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.strip().splitlines()]
