"""Comparisons of output as text: ``tokens``, ``lines`` and ``exact``.

``tokens`` and ``lines`` ignore a byte order mark, CRLF, trailing blanks and the final newline. All work on bytes,
so an output that is not UTF-8 is compared like any other, and only ASCII blanks separate tokens.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from evaluator.checking.match import Match, shown

BOM = b"\xef\xbb\xbf"


_FORM_FACTOR, FORM_BYTES = 64, 64 * 1024
"""No other form of the expected values (more digits, escapes, tags for the types of a function's result) is longer than
the expected bytes times this factor, plus these bytes."""
_ELEMENT_FACTOR = 16
"""Factor on the number of expected elements. Tags add at most seven commas and brackets to each."""
_BLANKS = b" \t\n\r\v\f"
_PIECE_BYTES = 1 << 20


def exact(output: bytes, expected: bytes) -> Match:
    """Accept equal bytes."""
    if output == expected:
        return Match.by("exact")
    at = _first_difference(output, expected)
    if at is None:
        return Match.no(f"the output has {len(output)} bytes, expected {len(expected)}")
    return Match.no(f"byte {at} is {shown(output[at : at + 8])!r}, expected {shown(expected[at : at + 8])!r}")


def lines(output: bytes, expected: bytes) -> Match:
    """Accept equal lines. Trailing blanks in a line, and blank lines at the end, do not count."""
    if output == expected or _equal_but_for_the_end(output, expected):
        return Match.by("lines")
    want = lines_of(expected)
    return sequence(lines_of(output, len(want)), want, "lines", "line", operator.eq, lambda: count_lines(output))


def tokens(output: bytes, expected: bytes) -> Match:
    """Accept equal sequences of tokens. A token is a run of bytes other than ASCII blanks."""
    if output == expected or _equal_but_for_the_end(output, expected):
        return Match.by("tokens")
    return token_sequence(output, expected, "tokens", operator.eq)


def token_sequence(output: bytes, expected: bytes, rule: str, same: Callable[[bytes, bytes], bool]) -> Match:
    """Compare token by token with ``same(got, expected)``."""
    want = tokens_of(expected)
    return sequence(
        tokens_of(output, len(want)), want, rule, "token", same, lambda: count_tokens(output.removeprefix(BOM))
    )


def tokens_of(text: bytes, most: int = -1) -> list[bytes]:
    """Split a text into runs of bytes other than ASCII blanks. With ``most``, the last element is the rest after so
    many of them."""
    return text.removeprefix(BOM).split(None, most)


def lines_of(text: bytes, most: int = -1) -> list[bytes]:
    """Split a text into lines without trailing blanks, and without blank lines at the end. With ``most``, the last
    element is the rest after so many of them."""
    whole = text.removeprefix(BOM).rstrip()
    return [line.rstrip(b" \t\r\v\f") for line in whole.split(b"\n", most)] if whole else []


def count_tokens(text: bytes) -> int:
    """Count the tokens of a text, piece by piece: a list of all of them may take gigabytes."""
    pieces = (text[at : at + _PIECE_BYTES] for at in range(0, len(text), _PIECE_BYTES))
    count, inside = 0, False
    for piece in pieces:
        count += len(piece.split()) - (inside and not piece[:1].isspace())
        inside = not piece[-1:].isspace()
    return count


def count_lines(text: bytes) -> int:
    """Count the lines that ``lines_of`` returns."""
    whole = text.removeprefix(BOM).rstrip()
    return whole.count(b"\n") + 1 if whole else 0


def sequence(
    got: list[bytes],
    want: list[bytes],
    rule: str,
    unit: str,
    same: Callable[[bytes, bytes], bool],
    count: Callable[[], int],
) -> Match:
    """Compare part by part with ``same(got, expected)``. Where ``got`` is longer than ``want``, its last element may be
    all of the rest: ``count`` returns the number of parts."""
    if same is operator.eq and got == want:
        return Match.by(rule)
    for number, (a, b) in enumerate(zip(got, want, strict=False), start=1):
        if not same(a, b):
            return Match.no(f"{unit} {number} is '{shown(a)}', expected '{shown(b)}'")
    if len(got) != len(want):
        return Match.no(f"the output has {count()} {unit}s, expected {len(want)}")
    return Match.by(rule)


def far_longer(output: bytes, expected: bytes, spare: int = FORM_BYTES) -> bool:
    """Tell whether an output, without its blanks, exceeds every form of the expected one by more than ``spare`` bytes.
    Such an output is not split into tokens: 64 MiB of short ones would need gigabytes."""
    most = _FORM_FACTOR * len(expected) + spare
    return len(output) > most and len(output.translate(None, _BLANKS)) > most


def has_far_more_elements(form: bytes, expected: bytes, spare: int = FORM_BYTES) -> bool:
    """Tell whether JSON has far more lists, objects and elements than every form of the expected JSON. Such JSON is not
    parsed: each ``[],`` of three bytes would take a hundred. Commas and brackets in strings count as well, in both."""
    if len(form) <= spare:
        return False
    return count_elements(form) > _ELEMENT_FACTOR * count_elements(expected) + spare


def count_elements(data: bytes) -> int:
    """Return an upper bound of the number of lists, objects and elements in JSON."""
    return data.count(b",") + data.count(b"[") + data.count(b"{")


def _equal_but_for_the_end(output: bytes, expected: bytes) -> bool:
    """Tell whether two outputs differ only in blanks at the end. If so, large ones need not be split."""
    return output.rstrip() == expected.rstrip()


def _first_difference(one: bytes, other: bytes) -> int | None:
    """Return the first offset at which both have a byte and the bytes differ, by binary search: a loop over bytes is
    slow in Python."""
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
