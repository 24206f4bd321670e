"""A TCP proxy before the service that fails in all the ways a network does, each on purpose and counted."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

FAULTS = {"pass": 5.0, "busy": 1.0, "unavailable": 1.0, "reset": 1.5, "cut": 1.5, "slow": 1.0}
"""Ways to treat a request, and how often relative to each other."""
_DOWN_S = 0.1
_MOST_BYTES_BEFORE_FAULT = 4000


class FlappingProxy:
    """One request a connection, each treated in one of the ways. ``upstream`` may be changed while it runs."""

    def __init__(self, upstream: str, faults: Mapping[str, float], seed: int) -> None:
        self.upstream = upstream
        self.seen: Counter[str] = Counter()
        """The number of times that each fault was injected."""
        self.requests: list[str] = []
        """Their first lines, such as ``POST /v1/grade/batch HTTP/1.1``."""
        self._faults, self._random = dict(faults), random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connections: set[asyncio.StreamWriter] = set()
        self._port = 0
        self._listener: socket.socket
        self._accepting: threading.Thread
        self._do(self._open())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def restart(self) -> None:
        """Everything that is under way breaks, and nobody listens for a moment."""
        self._do(self._restart())

    def close(self) -> None:
        self._do(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, coroutine) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._accepting.start()

    def _accept(self, listener: socket.socket) -> None:
        # Not by asyncio: if the listener is closed at the wrong moment, Python 3.11's forgets a connection that it has
        # taken, which then neither answers nor ends.
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            asyncio.run_coroutine_threadsafe(self._serve(connection), self._loop)

    async def _restart(self) -> None:
        self.seen["restart"] += 1
        await self._shut()
        await asyncio.sleep(_DOWN_S)
        await self._open()

    async def _shut(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._accepting.join()
        self._listener.close()
        await asyncio.sleep(0)  # what it accepted last begins to be served
        for writer in tuple(self._connections):
            _reset(writer)

    async def _serve(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=connection)
        self._connections.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head.split(b"\r\n", 1)[0].decode())
            body = await reader.readexactly(_content_length(head))
            fault = self._random.choices(list(self._faults), list(self._faults.values()))[0]
            self.seen[fault] += 1
            await self._treat(fault, head, body, writer)
        self._connections.discard(writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _treat(self, fault: str, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        if fault in ("busy", "unavailable"):
            status = "429 Too Many Requests" if fault == "busy" else "503 Service Unavailable"
            writer.write(
                f"HTTP/1.1 {status}\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
            )
            await writer.drain()
            return
        left = self._random.randrange(_MOST_BYTES_BEFORE_FAULT) if fault in ("reset", "cut") else None
        where = urlsplit(self.upstream)
        reader, upstream = await asyncio.open_connection(where.hostname, where.port)
        self._connections.add(upstream)
        try:
            upstream.write(
                head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1).replace(b"Connection: keep-alive\r\n", b"")
                + body
            )
            while piece := await reader.read(64 if fault == "slow" else 65536):
                writer.write(piece if left is None else piece[:left])
                await writer.drain()
                if fault == "slow":
                    await asyncio.sleep(0)
                if left is not None and (left := left - len(piece)) <= 0:
                    break
            if fault == "reset":
                _reset(writer)
        finally:
            self._connections.discard(upstream)
            upstream.close()


@contextmanager
def flapping(upstream: str, faults: Mapping[str, float] = FAULTS, seed: int = 1) -> Iterator[FlappingProxy]:
    """The proxy for as long as a block lasts."""
    proxy = FlappingProxy(upstream, faults, seed)
    try:
        yield proxy
    finally:
        proxy.close()


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def _reset(writer: asyncio.StreamWriter) -> None:
    """Hang up with a reset instead of an orderly end."""
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
