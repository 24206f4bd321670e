"""A Redis server and a worker host of the test's own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.forked import start
from tests.ports import free_port
from tests.processes import WITH_ITS_PARENT

_DEADLINE_S = 60.0
_STOP_S = 5.0


@contextmanager
def redis_server(directory: Path, port: int | None = None) -> Iterator[str]:
    """Its URL. What it is told lies in ``directory``, and is there for the next one.

    Whatever it has answered is written by then ("everysec" puts that off while the disk is busy), and the kernel has it.
    """
    port = port or free_port()
    files = directory / "redis"
    files.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [
            *(*WITH_ITS_PARENT, "redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(files)),
            *("--appendonly", "yes", "--appendfsync", "no", "--save", "", "--loglevel", "warning"),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        _until_it_answers(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + _DEADLINE_S
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(16).startswith(b"+PONG"):
                    return
        except OSError:
            pass
        assert time.monotonic() < deadline, "the Redis server does not answer"
        threading.Event().wait(0.02)


@contextmanager
def worker_host(settings: Mapping[str, str], workers: int) -> Iterator[subprocess.Popen[bytes]]:
    """``microcoder worker``, in a process group of its own."""
    process = start(
        [sys.executable, "-m", "evaluator", "worker", "--workers", str(workers)],
        env={"MICROCODER_LOG_LEVEL": "warning", **os.environ, **settings},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_S)  # longer only with a program of a test that was not to end
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
