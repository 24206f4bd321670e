"""Comparisons of output as text: ``tokens``, ``lines`` and ``exact``.

Forgiveness is of form only: a byte order mark, CRLF, trailing blanks, the final newline. All work on bytes,
so an output that is not UTF-8 is compared like any other, and only ASCII blanks separate tokens.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from evaluator.checking.match import Match, shown

BOM = b"\xef\xbb\xbf"


_FORM_FACTOR, FORM_BYTES = 64, 64 * 1024
"""Other forms of the same values are shorter than this factor and these bytes together: more digits, escapes, tags that
say the types of a function's result."""
_BLANKS = b" \t\n\r\v\f"


def exact(output: bytes, expected: bytes) -> Match:
    """Equal bytes."""
    if output == expected:
        return Match.by("exact")
    at = _first_difference(output, expected)
    if at is None:
        return Match.no(f"the output has {len(output)} bytes, expected {len(expected)}")
    return Match.no(f"byte {at} is {shown(output[at : at + 8])!r}, expected {shown(expected[at : at + 8])!r}")


def lines(output: bytes, expected: bytes) -> Match:
    """Equal lines after each lost its trailing blanks; blank lines at the end do not count."""
    if output == expected or _equal_but_for_the_end(output, expected):
        return Match.by("lines")
    if has_far_more_lines(output, expected):
        return Match.no("the output has far more lines than expected")
    return sequence(lines_of(output), lines_of(expected), "lines", "line", operator.eq)


def tokens(output: bytes, expected: bytes) -> Match:
    """Equal sequences of tokens; a token is a run of bytes other than ASCII blanks."""
    if output == expected or _equal_but_for_the_end(output, expected):
        return Match.by("tokens")
    return token_sequence(output, expected, "tokens", operator.eq)


def token_sequence(output: bytes, expected: bytes, rule: str, same: Callable[[bytes, bytes], bool]) -> Match:
    """Compare token by token with ``same(got, expected)``."""
    return sequence(tokens_of(output), tokens_of(expected), rule, "token", same)


def tokens_of(text: bytes) -> list[bytes]:
    """Runs of bytes other than ASCII blanks."""
    return text.removeprefix(BOM).split()


def lines_of(text: bytes) -> list[bytes]:
    """Lines without trailing blanks, and without blank lines at the end."""
    whole = text.removeprefix(BOM).rstrip()
    return [line.rstrip(b" \t\r\v\f") for line in whole.split(b"\n")] if whole else []


def sequence(got: list[bytes], want: list[bytes], rule: str, unit: str, same: Callable[[bytes, bytes], bool]) -> Match:
    """Compare part by part with ``same(got, expected)``."""
    if same is operator.eq and got == want:
        return Match.by(rule)
    for number, (a, b) in enumerate(zip(got, want, strict=False), start=1):
        if not same(a, b):
            return Match.no(f"{unit} {number} is '{shown(a)}', expected '{shown(b)}'")
    if len(got) != len(want):
        return Match.no(f"the output has {len(got)} {unit}s, expected {len(want)}")
    return Match.by(rule)


def far_longer(output: bytes, expected: bytes, spare: int = FORM_BYTES) -> bool:
    """Tell whether an output, blanks left out, is longer than any form of what is expected by more than ``spare``
    bytes, so that it need not be taken to pieces: 64 MiB of short tokens would need gigabytes."""
    most = _FORM_FACTOR * len(expected) + spare
    return len(output) > most and len(output.translate(None, _BLANKS)) > most


def has_far_more_lines(output: bytes, expected: bytes) -> bool:
    """Tell whether an output has so many more lines that it need not be taken to pieces, blank lines at its end left
    out."""
    most = 2 * expected.count(b"\n") + FORM_BYTES
    return output.count(b"\n") > most and output.rstrip().count(b"\n") > most


def _equal_but_for_the_end(output: bytes, expected: bytes) -> bool:
    """Whether only blanks and line ends at the end tell them apart: no need then to take large outputs to pieces."""
    return output.rstrip() == expected.rstrip()


def _first_difference(one: bytes, other: bytes) -> int | None:
    """The first place where both have a byte and not the same one, found by halves: Python is slow byte by byte."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low
