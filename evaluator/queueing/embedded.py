"""The queue without Redis: feeds worker processes that are children of the service, and replaces those that die."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import count, islice

from evaluator.cancellation import wait_for_event
from evaluator.counts import Kind
from evaluator.engine import ENGINE
from evaluator.errors import JudgeFault
from evaluator.languages import Languages, ask_toolchains, toolchains_state_of
from evaluator.queueing.base import WorkerRefused
from evaluator.queueing.intake import Intake
from evaluator.queueing.messages import Answer, Done, Hello
from evaluator.queueing.pending import PendingTask
from evaluator.queueing.process import WorkerDied, WorkerProcess
from evaluator.queueing.worker_start import Started
from evaluator.runtime import interpreter
from evaluator.schema import Readiness
from evaluator.schema.console import WorkerInfo
from evaluator.settings import Settings
from evaluator.suites import SuiteStore
from sandbox.toolchain import forget_toolchains

_log = logging.getLogger(__name__)

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 10.0
_CLEARS_UP_S = 0.003
"""Seconds after a task in which the CPU of its worker clears up for the next. Another idle worker is faster then."""
_SUCCESSOR_S = 0.05
"""Seconds between two looks whether a worker's successor is up."""
_SOON_S = 0.05
"""A task that takes less is short. A worker with a short task gets a second short one in advance, so that it need not
wait for this process in between. Longer tasks are given one at a time."""


class EmbeddedQueue(Intake):
    """A bounded queue in front of worker processes on this host. Requests take turns."""

    languages: Languages

    def __init__(self, settings: Settings, started: Iterable[Started] = ()) -> None:
        """``started`` are the first processes of its workers; it starts those that are missing."""
        super().__init__(settings.queue_limit, SuiteStore.of(settings))
        self._settings = settings
        self._parallel = settings.workers
        self._started = dict(enumerate(started))
        self._keepers: list[asyncio.Task[None]] = []
        self._workers: dict[int, WorkerProcess] = {}
        """The workers that are up, by their numbers. While one of them is idle, no task waits."""
        self._numbers = count(1)
        self._first_worker: asyncio.Future[Hello]
        self._refreshing: asyncio.Task[None] | None = None
        self._toolchains: tuple[object, ...] | None = None
        self._refresh_now = asyncio.Event()
        self._refresh_requests: list[asyncio.Future[None]] = []
        self._isolation = ""
        self._slots_discarded = 0

    async def start(self) -> None:
        """Start every worker and wait for the first.

        Raises:
            WorkerRefused: the first worker cannot work on this host.
        """
        self._first_worker = asyncio.get_running_loop().create_future()
        self._keepers = [asyncio.create_task(self._keep(number)) for number in range(self._settings.workers)]
        self._refreshing = asyncio.create_task(self._look_regularly())
        try:
            hello = await self._first_worker
        except WorkerRefused:
            await self._stop()
            raise
        self._know(hello)

    async def close(self) -> None:
        """Let tasks finish for up to ``drain_s`` seconds, then end the workers."""
        await self._drain(self._settings.drain_s)
        await self._stop()

    def _know(self, hello: Hello) -> None:
        self.languages = Languages(interpreter(self._settings), hello.versions, hello.packages)
        self._isolation = hello.isolation

    async def refresh(self) -> None:
        """Look at once which languages and packages there are.

        Raises:
            JudgeFault: the look failed.
        """
        looked = asyncio.get_running_loop().create_future()
        self._refresh_requests.append(looked)
        self._refresh_now.set()
        await looked

    async def _look_regularly(self) -> None:
        """Look at the languages every now and then, and whenever somebody asks for it."""
        while True:
            self._refresh_now.clear()
            requests, self._refresh_requests = self._refresh_requests, []
            fault = await self._fault_of_look()
            for looked in requests:
                if looked.done():
                    continue
                if fault is None:
                    looked.set_result(None)
                else:
                    looked.set_exception(fault)
            await wait_for_event(self._refresh_now, self._settings.refresh_s or None)

    async def _fault_of_look(self) -> JudgeFault | None:
        """Look, and return what those are told who asked for it, if that fails. Looking goes on."""
        try:
            await self._look()
        except Exception:
            _log.exception("the languages could not be looked at: they stay as they are until a look succeeds")
            return JudgeFault("the languages could not be looked at and stay as they are; the service's log says why")
        return None

    async def _look(self) -> None:
        """Look whether toolchains or packages have come or gone; then ask those that are new, and replace each worker
        once it is idle, since a worker finds them as it starts. They are offered once all workers have them."""
        state = await asyncio.to_thread(toolchains_state_of, self._settings)
        if None not in (self._toolchains, state) and self._toolchains != state:
            await self._replace_all()
        self._toolchains = state or self._toolchains

    async def _replace_all(self) -> None:
        _log.info("languages or packages have changed: the workers are replaced, one after the other")
        forget_toolchains()
        await asyncio.to_thread(ask_toolchains, self._settings)
        for number in range(self._settings.workers):
            successor = await self._replace(number)
        self._know(successor.hello)

    async def _replace(self, number: int) -> WorkerProcess:
        """Have a worker end after what it has in hand, and wait for its successor."""
        if (former := self._workers.get(number)) is not None:
            former.retire()
        while (successor := self._workers.get(number)) is None or successor is former:
            await asyncio.sleep(_SUCCESSOR_S)
        return successor

    def readiness(self) -> Readiness:
        """Return the number of workers that are up, and the length of the queue."""
        return Readiness(
            workers_ready=len(self._workers),
            workers=self._settings.workers,
            queued=self._row.total(Kind.RUNNING),
            slots_discarded=self._slots_discarded,
            workers_lost=self._workers_lost,
            oldest_s=self._oldest_s(),
            isolation=self._isolation,
            engine=ENGINE,
        )

    async def workers(self) -> tuple[WorkerInfo, ...]:
        """Return the workers that are up."""
        host, now = socket.gethostname(), time.monotonic()
        return tuple(
            WorkerInfo(
                name=f"worker {number}",
                host=host,
                isolation=self._isolation,
                task=next((waiting.task.kind for waiting in worker.in_hand.values()), None),
                since_s=now - worker.began if worker.in_hand else None,
            )
            for number, worker in sorted(self._workers.items())
        )

    async def _keep(self, number: int) -> None:
        """Keep one worker running: start it, wait for its end, start another."""
        pause_s = _FIRST_PAUSE_S
        again: PendingTask | None = None
        while True:
            worker = WorkerProcess(number, self._answered, self._started.pop(number, None))
            try:
                hello = await worker.start(self._settings)
                pause_s = _FIRST_PAUSE_S
                if not self._first_worker.done():
                    self._first_worker.set_result(hello)
                self._workers[number] = worker
                if again is not None and not again.answer.done():
                    self._give(worker, again)
                self._feed(worker)
                await worker.gone
                again = self._lost(worker)
            except (WorkerDied, WorkerRefused) as error:
                _log.error("worker did not start", extra={"worker": number, "reason": str(error)})
                if isinstance(error, WorkerRefused) and not self._first_worker.done():
                    self._first_worker.set_exception(error)
                again = again and self._retry_policy.retry(again, str(error), number)
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            finally:
                self._workers.pop(number, None)
                await worker.end()

    def _lost(self, worker: WorkerProcess) -> PendingTask | None:
        """Handle a worker's death. Return the task that it was running, for its successor to retry; tasks that it had
        not begun go back to the queue."""
        self._workers_lost += not worker.retires
        del self._workers[worker.number]
        first, *others = worker.in_hand.values() or (None,)
        self._enter(others, first=True)
        return first and self._retry_policy.retry(first, "its worker died", worker.number)

    def _enter(self, tasks: Iterable[PendingTask], *, first: bool = False) -> None:
        super()._enter(tasks, first=first)
        for worker in self._by_readiness():
            if not worker.in_hand:
                self._feed(worker)
        for worker in self._workers.values():
            self._feed(worker)

    def _by_readiness(self) -> list[WorkerProcess]:
        """Return all workers: those that have just ended a task last, the longest ago first."""
        just_now = time.monotonic() - _CLEARS_UP_S
        return sorted(self._workers.values(), key=lambda worker: max(worker.began - just_now, 0.0))

    def _feed(self, worker: WorkerProcess) -> None:
        """Give an idle worker a task, and a worker with one short task a second short one."""
        if worker.retires:
            return
        if not worker.in_hand:
            if (task := self._take_back(_SOON_S)) is not None:
                self._give(worker, task)
            elif self._following() is not None:
                self._give(worker, self._charged(self._queue.take()))
            elif (task := self._take_back(0.0)) is not None:
                self._give(worker, task)
        if len(worker.in_hand) == 1 and all(map(self._is_short, worker.in_hand.values())):
            if (task := self._take_back(_SOON_S)) is not None:
                self._give(worker, task)
            elif (following := self._following()) is not None and self._is_short(following):
                self._give(worker, self._charged(self._queue.take()))

    def _following(self) -> PendingTask | None:
        """Return the next task in the line, and leave it there. Tasks that nobody waits for any more are removed."""
        while (waiting := self._queue.peek()) is not None and waiting.answer.done():
            self._queue.take()
        return waiting

    def _take_back(self, seconds: float) -> PendingTask | None:
        """Take back a task from another worker that has been busy with the one before for longer than ``seconds``."""
        now = time.monotonic()
        for other in self._workers.values():
            if len(other.in_hand) > 1 and now - other.began > seconds:
                return other.withdraw(next(reversed(other.in_hand)))
        return None

    def _is_short(self, waiting: PendingTask) -> bool:
        return not waiting.attempts and self._expected_s(waiting) < _SOON_S

    def _give(self, worker: WorkerProcess, waiting: PendingTask) -> None:
        number = next(self._numbers)
        worker.give(number, waiting)
        waiting.answer.add_done_callback(partial(self._left, worker, number))

    def _left(self, worker: WorkerProcess, number: int, answer: asyncio.Future[object]) -> None:
        """Cancel a task whose client has disconnected."""
        if answer.cancelled():
            worker.drop(number)

    def _answered(self, worker: WorkerProcess, waiting: PendingTask, answer: Answer, took_s: float) -> None:
        self._feed(worker)
        if isinstance(answer, Done):
            self._slots_discarded += answer.slots_discarded - worker.slots_discarded
            worker.slots_discarded = answer.slots_discarded
        self._deliver(worker.number, answer, waiting, took_s)

    def _no_worker_has(self) -> Iterator[PendingTask]:
        yield from super()._no_worker_has()
        for worker in self._workers.values():
            yield from islice(worker.in_hand.values(), 1, None)

    async def _stop(self) -> None:
        tasks = [*self._keepers, *([self._refreshing] if self._refreshing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
