"""The protocol of stores of jobs, and their bounds."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from evaluator.cancellation import wait_for_event
from evaluator.errors import JobTooLarge, TooManyJobs
from evaluator.jobs.job import JobRecord, KeptReport, NewJob, NewReport
from evaluator.schema.jobs import DeliveryState
from evaluator.settings import Settings
from sandbox.limits import MIB

KEPT_GONE = 100_000
"""The number of removed jobs that a store remembers."""


class StoreUnusable(OSError):
    """Jobs cannot be stored there; the message says why."""


@dataclass(frozen=True, slots=True)
class StoreBounds:
    """The bounds of a store."""

    jobs: int
    """Jobs that are not over, at most."""
    size: int
    """Bytes of all jobs together, at most. Jobs that are over are evicted, the oldest first; others never are."""
    kept_s: float
    """Seconds for which a job that is over is kept, unless its room is needed."""
    share: float
    """The share of ``jobs`` and ``size`` that one key's jobs may take while they are not over."""

    @classmethod
    def of(cls, settings: Settings) -> StoreBounds:
        return cls(settings.jobs_limit, settings.jobs_mb * MIB, settings.jobs_kept_h * 3600, settings.key_share)

    def jobs_of(self, owner: str) -> int:
        """Return the number of jobs of one key that may be open. Without keys, that is the bound of all."""
        return max(1, int(self.jobs * self.share)) if owner else self.jobs

    def size_of(self, owner: str) -> int:
        """Return the bytes that the open jobs of one key may take. Without keys, that is the bound of all."""
        return int(self.size * self.share) if owner else self.size

    def check_size(self, new: NewJob) -> None:
        """Check that a job fits at all.

        Raises:
            JobTooLarge: it would not fit into an empty store.
        """
        if new.size > (most := self.size_of(new.owner)):
            raise JobTooLarge(f"{new.size} bytes; at most {most} are kept of all your jobs together: send less")

    def check_open(self, new: NewJob, jobs: int, own: int, own_size: int) -> None:
        """Check that a job may be added to the open ones: ``jobs`` of all owners, and ``own`` of its owner, which take
        ``own_size`` bytes.

        Raises:
            TooManyJobs: it may not now.
        """
        if jobs >= self.jobs:
            raise TooManyJobs(f"{jobs} jobs are not over yet")
        if own >= self.jobs_of(new.owner):
            raise TooManyJobs(f"{own} jobs of this key are not over yet, which is its share of {self.jobs} (key_share)")
        if own_size + new.size > self.size_of(new.owner):
            raise TooManyJobs(f"jobs of this key that are not over yet take its share of {self.size} bytes (key_share)")


def state_of(*, delivered: bool, again_s: float | None) -> DeliveryState:
    """Return the state of a delivery after an attempt."""
    if delivered:
        return "delivered"
    return "given_up" if again_s is None else "waiting"


class HeldJobState(Enum):
    """The state of a job that a process holds."""

    GOING_ON = auto()
    CANCELLED = auto()
    """The submissions without a report are to get one with verdict ``cancelled``."""
    LOST = auto()
    """The job is over or gone, or another process holds it."""


class JobStore(Protocol):
    """Jobs on stable storage, shared by all processes that run them.

    One process at a time holds a job, or a webhook's delivery. When that process ends, in whatever way, another can
    take over. If two hold the same job for a moment, as when one was wrongly believed dead, no harm is done: of two
    reports of a submission the first is kept.

    Every method raises ``StorageFailed`` if the storage fails; then nothing of it has been done, or all. Methods that
    take a ``job_id`` raise ``UnknownJob`` if there was no such job, and ``JobGone`` if it was removed.
    """

    changes: Changes

    async def open(self) -> None:
        """Open the storage.

        Raises:
            StoreUnusable: jobs cannot be stored there.
        """

    async def close(self) -> None:
        """Release everything that this process holds."""

    async def add(self, new: NewJob) -> tuple[JobRecord, bool]:
        """Store a job. Once this returns, the job survives the end of any process. If its idempotency key is known, the
        earlier job is returned instead. The second value is True if the job is new.

        Raises:
            TooManyJobs, JobTooLarge, IdempotencyKeyReused: it was not stored.
        """

    async def get(self, job_id: str) -> JobRecord:
        """Return a job as it is now."""

    async def newest(self, owner: str | None, limit: int) -> list[JobRecord]:
        """Return up to ``limit`` jobs of an owner, or with None of all, the newest first."""

    async def reports(self, job_id: str, after: int, limit: int) -> list[KeptReport]:
        """Return up to ``limit`` reports with numbers above ``after``, in order of their numbers."""

    async def cancel(self, job_id: str) -> JobRecord:
        """Ask the process that runs a job to cancel its submissions without a report. A job that is over stays as it
        is."""

    async def forget(self, job_id: str) -> None:
        """Remove a job, even if it is not over."""

    async def take(self, holding: Collection[str], busy: Collection[str]) -> JobRecord | None:
        """Take hold of a job that is not over and that no process holds, if there is one: cancelled jobs first, then
        the oldest. ``holding`` has the jobs that this process runs already. Of the owners in ``busy``, only cancelled
        jobs are taken."""

    async def hold(self, job_id: str) -> HeldJobState:
        """Renew the hold on a job."""

    async def release(self, job_id: str) -> None:
        """Give up the hold on a job, so that another process can take it."""

    async def done(self, job_id: str) -> set[int]:
        """Return the indexes of the submissions that have their reports."""

    async def submissions(self, job_id: str, indexes: Sequence[int]) -> list[bytes]:
        """Return some of a job's submissions, in the order of ``indexes``. A job that is over has none any more."""

    async def suite(self, suite_id: str) -> bytes:
        """Return a suite, in canonical form, of a job that is not over.

        Raises:
            SuiteNotFound: no open job has such a suite.
        """

    async def record(self, job_id: str, reports: Sequence[NewReport]) -> None:
        """Store reports, except for submissions that have one. With the last report the job is over. Even without
        reports, the call marks the job as started."""

    async def take_delivery(self, holding: Collection[str], busy: Collection[str]) -> JobRecord | None:
        """Take hold of a webhook's delivery that is due, that no process holds and whose owner is not ``busy``, if
        there is one: the one that has been due longest. The hold lasts as long as an attempt may take."""

    async def attempted(self, job_id: str, *, delivered: bool, again_s: float | None) -> None:
        """Record an attempt at delivery, and give up the hold on it. If it failed, the next attempt is due in
        ``again_s`` seconds; with None there is none."""

    async def sweep(self) -> None:
        """Remove jobs that have been kept for long enough, or that exceed the store's size."""


class News:
    """A signal that something about a job may have changed."""

    def __init__(self, changes: Changes, recheck_s: float) -> None:
        self._changes, self._recheck_s = changes, recheck_s
        self.event = asyncio.Event()

    def read(self) -> None:
        """Reset the signal. Call it before you read the job: later changes set it again."""
        if not self._changes.closing:
            self.event.clear()

    async def wait(self, longest_s: float) -> None:
        """Wait until there may be news, for at most ``longest_s`` seconds. Changes by other processes may go unnoticed,
        so it never waits longer than the interval of rechecks."""
        await wait_for_event(self.event, min(longest_s, self._recheck_s))


class Changes:
    """The signals of all jobs that somebody waits for. Call all methods from the event loop's thread."""

    def __init__(self, recheck_s: float) -> None:
        self.closing = False
        """True once the service is about to end: nobody is to wait any longer."""
        self._recheck_s = recheck_s
        self._waiting: defaultdict[str, set[News]] = defaultdict(set)

    @contextlib.contextmanager
    def of(self, job_id: str) -> Iterator[News]:
        """Subscribe to a job's changes for the length of a ``with`` block."""
        news = News(self, self._recheck_s)
        self._waiting[job_id].add(news)
        if self.closing:
            news.event.set()
        try:
            yield news
        finally:
            self._waiting[job_id].discard(news)
            if not self._waiting[job_id]:
                del self._waiting[job_id]

    def tell(self, job_id: str) -> None:
        """Wake all that wait for this job."""
        for news in self._waiting.get(job_id, ()):
            news.event.set()

    def close(self) -> None:
        """Wake all that wait for any job, and let nobody wait from now on."""
        self.closing = True
        for waiting in self._waiting.values():
            for news in waiting:
                news.event.set()
