"""What of a decoded sequence of tokens is the model's answer."""

from __future__ import annotations

import re

_ANCHOR = 200
"""Characters of a prompt's end by which it is found in a query that was decoded a little differently."""


def response_in(query: str, prompt: str) -> str:
    """What follows the prompt. The prompt must not be graded with it: it may hold a program.

    Raises:
        ValueError: the prompt is not found.
    """
    if query.startswith(prompt):
        return query[len(prompt) :]
    anchor = prompt[-_ANCHOR:]
    ends = [match.end(1) for match in re.finditer(f"(?=({re.escape(anchor)}))", query)]
    if ends:
        return query[min(ends, key=lambda end: abs(end - len(prompt))) :]
    raise ValueError(f"a query does not hold its prompt, which ends in {prompt[-80:]!r}")
