"""The command line, as a process, and a real endpoint that speaks OpenAI's protocol."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.command import microcoder


def score(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """``microcoder score``."""
    return microcoder("score", *arguments, cwd=None, columns=200, **environment)


def lines(path: Path, *rows: object) -> Path:
    """A JSONL file."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


Answer = Callable[[dict[str, Any]], list[str]]
"""From a request to the texts of its choices."""


class Model:
    """Stands in for a vLLM server: answers by ``answer``, after the ``faults`` that are told to come first.

    A fault is a status with a ``Retry-After`` of 0, ``reset`` (the connection is cut in the middle of an answer),
    ``cut`` (an answer that ends early, without a length) or ``hold`` (no answer until the server is closed).
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.faults: list[int | str] = []
        self.requests: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.single = False
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def body(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        choices = []
        for index, text in enumerate(self.answer(asked)):
            tokens = [text[at : at + 4] for at in range(0, len(text), 4)]
            choice: dict[str, Any] = {"index": index, "finish_reason": "stop"}
            if path.endswith("/chat/completions"):
                choice["message"] = {"role": "assistant", "content": text}
                if asked.get("logprobs"):
                    choice["logprobs"] = {"content": [{"token": each, "logprob": 0.0} for each in tokens]}
            else:
                choice["text"] = text
                if asked.get("logprobs") is not None:
                    choice["logprobs"] = {"tokens": tokens}
            choices.append(choice)
        return {"choices": choices, "usage": {"prompt_tokens": 7, "completion_tokens": 11}}


def _handler(model: Model) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.requests.append((self.path, asked, dict(self.headers)))
            fault = model.faults.pop(0) if model.faults else None
            if model.single and asked.get("n", 1) > 1:
                fault = 400
            body = json.dumps(model.body(self.path, asked)).encode()
            if isinstance(fault, int):
                self._say(fault, b'{"error": {"message": "told to fail"}}', {"Retry-After": "0"})
            elif fault == "reset":
                self._say(200, body[: len(body) // 2], {"Content-Length": str(len(body))})
                self.close_connection = True
            elif fault == "cut":
                self.close_connection = True
                self._say(200, body[: len(body) // 2], {"Connection": "close", "Content-Length": ""})
            elif fault == "hold":
                model.closing.wait(120)
            else:
                self._say(200, body, {})

        def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Tests have their own output."""

    return Handler


@pytest.fixture
def model() -> Iterator[Callable[[Answer], Model]]:
    """Starts one."""
    started: list[Model] = []

    def start(answer: Answer) -> Model:
        started.append(Model(answer))
        return started[-1]

    yield start
    for each in started:
        each.close()
