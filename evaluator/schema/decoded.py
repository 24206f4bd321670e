"""What of a decoded sequence of tokens is the model's answer."""

from __future__ import annotations

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
    # The occurrence next to where the prompt would end: the last before it, or the first behind.
    starts = [query.rfind(anchor, 0, len(prompt)), query.find(anchor, len(prompt) - len(anchor))]
    ends = [start + len(anchor) for start in starts if start >= 0]
    if ends:
        return query[min(ends, key=lambda end: abs(end - len(prompt))) :]
    raise ValueError(f"a query does not hold its prompt, which ends in {prompt[-80:]!r}")
