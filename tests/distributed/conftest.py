"""A Redis server, workers and services of a test's own, as real processes."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
import redis

from evaluator.local import LocalService
from tests.end_to_end.conftest import Client
from tests.forked import local_service, start
from tests.ports import free_port
from tests.processes import WITH_ITS_PARENT
from tests.waiting import until

LEASE_S = "1"


class RedisServer:
    """redis-server(1) on a free port, with or without a memory of its own."""

    def __init__(self, directory: Path, persistent: bool) -> None:
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        appending = "yes" if persistent else "no"
        self._command = [*WITH_ITS_PARENT, "redis-server", "--bind", "127.0.0.1", "--port", str(port)]
        self._command += ["--dir", str(directory)]
        self._command += ["--save", "", "--appendonly", appending, "--appendfsync", "always"]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        client = redis.Redis.from_url(self.url)
        until(lambda: _answers(client), "Redis answers")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(30)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


class Host:
    """``microcoder worker`` with a data directory of its own."""

    def __init__(self, url: str, data: Path, workers: int, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "evaluator", "worker", "--redis-url", url, "--workers", str(workers)]
        settings = {"MICROCODER_DATA_DIR": str(data), "MICROCODER_LEASE_S": LEASE_S, "MICROCODER_LOG_LEVEL": "error"}
        self.process = start(command, env={**os.environ, **settings, **environment})

    def slots(self) -> list[psutil.Process]:
        """The worker processes, one for each slot."""
        return psutil.Process(self.process.pid).children()

    def everything(self) -> list[psutil.Process]:
        main = psutil.Process(self.process.pid)
        return [main, *main.children(recursive=True)]

    def signal(self, number: int) -> None:
        """Send a signal to every process that is there, those of programs too, which may end meanwhile."""
        for process in self.everything():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.terminate()
        self.process.wait(60)


class Service:
    """``microcoder serve``."""

    def __init__(self, port: int, environment: dict[str, str]) -> None:
        self.process = start([sys.executable, "-m", "evaluator", "serve", "--port", str(port)], env=environment)


class Site:
    """Everything that a test starts for one Redis; ended with the test."""

    def __init__(self, server: RedisServer, directory: Path, open_: ExitStack) -> None:
        self.redis, self._directory, self._open, self._number = server, directory, open_, 0
        self.store = redis.Redis.from_url(server.url)

    def host(self, workers: int = 1, data: Path | None = None, **environment: str) -> Host:
        host = Host(self.redis.url, data or self._new_directory(), workers, environment)
        self._open.callback(host.stop)
        return host

    def client(self, ready: int = 1, **environment: str) -> Client:
        """A client of a new service, which sees so many workers."""
        service = self._open.enter_context(self._service(environment))
        client = self._open.enter_context(Client(service))
        self.until_ready(client, ready)
        return client

    @contextmanager
    def service_at(self, port: int) -> Iterator[Service]:
        """A service at a port of the caller's, which may be started there again."""
        service = Service(port, {**os.environ, **self._settings()})
        try:
            yield service
        finally:
            if service.process.poll() is None:
                service.process.terminate()
            service.process.wait(60)

    def until_ready(self, client: Client, workers: int) -> None:
        until(lambda: client.get("/readyz").json().get("workers_ready") == workers, f"{workers} workers are ready")

    def _service(self, environment: dict[str, str]) -> AbstractContextManager[LocalService]:
        return local_service(settings={**self._settings(), **environment})

    def _settings(self) -> dict[str, str]:
        return {
            "MICROCODER_REDIS_URL": self.redis.url,
            "MICROCODER_LEASE_S": LEASE_S,
            "MICROCODER_DATA_DIR": str(self._new_directory()),
            "MICROCODER_LOG_LEVEL": "error",
        }

    def _new_directory(self) -> Path:
        self._number += 1
        return self._directory / f"data{self._number}"


@contextmanager
def _site(directory: Path, persistent: bool) -> Iterator[Site]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed (Debian: redis-server)")
    server = RedisServer(directory, persistent)
    try:
        with ExitStack() as open_:
            yield Site(server, directory, open_)
    finally:
        server.stop()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with _site(tmp_path, persistent=False) as site:
        yield site


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Callable[[bool], Site]]:
    """Makes a site whose Redis keeps what it has on disk, or does not."""
    with ExitStack() as open_:
        yield lambda persistent: open_.enter_context(_site(tmp_path, persistent))
