"""The queue of many machines: chunks of tasks through Redis and RQ to ``microcoder worker`` on any host.

The API process keeps its tasks and sends only as many as the workers need next, so that requests still take turns, and
a client that disconnects cancels its tasks. It retries: a chunk that no worker holds any more (a worker or its host
died, Redis lost its data) is sent again, without a task that has ended its worker three times. Of two answers to one
task the first counts. If the API process ends, its clients' connections end too, so nobody waits for its tasks.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

from rq import Queue as RqQueue
from rq.serializers import JSONSerializer

from evaluator.cancellation import cancel
from evaluator.counts import CountRow, Kind
from evaluator.engine import ENGINE
from evaluator.errors import NotReady, SuiteNotFound
from evaluator.languages import Languages
from evaluator.log import Outage
from evaluator.queueing.intake import Intake
from evaluator.queueing.messages import CheckTask, Dropped, GradeTask, RequestProblem
from evaluator.queueing.pending import PendingTask
from evaluator.queueing.refresh import refresh
from evaluator.queueing.shared import (
    BATCH,
    CHUNK_KEPT_S,
    DOWN,
    INTERACTIVE,
    WORD,
    WORKERS,
    Begun,
    ChunkItem,
    ConnectedWorkers,
    TaskChunk,
    WorkerFacts,
    answers_key,
    api_key,
    connect,
    connect_async,
    dropped_key,
    facts_key,
    lease_key,
)
from evaluator.queueing.shared_suites import SharedSuites
from evaluator.runtime import interpreter
from evaluator.schema import Readiness, size_of
from evaluator.schema.console import WorkerInfo
from evaluator.settings import Settings

_log = logging.getLogger(__name__)

_GRADE = "evaluator.queueing.rq_worker.grade"
_CHUNK_S = 0.2
"""Work in one chunk, in seconds: RQ's overhead of a few milliseconds a job is small beside it."""
_CHUNK_BYTES = 1 << 20
_MOST = 256
_FEW = 4
"""A request of at most so many tasks is interactive: it goes before batches."""
_AHEAD = 2
"""Chunks in Redis for each worker: one that runs, one that waits."""
_PAUSE_S = 0.5
_PATIENCE_S = 2.0
_LISTEN_S = 5
_AT_ONCE = 512
_LOOKS, _LOST = 4, 2
"""Checks for leases in the time for which one holds, and consecutive ones without any, after which a chunk is lost."""


@dataclass(eq=False)
class _Sent:
    """A chunk that was sent, and its tasks without an answer, by their numbers."""

    chunk: TaskChunk
    queue: str
    left: dict[int, PendingTask]
    missing: int = 0
    """Consecutive checks that found neither a lease nor a place in the queue."""
    at: int | None = None
    """The number of the task that its worker began last; None before the first."""


class RedisQueue(Intake):
    """A bounded queue in front of workers on many hosts. Requests take turns."""

    suites: SharedSuites

    def __init__(self, settings: Settings, url: str, row: CountRow | None = None) -> None:
        self._sending = connect(url, _PATIENCE_S)
        super().__init__(settings.queue_limit, SharedSuites.before(self._sending, settings), row)
        self._settings = settings
        self._name = uuid4().hex
        self._answers = answers_key(self._name)
        self._redis = connect_async(url)
        self._queues = {
            name: RqQueue(name, connection=self._sending, serializer=JSONSerializer) for name in (INTERACTIVE, BATCH)
        }
        # RQ's client blocks; one thread keeps what is sent in order.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="redis")
        self._numbers = count()
        self._sent: dict[str, _Sent] = {}
        self._chunk_of: dict[int, _Sent] = {}
        self._one_done = asyncio.Event()
        self._workers = ConnectedWorkers()
        self._known: Languages | None = None
        self._loops: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()
        self._reachable = False
        self._outage = Outage(_log, "Redis cannot be reached; trying again", "Redis is back")

    @property
    def languages(self) -> Languages:
        """The languages that every worker judges.

        Raises:
            NotReady: no worker has connected yet.
        """
        if self._known is None:
            raise NotReady("no worker has connected yet: start `microcoder worker` with the same MICROCODER_REDIS_URL")
        return self._known

    async def start(self) -> None:
        """Start sending. Workers may connect later; until then the service is not ready."""
        with contextlib.suppress(*DOWN):
            await self._look_for_workers()
        self._loops = [
            asyncio.create_task(self._again_and_again(each)) for each in (self._send, self._hear, self._look)
        ]

    async def close(self) -> None:
        """Let tasks finish for up to ``drain_s`` seconds, then cancel them."""
        await self._drain(self._settings.drain_s)
        await cancel((*self._loops, *self._errands))
        self._thread.shutdown(cancel_futures=True)
        with contextlib.suppress(*DOWN):
            await self._redis.delete(self._answers, api_key(self._name))
        await self._redis.aclose()
        self._sending.close()

    def readiness(self) -> Readiness:
        """Return the number of workers that are up, and the length of the queue."""
        workers = len(self._workers.facts) if self._reachable else 0
        return Readiness(
            workers_ready=workers,
            workers=workers,
            queued=self._row.total(Kind.RUNNING),
            slots_discarded=sum(each.slots_discarded for each in self._workers.facts.values()),
            workers_lost=self._workers_lost,
            oldest_s=self._oldest_of_all_s(),
            isolation=self._workers.isolation,
            engine=ENGINE,
        )

    def warnings(self) -> tuple[str, ...]:
        """Return that Redis is away, while it is."""
        return () if self._reachable else ("Redis cannot be reached: programs wait, or are refused, until it is back",)

    async def workers(self) -> tuple[WorkerInfo, ...]:
        """Return the workers that have an entry in Redis; none while it cannot be reached."""
        try:
            return await self._workers.infos(self._redis, self._settings.lease_s) if self._reachable else ()
        except DOWN:
            return ()

    async def refresh(self) -> None:
        """Have all hosts look at once which languages and packages there are.

        Raises:
            NotReady: Redis cannot be reached.
        """
        try:
            await refresh(self._redis)
            await self._look_for_workers()
        except DOWN as error:
            raise NotReady("Redis cannot be reached, so no worker can be asked") from error

    def _answers_again(self) -> None:
        self._reachable = True
        self._outage.ended()

    def _no_worker_has(self) -> Iterator[PendingTask]:
        yield from super()._no_worker_has()
        for sent in self._sent.values():
            if sent.at is None:
                yield from sent.left.values()

    def _oldest_of_all_s(self) -> float:
        """Return the longest wait in any API process of this service; each tells its own from time to time."""
        self._row.write(Kind.OLDEST_MS, round(self._oldest_s() * 1000))
        return self._row.most(Kind.OLDEST_MS) / 1000

    async def _again_and_again(self, step: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Repeat a step for ever; after an error of the connection to Redis, wait and go on."""
        while True:
            try:
                await step()
            except DOWN as error:
                self._outage.failed(str(error))
                self._reachable = False
                await asyncio.sleep(_PAUSE_S)

    # Sending.

    async def _send(self) -> None:
        """Send one chunk, as soon as the workers have room for it."""
        while len(self._sent) >= _AHEAD * self._parallel:
            self._one_done.clear()
            await self._one_done.wait()
        # Of the others the client has gone.
        chunk_tasks = [waiting for waiting in await self._chunk() if not waiting.answer.done()]
        if not chunk_tasks:
            return
        numbered = {next(self._numbers): waiting for waiting in chunk_tasks}
        items = [
            ChunkItem(number=number, request_id=waiting.request_id, task=waiting.own_task)
            for number, waiting in numbered.items()
        ]
        queue = INTERACTIVE if chunk_tasks[0].beside <= _FEW else BATCH
        sent = _Sent(TaskChunk(id=uuid4().hex, api=self._name, items=tuple(items)), queue, numbered)
        self._sent[sent.chunk.id] = sent
        for number, waiting in numbered.items():
            self._chunk_of[number] = sent
            waiting.answer.add_done_callback(partial(self._left, number))
        await self._put(sent)

    async def _chunk(self) -> list[PendingTask]:
        """Wait for tasks and return the next chunk of them: no more than each worker's share of the waiting ones. A
        task that has ended a worker before is alone in its chunk, or the last."""
        tasks = [self._charged(await self._queue.get())]
        share = len(self._queue) // self._parallel
        expected_s = self._expected_s(tasks[0])
        size = _size(tasks[0])
        while len(tasks) < min(share, _MOST) and expected_s < _CHUNK_S and size < _CHUNK_BYTES:
            if tasks[-1].attempts or tasks[-1].beside <= _FEW:
                break
            tasks.append(self._charged(await self._queue.get()))
            expected_s += self._expected_s(tasks[-1])
            size += _size(tasks[-1])
        return tasks

    async def _put(self, sent: _Sent) -> None:
        """Put a chunk into Redis; retry until that succeeds or nobody waits for it."""
        loop = asyncio.get_running_loop()
        while sent.left:
            try:
                await loop.run_in_executor(self._thread, self._enqueue, sent)
                return
            except DOWN as error:
                self._outage.failed(str(error))
                await asyncio.sleep(_PAUSE_S)

    def _enqueue(self, sent: _Sent) -> None:
        tasks = (item.task for item in sent.chunk.items)
        for suite_id in {task.submission.suite_id for task in tasks if isinstance(task, GradeTask)}:
            if suite_id is not None:
                self.suites.publish(suite_id)
        self._queues[sent.queue].enqueue_call(
            _GRADE,
            args=(sent.chunk.model_dump_json(),),
            job_id=sent.chunk.id,
            description=f"{len(sent.chunk.items)} tasks",
            timeout=-1,  # each task has its own; RQ's would use the alarm (SIGALRM) that ends a stuck task
            result_ttl=0,
            failure_ttl=CHUNK_KEPT_S,
        )

    # Hearing.

    async def _hear(self) -> None:
        """Wait for answers and handle those that have come."""
        first: Any = await self._redis.blpop([self._answers], timeout=_LISTEN_S)
        self._answers_again()
        if first is None:
            return
        self._handle(first[1])
        more: Any = await self._redis.lpop(self._answers, _AT_ONCE)
        for data in more or ():
            self._handle(data)

    def _handle(self, data: bytes) -> None:
        message = WORD.validate_json(data)
        if isinstance(message, Begun):
            if (sent := self._chunk_of.get(message.number)) is not None:
                sent.at = message.number
            return
        sent = self._chunk_of.pop(message.number, None)
        waiting = self._take_out(sent, message.number) if sent else None
        if waiting is None:  # answered before, by another worker
            return
        if isinstance(message.answer, Dropped) and not waiting.answer.done():
            self._enter([waiting])  # the worker believed that this process had died
            return
        lacks_suite = isinstance(message.answer, RequestProblem) and message.answer.slug == SuiteNotFound.slug
        if lacks_suite and self._has_suite(waiting):
            self._enter_again(waiting, "Redis lost its suite")  # we have it still
            return
        self._deliver(message.worker, message.answer, waiting, message.took_s)

    def _has_suite(self, waiting: PendingTask) -> bool:
        suite_id = waiting.task.submission.suite_id if isinstance(waiting.task, GradeTask) else None
        return suite_id is not None and suite_id in self.suites

    def _take_out(self, sent: _Sent, number: int) -> PendingTask | None:
        waiting = sent.left.pop(number, None)
        if not sent.left:
            self._sent.pop(sent.chunk.id, None)
            self._one_done.set()
        return waiting

    def _left(self, number: int, answer: asyncio.Future[Any]) -> None:
        """Cancel a task whose client has disconnected, at the worker too."""
        sent = self._chunk_of.get(number)
        if not answer.cancelled() or sent is None:
            return
        errand = asyncio.get_running_loop().create_task(self._drop(sent.chunk.id, number))
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    async def _drop(self, chunk_id: str, number: int) -> None:
        with contextlib.suppress(*DOWN):
            async with self._redis.pipeline() as exchange:
                exchange.sadd(dropped_key(chunk_id), number)
                exchange.expire(dropped_key(chunk_id), CHUNK_KEPT_S)
                await exchange.execute()

    # Looking after what was sent.

    async def _look(self) -> None:
        """Check which workers are alive, and that every chunk is queued or held by one."""
        await self._redis.set(api_key(self._name), "", px=round(1000 * self._settings.lease_s))
        await self._look_for_workers()
        await self._look_for_chunks()
        self._oldest_of_all_s()
        await asyncio.sleep(self._settings.lease_s / _LOOKS)

    async def _look_for_workers(self) -> None:
        names: Any = await self._redis.smembers(WORKERS)
        workers = [name.decode() for name in names]
        facts = await self._redis.mget([facts_key(name) for name in workers]) if workers else []
        self._answers_again()
        facts_by_name = dict(zip(workers, facts, strict=True))
        alive = {
            name: WorkerFacts.model_validate_json(facts) for name, facts in facts_by_name.items() if facts is not None
        }
        if gone := facts_by_name.keys() - alive.keys():
            await self._redis.srem(WORKERS, *gone)
        self._workers_lost += len(self._workers.facts.keys() - alive.keys())
        self._workers = ConnectedWorkers(alive)
        self._parallel = max(1, len(alive))
        self._one_done.set()  # there may be more room
        if alive:
            self._known = Languages(interpreter(self._settings), self._workers.versions, self._workers.packages)

    async def _look_for_chunks(self) -> None:
        looked_after = list(self._sent.values())
        if not looked_after:
            return
        async with self._redis.pipeline(transaction=False) as exchange:
            for sent in looked_after:
                exchange.exists(lease_key(sent.chunk.id))
                exchange.lpos(self._queues[sent.queue].key, sent.chunk.id)
            replies = iter(await exchange.execute())
        for sent, lease, place in zip(looked_after, replies, replies, strict=True):
            sent.missing = 0 if lease or place is not None else sent.missing + 1
            # One check is not enough: the chunk may just have ended, or be on its way from the queue to a worker.
            if sent.missing >= _LOST:
                await self._lost(sent)

    async def _lost(self, sent: _Sent) -> None:
        """Send the rest of a chunk again that no worker holds."""
        _log.error("a chunk was lost", extra={"chunk": sent.chunk.id, "left": len(sent.left)})
        ended = sent.left.get(sent.at) if sent.at is not None else None
        for number in list(sent.left):
            self._chunk_of.pop(number, None)
            waiting = self._take_out(sent, number)
            if waiting is not None and waiting is not ended:
                self._enter([waiting])
        if ended is not None:
            self._enter_again(ended, "its worker died")

    def _enter_again(self, waiting: PendingTask, reason: str) -> None:
        if (retry := self._retry_policy.retry(waiting, reason)) is not None:
            self._enter([retry])


def _size(waiting: PendingTask) -> int:
    task = waiting.own_task
    if isinstance(task, GradeTask):
        return task.submission.size
    return len(task.suite.canonical()) if isinstance(task, CheckTask) else size_of(task.request.code)
