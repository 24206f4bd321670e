"""A connection's transport that sends the head of an answer together with the body behind it."""

from __future__ import annotations

import asyncio
from typing import Any

_HEAD = b"HTTP/1.1 "


class JoinedWrites:
    """As the transport that it is made of. A head waits for what is written next, or until the event loop goes on: so
    both are one system call, and the client wakes up once. uvicorn writes them one after the other."""

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
