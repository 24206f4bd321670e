"""One client's connection, with bounds that uvicorn has none for: how long the head of a request may take and how large
it may be, how long an answer may wait for its reader, and how many connections an address may have.

How long a body may take is ``BoundedBody``'s to say, which knows whether anybody reads it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import resource
from collections import Counter
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from evaluator.errors import ApiError, HeadTooLarge, NotHttp, RequestTooSlow, TooManyConnections
from evaluator.schema import write_json

MAX_HEAD_BYTES, MAX_HEADERS = 64 * 1024, 100
LINGER_S = 5.0
"""Seconds for which the rest of a body that nobody reads is thrown away, so that its client reads the answer first."""
LEAST_READ_BYTES = 64 * 1024
"""Of an answer that waits for its reader, so much is taken in ``stall_s`` seconds, or the connection is cut."""
_HEAD = b"HTTP/1.1 "
_CUSTOMER_BITS = 64
"""Of an IPv6 address: the least that a provider gives to one customer."""


class Clients:
    """Count of the connections of each address."""

    def __init__(self, most: int) -> None:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        # No address gets all of the process's descriptors.
        self._most = most if soft == resource.RLIM_INFINITY else min(most, soft // 2)
        self._open: Counter[str] = Counter()

    def enter(self, client: str) -> bool:
        """Count one more, unless it has as many as it may have."""
        if self._open[client] >= self._most:
            return False
        self._open[client] += 1
        return True

    def leave(self, client: str) -> None:
        """Count one less."""
        self._open[client] -= 1
        if not self._open[client]:
            del self._open[client]


class _Stage(Enum):
    """The part of a request that comes next."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class Connection(HttpToolsProtocol):
    """uvicorn's connection, with our bounds. ``bounded_connection`` makes the class to hand to it."""

    clients: Clients
    head_s: float
    stall_s: float
    _stage = _Stage.NOTHING
    _head_bytes = _headers = _unparsed_bytes = 0
    _counted = False
    _deadline: asyncio.TimerHandle | None = None
    """Deadline of the next part."""
    _stall: asyncio.TimerHandle | None = None
    _answering: RequestResponseCycle | None = None
    """The request that the application has: not the last one that came, where a client sends many at a time."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(JoinedWrites(transport))  # type: ignore[arg-type]
        if self.client is not None:
            self._name = client_of(self.client[0])
            self._counted = self.clients.enter(self._name)
            if not self._counted:
                self._refuse(TooManyConnections())
                return
        self._set_deadline(self.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._tell_application()
        super().connection_lost(exc)
        for timer in (self._deadline, self._stall):
            if timer is not None:
                timer.cancel()
        if self._counted:
            self.clients.leave(self._name)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        before = self._stage
        super().data_received(data)
        if before is self._stage is _Stage.HEAD:
            self._unparsed_bytes += len(data)  # of a header that goes on and on, the parser tells nothing
            if self._unparsed_bytes > MAX_HEAD_BYTES:
                self._refuse(HeadTooLarge(MAX_HEAD_BYTES, MAX_HEADERS))

    def send_400_response(self, msg: str) -> None:
        self._refuse(HeadTooLarge(MAX_HEAD_BYTES, MAX_HEADERS) if self._head_too_large() else NotHttp(msg))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = self._headers = self._unparsed_bytes = 0
        self._enter(_Stage.HEAD)

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._headers += 1
        self._count(len(name) + len(value))

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._enter(_Stage.BODY)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._enter(_Stage.NOTHING)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._enter(self._stage)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall = self.loop.call_later(self.stall_s, self._check_reader, self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_too_large():
            raise ValueError("the parser stops at any error")

    def _head_too_large(self) -> bool:
        return self._head_bytes > MAX_HEAD_BYTES or self._headers > MAX_HEADERS

    def _enter(self, stage: _Stage) -> None:
        self._stage = stage
        if self.transport.is_closing():
            self._set_deadline(self.stall_s)
        elif self.cycle is not None and not self.cycle.response_complete:
            self._set_deadline(None)  # it is our turn
        elif stage is _Stage.HEAD:
            self._set_deadline(self.head_s)
        else:
            self._set_deadline(LINGER_S if stage is _Stage.BODY else self.timeout_keep_alive)

    def _set_deadline(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._expire)

    def _expire(self) -> None:
        if self.transport.is_closing():
            self._cut()  # nobody takes what was to be said first
        elif self._stage is _Stage.HEAD:
            self._refuse(RequestTooSlow(f"its head took more than {self.head_s:g} s"))
        else:
            self._close()

    def _check_reader(self, before: int) -> None:
        waiting = self.transport.get_write_buffer_size()
        if before - waiting < LEAST_READ_BYTES:
            self._cut()
        else:
            self._stall = self.loop.call_later(self.stall_s, self._check_reader, waiting)

    def _refuse(self, error: ApiError) -> None:
        """Answer without the application, and hang up."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            body = write_json(error.problem())
            head = (
                f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n"
                f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + body)
        self._close()

    def _cut(self) -> None:
        self._tell_application()
        self.transport.abort()

    def _tell_application(self) -> None:
        """Nobody is there any more; uvicorn says so to the last request of the connection only."""
        self.pipeline.clear()
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def _close(self) -> None:
        self.transport.close()
        self._set_deadline(self.stall_s)


def bounded_connection(*, most: int, head_s: float, stall_s: float) -> type[Connection]:
    """Return a class of connections: at most so many of one address, a request's head in at most ``head_s`` seconds,
    and none whose client takes nothing of an answer for ``stall_s``."""
    bounds: dict[str, Any] = {"clients": Clients(most), "head_s": head_s, "stall_s": stall_s}
    return type("BoundedConnection", (Connection,), bounds)


def client_of(host: str) -> str:
    """Return what counts as one client: an IPv4 address, or the network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _CUSTOMER_BITS), strict=False))
    return str(address)


class JoinedWrites:
    """A transport that sends a head with what follows it. A head waits for what is written next, or until the event
    loop goes on: so both are one system call, and the client wakes up once. uvicorn writes them one after the other."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send data, or keep it for a moment if it is a head."""
        if not self._head and data.startswith(_HEAD):
            self._head = data
            asyncio.get_running_loop().call_soon(self._send_head)
            return
        head, self._head = self._head, b""
        self._transport.write(head + data if head else data)

    def close(self) -> None:
        """Send what is kept, then close."""
        self._send_head()
        self._transport.close()

    def _send_head(self) -> None:
        if self._head and not self._transport.is_closing():
            self.write(b"")
