"""Execution of one job through the queue."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
from collections import Counter, deque
from collections.abc import Iterable, Sequence

from pydantic import ValidationError

from evaluator.cancellation import wait_for_event
from evaluator.counts import Counts, Kind
from evaluator.engine import ENGINE
from evaluator.errors import ApiError, BatchTooLarge, NotReady, QueueFull, StorageFailed, SuiteNotFound, SuiteTooLarge
from evaluator.jobs.job import JobRecord, NewReport
from evaluator.jobs.store import HeldJobState, JobStore
from evaluator.queueing.base import Queue
from evaluator.queueing.duplicates import grade_once
from evaluator.schema import Report, Submission, Suite, Verdict
from evaluator.suites import SuiteStore
from evaluator.written_report import WrittenReport

_log = logging.getLogger(__name__)
_LOOK_S = 0.1
"""Seconds between two checks whether the queue has room."""
_HOLD_S = 0.5
"""Seconds between two renewals of the hold on a job, which also show whether it was cancelled."""
_PAGE = 500
_STORAGE_PAUSE_S = 1.0
_TRIES = 3
"""Attempts at a submission whose suite is evicted each time before a worker has read it."""
_AHEAD_S = 0.5
"""Seconds of jobs' work in the queue for each worker."""
_FEWEST, _MOST = 2, 64
"""The fewest and most submissions of jobs in the queue for each worker, whatever they cost."""
_NEW_SHARE = 0.05


class Pace:
    """The jobs' share of the queue, divided among the jobs that run."""

    def __init__(self, queue: Queue, counts: Counts) -> None:
        self._queue = queue
        self._jobs, self._tasks = counts.row("jobs that run"), counts.row("submissions of jobs")
        self._run_s = 0.1
        """Seconds that a submission takes: a moving average."""

    def begin(self) -> None:
        """Count a job that this process runs."""
        self._jobs.add(Kind.RUNNING, 1)

    def end(self) -> None:
        """Count a job no longer."""
        self._jobs.add(Kind.RUNNING, -1)

    def enter(self, count: int) -> None:
        """Count jobs' submissions in the queue; with a negative number, those that left it."""
        self._tasks.add(Kind.RUNNING, count)

    def learn(self, run_s: float) -> None:
        """Count the seconds of one more submission."""
        self._run_s += _NEW_SHARE * (run_s - self._run_s)

    def room(self, own: int) -> int:
        """Return the number of submissions that a job may add to its ``own`` in the queue: a good many or none, since
        the queue makes chunks of submissions that arrive together. While other clients keep the workers busy, all jobs
        together have one submission in the queue."""
        ready, ours = self._queue.readiness(), self._tasks.total(Kind.RUNNING)
        workers = max(1, ready.workers_ready)
        if ready.queued - ours >= workers:
            return 1 if ours == 0 else 0
        each = min(_MOST, max(_FEWEST, math.ceil(_AHEAD_S / max(self._run_s, 1e-4))))
        share = max(1, each * workers // max(1, self._jobs.total(Kind.RUNNING)))
        return share - own if own <= share // 2 else 0


class JobRunner:
    """Feeds a job's submissions without a report to the queue, some at a time, and records their reports."""

    def __init__(self, job: JobRecord, store: JobStore, queue: Queue, suites: SuiteStore, pace: Pace) -> None:
        self._job, self._store, self._queue, self._suites, self._pace = job, store, queue, suites, pace
        self._todo: deque[int] = deque()
        self._flying: dict[asyncio.Future[WrittenReport], int] = {}
        self._landed: deque[NewReport] = deque()
        self._something_landed = asyncio.Event()
        self._losses: Counter[int] = Counter()
        self._most = _PAGE
        """Submissions to feed at once, at most; fewer after the queue had no room for so many."""
        self._stopping = False
        self._next_look_s = 0.0

    @property
    def owner(self) -> str:
        """The name of the key that the job came with."""
        return self._job.owner

    def stop(self) -> None:
        """Feed no more submissions. ``run`` returns once those in the queue have their reports."""
        self._stopping = True
        self._something_landed.set()

    async def run(self) -> None:
        """Run the job until it is over, or is no longer this process's to run.

        Raises:
            StorageFailed, UnknownJob, JobGone: it cannot go on. None of its submissions is left in the queue.
        """
        self._pace.begin()
        try:
            done = await self._store.done(self._job.id)
            self._todo.extend(index for index in range(self._job.total) if index not in done)
            await self._store.record(self._job.id, [])
            away = False
            while self._todo or self._flying or self._landed:
                self._something_landed.clear()
                try:
                    if not await self._advance():
                        return
                    away = False
                except (StorageFailed, NotReady) as error:
                    if self._stopping:
                        raise
                    # Reports stay here until they can be stored; no more submissions are fed meanwhile.
                    if not away:
                        _log.error("a job waits for its storage", extra={"reason": error.detail})
                    away = True
                    await asyncio.sleep(_STORAGE_PAUSE_S)
                await wait_for_event(self._something_landed, _LOOK_S if self._todo else _HOLD_S)
        finally:
            self._pace.end()
            for future in tuple(self._flying):
                future.cancel()

    async def _advance(self) -> bool:
        """Record reports, renew the hold, and feed submissions. False if nothing is left to do here."""
        await self._record()
        now = asyncio.get_running_loop().time()
        if now >= self._next_look_s:
            state = await self._store.hold(self._job.id)
            self._next_look_s = now + _HOLD_S
            if state is HeldJobState.LOST:
                return False
            if state is HeldJobState.CANCELLED:
                await self._cancel()
                return False
        if self._stopping:
            return bool(self._flying or self._landed)
        if self._todo:
            await self._feed()
        return True

    async def _feed(self) -> None:
        room = min(self._pace.room(len(self._flying)), self._most, len(self._todo))
        if room < 1:
            return
        indexes = [self._todo.popleft() for _ in range(room)]
        try:
            bodies = zip(indexes, await self._store.submissions(self._job.id, indexes), strict=True)
            submissions = {
                index: submission for index, body in bodies if (submission := self._read(index, body)) is not None
            }
            await self._bring_suites(submissions.values())
            if self._stopping:  # meanwhile
                self._todo.extendleft(reversed(submissions))
                return
            futures = grade_once(self._queue, list(submissions.values()))
        except (QueueFull, BatchTooLarge):
            self._todo.extendleft(reversed(submissions))
            self._most = max(1, room // 2)
            return
        except BaseException:
            self._todo.extendleft(reversed(indexes))
            raise
        self._most = min(_PAGE, 2 * self._most)
        for index, future in zip(submissions, futures, strict=True):
            self._flying[future] = index
            self._pace.enter(1)
            future.add_done_callback(self._lands)

    def _lands(self, future: asyncio.Future[WrittenReport]) -> None:
        index = self._flying.pop(future, None)
        if index is not None:
            self._pace.enter(-1)
            if (report := self._report(index, future)) is not None:
                self._landed.append(report)
            self._something_landed.set()

    def _read(self, index: int, body: bytes) -> Submission | None:
        try:
            return Submission.model_validate_json(body)
        except ValidationError:  # another version of the service stored it
            reason = "another version of the service stored this submission, and this version cannot read it"
            self._landed.append(_new_report(index, _unjudged(Verdict.JUDGE_ERROR, reason)))
            return None

    async def _bring_suites(self, submissions: Iterable[Submission]) -> None:
        """Put the submissions' suites into this host's store, from the copies that the job keeps: the store evicts
        suites, a job may wait for long, and it may have come from another host."""
        for suite_id in {each.suite_id for each in submissions if each.suite_id is not None}:
            if suite_id not in self._suites:
                data = await self._store.suite(suite_id)
                # A suite of another version that this one refuses is left out: its submissions fail as UnknownSuite.
                with contextlib.suppress(ValidationError, SuiteTooLarge):
                    self._suites.put(Suite.model_validate_json(data))

    async def _record(self) -> None:
        """Store the reports that have arrived. They stay in memory until that has succeeded."""
        reports = tuple(self._landed)
        if reports:
            await self._store.record(self._job.id, reports)
        for _ in reports:
            self._landed.popleft()

    def _report(self, index: int, future: asyncio.Future[WrittenReport]) -> NewReport | None:
        if future.cancelled():  # the queue has ended before it came to this submission
            if not self._stopping:
                self._todo.append(index)
            return None
        error = future.exception()
        if error is None:
            report = future.result()
            if not report.cached:
                self._pace.learn(report.run_s)
        elif self._suite_was_lost(index, error):
            self._todo.append(index)
            return None
        else:
            _log.error("a submission of a job could not be judged", extra={"index": index, "reason": str(error)})
            detail = error.detail if isinstance(error, ApiError) else type(error).__name__
            report = _unjudged(Verdict.JUDGE_ERROR, f"it could not be judged: {detail}")
        return _new_report(index, report)

    def _suite_was_lost(self, index: int, error: BaseException) -> bool:
        if not (isinstance(error, ApiError) and error.slug == SuiteNotFound.slug):
            return False
        self._losses[index] += 1
        return self._losses[index] < _TRIES

    async def _cancel(self) -> None:
        """Cancel the job: every submission without a report gets one with verdict ``cancelled``."""
        self._pace.enter(-len(self._flying))
        self._todo.extend(self._flying.values())
        withdrawn = tuple(self._flying)
        self._flying.clear()
        for future in withdrawn:
            future.cancel()
        await self._record()
        while self._todo:
            indexes = [self._todo.popleft() for _ in range(min(_PAGE, len(self._todo)))]
            bodies = await self._store.submissions(self._job.id, indexes)
            await self._store.record(self._job.id, _cancelled(indexes, bodies))


def _cancelled(indexes: Sequence[int], bodies: Sequence[bytes]) -> list[NewReport]:
    return [
        _new_report(index, _unjudged(Verdict.CANCELLED, "the job was cancelled", json.loads(body).get("id")))
        for index, body in zip(indexes, bodies, strict=True)
    ]


def _unjudged(verdict: Verdict, reason: str, submission_id: str | None = None) -> WrittenReport:
    report = Report(id=submission_id, verdict=verdict, score=None, passed=0, total=0, reason=reason, engine=ENGINE)
    return WrittenReport.of(report)


def _new_report(index: int, report: WrittenReport) -> NewReport:
    return NewReport(index, report.verdict, report.to_json(index))
