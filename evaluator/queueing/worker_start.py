"""Two ways to start a worker's process: by a fork of the service, which spares it the imports, while that has no
threads; and by a command."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, Protocol

Connections = tuple[socket.socket, socket.socket]
"""For tasks, and for interruptions."""


class Process(Protocol):
    """A child, as ``asyncio.subprocess.Process`` has it."""

    async def wait(self) -> object:
        """Wait for its end."""

    def kill(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class Started:
    """A worker's process, and our ends of its connections."""

    process: Process
    tasks: socket.socket
    interrupts: socket.socket


class ForkedProcess:
    """A child that nobody else waits for."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._end: asyncio.Future[object] | None = None

    async def wait(self) -> None:
        """Wait for its end."""
        if self._end is None:
            self._end = asyncio.get_running_loop().run_in_executor(None, os.waitpid, self._pid, 0)
        await asyncio.shield(self._end)

    def kill(self) -> None:
        """End it.

        Raises:
            ProcessLookupError: it has ended.
        """
        os.kill(self._pid, signal.SIGKILL)


def fork_workers(count: int) -> list[Started]:
    """Fork the first workers. Call it while this process has one thread, and nothing can refuse its start any more."""
    from evaluator.queueing import worker  # imported once for all of them; a service with Redis has none

    gc.collect()
    gc.freeze()  # the workers' collectors would write to every object, and so copy it
    started: list[Started] = []
    for number in range(count):
        tasks, interrupts, theirs = _connections()
        if (pid := os.fork()) == 0:
            _become(worker.work_at, theirs, number)
        for connection in theirs:
            connection.close()
        started.append(Started(ForkedProcess(pid), tasks, interrupts))
    return started


async def start_worker(number: int) -> Started:
    """Start a worker by a command.

    Raises:
        OSError: it does not start.
    """
    tasks, interrupts, theirs = _connections()
    descriptors = [connection.fileno() for connection in theirs]
    with theirs[0], theirs[1]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "evaluator.queueing.worker", *map(str, descriptors), str(number)),
            pass_fds=descriptors,
            stdin=asyncio.subprocess.DEVNULL,
        )
    return Started(process, tasks, interrupts)


def _connections() -> tuple[socket.socket, socket.socket, Connections]:
    """Make the connections for tasks and for interruptions: our end of each, and the worker's ends."""
    tasks, its_tasks = socket.socketpair()
    interrupts, its_interrupts = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    interrupts.setblocking(False)
    return tasks, interrupts, (its_tasks, its_interrupts)


def _become(work: Callable[[socket.socket, socket.socket, int], None], ends: Connections, number: int) -> NoReturn:
    """Work in this process, which was just forked, and end with it."""
    status = 1
    try:
        _keep_open(ends)
        work(*ends, number)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:  # whoever called the parent's functions must not go on here
        os._exit(status)


def _keep_open(ends: Connections) -> None:
    """Close what the parent has open: its address, the connections to other workers, and its standard input."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    first = 3
    for descriptor in sorted(end.fileno() for end in ends):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))
