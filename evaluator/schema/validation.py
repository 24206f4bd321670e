"""Sentences about data that does not fit a model."""

from __future__ import annotations

from pydantic import ValidationError

_SHOWN = 10


def wrong_fields(error: ValidationError, most: int = _SHOWN) -> list[str]:
    """Return a line for each of the first ``most`` fields that are wrong: its path, and what is wrong with it. What the
    field holds is left out, since it may be a program."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return [_line(".".join(map(str, each["loc"])), each["msg"]) for each in details[:most]]


def _line(path: str, message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"{path}: {text}" if path else text
