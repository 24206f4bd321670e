"""The queue's side of several API processes: one process keeps the workers and the queue, and the others hand it their
tasks. So turns, and the shares of keys, are the same as with one API process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Iterator
from functools import partial

from pydantic import BaseModel

from evaluator.errors import JudgeFault
from evaluator.queueing.embedded import EmbeddedQueue
from evaluator.queueing.intake import ForeignAnswer
from evaluator.queueing.messages import ForeignTask, Frames, TaskKind, framed, framed_bytes
from evaluator.schema import Readiness
from evaluator.schema.console import WorkerInfo

ANSWER_HEAD = struct.Struct("<qd")
"""A worker's number, and the seconds that it took; its answer follows."""
GAVE_UP = -1
"""Stands for the worker's number where none has answered."""
REFRESH, WORKERS = b"refresh", b"workers"
"""Questions of an API process, which are answered by ``HostFacts``: after a look at the languages; with all workers."""
_TELL_S = 0.2
"""Seconds between two looks whether there is something to tell the API processes about the workers."""


class TasksHead(BaseModel):
    """The head of a request's tasks, which follow it. All lists have one item for each task."""

    kind: TaskKind
    holder: str
    request_id: str | None
    numbers: tuple[int, ...]
    suite_ids: tuple[str | None, ...]
    sizes: tuple[int, ...]


class HostFacts(BaseModel):
    """Facts about the workers, for API processes. ``workers`` are told where they are asked for."""

    versions: dict[str, str]
    packages: dict[str, str]
    readiness: Readiness
    workers: tuple[WorkerInfo, ...] = ()
    fault: str | None = None
    """The reason for which the look that was asked for failed."""


class Broker:
    """Connects API processes with the queue of this process."""

    def __init__(self, queue: EmbeddedQueue) -> None:
        self._queue = queue
        self._connections: set[BrokerConnection] = set()
        self._telling: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the workers.

        Raises:
            WorkerRefused: they cannot work on this host.
        """
        await self._queue.start()
        self._telling = asyncio.create_task(self._tell())

    async def close(self) -> None:
        """End the workers. The API processes have ended before."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
        await self._queue.close()

    async def connect(self, end: socket.socket) -> BrokerConnection:
        """Serve an API process that has the other end of a socket."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_unix_connection(lambda: BrokerConnection(self._queue), sock=end)
        self._connections.add(connection)
        connection.lost.add_done_callback(lambda _: self._connections.discard(connection))
        connection.tell(_facts(self._queue))
        return connection

    async def _tell(self) -> None:
        former = _facts(self._queue)
        while True:
            await asyncio.sleep(_TELL_S)
            if (facts := _facts(self._queue)) != former:
                former = facts
                for connection in self._connections:
                    connection.tell(facts)


def _facts(queue: EmbeddedQueue, workers: tuple[WorkerInfo, ...] = ()) -> HostFacts:
    toolchains = queue.languages
    return HostFacts(
        versions=dict(toolchains.versions),
        packages=dict(toolchains.packages),
        readiness=queue.readiness(),
        workers=workers,
    )


class BrokerConnection(asyncio.Protocol):
    """The connection to one API process. When it ends, nobody waits for that process's tasks any more."""

    def __init__(self, queue: EmbeddedQueue) -> None:
        self._queue = queue
        self._frames = Frames()
        self._tasks: dict[int, asyncio.Future[ForeignAnswer]] = {}
        self._questions: set[asyncio.Task[None]] = set()
        self._transport: asyncio.Transport | None = None
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the way to answer (``asyncio.Protocol``)."""
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        """Drop the tasks of a process that has ended (``asyncio.Protocol``)."""
        for future in tuple(self._tasks.values()):
            future.cancel()
        for question in self._questions:
            question.cancel()
        if not self.lost.done():
            self.lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Take in a request's tasks or a question, or drop a task that nobody waits for (``asyncio.Protocol``)."""
        for number, message in self._frames.fed(data):
            if message and number:
                question = asyncio.get_running_loop().create_task(self._answer_question(number, message))
                self._questions.add(question)
                question.add_done_callback(self._questions.discard)
            elif message:
                self._take_in(message)
            elif (future := self._tasks.get(number)) is not None:
                future.cancel()

    def tell(self, facts: HostFacts) -> None:
        """Send what is new about the workers."""
        self._write(framed(facts))

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def _take_in(self, message: bytes) -> None:
        head, _, bodies = message.partition(b"\n")
        tasks = TasksHead.model_validate_json(head)
        foreign = [
            ForeignTask(tasks.kind, tasks.holder, suite_id, data)
            for suite_id, data in zip(tasks.suite_ids, _pieces(bodies, tasks.sizes), strict=True)
        ]
        futures = self._queue.hand_on(foreign, tasks.request_id)
        for number, future in zip(tasks.numbers, futures, strict=True):
            self._tasks[number] = future
            future.add_done_callback(partial(self._answer, number))

    async def _answer_question(self, number: int, question: bytes) -> None:
        fault = None
        if question == REFRESH:
            try:
                await self._queue.refresh()
            except JudgeFault as error:
                fault = error.detail
        workers = await self._queue.workers() if question == WORKERS else ()
        facts = _facts(self._queue, workers).model_copy(update={"fault": fault})
        self._write(framed(facts, number))

    def _answer(self, number: int, future: asyncio.Future[ForeignAnswer]) -> None:
        del self._tasks[number]
        if future.cancelled():
            return
        if future.exception() is not None:  # no worker survives it; the API process says so in its own words
            self._write(framed_bytes(ANSWER_HEAD.pack(GAVE_UP, 0.0), number))
            return
        answer = future.result()
        self._write(framed_bytes(ANSWER_HEAD.pack(int(answer.worker), answer.took_s) + answer.data, number))

    def _write(self, data: bytes) -> None:
        assert self._transport is not None
        with contextlib.suppress(OSError):
            self._transport.write(data)


def _pieces(data: bytes, sizes: tuple[int, ...]) -> Iterator[bytes]:
    start = 0
    for size in sizes:
        yield data[start : start + size]
        start += size
