"""What is kept of a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from evaluator.schema import Delivery, JobState, JobStatus, Verdict, Webhook
from evaluator.schema.jobs import DeliveryState


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The name under which a request may come again. ``key`` is unique to its sender, ``fingerprint`` to its body."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job as it comes in: ``submissions`` as JSON, each naming its suite; ``suites`` in canonical form, by id."""

    submissions: Sequence[bytes]
    suites: Mapping[str, bytes]
    webhook: Webhook | None = None
    idempotency: Idempotency | None = None
    owner: str = ""
    """Whose key it came with, by name; empty where no keys are asked for."""

    @property
    def size(self) -> int:
        """Bytes that are kept of it, at first."""
        return sum(map(len, self.submissions)) + sum(map(len, self.suites.values()))


@dataclass(frozen=True, slots=True)
class Job:
    """A job in a store. Times are seconds since the epoch by the store's clock, for show."""

    id: str
    total: int
    done: int
    verdicts: Mapping[Verdict, int]
    created_s: float
    started_s: float | None
    over_s: float | None
    cancelled: bool
    webhook: Webhook | None = field(repr=False)
    delivery: DeliveryState | None
    attempts: int
    owner: str

    @property
    def state(self) -> JobState:
        if self.over_s is not None:
            return "cancelled" if self.cancelled else "finished"
        if self.cancelled:
            return "cancelling"
        return "queued" if self.started_s is None else "running"

    @property
    def over(self) -> bool:
        """Whether every submission has its report."""
        return self.over_s is not None

    def status(self) -> JobStatus:
        """What is told of it; never the webhook's secret."""
        return JobStatus(
            job_id=self.id,
            state=self.state,
            total=self.total,
            done=self.done,
            verdicts=dict(self.verdicts),
            created_at=_time(self.created_s),
            started_at=None if self.started_s is None else _time(self.started_s),
            over_at=None if self.over_s is None else _time(self.over_s),
            webhook=None if self.delivery is None else Delivery(state=self.delivery, attempts=self.attempts),
        )


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report to be kept, as JSON; ``index`` is its submission's."""

    index: int
    verdict: Verdict
    body: bytes


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report in a store. ``number`` counts those of its job from 1, in the order in which they came."""

    number: int
    index: int
    body: bytes


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
