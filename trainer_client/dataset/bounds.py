"""The limits that a statement states: ``1 <= n <= 2 * 10^5``, as numbers."""

from __future__ import annotations

import re

from trainer_client.dataset.similarity import plain_text

_SUPERSCRIPT = re.compile(r"<sup>\s*(-?\d+)\s*</sup>", re.IGNORECASE)
_HEADING = re.compile(r"^[\W_]*constraints?\b", re.IGNORECASE | re.MULTILINE)
_NEXT_PART = re.compile(r"^[\W_]*(?:follow.?up|examples?|notes?|hints?|sample)\b", re.IGNORECASE | re.MULTILINE)
_COMPARED = re.compile(
    r"<=|>=|<|>|≤|≥|⩽|⩾|≦|≧|\\[lg]eq?\b|\\[lg]t\b|\bat most\b|\bnot exceed|\bup to\b|\bbetween\b|\brange\b"
)
_POWER = r"10\s*(?:\^|\*\*)\s*\{?\s*(\d{1,2})\s*\}?"
_NUMBER = re.compile(
    rf"(?:(\d+(?:\.\d+)?)\s*(?:\*|·|×|\\cdot|\\times|x)?\s*)?{_POWER}|(\d+(?:\.\d+)?)[eE]\+?(\d{{1,2}})|(\d{{1,3}}(?:,\d{{3}})+|\d+)"
)
_LOST_SUPERSCRIPT = re.compile(r"(?:[1-9]\s*\*\s*)?10([3-9]|1[0-8])")
"""LeetCode's texts often have 105 for 10 to the power of 5."""


def bounds(statement: str, constraints: str = "") -> tuple[int, ...]:
    """The numbers of the lines that compare or bound something, in ascending order.

    Args:
        constraints: the part of the statement that has them, where it is known.
    """
    text = constraints or _constraints_of(statement)
    lines = [line for line in _marked(text).splitlines() if _COMPARED.search(line)]
    return tuple(sorted(number for line in lines for number in _numbers(line)))


def largest_bound(statement: str, constraints: str = "") -> int:
    """The largest stated limit, 0 where none is stated."""
    return max(bounds(statement, constraints), default=0)


def _marked(text: str) -> str:
    return plain_text(_SUPERSCRIPT.sub(r"^\1 ", text).replace("\\le", "<=").replace("\\ge", ">="))


def _constraints_of(statement: str) -> str:
    """The section of that name, else the whole statement."""
    heading = _HEADING.search(statement)
    if heading is None:
        return statement
    rest = statement[heading.end() :]
    end = _NEXT_PART.search(rest)
    return rest[: end.start()] if end else rest


def _numbers(line: str) -> list[int]:
    return [_number(found) for found in _NUMBER.finditer(line)]


def _number(found: re.Match[str]) -> int:
    factor, power, mantissa, exponent, plain = found.groups()
    if power is not None:
        return round(float(factor or 1) * float(10 ** int(power)))
    if mantissa is not None:
        return round(float(mantissa) * float(10 ** int(exponent)))
    lost = _LOST_SUPERSCRIPT.fullmatch(plain)
    return int(10 ** int(lost[1])) if lost else int(plain.replace(",", "")[:30])
