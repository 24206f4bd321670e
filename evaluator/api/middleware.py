"""Around every request: an id, and one line in the log when it is done."""

from __future__ import annotations

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evaluator.log import request_id

_log = logging.getLogger("evaluator.access")
_SAFE = re.compile(r"[\w.:/-]{1,128}", re.ASCII)
_QUIET_PATHS = frozenset({"/healthz", "/readyz"})
"""Asked every few seconds by whoever watches the service."""


class RequestLog:
    """Takes the client's ``X-Request-Id`` or makes one, answers with it, and logs the request under it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        identifier = given if _SAFE.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(identifier)
        started, status = time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = identifier
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            level = logging.DEBUG if scope["path"] in _QUIET_PATHS else logging.INFO
            _log.log(
                level,
                "request",
                extra={
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "ms": round((time.perf_counter() - started) * 1e3, 2),
                },
            )
            request_id.reset(token)
