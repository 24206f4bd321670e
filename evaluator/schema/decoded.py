"""Separation of the model's answer from its prompt in a decoded sequence of tokens."""

from __future__ import annotations

_ANCHOR = 200
"""Characters at the end of a prompt by which it is found in a query that was decoded slightly differently."""


def response_in(query: str, prompt: str) -> str:
    """Return the text behind the prompt. The prompt must not be graded with it, since it may contain a program.

    Raises:
        ValueError: the prompt is not found.
    """
    if query.startswith(prompt):
        return query[len(prompt) :]
    anchor = prompt[-_ANCHOR:]
    # The occurrence nearest to the place where the prompt would end: the last before it, or the first behind.
    starts = [query.rfind(anchor, 0, len(prompt)), query.find(anchor, len(prompt) - len(anchor))]
    ends = [start + len(anchor) for start in starts if start >= 0]
    if ends:
        return query[min(ends, key=lambda end: abs(end - len(prompt))) :]
    raise ValueError(f"a query does not hold its prompt, which ends in {prompt[-80:]!r}")
