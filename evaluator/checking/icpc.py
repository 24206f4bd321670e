"""The ICPC default output validator, by its flags (problem package format, "default output validator").

Tokens are compared without regard to case, unless ``case_sensitive``; blanks do not matter, unless
``space_change_sensitive``; with a tolerance, tokens that are numbers on both sides may differ by the absolute or by the
relative one. Numbers are decimal or hexadecimal, as C's ``scanf("%Lf")`` reads them; ``nan`` and ``inf`` are text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, pairwise
from typing import Self

from evaluator.checking import text
from evaluator.checking.match import Match
from evaluator.checking.number import as_written, closeness, decimal_of

_HEXADECIMAL = re.compile(rb"[+-]?0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)([pP][+-]?\d{1,6})?")
_PIECES = re.compile(rb"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Flags:
    """The validator's flags. A tolerance is None where numbers are compared as text."""

    case_sensitive: bool = False
    space_change_sensitive: bool = False
    absolute: float | None = None
    relative: float | None = None

    @classmethod
    def parse(cls, args: tuple[str, ...]) -> Self:
        """Read the flags from the validator's arguments, which the schema has validated."""
        values = {word: float(number) for word, number in pairwise(args) if word.startswith("float_")}
        both = values.get("float_tolerance")
        return cls(
            "case_sensitive" in args,
            "space_change_sensitive" in args,
            values.get("float_absolute_tolerance", both),
            values.get("float_relative_tolerance", both),
        )


def default(output: bytes, expected: bytes, flags: Flags) -> Match:
    """Compare an output with the expected one, as the default validator does."""
    same = _equality(flags)
    if not flags.space_change_sensitive:
        want = expected.split()
        got = output.split(None, len(want))
        return text.sequence(got, want, "icpc_default", "token", same, lambda: text.count_tokens(output))
    want = _PIECES.findall(expected)
    got = [match[0] for match in islice(_PIECES.finditer(output), len(want) + 1)]
    return text.sequence(got, want, "icpc_default", "token", same, lambda: sum(1 for _ in _PIECES.finditer(output)))


def _equality(flags: Flags) -> Callable[[bytes, bytes], bool]:
    """Return a function that tells whether two tokens (got, want) are the same."""
    with_tolerance = flags.absolute is not None or flags.relative is not None
    near = closeness(flags.absolute or 0.0, flags.relative or 0.0)

    def same(got: bytes, want: bytes) -> bool:
        if got == want or (not flags.case_sensitive and got.lower() == want.lower()):
            return True
        if not with_tolerance:
            return False
        a, b = _number(got), _number(want)
        return a is not None and b is not None and near(a, b)

    return same


def _number(token: bytes) -> Decimal | None:
    if _HEXADECIMAL.fullmatch(token):
        try:
            return as_written(float.fromhex(token.decode()))
        except OverflowError:
            return None
    return decimal_of(token)
