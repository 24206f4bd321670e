"""An endpoint that speaks OpenAI's protocol, answers by a request's digest, and counts how often each request came.

Its answers mean nothing: it stands for the fact that an answer was paid for.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PROGRAM = "It is short.\n\n```python\nimport sys\n\nprint(sys.argv[1:2] or 0)\nsys.exit(0)\n```\n"
"""It serves as an attempt, a generator, a validator and a checker. All of them are to be refused."""


class FakeModel(ThreadingHTTPServer):
    """Each run has a base URL of its own, by which its requests are counted."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: dict[str, Counter[str]] = defaultdict(Counter)
        """Counts of each request, by the run and the digest of the request's body."""
        self.lock = threading.Lock()

    def url(self, run: str) -> str:
        """The base URL for a run."""
        return f"http://127.0.0.1:{self.server_address[1]}/{run}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that were killed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def told(self, run: str) -> str:
        """A run's requests, in words."""
        seen = self.seen[run]
        return f"{seen.total()} requests to the language model, {seen.total() - len(seen)} of them for the second time"


class _Handler(BaseHTTPRequestHandler):
    server: FakeModel
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # its sender was killed
            self.close_connection = True
            return
        digest = sha256(body).hexdigest()
        with self.server.lock:
            self.server.seen[self.path.split("/")[1]][digest] += 1
        message = {"role": "assistant", "content": _answer(json.loads(body), digest)}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        data = json.dumps({"choices": choices}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _answer(request: dict[str, Any], digest: str) -> str:
    """Scores where they are asked for, else a program."""
    if "response_format" not in request:
        return _PROGRAM
    draw = random.Random(digest)
    names = request["response_format"]["json_schema"]["schema"]["properties"]
    return json.dumps({name: draw.randint(1, 5) for name in names})


@contextmanager
def fake_model() -> Iterator[FakeModel]:
    """The endpoint for as long as a block lasts."""
    model = FakeModel()
    thread = threading.Thread(target=model.serve_forever, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.shutdown()
        thread.join()
        model.server_close()
