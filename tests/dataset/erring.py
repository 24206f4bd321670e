"""A proxy before the service that answers 503, or puts ``judge_error`` in the place of reports, at random and counted."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

_FORWARDED = ("content-type", "content-encoding", "accept", "authorization")


class ErringProxy(ThreadingHTTPServer):
    """Forwards requests; shares of them are answered with 503, and of reports replaced."""

    daemon_threads = True

    def __init__(self, upstream: str, shares: Mapping[str, float], seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = httpx.Client(base_url=upstream, trust_env=False, timeout=None)
        self.shares = shares
        self.seen: Counter[str] = Counter()
        self._random, self._lock = random.Random(seed), threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def errs(self, what: str) -> bool:
        """Throw the dice for a request or a report."""
        with self._lock:
            erring = self._random.random() < self.shares[what]
            self.seen[what if erring else f"good {what}"] += 1
            return erring

    def spoiled(self, line: bytes) -> bytes:
        """A report's line, or that of a judge's error in its place."""
        report: dict[str, Any] = json.loads(line)
        if "verdict" not in report or not self.errs("judge_error"):
            return line
        kept = {name: report[name] for name in ("id", "index", "total", "engine", "passed") if name in report}
        return json.dumps({**kept, "verdict": "judge_error", "score": None, "reason": "injected"}).encode()


class _Handler(BaseHTTPRequestHandler):
    server: ErringProxy
    protocol_version = "HTTP/1.1"

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/readyz" and self.server.errs("unavailable"):
            self._answer(503, b"", {"Retry-After": "0"})
            return
        headers = {name: value for name in _FORWARDED if (value := self.headers.get(name))}
        response = self.server.upstream.request(self.command, self.path, content=body, headers=headers)
        data = response.content
        if self.path.startswith("/v1/grade") and response.is_success:
            data = b"".join(self.server.spoiled(line) + b"\n" for line in data.split(b"\n") if line.strip())
        self._answer(response.status_code, data, {"Content-Type": response.headers.get("content-type", "text/plain")})

    do_GET = do_POST = do_PUT = do_HEAD = _forward

    def _answer(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def erring(
    upstream: str, *, unavailable: float = 0.2, judge_error: float = 0.2, seed: int = 1
) -> Iterator[ErringProxy]:
    """The proxy for as long as a block lasts, with the share of requests and of reports that it spoils."""
    proxy = ErringProxy(upstream, {"unavailable": unavailable, "judge_error": judge_error}, seed)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()
        proxy.upstream.close()
