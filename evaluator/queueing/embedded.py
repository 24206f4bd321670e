"""The queue without Redis: worker processes of this one, fed one task at a time, replaced when they die."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
import time
from typing import Any

from pydantic import ValidationError

from evaluator.grading.report import ENGINE
from evaluator.languages import Languages
from evaluator.queueing.base import WorkerRefused
from evaluator.queueing.intake import ATTEMPTS, Intake, Waiting
from evaluator.queueing.messages import (
    ANSWER,
    LENGTH_BYTES,
    Answer,
    Cancel,
    GradeTask,
    Hello,
    Refusal,
    RunTask,
    framed,
)
from evaluator.runtime import interpreter
from evaluator.schema import Readiness
from evaluator.settings import Settings
from evaluator.suites import SuiteStore

_log = logging.getLogger(__name__)

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 10.0
_END_TIMEOUT_S = 10.0


class WorkerDied(Exception):
    """The worker process ended while it had something to do, or before it could do anything."""


class EmbeddedQueue(Intake):
    """Bounded; requests take turns."""

    languages: Languages

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.queue_limit, SuiteStore.of(settings))
        self._settings = settings
        self._parallel = settings.workers
        self._feeders: list[asyncio.Task[None]] = []
        self._ready_workers: set[int] = set()
        self._first_worker: asyncio.Future[Hello]
        self._isolation = ""
        self._slots_discarded = 0

    async def start(self) -> None:
        """Start every worker and wait for the first.

        Raises:
            WorkerRefused: it cannot work here.
        """
        self._first_worker = asyncio.get_running_loop().create_future()
        self._feeders = [asyncio.create_task(self._feed(number)) for number in range(self._settings.workers)]
        try:
            hello = await self._first_worker
        except WorkerRefused:
            await self._stop_feeders()
            raise
        self.languages = Languages(interpreter(self._settings), hello.versions)
        self._isolation = hello.isolation

    async def close(self) -> None:
        """Let what was taken in finish within ``drain_s`` seconds, then end the workers."""
        await self._drain(self._settings.drain_s)
        await self._stop_feeders()

    def readiness(self) -> Readiness:
        """How many workers are up, and how long the queue is."""
        return Readiness(
            workers_ready=len(self._ready_workers),
            workers=self._settings.workers,
            queued=len(self._unfinished),
            slots_discarded=self._slots_discarded,
            workers_lost=self._workers_lost,
            oldest_s=self._oldest_s(),
            isolation=self._isolation,
            engine=ENGINE,
        )

    async def _feed(self, number: int) -> None:
        """Keep one worker running and give it one task after the other."""
        worker: _Worker | None = None
        pause_s = _FIRST_PAUSE_S
        try:
            while True:
                if worker is None:
                    try:
                        worker = await self._start_worker(number)
                    except (WorkerDied, WorkerRefused) as error:
                        _log.error("worker did not start", extra={"worker": number, "reason": str(error)})
                        if isinstance(error, WorkerRefused) and not self._first_worker.done():
                            self._first_worker.set_exception(error)
                        await asyncio.sleep(pause_s)
                        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                        continue
                    pause_s = _FIRST_PAUSE_S
                waiting = await self._line.get()
                if not waiting.answer.done():  # else the client has gone
                    worker = await self._answer(number, worker, waiting)
        finally:
            self._ready_workers.discard(number)
            if worker is not None:
                await worker.end()

    async def _start_worker(self, number: int) -> _Worker:
        worker = _Worker()
        try:
            hello = await worker.start(number, self._settings)
        except BaseException:
            await worker.end()
            raise
        self._ready_workers.add(number)
        if not self._first_worker.done():
            self._first_worker.set_result(hello)
        return worker

    async def _answer(self, number: int, worker: _Worker, waiting: Waiting) -> _Worker | None:
        """Have a task done. A worker that dies over it is replaced and the task tried again."""
        started = time.monotonic()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = await worker.ask(waiting.task, waiting.answer)
            except WorkerDied:
                self._ready_workers.discard(number)
                self._workers_lost += 1
                _log.error(
                    "worker died while it graded",
                    extra={"worker": number, "attempt": attempt, "request_id": waiting.request_id},
                )
                await worker.end()
                if attempt == ATTEMPTS:
                    self._set_aside(waiting)
                    return None
                try:
                    worker = await self._start_worker(number)
                except (WorkerDied, WorkerRefused):
                    self._set_aside(waiting)
                    return None
            else:
                if not isinstance(answer, Hello | Refusal):
                    self._slots_discarded += answer.slots_discarded - worker.slots_discarded
                    worker.slots_discarded = answer.slots_discarded
                self._deliver(number, answer, waiting, time.monotonic() - started)
                return worker
        return worker

    async def _stop_feeders(self) -> None:
        for feeder in self._feeders:
            feeder.cancel()
        await asyncio.gather(*self._feeders, return_exceptions=True)


class _Worker:
    """One worker process and the connection to it."""

    def __init__(self) -> None:
        self.slots_discarded = 0
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    async def start(self, number: int, settings: Settings) -> Hello:
        """Start the process and hear its first words.

        Raises:
            WorkerDied, WorkerRefused: it did not start, or cannot work here.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            self._reader, self._writer = await asyncio.open_unix_connection(sock=ours)
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "evaluator.queueing.worker", str(theirs.fileno()), str(number)),
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
            )
        hello = await self._exchange(framed(settings))
        if isinstance(hello, Refusal):
            raise WorkerRefused(hello.reason)
        if not isinstance(hello, Hello):
            raise WorkerDied(f"it said {hello.kind} instead of hello")
        return hello

    async def ask(self, task: GradeTask | RunTask, wanted: asyncio.Future[Any]) -> Answer:
        """Give it a task and wait for the answer. Once ``wanted`` is cancelled it is told to make an end.

        Raises:
            WorkerDied: it ended before it answered.
        """
        answering = asyncio.ensure_future(self._exchange(framed(task)))
        try:
            await asyncio.wait((answering, wanted), return_when=asyncio.FIRST_COMPLETED)
            if not answering.done() and self._writer is not None:
                self._writer.write(framed(Cancel()))
            return await answering
        finally:
            answering.cancel()

    async def end(self) -> None:
        """Hang up, which ends a worker between two tasks; one that does not follow is killed. Never fails."""
        if self._writer is not None:
            self._writer.close()
        if self._process is None:
            return
        try:
            await asyncio.wait_for(self._process.wait(), _END_TIMEOUT_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _exchange(self, message: bytes) -> Answer:
        assert self._writer is not None
        try:
            self._writer.write(message)
            await self._writer.drain()
            length = await self._reader.readexactly(LENGTH_BYTES)
            data = await self._reader.readexactly(int.from_bytes(length, "little"))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise WorkerDied("the connection to the worker was lost") from error
        try:
            return ANSWER.validate_json(data)
        except ValidationError as error:
            raise WorkerDied("the worker's answer cannot be understood") from error
