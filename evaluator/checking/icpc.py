"""The ICPC default output validator, by its flags (problem package format, "default output validator").

Tokens are compared without regard to case, unless ``case_sensitive``; blanks do not matter, unless
``space_change_sensitive``; with a tolerance, tokens that are numbers on both sides may differ by the absolute or by the
relative one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from evaluator.checking import text
from evaluator.checking.match import Match

_NUMBER = re.compile(rb"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_PIECES = re.compile(rb"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Flags:
    """Tolerances are None where numbers are compared as text."""

    case_sensitive: bool = False
    space_change_sensitive: bool = False
    absolute: float | None = None
    relative: float | None = None

    @classmethod
    def parse(cls, args: tuple[str, ...]) -> Self:
        """From the validator's command line, which has been validated."""
        values = {word: float(number) for word, number in pairwise(args) if word.startswith("float_")}
        both = values.get("float_tolerance")
        return cls(
            "case_sensitive" in args,
            "space_change_sensitive" in args,
            values.get("float_absolute_tolerance", both),
            values.get("float_relative_tolerance", both),
        )


def default(output: bytes, expected: bytes, flags: Flags) -> Match:
    """Compare as the default validator does."""
    split: Callable[[bytes], list[bytes]] = _PIECES.findall if flags.space_change_sensitive else bytes.split
    got, want = split(output), split(expected)
    return text.sequence(got, want, "icpc_default", "token", lambda a, b: _same(a, b, flags))


def _same(got: bytes, want: bytes, flags: Flags) -> bool:
    if got == want or (not flags.case_sensitive and got.lower() == want.lower()):
        return True
    if flags.absolute is None and flags.relative is None:
        return False
    if not (_NUMBER.fullmatch(got) and _NUMBER.fullmatch(want)):
        return False
    a, b = float(got), float(want)
    difference = abs(a - b)
    absolute = flags.absolute is not None and difference <= flags.absolute
    return absolute or (flags.relative is not None and difference <= flags.relative * abs(b))
