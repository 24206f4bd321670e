"""Several API processes on one port: starts them, replaces those that end, and stops them together.

All accept connections from the same socket, so the kernel hands a connection to one that has time. What has to be one
for all of them is here or in memory that they share: the workers and whose turn it is (``Broker``), counts against
limits (``SharedCounts``), metrics (files that Prometheus's client adds up). Jobs and suites are on disk, or in Redis.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator

from evaluator.cancellation import wait_for_event
from evaluator.counts import SharedCounts
from evaluator.metrics import METRICS_DIRECTORY
from evaluator.queueing.broker import Broker
from evaluator.settings import Settings

_log = logging.getLogger(__name__)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 10.0
_END_TIMEOUT_S = 15.0
"""Seconds that an API process gets to end beyond those that the settings grant to its requests."""


class ApiProcessesFailed(Exception):
    """An API process could not start; its log says why."""


async def supervise(settings: Settings, listener: socket.socket, broker: Broker | None) -> None:
    """Run API processes until SIGTERM or SIGINT, then wait until they have finished what they took in. ``broker`` has
    the workers, unless they are behind Redis.

    Raises:
        WorkerRefused: no worker can work here.
        ApiProcessesFailed: the first API processes did not start.
    """
    with tempfile.TemporaryDirectory(prefix="microcoder-metrics-") as metrics:
        supervisor = Supervisor(settings, listener, broker, metrics)
        async with _started(broker):
            await supervisor.run()


@contextlib.asynccontextmanager
async def _started(broker: Broker | None) -> AsyncIterator[None]:
    if broker is None:
        yield
        return
    try:
        await broker.start()
        yield
    finally:
        await broker.close()


class Supervisor:
    """Keeps the API processes running."""

    def __init__(self, settings: Settings, listener: socket.socket, broker: Broker | None, metrics: str) -> None:
        self._settings, self._listener, self._broker = settings, listener, broker
        self._environment = {**os.environ, METRICS_DIRECTORY: metrics}
        self._counts = SharedCounts.create(settings.api_processes)
        self._processes: dict[int, asyncio.subprocess.Process] = {}
        self._stopping = asyncio.Event()
        self._one_was_ready = False

    async def run(self) -> None:
        """Keep all processes running until a signal says to stop.

        Raises:
            ApiProcessesFailed: the first ones did not start.
        """
        loop = asyncio.get_running_loop()
        for stopping in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(stopping, self._stop)
        try:
            async with asyncio.TaskGroup() as keepers:
                for number in range(self._settings.api_processes):
                    keepers.create_task(self._keep(number))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    def _stop(self) -> None:
        """Tell all processes to stop; told again, they hurry."""
        self._stopping.set()
        self._listener.close()  # they have it still, for as long as they answer
        for process in self._processes.values():
            _tell_to_stop(process)

    async def _keep(self, number: int) -> None:
        """Keep one process running: start it, wait for its end, start another."""
        pause_s = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            was_ready = await self._run(number)
            self._counts.end(number)
            if self._stopping.is_set():
                return
            _log.error("an API process ended; starting another", extra={"api_process": number})
            pause_s = _FIRST_PAUSE_S if was_ready else min(2 * pause_s, _LONGEST_PAUSE_S)
            await wait_for_event(self._stopping, pause_s)

    async def _run(self, number: int) -> bool:
        """Run one process to its end. True if it was ready to answer.

        Raises:
            ApiProcessesFailed: it was not, nor was any other before.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = await self._start(number, theirs)
        self._processes[number] = process
        try:
            async with self._brokered(ours):
                ready = await self._ready(process)
                await self._ended(process)
        finally:
            del self._processes[number]
            await _end(process)
        if not self._one_was_ready and not self._stopping.is_set():
            raise ApiProcessesFailed(f"an API process ended with code {process.returncode}; its log says why")
        return ready

    @contextlib.asynccontextmanager
    async def _brokered(self, end: socket.socket) -> AsyncIterator[None]:
        """Serve the process at the other end of a socket, if the workers are ours."""
        if self._broker is None:
            with end:
                yield
            return
        connection = await self._broker.connect(end)
        try:
            yield
        finally:
            connection.close()

    async def _start(self, number: int, broker: socket.socket) -> asyncio.subprocess.Process:
        descriptors = self._listener.fileno(), broker.fileno(), self._counts.fileno()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "evaluator.api.process", *map(str, descriptors), str(number)),
            pass_fds=descriptors,
            stdin=asyncio.subprocess.PIPE,  # its end tells that this process has ended
            stdout=asyncio.subprocess.PIPE,
            env=self._environment,
            start_new_session=True,  # Ctrl-C reaches this process alone, which tells the others
        )
        assert process.stdin is not None
        process.stdin.write(self._settings.model_dump_json().encode() + b"\n")
        return process

    async def _ready(self, process: asyncio.subprocess.Process) -> bool:
        """Wait until a process answers requests. False if it has ended before."""
        assert process.stdout is not None
        ready = bool(await process.stdout.readline())
        self._one_was_ready = self._one_was_ready or ready
        return ready

    async def _ended(self, process: asyncio.subprocess.Process) -> None:
        """Wait for a process's end; once all are told to stop, no longer than it may take."""
        ended, stopping = (asyncio.ensure_future(each) for each in (process.wait(), self._stopping.wait()))
        try:
            await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                _tell_to_stop(process)
                await asyncio.wait((ended,), timeout=self._longest_end_s)
        finally:
            ended.cancel()
            stopping.cancel()

    @property
    def _longest_end_s(self) -> float:
        """Requests get ``drain_s`` to end, and then what they had in the queue."""
        return self._settings.leave_s + 2 * self._settings.drain_s + _END_TIMEOUT_S


def _tell_to_stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Leave no process behind."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()
