"""Jobs, put together: their store, who drives them, who tells that they are over."""

from __future__ import annotations

import asyncio
import logging

from evaluator.errors import StorageFailed
from evaluator.jobs.job import Job, NewJob
from evaluator.jobs.runner import Runner
from evaluator.jobs.sqlite import SqliteJobStore
from evaluator.jobs.store import JobStore, StoreBounds
from evaluator.jobs.webhooks import Deliveries
from evaluator.queueing.base import Queue
from evaluator.settings import Settings
from evaluator.suites import SuiteStore

_log = logging.getLogger(__name__)
_LONGEST_SWEEP_S = 60.0


class Jobs:
    """What a process of the service does about jobs."""

    def __init__(self, settings: Settings, queue: Queue, suites: SuiteStore) -> None:
        self.store = _store(settings)
        self._runner = Runner(self.store, queue, suites)
        self._deliveries = Deliveries(self.store, settings.webhook_networks, settings.webhook_attempts)
        self._sweep_s = min(_LONGEST_SWEEP_S, max(1.0, settings.jobs_kept_h * 360))
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what was left by those before.

        Raises:
            StoreUnusable
        """
        await self.store.open()
        self._runner.start()
        self._deliveries.start()
        self._sweeping = asyncio.create_task(self._sweep())

    async def add(self, new: NewJob) -> tuple[Job, bool]:
        """Keep a job, and have it driven. Also, whether it is new here.

        Raises:
            TooManyJobs, JobTooLarge, IdempotencyKeyReused, StorageFailed
        """
        added = await self.store.add(new)
        self._runner.look()
        return added

    async def cancel(self, job_id: str) -> None:
        """Have what has no report yet cancelled, by whoever drives the job.

        Raises:
            UnknownJob, JobGone, StorageFailed
        """
        await self.store.cancel(job_id)
        self._runner.look()

    def drain(self) -> None:
        """The service is about to end: nobody waits here any longer, and jobs stay as they are for the next start."""
        self._runner.stop()
        self.store.changes.close()

    async def close(self) -> None:
        """After ``drain``, and after the queue is closed: keep what has come back of it."""
        self.drain()
        if self._sweeping is None:
            return
        self._sweeping.cancel()
        await self._runner.close()
        await self._deliveries.close()
        await self.store.close()

    async def _sweep(self) -> None:
        while True:
            try:
                await self.store.sweep()
            except StorageFailed as error:
                _log.error("jobs cannot be swept", extra={"reason": error.detail})
            await asyncio.sleep(self._sweep_s)


def _store(settings: Settings) -> JobStore:
    if settings.redis_url is not None:
        from evaluator.jobs.redis import RedisJobStore  # its client is slow to import

        return RedisJobStore(settings.redis_url, StoreBounds.of(settings), settings.lease_s)
    return SqliteJobStore(settings.data_dir / "jobs", StoreBounds.of(settings))
