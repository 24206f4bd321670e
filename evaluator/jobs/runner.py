"""Drives the jobs of a store that nobody else drives."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from functools import partial

from evaluator.errors import JobGone, NotReady, StorageFailed, UnknownJob
from evaluator.jobs.drive import Drive
from evaluator.jobs.job import Job
from evaluator.jobs.pace import Pace
from evaluator.jobs.store import JobStore
from evaluator.log import request_id
from evaluator.queueing.base import Queue
from evaluator.queueing.quotas import job_owner
from evaluator.suites import SuiteStore

_log = logging.getLogger(__name__)
_AT_ONCE = 8
"""Jobs of one owner that share this process's queue; further ones wait, and no other owner's behind them."""
_LOOK_S = 1.0
"""How often it is seen whether there is a job that its process has left."""


class Runner:
    """A process's share in the work on jobs. All methods are called from the event loop's thread."""

    def __init__(self, store: JobStore, queue: Queue, suites: SuiteStore) -> None:
        self._store, self._queue, self._suites = store, queue, suites
        self._pace = Pace(queue)
        self._drives: dict[str, tuple[Drive, asyncio.Task[None]]] = {}
        self._look = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._looking = asyncio.create_task(self._look_for_jobs())

    def look(self) -> None:
        """There may be a job to drive."""
        self._look.set()

    def stop(self) -> None:
        """Feed the queue no more."""
        if self._looking is not None:
            self._looking.cancel()
        for drive, _ in self._drives.values():
            drive.stop()

    async def close(self) -> None:
        """After ``stop``, and after the queue is closed: record what has come back, and let go of the jobs."""
        await asyncio.gather(*(task for _, task in self._drives.values()), return_exceptions=True)

    async def _look_for_jobs(self) -> None:
        while True:
            self._look.clear()
            try:
                while (job := await self._take()) is not None:
                    drive = Drive(job, self._store, self._queue, self._suites, self._pace)
                    self._drives[job.id] = drive, asyncio.create_task(self._see_through(job, drive))
                    self._drives[job.id][1].add_done_callback(partial(self._ended, job.id))
            except StorageFailed as error:
                _log.error("jobs cannot be taken up", extra={"reason": error.detail})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), _LOOK_S)

    async def _take(self) -> Job | None:
        owners = Counter(drive.owner for drive, _ in self._drives.values())
        return await self._store.take(self._drives, [owner for owner, count in owners.items() if count >= _AT_ONCE])

    def _ended(self, job_id: str, _: asyncio.Task[None]) -> None:
        del self._drives[job_id]
        self._look.set()

    async def _see_through(self, job: Job, drive: Drive) -> None:
        request_id.set(f"job-{job.id}")
        job_owner.set(job.owner)
        _log.info("job taken up", extra={"submissions": job.total, "done": job.done})
        try:
            await drive.run()
        except (UnknownJob, JobGone):
            _log.info("job removed while it ran")
        except (StorageFailed, NotReady) as error:
            _log.error("job put down", extra={"reason": error.detail})
        except Exception:
            _log.exception("job put down: a fault of the service")
            await asyncio.sleep(_LOOK_S)  # it is taken up again, and may end in the same way
        with contextlib.suppress(StorageFailed):
            await self._store.release(job.id)
        _log.info("job let go")
