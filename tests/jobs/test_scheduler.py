"""The scheduler of jobs, and the queue that it feeds, told to stop at an unlucky moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

from evaluator.counts import Counts
from evaluator.jobs.service import Jobs
from evaluator.queueing.embedded import EmbeddedQueue
from evaluator.schema import Submission
from evaluator.settings import Settings
from tests.raw_request import sleeping
from tests.waiting import DEADLINE_S


def test_it_takes_no_more_jobs_though_its_cancellation_was_lost(tmp_path: Path) -> None:
    """Redis's client loses one that comes together with a timeout."""

    async def run() -> bool:
        settings = Settings(workers=1, data_dir=tmp_path)
        queue = EmbeddedQueue(settings)
        jobs = Jobs(settings, queue, queue.suites, Counts())
        await jobs.start()
        scheduler = jobs._scheduler
        try:
            looking, scheduler._looking = scheduler._looking, None  # which is not cancelled then
            scheduler.stop()
            scheduler.look()
            assert looking is not None
            done, _ = await asyncio.wait([looking], timeout=DEADLINE_S)
            return bool(done)
        finally:
            await jobs.close()

    assert asyncio.run(run())


def test_a_queue_that_is_closed_keeps_nobody_waiting(tmp_path: Path) -> None:
    """A job's submissions may come as late, since they are read from its store first."""

    async def run() -> bool:
        queue = EmbeddedQueue(Settings(workers=1, data_dir=tmp_path))
        await queue.close()
        [late] = queue.grade([Submission.model_validate(sleeping(0))])
        return late.cancelled()

    assert asyncio.run(run())
