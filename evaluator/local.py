"""A service for the length of a ``with`` block, as ``microcoder grade`` and ``make run`` use it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
_ASK_AGAIN_S = 0.05


class ServiceFailed(Exception):
    """The service did not start; the message has its last answer or exit code."""


@dataclass(frozen=True, slots=True)
class LocalService:
    """The URL of the service, and its process."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def local_service(
    *,
    workers: int | None = None,
    settings: Mapping[str, str] | None = None,
    launcher: Sequence[str] = (),
    start: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen,
) -> Iterator[LocalService]:
    """Start the service on a free port of 127.0.0.1, yield it once it is ready, and stop it at the end of the block.

    ``settings`` are environment variables for it, such as ``MICROCODER_QUEUE_LIMIT``; ``launcher`` is a command that
    starts it, such as ``setpriv --reuid 1000``. ``start`` makes its process, as ``subprocess.Popen`` does.

    Raises:
        ServiceFailed: it ended, or was not ready in time.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [*launcher, sys.executable, "-m", "evaluator", "serve", "--fd", str(listener.fileno())]
        if workers is not None:
            command += ["--workers", str(workers)]
        process = start(
            command,
            # Nobody else knows its address, so it asks for no keys.
            env={"MICROCODER_LOG_LEVEL": "warning", **os.environ, "MICROCODER_KEYS_FILE": "", **(settings or {})},
            pass_fds=[listener.fileno()],
            stdin=subprocess.PIPE,  # the service ends when this pipe closes, and so with this process
        )
    try:
        _wait_until_ready(url, process)
        yield LocalService(url, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    answer = "nothing"
    with httpx.Client(base_url=url, trust_env=False, timeout=READY_TIMEOUT_S) as client:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ServiceFailed(f"the service ended with code {process.returncode}; its log says why")
            try:
                response = client.get("/readyz")
            except httpx.TransportError as error:
                answer = str(error)
            else:
                if response.is_success:
                    return
                answer = response.text
            time.sleep(_ASK_AGAIN_S)
    raise ServiceFailed(f"the service was not ready after {READY_TIMEOUT_S:.0f} s; its last answer: {answer}")
