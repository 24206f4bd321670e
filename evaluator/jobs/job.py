"""The data of a job in a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from evaluator.schema import Delivery, JobState, JobStatus, Verdict, Webhook
from evaluator.schema.jobs import DeliveryState


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The identity of a request that may be sent again: ``key`` is the client's name for it, ``fingerprint`` that of
    its body."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job before it is stored: ``submissions`` as JSON, each with its suite's id; ``suites`` in canonical form, by
    id."""

    submissions: Sequence[bytes]
    suites: Mapping[str, bytes]
    webhook: Webhook | None = None
    idempotency: Idempotency | None = None
    owner: str = ""
    """The name of the key that it came with; empty if the service asks for none."""

    @property
    def size(self) -> int:
        """Bytes that it takes in the store at first."""
        return sum(map(len, self.submissions)) + sum(map(len, self.suites.values()))


@dataclass(frozen=True, slots=True)
class JobRecord:
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
        """True if every submission has its report."""
        return self.over_s is not None

    def status(self) -> JobStatus:
        """Return the job's status for clients, without the webhook's secret."""
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
    """A report to be stored, as JSON; ``index`` is its submission's."""

    index: int
    verdict: Verdict
    body: bytes


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report in a store. ``number`` counts the job's reports from 1, in the order of their arrival."""

    number: int
    index: int
    body: bytes


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
