"""Errors as problem details (RFC 9457), one handler for each kind."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from evaluator.errors import ApiError, ClientGone, InvalidRequest
from evaluator.log import request_id
from evaluator.schema import write_json

_log = logging.getLogger(__name__)
_MEDIA_TYPE = "application/problem+json"


class JsonAnswer(JSONResponse):
    """A ``JSONResponse`` of any string: what a request said may be repeated with half of a surrogate pair in it."""

    def render(self, content: Any) -> bytes:
        return write_json(content)


def install(app: FastAPI) -> None:
    """Answer every error of the application in this form."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


def answer(error: ApiError) -> JsonAnswer:
    """The answer to a request that cannot be served."""
    return _answer(error.problem(), error.headers)


def _answer(problem: dict[str, Any], headers: Mapping[str, str] | None = None) -> JsonAnswer:
    """The log has more under the same request id."""
    content = {**problem, "request_id": request_id.get()}
    return JsonAnswer(content, problem["status"], headers, media_type=_MEDIA_TYPE)


async def _api_error(_: Request, error: Exception) -> JsonAnswer:
    assert isinstance(error, ApiError)
    return answer(error)


async def _gone(_: Request, __: Exception) -> JsonAnswer:
    """A client that leaves, or breaks the protocol, in the middle of its body is no fault of ours."""
    return answer(ClientGone("in the middle of its body"))


async def _http_error(_: Request, error: Exception) -> JsonAnswer:
    """Answer what the framework refuses: an unknown path, a method that a path does not have."""
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    problem = {
        "type": f"/problems/{title.lower().replace(' ', '-')}",
        "title": title,
        "status": error.status_code,
        "detail": f"{error.detail}; GET /docs lists what there is",
    }
    return _answer(problem, error.headers)


async def _invalid(request: Request, error: Exception) -> JsonAnswer:
    """A parameter of the path or the query that the framework refuses."""
    assert isinstance(error, RequestValidationError)
    shown = [{"loc": [*e["loc"]], "msg": e["msg"]} for e in error.errors()]
    first = f"{'.'.join(map(str, shown[0]['loc']))}: {shown[0]['msg']}"
    return await _api_error(request, InvalidRequest(first, errors=shown))


async def _unexpected(request: Request, error: Exception) -> JsonAnswer:
    _log.error("unexpected error", extra={"path": request.url.path}, exc_info=error)
    problem = {
        "type": "/problems/internal-fault",
        "title": "A fault of the service",
        "status": 500,
        "detail": "nothing was judged; the service's log has the details under this request's id",
    }
    return _answer(problem)
