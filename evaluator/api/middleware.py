"""Around every request: an id, one line in the log and one observation when it is done, headers for browsers."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evaluator.errors import BodyTooLarge, RequestTooSlow
from evaluator.log import request_id
from evaluator.metrics import Metrics
from evaluator.settings import Settings
from sandbox.limits import MIB

_log = logging.getLogger("evaluator.access")
_SAFE = re.compile(r"[\w.:/-]{1,128}", re.ASCII)
_QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by whoever watches the service."""


_LEAST_RATE = 64 * 1024
"""Bytes a second of a body."""
_SHOWN_PATH = 200
"""Of a path, in the log: its client may make it long."""
CONSOLE_PATH = "/console/"
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_NOTHING_MAY = "default-src 'none'; frame-ancestors 'none'"
_CONSOLE_MAY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_DOCS_MAY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)


class RequestLog:
    """Takes the client's ``X-Request-Id`` or makes one, answers with it, and logs the request under it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client_id = Headers(scope=scope).get("x-request-id", "")
        identifier = client_id if _SAFE.fullmatch(client_id) else uuid.uuid4().hex
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
                    "path": scope["path"][:_SHOWN_PATH],
                    "status": status,
                    "key": scope.get("state", {}).get("key"),
                    "ms": round((time.perf_counter() - started) * 1e3, 2),
                },
            )
            request_id.reset(token)


class Measured:
    """Tells how long requests took, by the route that answered: paths are the clients' to choose, routes are few."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), HTTPStatus.INTERNAL_SERVER_ERROR.value

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.answered(route, method, status, time.perf_counter() - started)


class BoundedBody:
    """Lets no body be larger than it may be, or come more slowly, whoever reads it."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._limit_mb, self._body_s = settings.max_body_mb, settings.body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        size, came, deadline = 0, False, 0.0
        loop = asyncio.get_running_loop()

        async def receive_in_time() -> Message:
            nonlocal size, came, deadline
            if came:
                return await receive()
            self._check(int(declared) if declared.isdigit() else 0)
            deadline = deadline or loop.time() + self._body_s
            try:
                async with asyncio.timeout_at(deadline + size / _LEAST_RATE):
                    message = await receive()
            except TimeoutError as error:
                raise RequestTooSlow(f"its body came at less than {_LEAST_RATE // 1024} KiB a second") from error
            size += len(message.get("body", b""))
            came = not message.get("more_body", False)
            self._check(size)
            return message

        await self._app(scope, receive_in_time, send)

    def _check(self, size: int) -> None:
        if size > self._limit_mb * MIB:
            raise BodyTooLarge(
                f"more than {self._limit_mb} MiB; send smaller batches, or upload suites once by "
                "PUT /v1/suites/<sha256>"
            )


def _policy(path: str) -> str:
    if path == "/docs":
        return _DOCS_MAY
    return _CONSOLE_MAY if path == "/" or path.startswith(CONSOLE_PATH) else _NOTHING_MAY


class SecureHeaders:
    """Tells browsers to make no more of an answer than it is. The pages of ``/docs`` may run what they bring; those of
    the console what this service has in files."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Content-Security-Policy"] = _policy(scope["path"])
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
