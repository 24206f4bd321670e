"""Comparison with a tolerance, only where the expected value is written as a decimal.

An expected integer stays an integer of any size: a tolerance on ``1000000007`` would accept the near misses
of every counting problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal

from evaluator.checking import text
from evaluator.checking.match import Match

# ASCII only and no underscores: Decimal("1_000") and full-width digits are not numbers in any judge's file.
_NUMBER = re.compile(rb"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,6})?")
_INTEGER = re.compile(rb"[+-]?\d+")
# Wide enough for any float64 pair, with every trap off: an overflow becomes an infinity, which is close to nothing.
_CONTEXT = Context(prec=60, traps=[])


def float_tokens(abs_tolerance: float, rel_tolerance: float) -> Callable[[bytes, bytes], Match]:
    """Return a comparison by tokens: equal, or decimals within ``max(abs, rel × |expected|)``."""
    near = closeness(abs_tolerance, rel_tolerance)

    def same(got: bytes, want: bytes) -> bool:
        if got == want:
            return True
        if _INTEGER.fullmatch(want):
            return False
        a, b = decimal_of(got), decimal_of(want)
        return a is not None and b is not None and near(a, b)

    return lambda output, expected: text.token_sequence(output, expected, "float", same)


def decimal_of(token: bytes) -> Decimal | None:
    """Parse a token as an exact decimal number. None if it is not written as one."""
    return Decimal(token.decode()) if _NUMBER.fullmatch(token) else None


def as_written(number: float) -> Decimal:
    """Return the decimal that a float is written as: 1e-6 is a millionth, not the binary fraction beside it."""
    return Decimal(repr(number))


def closeness(abs_tolerance: float, rel_tolerance: float) -> Callable[[Decimal, Decimal], bool]:
    """Return a test of two finite numbers (got, want): they differ by ``max(abs, rel × |want|)`` at most."""
    absolute, relative = as_written(abs_tolerance), as_written(rel_tolerance)

    def near(got: Decimal, want: Decimal) -> bool:
        difference = _CONTEXT.abs(_CONTEXT.subtract(got, want))
        allowed = max(absolute, _CONTEXT.multiply(relative, _CONTEXT.abs(want)))
        return difference.is_finite() and allowed.is_finite() and difference <= allowed

    return near
