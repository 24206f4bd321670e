"""Comparisons of output as text: ``tokens``, ``lines`` and ``exact``.

Forgiveness is of form only: a byte order mark, CRLF, trailing blanks, the final newline. All work on bytes,
so an output that is not UTF-8 is compared like any other, and only ASCII blanks separate tokens.
"""

from __future__ import annotations

from collections.abc import Callable

from evaluator.checking.match import Match, shown

BOM = b"\xef\xbb\xbf"


def exact(output: bytes, expected: bytes) -> Match:
    """Equal bytes."""
    if output == expected:
        return Match.by("exact")
    at = next((i for i, (a, b) in enumerate(zip(output, expected, strict=False)) if a != b), None)
    if at is None:
        return Match.no(f"the output has {len(output)} bytes, expected {len(expected)}")
    return Match.no(f"byte {at} is {shown(output[at : at + 8])!r}, expected {shown(expected[at : at + 8])!r}")


def lines(output: bytes, expected: bytes) -> Match:
    """Equal lines after each lost its trailing blanks; blank lines at the end do not count."""
    return sequence(lines_of(output), lines_of(expected), "lines", "line", lambda a, b: a == b)


def tokens(output: bytes, expected: bytes) -> Match:
    """Equal sequences of tokens; a token is a run of bytes other than ASCII blanks."""
    return token_sequence(output, expected, "tokens", lambda a, b: a == b)


def token_sequence(output: bytes, expected: bytes, rule: str, same: Callable[[bytes, bytes], bool]) -> Match:
    """Compare token by token with ``same(got, expected)``."""
    return sequence(tokens_of(output), tokens_of(expected), rule, "token", same)


def tokens_of(text: bytes) -> list[bytes]:
    """Runs of bytes other than ASCII blanks."""
    return text.removeprefix(BOM).split()


def lines_of(text: bytes) -> list[bytes]:
    """Lines without trailing blanks, and without blank lines at the end."""
    kept = [line.rstrip(b" \t\r\v\f") for line in text.removeprefix(BOM).split(b"\n")]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def sequence(got: list[bytes], want: list[bytes], rule: str, unit: str, same: Callable[[bytes, bytes], bool]) -> Match:
    """Compare part by part with ``same(got, expected)``."""
    for number, (a, b) in enumerate(zip(got, want, strict=False), start=1):
        if not same(a, b):
            return Match.no(f"{unit} {number} is '{shown(a)}', expected '{shown(b)}'")
    if len(got) != len(want):
        return Match.no(f"the output has {len(got)} {unit}s, expected {len(want)}")
    return Match.by(rule)
