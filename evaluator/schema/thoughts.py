"""The response in a decoded text, and the thought that its prompt may open: the model's text holds only the end of that
thought, or no sign of it if it was cut."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

_FORMATS = Path(__file__).parents[1] / "extraction" / "formats.toml"
_ANCHOR = 200
"""Characters at the end of a prompt by which it is found in a query that was decoded slightly differently."""
_MIN_REST = 8
"""Characters that a prompt which was cut from the left must have left to be found."""
_HALF_CHARACTER = "\ufffd"
"""The decoder's sign for bytes of a character whose first byte was cut off."""


def thought_opened_by(prompt: str) -> str:
    """Return the tag with which a prompt, as the model sees it, ends inside a thought; "" if it does not.

    The prompt has to end in the tag: one that stands further up is only mentioned.
    """
    end = prompt.rstrip()
    return next((opener for opener in openers() if end.endswith(opener.rstrip())), "")


def with_thought(opener: str, response: str) -> str:
    """Return a response with the tag before it that its prompt ended in, so that a draft in a thought that never ends
    is not taken for the answer."""
    if not opener or response.lstrip().startswith(opener.rstrip()):
        return response
    return f"{opener.rstrip()}\n{response}"


@functools.cache
def openers() -> tuple[str, ...]:
    """Return the tags that open a model's reasoning, as extraction knows them."""
    pairs = tomllib.loads(_FORMATS.read_text(encoding="utf-8"))["reasoning"]["pairs"]
    return tuple(opener for opener, _ in pairs)


def response_in(query: str, prompt: str) -> str:
    """Return the text behind the prompt, inside the thought in which the prompt ends. The prompt must not be graded
    with it, since it may contain a program.

    Raises:
        ValueError: the prompt is not found.
    """
    return with_thought(thought_opened_by(prompt), _behind(query, prompt))


def _behind(query: str, prompt: str) -> str:
    if query.startswith(prompt):
        return query[len(prompt) :]
    if (end := _end_of_rest(query, prompt)) is not None:
        return query[end:]
    anchor = prompt[-_ANCHOR:]
    # The occurrence nearest to the place where the prompt would end: the last before it, or the first behind.
    starts = [query.rfind(anchor, 0, len(prompt)), query.find(anchor, len(prompt) - len(anchor))]
    ends = [start + len(anchor) for start in starts if start >= 0]
    if ends:
        return query[min(ends, key=lambda end: abs(end - len(prompt))) :]
    raise ValueError(f"a query does not hold its prompt, which ends in {prompt[-80:]!r}")


def _end_of_rest(query: str, prompt: str) -> int | None:
    """Find where a prompt ends that was cut from the left, as trainers cut those that are too long: the query begins
    with the prompt's end. None if it does not."""
    start = len(query) - len(query.lstrip(_HALF_CHARACTER))
    anchor = prompt[-_ANCHOR:]
    first = query.find(anchor)
    if first >= 0 and prompt.endswith(query[start : first + len(anchor)]):
        return first + len(anchor)
    lengths = range(min(len(anchor) - 1, len(query) - start), _MIN_REST - 1, -1)
    return next((start + each for each in lengths if query.startswith(prompt[-each:], start)), None)
