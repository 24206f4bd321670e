"""The console's messages: the reading of an answer, the state of the service, its verdicts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from evaluator.schema.base import Label, Text, Verdict, Wire
from evaluator.schema.jobs import JobStatus
from evaluator.schema.messages import Readiness, Report
from evaluator.schema.suite import Suite


class ExtractionRequest(Wire):
    """A model's whole answer to be read. ``suite`` tells which names the program must define."""

    response: Text
    language: Label = "python"
    suite: Suite | None = None


class AnswerPart(Wire):
    """A part of an answer. ``block``: a fenced block that was not taken. ``why`` is the reason."""

    kind: Literal["text", "program", "block", "reasoning"]
    text: str
    why: str = ""


class Extraction(Wire):
    """The program in an answer, or null; and the answer in parts that add up to it."""

    program: str | None
    parts: tuple[AnswerPart, ...]
    reason: str


class WorkerInfo(Wire):
    """A worker. ``task`` is what it does now, ``since_s`` for how long; ``seen_s`` is how long ago it was heard of."""

    name: str
    host: str
    isolation: str
    task: Literal["grade", "run", "check"] | None = None
    since_s: float | None = None
    seen_s: float = 0.0


class Minute(Wire):
    """The reports of one minute. ``p50_s`` and ``p95_s`` are from the queue to the answer; null without reports."""

    start: datetime
    reports: int
    p50_s: float | None
    p95_s: float | None
    verdicts: dict[Verdict, int]


class JudgeErrorNote(Wire):
    """A program that was not judged. The log has more under ``request_id``."""

    at: datetime
    request_id: str | None
    reason: str


class LiveView(Wire):
    """The answer of ``/v1/live``. ``minutes``, ``judge_errors`` and ``jobs`` are those of the caller's process and key;
    ``packages`` are those of this host's Python submissions."""

    now: datetime
    readiness: Readiness
    queue_limit: int
    workers: tuple[WorkerInfo, ...]
    minutes: tuple[Minute, ...]
    judge_errors: tuple[JudgeErrorNote, ...]
    jobs: tuple[JobStatus, ...]
    packages: dict[str, str]
    warnings: tuple[str, ...]
    api_processes: int = 1


class JobList(Wire):
    """The answer of ``GET /v1/jobs``: the newest first, without their reports."""

    jobs: tuple[JobStatus, ...]


class VerdictNote(Wire):
    """A report that the explorer keeps, with its program or answer; both are shortened where they are long."""

    at: datetime
    id: str | None
    language: str
    code: Text
    is_answer: bool = False
    relaxed: bool = False
    """True if it was accepted, and an exact comparison would have refused an output."""
    missing_module: bool = False
    """True if the report names a ``ModuleNotFoundError``."""
    report: Report


class VerdictList(Wire):
    """The answer of ``/v1/verdicts``. ``count`` of at most ``limit`` kept reports match; the shares and ``scores``, the
    counts of scores from 0 to 1 in ten classes, are of all of those; ``notes`` are the newest."""

    limit: int
    count: int
    verdicts: dict[Verdict, int]
    scores: tuple[int, ...]
    no_code: float
    missing_module: float
    relaxed: float
    notes: tuple[VerdictNote, ...]
