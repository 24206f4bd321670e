"""``microcoder worker``: one RQ worker for each slot of this host.

RQ's own worker forks for every job, and the child ends with the job: it would open a sandbox (half a second) for every
chunk of a fifth of a second, and lose its parsed suites and its order of tests. ``SlotWorker`` works in its own
process, as RQ's ``SimpleWorker`` does, and keeps them. RQ forks to survive a job that crashes. Here the sandbox
isolates the programs; and if a worker dies all the same, the pool replaces it, while the API process that sent the
chunk sees that the lease has expired and sends the chunk again."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing import get_context
from typing import Any
from uuid import uuid4

from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty
from rq.worker_pool import WorkerData, WorkerPool

from evaluator.engine import ENGINE
from evaluator.grading.grader import Grader, open_grader
from evaluator.languages import ask_toolchains, missing_packages, toolchains_state_of
from evaluator.log import configure, request_id
from evaluator.memory import settle
from evaluator.queueing.messages import Dropped
from evaluator.queueing.reachability import RedisWatch, hurry
from evaluator.queueing.refresh import PoolEntry
from evaluator.queueing.shared import (
    ANSWERS_KEPT_S,
    BATCH,
    DOWN,
    INTERACTIVE,
    TASK_KEPT_S,
    WORKERS,
    Begun,
    ChunkItem,
    ItemAnswer,
    TaskChunk,
    WorkerFacts,
    answers_key,
    api_key,
    connect,
    dropped_key,
    facts_key,
    lease_key,
    task_key,
)
from evaluator.queueing.shared_suites import SharedSuites
from evaluator.queueing.worker import answered, pin
from evaluator.settings import Settings
from sandbox.kernel.libc import PR_SET_PDEATHSIG, prctl
from sandbox.toolchain import forget_toolchains

_log = logging.getLogger(__name__)
_PATIENCE_S = 120.0
"""Seconds that a worker waits for Redis to come back before it ends and the pool replaces it."""
_BEATS = 4
"""Renewals of a lease in the time for which it holds."""
_ALONE = 2
"""Consecutive checks without a sign of its API process after which a chunk is dropped: nobody waits for its answers."""
_LAST_RETRIES = 3
"""Retries of an exchange with Redis once the worker is told to stop."""
_LAST_BEAT_S = 1.0
"""Seconds that the thread of the lease gets to end."""
_RQ_LOG_LEVEL = "WARNING"
_STOPPING = (signal.SIGTERM, signal.SIGINT)
_fork = get_context("fork")
_here: WorkerSlot | None = None
"""The slot of this process."""


def work(settings: Settings, url: str) -> None:
    """Keep ``settings.workers`` slots working for the API processes behind this Redis, until SIGTERM or SIGINT; then
    finish the current tasks.

    Raises:
        IsolationTooWeak: this host grants less than ``min_isolation``.
        OSError: the configured interpreter does not start.
        RedisRefused: what answers at the URL cannot be used.
    """
    configure(settings.log_level)
    watch = RedisWatch(url)
    watch.first()
    with open_grader(settings) as grader:  # fail before any chunk is taken if this host cannot judge
        facts: dict[str, object] = {"isolation": grader.isolation, "languages": sorted(grader.languages.versions)}
        lacks = missing_packages(grader.languages.packages)
    facts |= {"redis": watch.address, "workers": settings.workers, "engine": ENGINE}
    pool = Pool(settings, url, watch, facts, lacks)
    pool.start(logging_level=_RQ_LOG_LEVEL)
    pool.entry.remove()
    _log.info("worker stopped")


class Pool(WorkerPool):  # type: ignore[misc]
    """RQ's pool, which replaces workers that end, with a number and so a CPU for each worker."""

    def __init__(
        self, settings: Settings, url: str, watch: RedisWatch, facts: Mapping[str, object], lacks: Sequence[str]
    ) -> None:
        """``facts`` and ``lacks`` are logged at the start."""
        super().__init__(
            [INTERACTIVE, BATCH],
            connection=connect(url, _PATIENCE_S),
            num_workers=settings.workers,
            worker_class=SlotWorker,
            serializer=JSONSerializer,
        )
        self._settings, self._url, self._watch = settings, url, watch
        self.entry = PoolEntry(watch.redis)
        self._facts, self._lacks = facts, lacks
        self._numbers: dict[str, int] = {}
        self._retired: set[str] = set()
        self._toolchains = toolchains_state_of(settings)
        self._refresh_at = time.monotonic() + settings.refresh_s
        self._looked = True
        """The last look succeeded. While it is the other way, nobody is told that this host has looked."""

    def start_workers(self, *args: Any, **options: Any) -> None:
        """Fork all workers. A signal to stop counts from here on, whereas RQ would take it after the last fork."""
        self._install_signal_handlers()
        _log.info("worker started", extra=dict(self._facts))
        for sentence in self._lacks:
            _log.warning(sentence)
        super().start_workers(*args, **options)

    def start_worker(self, *args: Any, **options: Any) -> None:
        """Fork one more worker."""
        number = min(set(range(self.num_workers)) - set(self._numbers.values()))
        name = f"{socket.gethostname()}-{number}-{uuid4().hex[:8]}"
        process = _fork.Process(target=_serve, args=(self._settings, self._url, number, name), name=name)
        # A signal to stop between fork and registration would miss this worker, and the worker would handle it as if
        # it were the pool.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
        try:
            if self.status == self.Status.STOPPED:
                return
            process.start()
            self._numbers[name] = number
            self.worker_dict[name] = WorkerData(name=name, pid=process.pid or 0, process=process)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def check_workers(self, respawn: bool = True) -> None:
        """Replace the workers that have ended, and look whether Redis is there and what languages there are."""
        super().check_workers(respawn)
        self._watch.look()
        if self._settings.refresh_s and time.monotonic() > self._refresh_at:
            self._refresh()
        with contextlib.suppress(RedisError):  # the watch says so
            if self.entry.is_asked():
                self._refresh()
            self.entry.renew(self.worker_dict, replacing=bool(self._retired) or not self._looked)

    def _refresh(self) -> None:
        """Look at the languages. A look that fails ends no worker: the next one tries again."""
        self._refresh_at = time.monotonic() + self._settings.refresh_s
        try:
            self._look()
        except Exception:
            self._looked = False
            _log.exception("the languages could not be looked at: they stay as they are until a look succeeds")
        else:
            self._looked = True

    def _look(self) -> None:
        """Replace the workers, each after what it has in hand, if toolchains or packages have come or gone."""
        state = toolchains_state_of(self._settings)
        if None not in (self._toolchains, state) and self._toolchains != state:
            _log.info("languages or packages have changed: the workers are replaced")
            forget_toolchains()
            ask_toolchains(self._settings)
            self._retired |= self.worker_dict.keys()
            self.stop_workers()
        self._toolchains = state or self._toolchains

    def request_stop(self, *signal_and_frame: Any) -> None:
        """Have the workers finish what they have in hand."""
        if self.status != self.Status.STOPPED:
            _log.info("stopping: tasks in hand are finished", extra={"workers": len(self.worker_dict)})
        super().request_stop(*signal_and_frame)

    def handle_dead_worker(self, worker_data: WorkerData) -> None:
        """Free the worker's number for the one that replaces it."""
        if self.status != self.Status.STOPPED and worker_data.name not in self._retired:
            exit_code = worker_data.process.exitcode
            _log.error("a worker's process ended; starting another", extra={"exit_code": exit_code})
        self._numbers.pop(worker_data.name, None)
        self._retired.discard(worker_data.name)
        super().handle_dead_worker(worker_data)


def _serve(settings: Settings, url: str, number: int, name: str) -> None:
    """Run one worker's process."""
    global _here
    for stopping in _STOPPING:  # until RQ's worker has its own way of stopping
        signal.signal(stopping, lambda *_: sys.exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    pin(number, settings.workers)
    redis = connect(url, _PATIENCE_S)
    with open_grader(settings) as grader:
        settle()
        _here = WorkerSlot(settings, grader, redis, name)
        try:
            with _here:
                worker = SlotWorker([INTERACTIVE, BATCH], name=name, connection=redis, serializer=JSONSerializer)
                worker.work(logging_level=_RQ_LOG_LEVEL)
        except DOWN as error:
            _log.error("gave up waiting for Redis", extra={"reason": str(error), "waited_s": _PATIENCE_S})
            sys.exit(1)


class SlotWorker(SimpleWorker):  # type: ignore[misc]
    """A worker whose jobs run in its own process, one at a time."""

    death_penalty_class = TimerDeathPenalty  # SIGALRM is taken: the kernel ends a stuck task by it
    log_job_description = False
    max_connection_wait_time = 2.0

    def handle_warm_shutdown_request(self) -> None:
        """Wait for Redis a few times more only, for an answer that is to be handed over."""
        retry = self.connection.get_retry()
        if retry is not None:
            retry.update_retries(_LAST_RETRIES)

    def set_shutdown_requested_date(self) -> None:
        """Say in Redis, where it can be reached, that this worker stops. This is a signal's handler: an exception would
        end the task in hand."""
        with contextlib.suppress(*DOWN):
            super().set_shutdown_requested_date()

    def teardown(self) -> None:
        """Sign off, if Redis is there."""
        hurry(self.connection)
        with contextlib.suppress(*DOWN):
            super().teardown()


def grade(chunk: str) -> None:
    """Grade all items of a chunk (RQ's job), and answer each as it ends."""
    assert _here is not None
    _here.work_off(TaskChunk.model_validate_json(chunk))


class WorkerSlot:
    """A warm sandbox, with a thread that reports to Redis that this process is alive and which chunk it holds."""

    def __init__(self, settings: Settings, grader: Grader, redis: Redis, name: str) -> None:
        self._settings, self._grader, self._redis, self._name = settings, grader, redis, name
        self._store = SharedSuites.before(redis, settings)
        self._lock = threading.Lock()
        self._chunk: TaskChunk | None = None
        self._item: ChunkItem | None = None
        self._dropped: set[int] = set()
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        grader.interrupt_by(self._reading)
        self._ending = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="lease", daemon=True)

    def __enter__(self) -> None:
        self._beating.start()

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._beating.join(_LAST_BEAT_S)
        hurry(self._redis)
        with contextlib.suppress(*DOWN):
            self._redis.delete(facts_key(self._name), task_key(self._name))
            self._redis.srem(WORKERS, self._name)

    def work_off(self, chunk: TaskChunk) -> None:
        """Answer every item that somebody waits for.

        Raises:
            DOWN: Redis cannot be reached. The API process sends the items without an answer again.
        """
        with self._holding(chunk):
            last_answer: ItemAnswer | None = None
            for item in chunk.items:
                self._tell(chunk, last_answer, item)
                started = time.monotonic()
                answer = self._answered(item)
                answer.slots_discarded = self._grader.slots_discarded
                took_s = time.monotonic() - started
                last_answer = ItemAnswer(number=item.number, worker=self._name, took_s=took_s, answer=answer)
            self._tell(chunk, last_answer, None)

    def _answered(self, item: ChunkItem) -> Any:
        request_id.set(item.request_id)
        with self._lock:
            if item.number in self._dropped:
                return Dropped()
            with contextlib.suppress(BlockingIOError):  # an interruption that came too late for an earlier item
                os.read(self._reading, 64)
            self._item = item
        try:
            return answered(item.task, self._grader, self._store, self._settings)
        finally:
            with self._lock:
                self._item = None

    @contextlib.contextmanager
    def _holding(self, chunk: TaskChunk) -> Iterator[None]:
        with self._lock:
            self._chunk, self._dropped = chunk, set()
        try:
            yield
        finally:
            with self._lock:
                self._chunk = None

    def _tell(self, chunk: TaskChunk, answer: ItemAnswer | None, following: ChunkItem | None) -> None:
        """Send, in one round trip, the answer to an item and the number of the item that begins next."""
        begun = Begun(number=following.number) if following is not None else None
        with self._redis.pipeline() as exchange:
            exchange.rpush(answers_key(chunk.api), *(word.model_dump_json() for word in (answer, begun) if word))
            exchange.expire(answers_key(chunk.api), ANSWERS_KEPT_S)
            if following is not None:
                exchange.set(lease_key(chunk.id), self._name, px=round(1000 * self._settings.lease_s))
                exchange.set(task_key(self._name), following.task.kind, ex=TASK_KEPT_S)
            else:
                exchange.delete(lease_key(chunk.id), dropped_key(chunk.id), task_key(self._name))
            exchange.execute()

    def _beat(self) -> None:
        """Renew this process's entry and its lease until the end, and read which items nobody waits for any more."""
        redis = connect(self._settings.redis_url or "", 0)
        lease_ms = round(1000 * self._settings.lease_s)
        alone = 0
        while True:
            chunk = self._chunk
            with contextlib.suppress(*DOWN), redis.pipeline() as exchange:
                exchange.sadd(WORKERS, self._name)
                exchange.set(facts_key(self._name), self._facts().model_dump_json(), px=lease_ms)
                if chunk is not None:
                    exchange.set(lease_key(chunk.id), self._name, px=lease_ms, xx=True)
                    exchange.exists(api_key(chunk.api))
                    exchange.smembers(dropped_key(chunk.id))
                *_, api_lives, dropped = exchange.execute()
                if chunk is not None:
                    # After Redis has lost its data, the API process writes its key again before the next check.
                    alone = 0 if api_lives else alone + 1
                    everything = {item.number for item in chunk.items} if alone >= _ALONE else set()
                    self._drop(chunk, everything | {int(number) for number in dropped})
            if self._ending.wait(self._settings.lease_s / _BEATS):
                return

    def _drop(self, chunk: TaskChunk, numbers: set[int]) -> None:
        with self._lock:
            if self._chunk is chunk:
                self._dropped = numbers
                if self._item is not None and self._item.number in numbers:
                    os.write(self._writing, b"x")

    def _facts(self) -> WorkerFacts:
        return WorkerFacts(
            isolation=self._grader.isolation,
            versions=dict(self._grader.languages.versions),
            packages=dict(self._grader.languages.packages),
            slots_discarded=self._grader.slots_discarded,
        )
