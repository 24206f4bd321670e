"""Requests whose clients leave before they are answered."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx

SLEEPER = "import time\ntime.sleep(1000)"
SLEEPY = {"mode": "stdio", "tests": [{"input": "", "output": ""}], "limits": {"cpu_s": 60, "wall_s": 1200}}
"""A suite that ``SLEEPER`` is still busy with when the test has ended. It ends when its client leaves."""


def sleeping(number: int) -> dict[str, Any]:
    """A submission that keeps its place for as long as its client is there, and leaves the CPU to others."""
    return {"code": f"{SLEEPER}  # {number}", "suite": SLEEPY}


@contextmanager
def asked_by_hand(client: httpx.Client, path: str, *bodies: dict[str, Any]) -> Iterator[None]:
    """Requests with the client's key, each on a connection of its own, whose client leaves at the end."""
    with ExitStack() as left:
        for body in bodies:
            data = json.dumps(body).encode()
            lines = [
                f"POST {path} HTTP/1.1",
                "Host: x",
                "Content-Type: application/json",
                f"Content-Length: {len(data)}",
            ]
            if key := client.headers.get("Authorization"):
                lines.append(f"Authorization: {key}")
            connection = socket.create_connection((client.base_url.host, client.base_url.port))
            left.enter_context(connection).sendall("\r\n".join([*lines, "", ""]).encode() + data)
        yield
