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
    """Tokens equal, or decimals within ``max(abs, rel × |expected|)``."""

    def same(got: bytes, want: bytes) -> bool:
        if got == want:
            return True
        if _INTEGER.fullmatch(want) or not _NUMBER.fullmatch(want) or not _NUMBER.fullmatch(got):
            return False
        return close(Decimal(got.decode()), Decimal(want.decode()), abs_tolerance, rel_tolerance)

    return lambda output, expected: text.token_sequence(output, expected, "float", same)


def close(got: Decimal, want: Decimal, abs_tolerance: float, rel_tolerance: float) -> bool:
    """Whether two finite numbers are within ``max(abs, rel × |want|)`` of each other."""
    difference = _CONTEXT.abs(_CONTEXT.subtract(got, want))
    allowed = max(Decimal(abs_tolerance), _CONTEXT.multiply(Decimal(rel_tolerance), _CONTEXT.abs(want)))
    return difference.is_finite() and allowed.is_finite() and difference <= allowed
