"""The service's part for jobs: their store, the scheduler and the delivery of webhooks."""

from __future__ import annotations

import asyncio
import logging

from evaluator.cancellation import cancel
from evaluator.counts import Counts
from evaluator.errors import StorageFailed
from evaluator.jobs.job import JobRecord, NewJob
from evaluator.jobs.job_scheduler import JobScheduler
from evaluator.jobs.sqlite import SqliteJobStore
from evaluator.jobs.store import JobStore, StoreBounds
from evaluator.jobs.webhooks import Deliveries
from evaluator.log import Outage
from evaluator.queueing.base import Queue
from evaluator.settings import Settings
from evaluator.suites import SuiteStore

_log = logging.getLogger(__name__)
_LONGEST_SWEEP_S = 60.0


class Jobs:
    """Everything that a process of the service does for jobs."""

    def __init__(self, settings: Settings, queue: Queue, suites: SuiteStore, counts: Counts) -> None:
        self.store = _store(settings)
        self._scheduler = JobScheduler(self.store, queue, suites, counts)
        self._deliveries = Deliveries(self.store, settings.webhook_networks, settings.webhook_attempts)
        self._sweep_s = min(_LONGEST_SWEEP_S, max(1.0, settings.jobs_kept_h * 360))
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the store, and take up jobs that earlier processes have left.

        Raises:
            StoreUnusable: jobs cannot be stored there.
        """
        await self.store.open()
        self._scheduler.start()
        self._deliveries.start()
        self._sweeping = asyncio.create_task(self._sweep())

    async def add(self, new: NewJob) -> tuple[JobRecord, bool]:
        """Store a job and have it run. Returns the job, and True if it is new.

        Raises:
            TooManyJobs, JobTooLarge, IdempotencyKeyReused, StorageFailed: it was not stored.
        """
        added = await self.store.add(new)
        self._scheduler.look()
        return added

    async def cancel(self, job_id: str) -> None:
        """Cancel a job's submissions without a report. The process that runs the job does it.

        Raises:
            UnknownJob, JobGone, StorageFailed: nothing was changed.
        """
        await self.store.cancel(job_id)
        self._scheduler.look()

    def drain(self) -> None:
        """Prepare for the service's end: wake all that wait, and leave the jobs as they are for the next start."""
        self._scheduler.stop()
        self.store.changes.close()

    async def close(self) -> None:
        """Record the last reports and close the store. Call it after ``drain``, and after the queue is closed."""
        self.drain()
        if self._sweeping is None:
            return
        await cancel((self._sweeping,))
        await self._scheduler.close()
        await self._deliveries.close()
        await self.store.close()

    async def _sweep(self) -> None:
        outage = Outage(_log, "jobs cannot be swept; trying again", "jobs can be swept again")
        while True:
            try:
                await self.store.sweep()
            except StorageFailed as error:
                outage.failed(error.detail)
            else:
                outage.ended()
            await asyncio.sleep(self._sweep_s)


def _store(settings: Settings) -> JobStore:
    if settings.redis_url is not None:
        from evaluator.jobs.redis import RedisJobStore  # its client is slow to import

        return RedisJobStore(settings.redis_url, StoreBounds.of(settings), settings.lease_s)
    bounds, has_siblings = StoreBounds.of(settings), settings.api_processes > 1
    return SqliteJobStore(settings.data_dir / "jobs", bounds, has_siblings=has_siblings)
