"""The scheduler of jobs: runs those of a store that no other process runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from functools import partial

from evaluator.cancellation import cancel, wait_for_event
from evaluator.counts import Counts
from evaluator.errors import JobGone, NotReady, StorageFailed, UnknownJob
from evaluator.jobs.job import JobRecord
from evaluator.jobs.job_runner import JobRunner, Pace
from evaluator.jobs.store import JobStore
from evaluator.log import Outage, request_id
from evaluator.queueing.base import Queue
from evaluator.queueing.quotas import job_owner
from evaluator.suites import SuiteStore

_log = logging.getLogger(__name__)
_AT_ONCE = 8
"""Jobs of one owner that this process runs at once. Further ones wait, without delaying those of other owners."""
_LOOK_S = 1.0
"""Seconds between two looks for a job whose process has ended."""


class JobScheduler:
    """Takes jobs from the store and runs them in this process. Call all methods from the event loop's thread."""

    def __init__(self, store: JobStore, queue: Queue, suites: SuiteStore, counts: Counts) -> None:
        self._store, self._queue, self._suites = store, queue, suites
        self._pace = Pace(queue, counts)
        self._runners: dict[str, tuple[JobRunner, asyncio.Task[None]]] = {}
        self._look = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        self._looking = asyncio.create_task(self._look_for_jobs())

    def look(self) -> None:
        """Look for a job to run now: one may have been added or cancelled."""
        self._look.set()

    def stop(self) -> None:
        """Take no more jobs, and feed no more submissions to the queue."""
        self._stopping = True
        if self._looking is not None:
            self._looking.cancel()  # which it may lose (``cancellation.cancel``)
        for runner, _ in self._runners.values():
            runner.stop()

    async def close(self) -> None:
        """Record the last reports and release the jobs. Call it after ``stop``, and after the queue is closed."""
        if self._looking is not None:
            await cancel((self._looking,))
        await asyncio.gather(*(task for _, task in self._runners.values()), return_exceptions=True)

    async def _look_for_jobs(self) -> None:
        outage = Outage(_log, "jobs cannot be taken up; trying again", "jobs can be taken up again")
        while not self._stopping:
            self._look.clear()
            try:
                while not self._stopping and (job := await self._take()) is not None:
                    runner = JobRunner(job, self._store, self._queue, self._suites, self._pace)
                    if self._stopping:
                        runner.stop()  # so that it is let go
                    self._runners[job.id] = runner, asyncio.create_task(self._see_through(job, runner))
                    self._runners[job.id][1].add_done_callback(partial(self._ended, job.id))
            except StorageFailed as error:
                outage.failed(error.detail)
            else:
                outage.ended()
            await wait_for_event(self._look, _LOOK_S)

    async def _take(self) -> JobRecord | None:
        owners = Counter(runner.owner for runner, _ in self._runners.values())
        return await self._store.take(self._runners, [owner for owner, count in owners.items() if count >= _AT_ONCE])

    def _ended(self, job_id: str, _: asyncio.Task[None]) -> None:
        del self._runners[job_id]
        self._look.set()

    async def _see_through(self, job: JobRecord, runner: JobRunner) -> None:
        request_id.set(f"job-{job.id}")
        job_owner.set(job.owner)
        _log.info("job taken up", extra={"submissions": job.total, "done": job.done})
        try:
            await runner.run()
        except (UnknownJob, JobGone):
            _log.info("job removed while it ran")
        except (StorageFailed, NotReady) as error:
            _log.error("job put down", extra={"reason": error.detail})
        except Exception:
            _log.exception("job put down: a fault of the service")
            await asyncio.sleep(_LOOK_S)  # a job that is taken up again may fail again: do not loop without a pause
        with contextlib.suppress(StorageFailed):
            await self._store.release(job.id)
        _log.info("job let go")
