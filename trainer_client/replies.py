"""Reading what the service answers: models, problems, lines of a stream."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from evaluator.schema import read_json
from trainer_client.errors import BadReply, EvaluatorError, RequestRefused, ServiceFault, UnknownSuite
from trainer_client.retry import Transient

LONGEST_RETRY_AFTER_S = 300.0
_RETRIED = frozenset({429, 502, 503, 504})
_Model = TypeVar("_Model", bound=BaseModel)


def parse(model: type[_Model], data: bytes) -> _Model:
    """Read a reply as a model. Fields that a newer service has added are left out: the contract lets it add them.

    Raises:
        BadReply: it is something else.
    """
    try:
        return read_json(model, data)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        added = [each["loc"] for each in errors if each["type"] == "extra_forbidden"]
        if len(added) < len(errors):
            raise BadReply(
                f"the service did not answer with a {model.__name__}: {errors[0]['msg']}: {data[:200]!r}"
            ) from error
    value = json.loads(data)
    for *path, name in added:
        holder = value
        for step in path:
            holder = holder[step]
        del holder[name]
    return read_json(model, json.dumps(value).encode())


def failure(status: int, headers: Mapping[str, str], body: bytes, request_id: str) -> EvaluatorError | Transient:
    """Return the error, or the reason to try again, of an answer that is no success."""
    problem = _problem(status, body)
    if status in _RETRIED:
        message = f"{status} {problem['title']}: {problem['detail']}"
        return Transient(message, retry_after_s=retry_after_s(headers.get("retry-after")), alive=status == 429)
    if status >= 500 or status < 400:
        return ServiceFault(problem, request_id)
    return (UnknownSuite if problem["type"] == "/problems/unknown-suite" else RequestRefused)(problem, request_id)


def retry_after_s(value: str | None) -> float | None:
    """Seconds that a ``Retry-After`` asks for: a number, or a date. What cannot be read does not count."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S) if seconds == seconds else None


async def lines(stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield the whole lines of a stream. A last one without its end was cut, and is dropped."""
    rest = b""
    async for piece in stream:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            if line.strip():
                yield line


def _problem(status: int, body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        content = {"detail": body[:200].decode(errors="replace")}
    return {"type": "about:blank", "title": "", "detail": "", **content, "status": status}
