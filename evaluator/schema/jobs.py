"""Jobs: batches that outlive the connection they came by."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from evaluator.schema.base import Utf8, Verdict, Wire
from evaluator.schema.messages import Batch, Report

JobState = Literal["queued", "running", "cancelling", "finished", "cancelled"]
DeliveryState = Literal["waiting", "delivered", "given_up"]


class Webhook(Wire):
    """Where a summary is posted once the job is over; with a ``secret`` it is signed."""

    url: Annotated[Utf8, Field(min_length=8, max_length=2048)]
    secret: Utf8 | None = Field(None, min_length=16, max_length=256, repr=False)
    """``whsec_`` and base64 of the key, or any text, whose UTF-8 is the key."""


class JobRequest(Batch):
    """A batch to be graded whether or not its client stays."""

    webhook: Webhook | None = None


class JobAccepted(Wire):
    """The job is on stable storage."""

    job_id: str
    status_url: str


class Delivery(Wire):
    """How the webhook fares."""

    state: DeliveryState
    attempts: int


class JobStatus(Wire):
    """How a job fares. ``done`` of ``total`` submissions have their reports, whose verdicts are counted; the others of
    a job that was cancelled get the verdict ``cancelled``, so that in the end there is one report for each."""

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
    """Those that there are, by ``index``; null where they were not asked for."""

    @property
    def over(self) -> bool:
        """Whether every submission has its report."""
        return self.state in ("finished", "cancelled")


class JobReport(Wire):
    """A report as it comes. ``id`` counts the job's reports from 1: name the last one that came to go on after it."""

    event: Literal["report"] = "report"
    id: int
    report: Report


class JobOver(Wire):
    """Nothing comes after it."""

    event: Literal["over"] = "over"
    job: JobStatus
