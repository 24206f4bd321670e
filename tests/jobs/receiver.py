"""Takes webhooks on a free port of 127.0.0.1 and answers as it is told."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Message:
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers one message after the other with ``answers``, then all with the last of them: a status; ``None``: it
    hangs up; or a function that writes what it likes."""

    def __init__(self, *answers: int | Callable[[BaseHTTPRequestHandler], None] | None) -> None:
        self.messages: list[Message] = []
        self._answers = deque(answers or [204])
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with receiver._lock:
                    receiver.messages.append(Message(self.path, dict(self.headers), body))
                    answer = receiver._answers[0]
                    if len(receiver._answers) > 1:
                        receiver._answers.popleft()
                if callable(answer):
                    answer(self)
                elif answer is not None:
                    self.send_response(answer)
                    self.send_header("Location", "/elsewhere")
                    self.end_headers()

            def log_message(self, *args: object) -> None:
                """Tests have their own output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def answer(self, *answers: int | None) -> None:
        """From now on."""
        with self._lock:
            self._answers = deque(answers)

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=jobs"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
