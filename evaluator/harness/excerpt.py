"""The beginning of a value's text, whatever the value is.

Results come from programs that may be wrong or hostile: integers of a million digits, lists that nest without end, text
that no encoding can write. ``repr`` and ``json.dumps`` fail on some of them and take long for others, so both only get
a copy that is cut first.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

_DEPTH = 32
"""The depth from which on the rest of a value is left out. The wire's models can hold more than 200 levels."""
_INTEGER_BITS = 8192
"""Decimal digits cost the square of their number: longer integers are described, not written."""
_DIGITS_PER_BIT = math.log10(2)
_INTEGER_DIGITS = 4300
"""As many as Python writes by default; at least those of ``_INTEGER_BITS``."""
_MORE = "…"


def excerpt(value: Any, size: int) -> str:
    """The first ``size`` characters of the value's ``repr``."""
    digits = sys.get_int_max_str_digits()
    # A fraction or a set may hold integers of a million digits, which take its repr minutes.
    sys.set_int_max_str_digits(_INTEGER_DIGITS)
    try:
        text = repr(_Copy(size).of(value))
    except Exception:  # a library's type, of which the submission chose the value
        text = f"<{type(value).__name__}>"
    finally:
        sys.set_int_max_str_digits(digits)
    return text if len(text) <= size else text[:size] + _MORE


def json_excerpt(value: Any, size: int) -> Any:
    """The value itself if its JSON has at most ``size`` characters and any client can read it, else the beginning of
    its JSON text."""
    copy = _Copy(size)
    text = json.dumps(copy.of(value))
    return value if copy.complete and len(text) <= size else text[:size]


class _Text(str):
    """Stands for what is not written out, without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


class _Copy:
    """Copies as much of a value as ``size`` characters can show."""

    def __init__(self, size: int) -> None:
        self._size, self._left = size, size
        self.complete = True
        """True if nothing was left out or described, and all text is well-formed."""

    def of(self, value: Any, depth: int = 0) -> Any:
        """The copy of one value. Each costs at least one character."""
        self._left -= 1
        kind = type(value)
        if kind is str:
            return self._text(value)
        if kind is int and value.bit_length() > _INTEGER_BITS:
            return self._described(f"<integer of about {value.bit_length() * _DIGITS_PER_BIT:.0f} digits>")
        if kind is float:
            self.complete = self.complete and math.isfinite(value)
        if kind in (list, tuple, dict) and (depth > _DEPTH or self._left < 0):
            return self._described(_MORE)
        if kind is dict:
            return {self.of(key, depth + 1): self.of(value[key], depth + 1) for key in self._some(value)}
        if kind in (list, tuple):
            return kind([self.of(element, depth + 1) for element in self._some(value)])
        return value

    def _some(self, value: Any) -> Any:
        """The elements, until nothing more can be shown."""
        for element in value:
            if self._left < 0:
                self.complete = False
                return
            yield element

    def _text(self, text: str) -> str:
        if len(text) > self._size:
            self.complete = False
            text = text[: self._size]
        if not text.isascii() and text != text.encode("utf-8", "replace").decode():
            self.complete = False
        self._left -= len(text)
        return text

    def _described(self, text: str) -> str:
        self.complete = False
        return _Text(text)
