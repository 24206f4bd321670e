"""A queue that counts the answers of another: for the metrics, and for the console."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from evaluator.activity import Activity
from evaluator.errors import ApiError
from evaluator.log import request_id
from evaluator.metrics import Metrics
from evaluator.queueing.base import Queue, QueueWrapper
from evaluator.queueing.quotas import holder
from evaluator.schema import RunReport, RunRequest, Submission
from evaluator.written_report import WrittenReport
from sandbox.toolchain import canonical

_OUR_FAULT = 500


class MeteredQueue(QueueWrapper):
    """Counts the answers of the queue inside."""

    def __init__(self, inside: Queue, metrics: Metrics, activity: Activity) -> None:
        super().__init__(inside)
        self._metrics, self._activity = metrics, activity

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
        futures = super().grade(submissions)
        for submission, future in zip(submissions, futures, strict=True):
            future.add_done_callback(partial(self._graded, submission, holder(), request_id.get()))
        return futures

    def run(self, request: RunRequest) -> asyncio.Future[RunReport]:
        future = super().run(request)
        future.add_done_callback(partial(self._ran, request.language))
        return future

    def _graded(
        self, submission: Submission, name: str, request: str | None, future: asyncio.Future[WrittenReport]
    ) -> None:
        if self._succeeded(future):
            self._metrics.graded(_name(submission.language), future.result())
            self._activity.graded(submission, future.result(), name, request)

    def _ran(self, language: str, future: asyncio.Future[RunReport]) -> None:
        if self._succeeded(future):
            self._metrics.ran(_name(language), future.result())

    def _succeeded(self, future: asyncio.Future[WrittenReport] | asyncio.Future[RunReport]) -> bool:
        if future.cancelled():
            return False
        error = future.exception()
        if error is not None and not (isinstance(error, ApiError) and error.status < _OUR_FAULT):
            self._metrics.failed()
            self._activity.failed(str(error), holder(), request_id.get())
        return error is None


def _name(language: str) -> str:
    """Return the canonical name of a language."""
    return canonical(language) or "unknown"
