"""What a queue has taken in and not answered yet: bounded, requests take turns. Every back-end stands on it."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from evaluator.engine import ENGINE
from evaluator.errors import ApiError, BatchTooLarge, JudgeFault, QueueFull
from evaluator.log import request_id
from evaluator.queueing.line import Costs, Line
from evaluator.queueing.messages import (
    Answer,
    Checked,
    CheckTask,
    Dropped,
    Graded,
    GradeTask,
    Ran,
    RequestProblem,
    RunTask,
    Task,
)
from evaluator.queueing.quotas import holder
from evaluator.schema import Report, RunReport, RunRequest, Submission, Suite, SuiteCheck, Verdict
from evaluator.suites import SuiteStore

_log = logging.getLogger(__name__)

ATTEMPTS = 3
"""A task that ends its worker so often is set aside."""
_LONGEST_RETRY_AFTER_S = 60
_NEW_SHARE = 0.1


class RemoteProblem(ApiError):
    """An error of the request that the worker found."""

    def __init__(self, problem: RequestProblem) -> None:
        super().__init__(problem.detail)
        self.status, self.slug, self.title = problem.status, problem.slug, problem.title


@dataclass(eq=False)
class Waiting:
    """A task in the queue, and where its answer goes."""

    task: Task
    answer: asyncio.Future[Any]
    since: float
    request_id: str | None
    beside: int
    """How many tasks its request has."""
    attempts: int = 0
    """How many workers it has ended."""
    charged_s: float = 0.0
    """What its sender is charged of the workers' time."""


class Intake:
    """The half of a queue that faces the API. All methods are called from the event loop's thread."""

    def __init__(self, limit: int, suites: SuiteStore) -> None:
        self.suites = suites
        self._line: Line[Waiting] = Line()
        self._unfinished: set[asyncio.Future[Any]] = set()
        self._parallel = 1
        """How many tasks run at the same time, about."""
        self._limit = limit
        self._costs = Costs()
        self._one_left = asyncio.Event()
        self._workers_lost = 0
        self._task_s = 0.1
        """How long a task has taken lately."""

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[Report]]:
        """Take all of them in, or none.

        Raises:
            QueueFull, BatchTooLarge: they do not fit.
        """
        self._make_room(len(submissions))
        waiting = [
            self._waits(GradeTask(submission=submission, holder=holder()), len(submissions))
            for submission in submissions
        ]
        self._enter(sorted(waiting, key=self._expected_s, reverse=True))
        return [each.answer for each in waiting]

    def run(self, request: RunRequest) -> asyncio.Future[RunReport]:
        """Take in one program to run.

        Raises:
            QueueFull: it does not fit.
        """
        return self._enter_one(RunTask(request=request, holder=holder()))

    def check(self, suite: Suite) -> asyncio.Future[SuiteCheck]:
        """Take in one suite to check.

        Raises:
            QueueFull: it does not fit.
        """
        return self._enter_one(CheckTask(suite=suite, holder=holder()))

    def _enter_one(self, task: Task) -> asyncio.Future[Any]:
        self._make_room(1)
        waiting = self._waits(task, 1)
        self._enter([waiting])
        return waiting.answer

    async def room(self, count: int) -> None:
        """Return once ``count`` tasks may fit."""
        while len(self._unfinished) + count > self._limit:
            self._one_left.clear()
            await self._one_left.wait()

    def _enter(self, tasks: Iterable[Waiting], *, first: bool = False) -> None:
        """Tasks come into the line, those of one request together, at its end or its beginning."""
        for sender, together in groupby(map(self._uncharged, tasks), key=lambda waiting: waiting.task.holder):
            self._line.put(together, sender=sender, first=first)

    def _charged(self, waiting: Waiting) -> Waiting:
        """A task leaves the line for a worker: its sender is charged what it may take, until it is known."""
        waiting.charged_s = self._expected_s(waiting)
        self._line.charge(waiting.task.holder, waiting.charged_s)
        return waiting

    def _uncharged(self, waiting: Waiting) -> Waiting:
        self._line.charge(waiting.task.holder, -waiting.charged_s)
        waiting.charged_s = 0.0
        return waiting

    def _oldest_s(self) -> float:
        """For how long the task that has waited longest for a worker has done so."""
        now = time.monotonic()
        return now - min((each.since for each in self._no_worker_has()), default=now)

    def _no_worker_has(self) -> Iterator[Waiting]:
        """Tasks that wait; of a request the first will do."""
        return self._line.first()

    async def _drain(self, seconds: float) -> None:
        """Wait that long for what was taken in, then give it up."""
        if self._unfinished:
            await asyncio.wait(self._unfinished, timeout=seconds)
        for future in tuple(self._unfinished):
            future.cancel()

    def _expected_s(self, waiting: Waiting) -> float:
        """What a task may take, in seconds, by those before it."""
        task = waiting.task
        return self._costs.of(task.submission.suite_id if isinstance(task, GradeTask) else None, self._task_s)

    def _deliver(self, worker: int | str, answer: Answer, waiting: Waiting, took_s: float) -> None:
        """Hand an answer to whoever waits for it. ``took_s`` is how long the worker had it."""
        self._line.charge(waiting.task.holder, took_s - waiting.charged_s)
        if isinstance(answer, Dropped):
            _log.info("dropped", extra={"worker": worker, "request_id": waiting.request_id})
            return
        self._task_s += _NEW_SHARE * (took_s - self._task_s)
        if isinstance(answer, Graded):
            queued_s = max(0.0, time.monotonic() - waiting.since - took_s)
            report = answer.report.model_copy(update={"queued_s": queued_s})
            if isinstance(waiting.task, GradeTask) and not report.cached:
                self._costs.learn(waiting.task.submission.suite_id, report.run_s)
            level = logging.INFO if waiting.request_id else logging.DEBUG  # nobody's: a probe
            if _log.isEnabledFor(level):
                _log.log(level, "graded", extra={"worker": worker, **_summary(waiting, report)})
            _set(waiting.answer, report)
        elif isinstance(answer, Ran | Checked):
            _set(waiting.answer, answer.report)
        elif not waiting.answer.done():
            said = (
                RemoteProblem(answer) if isinstance(answer, RequestProblem) else JudgeFault(f"unexpected {answer.kind}")
            )
            waiting.answer.set_exception(said)

    def _set_aside(self, waiting: Waiting) -> None:
        """Answer a task that no worker survives: a fault of ours, never the program's."""
        reason = f"the worker died {ATTEMPTS} times while it judged this; it was set aside"
        _log.error("set aside", extra={"request_id": waiting.request_id})
        if not isinstance(waiting.task, GradeTask):
            if not waiting.answer.done():
                waiting.answer.set_exception(JudgeFault(reason))
            return
        submission = waiting.task.submission
        total = len(submission.suite.tests) if submission.suite else 0
        _set(
            waiting.answer,
            Report(
                id=submission.id,
                verdict=Verdict.JUDGE_ERROR,
                score=None,
                passed=0,
                total=total,
                reason=reason,
                engine=ENGINE,
            ),
        )

    def _make_room(self, count: int) -> None:
        if count > self._limit:
            raise BatchTooLarge(f"{count} submissions at once; the queue holds {self._limit}: send smaller batches")
        if len(self._unfinished) + count > self._limit:
            expected_s = len(self._unfinished) * self._task_s / self._parallel
            raise QueueFull(self._limit, min(_LONGEST_RETRY_AFTER_S, max(1, math.ceil(expected_s))))

    def _waits(self, task: Task, beside: int) -> Waiting:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._unfinished.add(future)
        future.add_done_callback(self._leaves)
        return Waiting(task, future, time.monotonic(), request_id.get(), beside)

    def _leaves(self, future: asyncio.Future[Any]) -> None:
        self._unfinished.discard(future)
        self._one_left.set()


def _set(future: asyncio.Future[Any], value: object) -> None:
    if not future.done():
        future.set_result(value)


def _summary(waiting: Waiting, report: Report) -> dict[str, Any]:
    submission = waiting.task.submission if isinstance(waiting.task, GradeTask) else None
    return {
        "request_id": waiting.request_id,
        "verdict": report.verdict.value,
        "language": submission.language if submission else None,
        "suite_id": submission.suite_id if submission else None,
        "cpu_s": round(sum(test.cpu_s or 0.0 for test in report.tests), 4),
        "run_s": round(report.run_s, 4),
        "queued_s": round(report.queued_s, 4),
    }
