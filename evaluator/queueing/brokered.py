"""The queue of one of several API processes: counts and answers tasks here, and has them run by another process's
workers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from functools import partial
from itertools import count

from evaluator.counts import CountRow, Kind
from evaluator.errors import JudgeFault
from evaluator.languages import Languages
from evaluator.queueing.broker import ANSWER_HEAD, GAVE_UP, REFRESH, WORKERS, HostFacts, TasksHead
from evaluator.queueing.intake import Intake
from evaluator.queueing.messages import ANSWER, Frames, framed_bytes, withdrawal
from evaluator.queueing.pending import PendingTask
from evaluator.runtime import interpreter
from evaluator.schema import Readiness
from evaluator.schema.console import WorkerInfo
from evaluator.settings import Settings
from evaluator.suites import SuiteStore


class BrokeredQueue(Intake, asyncio.Protocol):
    """A bounded queue in front of a ``Broker``, which decides whose turn it is."""

    languages: Languages

    def __init__(self, settings: Settings, broker: socket.socket, row: CountRow) -> None:
        super().__init__(settings.queue_limit, SuiteStore.of(settings), row)
        self._settings, self._broker = settings, broker
        self._frames = Frames()
        self._numbers = count(1)
        self._in_hand: dict[int, PendingTask] = {}
        self._questions: dict[int, asyncio.Future[HostFacts]] = {}
        self._facts: asyncio.Future[HostFacts] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    async def start(self) -> None:
        """Connect, and wait until the broker has told about its workers."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_unix_connection(lambda: self, sock=self._broker)
        await self._facts

    async def close(self) -> None:
        """Let tasks finish for up to ``drain_s`` seconds, then hang up."""
        await self._drain(self._settings.drain_s)
        if self._transport is not None:
            self._transport.close()

    def readiness(self) -> Readiness:
        """Return the number of workers that are up, and the length of the queue of all processes."""
        now = self._facts.result().readiness
        return now.model_copy(update={"queued": self._row.total(Kind.RUNNING)})

    async def workers(self) -> tuple[WorkerInfo, ...]:
        """Return the workers that are up, as the broker tells them."""
        return (await self._ask(WORKERS)).workers

    async def refresh(self) -> None:
        """Have the broker look at once which languages and packages there are.

        Raises:
            JudgeFault: the look failed.
        """
        facts = await self._ask(REFRESH)
        self._learn(facts)
        if facts.fault is not None:
            raise JudgeFault(facts.fault)

    async def _ask(self, question: bytes) -> HostFacts:
        number = next(self._numbers)
        answer: asyncio.Future[HostFacts] = asyncio.get_running_loop().create_future()
        self._questions[number] = answer
        self._write(framed_bytes(question, number))
        try:
            return await answer
        finally:
            del self._questions[number]

    def _enter(self, tasks: Iterable[PendingTask], *, first: bool = False) -> None:
        """Hand the tasks of one request to the broker."""
        numbered = {next(self._numbers): waiting for waiting in tasks if not waiting.answer.done()}
        if not numbered:
            return
        bodies = [waiting.own_task.model_dump_json().encode() for waiting in numbered.values()]
        one = next(iter(numbered.values()))
        head = TasksHead(
            kind=one.task.kind,
            holder=one.task.holder,
            request_id=one.request_id,
            numbers=tuple(numbered),
            suite_ids=tuple(waiting.task.suite_id for waiting in numbered.values()),
            sizes=tuple(map(len, bodies)),
        )
        self._in_hand |= numbered
        self._write(framed_bytes(b"\n".join((head.model_dump_json().encode(), b"".join(bodies))), 0))
        for number, waiting in numbered.items():
            waiting.answer.add_done_callback(partial(self._left, number))

    def _left(self, number: int, answer: asyncio.Future[object]) -> None:
        """Drop a task whose client has disconnected."""
        if self._in_hand.pop(number, None) is not None and answer.cancelled():
            self._write(withdrawal(number))

    def data_received(self, data: bytes) -> None:
        """Read what the broker tells about the workers, and their answers (``asyncio.Protocol``)."""
        for number, message in self._frames.fed(data):
            if not number:
                self._learn(HostFacts.model_validate_json(message))
            elif (answer := self._questions.get(number)) is not None and not answer.done():
                answer.set_result(HostFacts.model_validate_json(message))
            elif (waiting := self._in_hand.pop(number, None)) is not None:
                self._hear(waiting, message)

    def connection_lost(self, error: Exception | None) -> None:
        """Fail what waits: the broker has ended, and this process is about to (``asyncio.Protocol``)."""
        for future in (*self._unfinished, *self._questions.values()):
            future.cancel()

    def _learn(self, facts: HostFacts) -> None:
        if self._facts.done():
            self._facts = asyncio.get_running_loop().create_future()
        self._facts.set_result(facts)
        self.languages = Languages(interpreter(self._settings), facts.versions, facts.packages)
        self._parallel = max(1, facts.readiness.workers)

    def _hear(self, waiting: PendingTask, message: bytes) -> None:
        worker, took_s = ANSWER_HEAD.unpack_from(message)
        if worker == GAVE_UP:
            self._retry_policy.give_up(waiting)
        else:
            self._deliver(worker, ANSWER.validate_json(message[ANSWER_HEAD.size :]), waiting, took_s)

    def _write(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)
