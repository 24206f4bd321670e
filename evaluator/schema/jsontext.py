"""JSON as bytes, including half of a surrogate pair (``\\ud83d``), which JSON can write and UTF-8 cannot encode.

Python's ``json`` reads it, pydantic's parser does not, and a string that holds one cannot be encoded. The functions
here read it, and write it in the same form."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_Model = TypeVar("_Model", bound=BaseModel)


def read_json(model: type[_Model], data: bytes) -> _Model:
    """Parse JSON into a model.

    Raises:
        pydantic.ValidationError: the data is not JSON, or does not fit the model.
    """
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False, include_context=False, include_input=False)
        if first["type"] != "json_invalid" or _ESCAPE.search(data) is None:
            raise
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            raise error from None
    return model.model_validate(value)


def write_json(value: Any) -> bytes:
    """Write a JSON value as UTF-8 without blanks.

    Raises:
        ValueError: it holds a number that is not finite.
    """
    # "backslashreplace" writes a lone surrogate as backslash, u and four digits: the form that JSON has for it.
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


_SHOWN = 10


def wrong_fields(error: ValidationError, most: int = _SHOWN) -> list[str]:
    """Return a line for each of the first ``most`` fields that are wrong: its path, and what is wrong with it. What the
    field holds is left out, since it may be a program."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return [_line(".".join(map(str, each["loc"])), each["msg"]) for each in details[:most]]


def _line(path: str, message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"{path}: {text}" if path else text
