"""The half of a queue that faces the API: takes tasks in up to a limit, and delivers their answers. Every back-end
derives from it."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from evaluator.cancellation import wait_for_event
from evaluator.counts import CountRow, Counts, Kind
from evaluator.errors import ApiError, BatchTooLarge, JudgeFault, QueueFull
from evaluator.log import request_id
from evaluator.queueing.fair_queue import Costs, FairQueue
from evaluator.queueing.messages import (
    Answer,
    Checked,
    CheckTask,
    Done,
    Dropped,
    ForeignTask,
    Graded,
    GradeTask,
    Ran,
    RequestProblem,
    RunTask,
    Task,
)
from evaluator.queueing.pending import PendingTask
from evaluator.queueing.quotas import RECHECK_S, holder
from evaluator.queueing.retry_policy import RetryPolicy
from evaluator.schema import RunReport, RunRequest, Submission, Suite, SuiteCheck
from evaluator.suites import SuiteStore
from evaluator.written_report import WrittenReport

_log = logging.getLogger(__name__)

_LONGEST_RETRY_AFTER_S = 60
_NEW_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class ForeignAnswer:
    """The answer to a ``ForeignTask``: the worker, the seconds that it took, and its answer as it was written."""

    worker: int | str
    took_s: float
    data: bytes


class RemoteProblem(ApiError):
    """An error of the request that a worker reported."""

    def __init__(self, problem: RequestProblem) -> None:
        super().__init__(problem.detail)
        self.status, self.slug, self.title = problem.status, problem.slug, problem.title


class Intake:
    """The half of a ``Queue`` that faces the API. All methods are called from the event loop's thread."""

    def __init__(self, limit: int, suites: SuiteStore, row: CountRow | None = None) -> None:
        """``row`` counts what is unfinished; by default its own, which no other process shares."""
        self.suites = suites
        self._queue: FairQueue[PendingTask] = FairQueue()
        self._unfinished: set[asyncio.Future[Any]] = set()
        self._closed = False
        self._parallel = 1
        """The number of tasks that run at the same time, about."""
        self._limit = limit
        self._row = row or Counts().row("queue")
        self._costs = Costs()
        self._retry_policy = RetryPolicy()
        self._one_left = asyncio.Event()
        self._workers_lost = 0
        self._task_s = 0.1
        """Seconds that a task takes: a moving average."""

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
        self._make_room(len(submissions))
        waiting = [
            self._waits(GradeTask(submission=submission, holder=holder()), len(submissions))
            for submission in submissions
        ]
        # The longest first, so that none of them is left to run alone at the end.
        self._enter(sorted(waiting, key=self._expected_s, reverse=True))
        return [each.answer for each in waiting]

    def run(self, request: RunRequest) -> asyncio.Future[RunReport]:
        return self._enter_one(RunTask(request=request, holder=holder()))

    def check(self, suite: Suite) -> asyncio.Future[SuiteCheck]:
        return self._enter_one(CheckTask(suite=suite, holder=holder()))

    def hand_on(self, tasks: Sequence[ForeignTask], identifier: str | None) -> list[asyncio.Future[ForeignAnswer]]:
        """Take in the tasks of a request to another API process, which has made sure that there is room.
        ``identifier`` is the request's."""
        token = request_id.set(identifier)
        self._row.add(Kind.RUNNING, len(tasks))
        waiting = [self._waits(task, len(tasks)) for task in tasks]
        request_id.reset(token)
        self._enter(waiting)
        return [each.answer for each in waiting]

    def _enter_one(self, task: Task) -> asyncio.Future[Any]:
        self._make_room(1)
        waiting = self._waits(task, 1)
        self._enter([waiting])
        return waiting.answer

    def warnings(self) -> tuple[str, ...]:
        """Return nothing: the workers are reached by nothing that can be away."""
        return ()

    async def room(self, count: int) -> None:
        """Wait until ``count`` tasks may fit."""
        while self._row.total(Kind.RUNNING) + count > self._limit:
            self._one_left.clear()
            await wait_for_event(self._one_left, RECHECK_S)

    def _enter(self, tasks: Iterable[PendingTask], *, first: bool = False) -> None:
        """Put tasks into the line, those of one sender together, at its end or with ``first`` at its beginning."""
        for sender, together in groupby(map(self._uncharged, tasks), key=lambda waiting: waiting.task.holder):
            self._queue.put(together, sender=sender, first=first)

    def _charged(self, waiting: PendingTask) -> PendingTask:
        """Charge a task that leaves the line for a worker to its sender, with its expected time until the real one is
        known."""
        waiting.charged_s = self._expected_s(waiting)
        self._queue.charge(waiting.task.holder, waiting.charged_s)
        return waiting

    def _uncharged(self, waiting: PendingTask) -> PendingTask:
        self._queue.charge(waiting.task.holder, -waiting.charged_s)
        waiting.charged_s = 0.0
        return waiting

    def _oldest_s(self) -> float:
        """Return the longest time, in seconds, that a task has been waiting for a worker."""
        now = time.monotonic()
        return now - min((each.since for each in self._no_worker_has()), default=now)

    def _no_worker_has(self) -> Iterator[PendingTask]:
        """Yield tasks that wait for a worker, at least the oldest of each request."""
        return self._queue.first()

    async def _drain(self, seconds: float) -> None:
        """Wait up to ``seconds`` for all unfinished tasks, then cancel them, and whatever comes later."""
        if self._unfinished:
            await asyncio.wait(self._unfinished, timeout=seconds)
        self._closed = True
        for future in tuple(self._unfinished):
            future.cancel()

    def _expected_s(self, waiting: PendingTask) -> float:
        """Estimate the seconds that a task takes from those of earlier tasks."""
        return self._costs.of(waiting.task.suite_id, self._task_s)

    def _deliver(self, worker: int | str, answer: Answer, waiting: PendingTask, took_s: float) -> None:
        """Deliver an answer to the client that waits for it. ``took_s`` is the worker's time in seconds. What of it the
        task waited for another that had the machine for itself is not its sender's to pay."""
        waited_s = answer.waited_s if isinstance(answer, Done) else 0.0
        used_s = took_s - waited_s
        self._queue.charge(waiting.task.holder, used_s - waiting.charged_s)
        if isinstance(answer, Dropped):
            _log.info("dropped", extra={"worker": worker, "request_id": waiting.request_id})
            return
        self._task_s += _NEW_SHARE * (used_s - self._task_s)
        if isinstance(answer, Graded) and not answer.report.cached:
            self._costs.learn(waiting.task.suite_id, answer.report.run_s - waited_s)
        if isinstance(waiting.task, ForeignTask):
            waiting.resolve(ForeignAnswer(worker, took_s, waiting.written_answer))
        elif isinstance(answer, Graded):
            queued_s = max(0.0, time.monotonic() - waiting.since - took_s)
            report = answer.report.model_copy(update={"queued_s": queued_s})
            level = logging.INFO if waiting.request_id else logging.DEBUG  # without a request's id it is a probe
            if _log.isEnabledFor(level):
                _log.log(level, "graded", extra={"worker": worker, **_summary(waiting, report)})
            waiting.resolve(report)
        elif isinstance(answer, Ran | Checked):
            waiting.resolve(answer.report)
        elif isinstance(answer, RequestProblem):
            waiting.fail(RemoteProblem(answer))
        else:
            waiting.fail(JudgeFault(f"unexpected {answer.kind}"))

    def _make_room(self, count: int) -> None:
        """Count tasks as unfinished. Each counts no longer once it has its answer."""
        if count > self._limit:
            raise BatchTooLarge(f"{count} submissions at once; the queue holds {self._limit}: send smaller batches")
        with self._row.lock():
            unfinished = self._row.total(Kind.RUNNING)
            if unfinished + count > self._limit:
                expected_s = unfinished * self._task_s / self._parallel
                raise QueueFull(self._limit, min(_LONGEST_RETRY_AFTER_S, max(1, math.ceil(expected_s))))
            self._row.add(Kind.RUNNING, count)

    def _waits(self, task: Task | ForeignTask, beside: int) -> PendingTask:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._unfinished.add(future)
        future.add_done_callback(self._leaves)
        if self._closed:
            future.cancel()  # else whoever comes too late would wait for ever
        return PendingTask(task, future, time.monotonic(), request_id.get(), beside)

    def _leaves(self, future: asyncio.Future[Any]) -> None:
        self._unfinished.discard(future)
        self._row.add(Kind.RUNNING, -1)
        self._one_left.set()


def _summary(waiting: PendingTask, report: WrittenReport) -> dict[str, Any]:
    submission = waiting.task.submission if isinstance(waiting.task, GradeTask) else None
    return {
        "request_id": waiting.request_id,
        "verdict": report.verdict.value,
        "language": submission.language if submission else None,
        "suite_id": submission.suite_id if submission else None,
        "cpu_s": None if report.cpu_s is None else round(report.cpu_s, 4),
        "run_s": round(report.run_s, 4),
        "queued_s": round(report.queued_s, 4),
    }
