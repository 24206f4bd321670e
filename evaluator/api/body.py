"""Reading request bodies: bounded while they arrive, parsed straight from bytes, errors that say what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from evaluator.checking.text import count_elements
from evaluator.errors import BodyTooComplex, CodeTooLarge, InvalidRequest, MalformedJson, UnsupportedMediaType
from evaluator.schema import Text, read_json, size_of
from evaluator.settings import Settings
from sandbox.limits import MIB

JSON, NDJSON = "application/json", "application/x-ndjson"
_SHOWN_ERRORS = 20
_FEW_VALUES = 5000
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_Model = TypeVar("_Model", bound=BaseModel)


async def read(request: Request, *accepted: str) -> bytes:
    """Return the whole body, if it is of an accepted type (a missing type is taken for the first).

    Raises:
        UnsupportedMediaType, BodyTooLarge, RequestTooSlow
    """
    if (coding := request.headers.get("content-encoding", "identity").lower()) != "identity":
        raise UnsupportedMediaType(f"Content-Encoding is {coding[:100]!r}; send the body as it is")
    if (kind := media_type(request)) not in ("", *accepted):
        raise UnsupportedMediaType(f"Content-Type is {kind[:100]!r}; send {' or '.join(accepted)}")
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
    return bytes(data)


async def skip(request: Request) -> None:
    """Read a body that means nothing here, to its end: then a client that leaves is heard of."""
    async for _ in request.stream():
        pass


def media_type(request: Request) -> str:
    """The body's type without parameters, in lower case; empty where none is given."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def values_in(data: bytes) -> int:
    """Return how many values a JSON text holds, about, without reading it; of one that is none, any number."""
    if (most := count_elements(data)) <= _FEW_VALUES:
        return most
    return count_elements(_STRING.sub(b"", data))


def check_complexity(data: bytes, most: int) -> None:
    """Refuse a body whose values would take many times its size.

    Raises:
        BodyTooComplex
    """
    if (count := values_in(data)) > most:
        raise BodyTooComplex(f"about {count} values; at most {most} are read (max_values): send less at once")


def parse(model: type[_Model], data: bytes, where: str = "the body") -> _Model:
    """Read a wire model from JSON.

    Raises:
        MalformedJson, InvalidRequest: naming each field that is wrong, without echoing what it holds.
    """
    try:
        return read_json(model, data)
    except ValidationError as error:
        raise refused(error, where) from error


def refused(
    error: ValidationError, where: str, names: Mapping[str, str] | None = None
) -> MalformedJson | InvalidRequest:
    """Return what is wrong as an error of the request. ``names`` are what the caller calls some fields, by our dotted
    names."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    if errors[0]["type"] == "json_invalid":
        return MalformedJson(f"{where}: {errors[0]['msg']}")
    shown = [{"loc": _renamed(e["loc"], names or {}), "msg": e["msg"]} for e in errors[:_SHOWN_ERRORS]]
    first = ".".join(map(str, shown[0]["loc"])) or "the whole"
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return InvalidRequest(f"{where}: {first}: {errors[0]['msg']}{more}", errors=shown)


def _renamed(place: tuple[int | str, ...], names: Mapping[str, str]) -> list[int | str]:
    for length in range(len(place), 0, -1):
        if (name := names.get(".".join(map(str, place[:length])))) is not None:
            return [*name.split("."), *place[length:]]
    return [*place]


def check_size(request: Request, code: Text) -> None:
    """Refuse a program that is larger than the settings allow.

    Raises:
        CodeTooLarge
    """
    settings: Settings = request.app.state.settings
    if (size := size_of(code)) > settings.max_code_mb * MIB:
        raise CodeTooLarge(f"{size} characters of code; at most {settings.max_code_mb} MiB are accepted")
