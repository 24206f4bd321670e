"""Jobs: batches that outlive their connection."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from evaluator.schema.base import Utf8, Verdict, Wire
from evaluator.schema.messages import Batch, Report

JobState = Literal["queued", "running", "cancelling", "finished", "cancelled"]
DeliveryState = Literal["waiting", "delivered", "given_up"]


class Webhook(Wire):
    """The address that gets a summary once the job is over. With a ``secret``, the summary is signed."""

    url: Annotated[Utf8, Field(min_length=8, max_length=2048)]
    secret: Utf8 | None = Field(None, min_length=16, max_length=256, repr=False)
    """``whsec_`` and base64 of the key, or any text, whose UTF-8 is the key."""


class JobRequest(Batch):
    """A batch to be graded even if its client disconnects."""

    webhook: Webhook | None = None


class JobAccepted(Wire):
    """The answer to a new job, once it is on stable storage."""

    job_id: str
    status_url: str


class Delivery(Wire):
    """The progress of the webhook's delivery."""

    state: DeliveryState
    attempts: int


class JobStatus(Wire):
    """The progress of a job. ``done`` of ``total`` submissions have their reports; ``verdicts`` counts those. In a job
    that was cancelled, the rest get the verdict ``cancelled``: in the end there is one report for each submission."""

    job_id: str
    state: JobState
    total: int
    done: int
    verdicts: dict[Verdict, int]
    created_at: datetime
    started_at: datetime | None = None
    over_at: datetime | None = None
    webhook: Delivery | None = None
    reports: tuple[Report, ...] | None = None
    """The reports so far, by ``index``; null if the request did not ask for them."""

    @property
    def over(self) -> bool:
        """True if every submission has its report."""
        return self.state in ("finished", "cancelled")


class JobReport(Wire):
    """The event of one report. ``id`` counts the job's reports from 1: to resume a stream, send the last one you
    have."""

    event: Literal["report"] = "report"
    id: int
    report: Report


class JobOver(Wire):
    """The last event of a job."""

    event: Literal["over"] = "over"
    job: JobStatus
