"""The queue's side of one worker process: tasks go out, answers come in, in the same order."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from pydantic import ValidationError

from evaluator.queueing.base import WorkerRefused
from evaluator.queueing.messages import (
    ANSWER,
    NUMBER,
    Answer,
    Frames,
    Hello,
    Introduction,
    RefusalMessage,
    framed,
    withdrawal,
)
from evaluator.queueing.pending import PendingTask
from evaluator.queueing.worker_start import Started, start_worker
from evaluator.settings import Settings
from sandbox.toolchain import known_versions

_END_TIMEOUT_S = 10.0


class WorkerDied(Exception):
    """The worker process ended before it was ready."""


class WorkerProcess(asyncio.Protocol):
    """A worker process and the connections to it: one for tasks and answers, which the worker reads between two tasks,
    and one that interrupts it in the middle of a task."""

    def __init__(
        self,
        number: int,
        answered: Callable[[WorkerProcess, PendingTask, Answer, float], None],
        started: Started | None = None,
    ) -> None:
        """Prepare a worker: of a process that was ``started``, or of one that ``start`` starts. It calls ``answered``
        with each task's answer, and the seconds that the worker took."""
        self.number = number
        self.slots_discarded = 0
        self.retires = False
        """True once it gets no more tasks, and ends after those in hand."""
        self.in_hand: dict[int, PendingTask] = {}
        """Tasks without an answer, by their numbers. The first is the one that the worker runs, or is about to."""
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once the connection is closed."""
        self._answered = answered
        self._hello: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._frames = Frames()
        self.began = 0.0
        """The time at which the first task in hand began (``time.monotonic``)."""
        self._withdrawn: list[int] = []
        self._started = started
        self._tasks: asyncio.Transport | None = None

    async def start(self, settings: Settings) -> Hello:
        """Start the process, unless it was, and wait until it is ready.

        Raises:
            WorkerDied: it did not start.
            WorkerRefused: it cannot work on this host.
        """
        if self._started is None:
            self._started = await start_worker(self.number)
        loop = asyncio.get_running_loop()
        self._tasks, _ = await loop.create_unix_connection(lambda: self, sock=self._started.tasks)
        versions = tuple(known_versions().items())
        self._tasks.write(framed(Introduction(settings=settings, versions=versions)))
        await asyncio.wait((self._hello, self.gone), return_when=asyncio.FIRST_COMPLETED)
        if not self._hello.done():
            raise WorkerDied("the connection to the worker was lost")
        hello = self._hello.result()
        if isinstance(hello, RefusalMessage):
            raise WorkerRefused(hello.reason)
        if not isinstance(hello, Hello):
            raise WorkerDied(f"it said {hello.kind} instead of hello")
        return hello

    def give(self, number: int, waiting: PendingTask) -> None:
        """Send the worker one more task."""
        assert self._tasks is not None
        if not self.in_hand:
            self.began = time.monotonic()
        self.in_hand[number] = waiting
        self._tasks.write(framed(waiting.task, number))

    def withdraw(self, number: int) -> PendingTask:
        """Take a task back that is not the first in hand. If the worker has just begun it, it is interrupted."""
        assert self._tasks is not None
        self._tasks.write(withdrawal(number))
        self._withdrawn.append(number)
        return self.in_hand.pop(number)

    def drop(self, number: int) -> None:
        """Interrupt a task that nobody waits for any more. The worker still answers it, with its result or
        ``Dropped``."""
        if next(iter(self.in_hand), None) == number:
            self._interrupt(number)  # a later task in hand is interrupted when its turn comes

    @property
    def hello(self) -> Hello:
        """The worker's first message. Read it once ``start`` has returned."""
        hello = self._hello.result()
        assert isinstance(hello, Hello)
        return hello

    def retire(self) -> None:
        """Give it nothing more, and let it end after what it has in hand."""
        self.retires = True
        self._end_if_idle()

    def _end_if_idle(self) -> None:
        if self.retires and not self.in_hand and self._tasks is not None:
            self._tasks.close()

    async def end(self) -> None:
        """Close the connections, which ends the worker; kill it if it does not end in time. Never fails."""
        if self._tasks is not None:
            self._tasks.close()
        if self._started is None:
            return
        self._started.interrupts.close()
        process = self._started.process
        try:
            async with asyncio.timeout(_END_TIMEOUT_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def data_received(self, data: bytes) -> None:
        """Decode the worker's messages and handle each (``asyncio.Protocol``)."""
        try:
            for number, message in self._frames.fed(data):
                answer = ANSWER.validate_json(message)
                if self._hello.done():
                    self._note(number, answer, message)
                else:
                    self._hello.set_result(answer)
        except ValidationError:  # from here on the stream cannot be decoded
            assert self._tasks is not None
            self._tasks.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Note that the worker has ended, or that we have closed the connection (``asyncio.Protocol``)."""
        if not self.gone.done():
            self.gone.set_result(None)

    def _note(self, number: int, answer: Answer, message: bytes) -> None:
        now = time.monotonic()
        took_s, self.began = now - self.began, now
        waiting = self.in_hand.pop(number, None)
        for each in self._withdrawn:  # the worker may have begun one before it read the withdrawal
            self._interrupt(each)
        self._withdrawn.clear()
        if self.in_hand:
            following, next_ = next(iter(self.in_hand.items()))
            if next_.answer.done():
                self._interrupt(following)
        if waiting is not None:
            waiting.written_answer = message
            self._answered(self, waiting, answer, took_s)
        self._end_if_idle()

    def _interrupt(self, number: int) -> None:
        assert self._started is not None
        with contextlib.suppress(OSError):  # the worker has ended; the other connection reports it
            self._started.interrupts.send(NUMBER.pack(number))
