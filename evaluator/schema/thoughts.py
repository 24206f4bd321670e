"""Thoughts that a chat template opens: the model's text holds only their end, or no sign of them if it was cut."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

_FORMATS = Path(__file__).parents[1] / "extraction" / "formats.toml"


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
