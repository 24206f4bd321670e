"""What a store of jobs promises."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from evaluator.errors import JobTooLarge, TooManyJobs
from evaluator.jobs.changes import Changes
from evaluator.jobs.job import Job, KeptReport, NewJob, NewReport
from evaluator.schema.jobs import DeliveryState
from evaluator.settings import Settings
from sandbox.limits import MIB

KEPT_GONE = 100_000
"""Of so many jobs it is still known that they were here."""


class StoreUnusable(OSError):
    """Jobs cannot be kept there; the message says why."""


@dataclass(frozen=True, slots=True)
class StoreBounds:
    """How much is kept."""

    jobs: int
    """That are not over."""
    size: int
    """Bytes of all jobs together: those over longest go first, the others never."""
    kept_s: float
    """For so long a job that is over stays, room permitting."""
    share: float
    """Of ``jobs`` and ``size``, what the jobs of one key that are not over may take."""

    @classmethod
    def of(cls, settings: Settings) -> StoreBounds:
        return cls(settings.jobs_limit, settings.jobs_mb * MIB, settings.jobs_kept_h * 3600, settings.key_share)

    def jobs_of(self, owner: str) -> int:
        """Most jobs of one key that are not over; where no keys are asked for, all."""
        return max(1, int(self.jobs * self.share)) if owner else self.jobs

    def size_of(self, owner: str) -> int:
        """Bytes, likewise."""
        return int(self.size * self.share) if owner else self.size

    def check_size(self, new: NewJob) -> None:
        """
        Raises:
            JobTooLarge: there is never room for it.
        """
        if new.size > (most := self.size_of(new.owner)):
            raise JobTooLarge(f"{new.size} bytes; at most {most} are kept of all your jobs together: send less")

    def check_open(self, new: NewJob, jobs: int, own: int, own_size: int) -> None:
        """Whether one more may be open beside all ``jobs``, and its owner's ``own`` of ``own_size`` bytes.

        Raises:
            TooManyJobs
        """
        if jobs >= self.jobs:
            raise TooManyJobs(f"{jobs} jobs are not over yet")
        if own >= self.jobs_of(new.owner):
            raise TooManyJobs(f"{own} jobs of this key are not over yet, which is its share of {self.jobs} (key_share)")
        if own_size + new.size > self.size_of(new.owner):
            raise TooManyJobs(f"jobs of this key that are not over yet take its share of {self.size} bytes (key_share)")


def state_of(*, delivered: bool, again_s: float | None) -> DeliveryState:
    """How a delivery stands after an attempt."""
    if delivered:
        return "delivered"
    return "given_up" if again_s is None else "waiting"


class HeldJobState(Enum):
    """How it stands with a job that a process holds."""

    GOING_ON = auto()
    CANCELLED = auto()
    """What has no report yet is to get one that says so."""
    LOST = auto()
    """It is over or gone, or another process holds it."""


class JobStore(Protocol):
    """Jobs on stable storage, shared by all processes that drive them.

    A job, and a webhook's delivery, is held by one process at a time; when that ends, in whatever way, another can
    take it over. Two that hold the same for a moment, as when one was thought dead, do no harm: of two reports of a
    submission the first stays.

    Every method raises ``StorageFailed`` when the storage does; nothing has been done then, or all of it has. Those
    that take a ``job_id`` raise ``UnknownJob`` or ``JobGone`` where there is no such job (any more).
    """

    changes: Changes

    async def open(self) -> None:
        """
        Raises:
            StoreUnusable
        """

    async def close(self) -> None:
        """Let go of everything that this process holds."""

    async def add(self, new: NewJob) -> tuple[Job, bool]:
        """Keep a job; when this returns it survives whatever happens to the processes. Where its idempotency key is
        known already, the job of that. Also, whether it is new.

        Raises:
            TooManyJobs, JobTooLarge, IdempotencyKeyReused
        """

    async def get(self, job_id: str) -> Job:
        """How a job fares."""

    async def reports(self, job_id: str, after: int, limit: int) -> list[KeptReport]:
        """Up to ``limit`` reports that came after number ``after``, in the order in which they came."""

    async def cancel(self, job_id: str) -> Job:
        """Have whoever drives it cancel what has no report yet. Of a job that is over nothing is changed."""

    async def forget(self, job_id: str) -> None:
        """Remove it, whether it is over or not."""

    async def take(self, holding: Collection[str], busy: Collection[str]) -> Job | None:
        """Hold a job that is not over and that nobody holds, if there is one; what is cancelled first, then the oldest.
        ``holding`` are those that this process drives already. Of the owners ``busy`` only what is cancelled is taken.
        """

    async def hold(self, job_id: str) -> HeldJobState:
        """Go on holding a job that was taken."""

    async def release(self, job_id: str) -> None:
        """Let another process hold it."""

    async def done(self, job_id: str) -> set[int]:
        """The submissions that have their reports."""

    async def submissions(self, job_id: str, indexes: Sequence[int]) -> list[bytes]:
        """Some of its submissions, in that order; those of a job that is over are not kept."""

    async def suite(self, suite_id: str) -> bytes:
        """A suite, in canonical form, of a job that is not over.

        Raises:
            UnknownSuite
        """

    async def record(self, job_id: str, reports: Sequence[NewReport]) -> None:
        """Keep reports, each unless its submission has one. With the last one the job is over. No reports: it has been
        started."""

    async def take_delivery(self, holding: Collection[str], busy: Collection[str]) -> Job | None:
        """Hold a webhook's delivery that is due and that nobody holds, of an owner that is not ``busy``, if there is
        one; what has been due for longest first. It is held for as long as an attempt takes."""

    async def attempted(self, job_id: str, *, delivered: bool, again_s: float | None) -> None:
        """Note an attempt at delivery, and let go of it. Unless it was delivered, the next one is due in ``again_s``
        seconds; None: it is given up."""

    async def sweep(self) -> None:
        """Remove what has been kept for long enough, or takes the room of what is newer."""
