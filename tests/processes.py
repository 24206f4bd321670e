"""The processes of a service: those of the API with a client of each, the CPU time of any, a toolchain that comes
while they run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from evaluator.local import LocalService
from tests.waiting import until

WITH_ITS_PARENT = ("setpriv", "--pdeathsig", "TERM")
"""The beginning of a command that ends should the test's process be killed."""
_ATTEMPTS = 500
_REFRESHES = 5


def api_processes(service: LocalService) -> list[psutil.Process]:
    """The processes that answer requests."""
    children = psutil.Process(service.process.pid).children()
    return [child for child in children if "evaluator.api.process" in child.cmdline()]


def ran_s(process: int) -> float:
    """Return the CPU seconds of a process's first thread, more exactly than ``cpu_times`` does."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


@contextmanager
def client_of_each(service: LocalService, secret: str | None = None) -> Iterator[dict[int, httpx.Client]]:
    """Clients by the process that has their one connection: whichever accepts it, so it is tried until each has one."""
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    with ExitStack() as open_:
        clients: dict[int, httpx.Client] = {}
        for _ in range(_ATTEMPTS):
            client = httpx.Client(base_url=service.url, headers=headers, timeout=120, trust_env=False)
            pid = until(lambda client=client: _holder(service, client), "a process has the connection")
            if pid in clients:
                client.close()
            else:
                clients[pid] = client
                open_.callback(client.close)
            if len(clients) == len(api_processes(service)):
                break
        assert clients.keys() == {process.pid for process in api_processes(service)}
        yield clients


def _holder(service: LocalService, client: httpx.Client) -> int | None:
    """The process that has the connection by which a client was answered."""
    with client.stream("GET", "/healthz") as response:
        address = response.extensions["network_stream"].get_extra_info("client_addr")
        response.read()
    for process in api_processes(service):
        if any(held.raddr and held.raddr.port == address[1] for held in process.net_connections("tcp")):
            return process.pid
    return None


BASH_OF_TODAY = "9.9 of today \ufffd"


def install_bash(data: Path) -> Path:
    """Put a command that says ``BASH_OF_TODAY``, though not in UTF-8, where a service with this data directory looks for bash first."""
    command = data / "languages" / "bin" / "bash"
    command.parent.mkdir(parents=True)
    command.write_bytes(b"#!/bin/sh\nprintf '9.9 of today \\251\\n'\n")  # a copyright sign in Latin-1
    command.chmod(0o755)
    return command


@contextmanager
def half_installed_python(data: Path) -> Iterator[None]:
    """Put an interpreter for submissions that says nonsense where a service with this data directory looks first."""
    python = data / "runtime" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho half installed\n")
    python.chmod(0o755)
    yield
    python.unlink()


def refreshed(client: httpx.Client) -> Any:
    """The languages after a look that was asked for. A busy machine replaces workers slowly, so it is asked again."""
    for _ in range(_REFRESHES):
        if (answer := client.post("/v1/languages/refresh")).status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
    return answer.json()
