"""The limits in a statement, such as ``1 <= n <= 2 * 10^5``, as numbers."""

from __future__ import annotations

import re

from trainer_client.dataset.similarity import plain_text

_SUPERSCRIPT = re.compile(r"<sup>\s*(-?\d+)\s*</sup>", re.IGNORECASE)
_LATEX_SIGN = re.compile(r"\\([lg])(?:eqslant|eqq|eq|e|t)(?![A-Za-z])")
_SIGNS = {"l": " <= ", "g": " >= "}
_SIGN = re.compile(r"[<>≤≥⩽⩾≦≧]")
_BOUNDED = re.compile(rf"{_SIGN.pattern}|\bat most\b|\bnot exceed|\bup to\b|\bbetween\b|\brange\b")
_LEAST_LIMIT = 10
_POWER = r"10\s*(?:\^|\*\*)\s*\{?\s*(\d{1,2})\s*\}?"
_NUMBER = re.compile(
    rf"(?<![A-Za-z_\d])(?:(?:(\d+(?:\.\d+)?)\s*(?:\*|·|×|\\cdot|\\times|x)?\s*)?{_POWER}"
    r"|(\d+(?:\.\d+)?)[eE]\+?(\d{1,2})"
    r"|(\d{1,3}(?:,\d{3})+|\d+))"
)
_LOST_SUPERSCRIPT = re.compile(r"(?:[1-9]\s*\*\s*)?10([3-9]|1[0-8])")
"""A power of ten that lost its superscript: LeetCode's texts often have 105 for 10 to the power of 5."""


def bounds(statement: str, constraints: str = "") -> tuple[int, ...]:
    """Return the numbers in lines that compare or bound something, in ascending order.

    Args:
        constraints: the part of the statement that has them, if it is known.
    """
    lines = [line for line in _marked(constraints or statement).splitlines() if _BOUNDED.search(line)]
    return tuple(sorted(number for line in lines for number in _numbers(line)))


def limits(statement: str) -> frozenset[int]:
    """Return the larger numbers in lines that compare. They tell a problem from a sequel that only has more data. Only
    signs are read, so the words around them do not matter."""
    lines = [line for line in _marked(statement).splitlines() if _SIGN.search(line)]
    return frozenset(number for line in lines for number in _numbers(line) if number >= _LEAST_LIMIT)


def _marked(text: str) -> str:
    return plain_text(_SUPERSCRIPT.sub(r"^\1 ", _LATEX_SIGN.sub(lambda match: _SIGNS[match[1]], text)))


def _numbers(line: str) -> list[int]:
    return [_number(match) for match in _NUMBER.finditer(line)]


def _number(match: re.Match[str]) -> int:
    factor, power, mantissa, exponent, plain = match.groups()
    if power is not None:
        return round(float(factor or 1) * float(10 ** int(power)))
    if mantissa is not None:
        return round(float(mantissa) * float(10 ** int(exponent)))
    lost = _LOST_SUPERSCRIPT.fullmatch(plain)
    return int(10 ** int(lost[1])) if lost else int(plain.replace(",", "")[:30])
