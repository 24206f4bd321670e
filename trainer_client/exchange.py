"""One request and its answer, over one event loop's connections."""

from __future__ import annotations

import logging
import socket
import ssl
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from trainer_client.errors import WrongAddress
from trainer_client.replies import failure
from trainer_client.retry import Transient
from trainer_client.settings import ClientSettings

_log = logging.getLogger(__name__)
JSON, NDJSON = "application/json", "application/x-ndjson"
_CONNECT_TIMEOUT_S = 10.0
_KEEPALIVE = [
    (socket.IPPROTO_TCP, getattr(socket, name), value)
    for name, value in (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
    if hasattr(socket, name)
]
"""There is no time limit on the rest of an answer, since a program may run for minutes; so the kernel has to notice a
peer that is gone without a word."""


_QUIET_S = 2.0
"""Seconds of an outage before the log tells of it: what lasts shorter costs nobody anything."""
_NO_SUCH_HOST = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer of a request that succeeded."""

    status: int
    body: bytes


class Exchange:
    """Sends requests; failures come out as ``Transient``, ``WrongAddress``, ``RequestRefused``, ``UnknownSuite`` or
    ``ServiceFault``. An outage that lasts is told in the log, once."""

    def __init__(self, settings: ClientSettings) -> None:
        self._patience_s = settings.patience_s
        self._reached = False
        self._silent_since: float | None = None
        self._outage_is_logged = False
        headers = {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}
        limits = httpx.Limits(max_connections=settings.connections, max_keepalive_connections=settings.connections)
        options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *_KEEPALIVE]
        # Making a TLS context reads all certificates of the machine: not for a plain connection.
        verify = settings.url.startswith("https")
        transport = None
        if not settings.trust_env:  # httpx takes proxies from the environment only without a transport given
            transport = httpx.AsyncHTTPTransport(verify=verify, trust_env=False, limits=limits, socket_options=options)
        self._http = httpx.AsyncClient(
            base_url=settings.url,
            headers=headers,
            timeout=httpx.Timeout(None, connect=_CONNECT_TIMEOUT_S, read=settings.answer_s),
            limits=limits,
            transport=transport,
            verify=verify,
            trust_env=settings.trust_env,
        )

    async def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        slow: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """Send one request and read its answer to the end. ``slow``: even its beginning may take long."""
        async with self._opened(method, path, body, JSON, uuid.uuid4().hex, slow=slow, more=headers) as response:
            try:
                return HttpAnswer(response.status_code, await response.aread())
            except httpx.TransportError as error:
                raise self._cut(error) from error

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, body: bytes | None = None, *, request_id: str = ""
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Send one request, and read its answer piece by piece as NDJSON. A stream that breaks is ``Transient``."""
        async with self._opened(method, path, body, NDJSON, request_id or uuid.uuid4().hex) as response:
            yield self._pieces(response)

    @asynccontextmanager
    async def _opened(
        self,
        method: str,
        path: str,
        body: bytes | None,
        accept: str,
        request_id: str,
        *,
        slow: bool = False,
        more: Mapping[str, str] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        headers = {"Accept": accept, "X-Request-Id": request_id, **(more or {})}
        if body is not None:
            headers["Content-Type"] = JSON
        request = self._http.build_request(method, path, content=body, headers=headers)
        limits = request.extensions["timeout"]
        if slow:
            limits["read"] = None
        try:
            response = await self._http.send(request, stream=True)
        except httpx.TransportError as error:
            raise self._cut(error) from error
        self._note_answer(request.url)
        limits["read"] = None  # the same mapping is asked before each read
        try:
            if not response.is_success:
                try:
                    body = await response.aread()
                except httpx.TransportError as error:
                    raise self._cut(error) from error
                raise failure(response.status_code, response.headers, body, request_id)
            yield response
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _pieces(self, response: httpx.Response) -> AsyncIterator[bytes]:
        try:
            async for piece in response.aiter_bytes():
                yield piece
        except httpx.TransportError as error:
            raise self._cut(error) from error

    def _cut(self, error: httpx.TransportError) -> Transient | WrongAddress:
        """Return what a failed request is: worth another try, or, before the service was ever reached, not."""
        address = _address(error.request.url)
        reason = f"{type(error).__name__} at {address}: {error}"
        if "WRONG_VERSION_NUMBER" in reason:  # OpenSSL's word for an answer that is not TLS
            reason += "; what answers there speaks no TLS: write http://"
        if not self._reached and _is_lasting(error):
            return WrongAddress(reason)
        now = time.monotonic()
        if self._silent_since is None:
            self._silent_since = now
        elif not self._outage_is_logged and now - self._silent_since >= min(_QUIET_S, self._patience_s):
            self._outage_is_logged = True
            _log.warning("%s does not answer; trying for %.0f s: %s", address, self._patience_s, reason)
        return Transient(reason)

    def _note_answer(self, url: httpx.URL) -> None:
        if self._outage_is_logged:
            _log.warning("%s answers again", _address(url))
        self._reached, self._silent_since, self._outage_is_logged = True, None, False


def _address(url: httpx.URL) -> str:
    """Return a URL's beginning, without the credentials that it may hold."""
    return f"{url.scheme}://{url.netloc.decode()}"


def _is_lasting(error: BaseException) -> bool:
    """Tell whether waiting does not cure a failure to connect."""
    return any(
        isinstance(cause, ssl.SSLError) or (isinstance(cause, socket.gaierror) and cause.errno in _NO_SUCH_HOST)
        for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
