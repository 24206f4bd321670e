"""A queue that counts the answers of another in the metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from evaluator.errors import ApiError
from evaluator.metrics import Metrics
from evaluator.queueing.base import Queue, QueueWrapper
from evaluator.schema import RunReport, RunRequest, Submission
from evaluator.written_report import WrittenReport
from sandbox.toolchain import canonical

_OUR_FAULT = 500


class MeteredQueue(QueueWrapper):
    """Counts the answers of the queue inside in the metrics."""

    def __init__(self, inside: Queue, metrics: Metrics) -> None:
        super().__init__(inside)
        self._metrics = metrics

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
        futures = super().grade(submissions)
        for submission, future in zip(submissions, futures, strict=True):
            future.add_done_callback(partial(self._graded, submission.language))
        return futures

    def run(self, request: RunRequest) -> asyncio.Future[RunReport]:
        future = super().run(request)
        future.add_done_callback(partial(self._ran, request.language))
        return future

    def _graded(self, language: str, future: asyncio.Future[WrittenReport]) -> None:
        if self._succeeded(future):
            self._metrics.graded(_name(language), future.result())

    def _ran(self, language: str, future: asyncio.Future[RunReport]) -> None:
        if self._succeeded(future):
            self._metrics.ran(_name(language), future.result())

    def _succeeded(self, future: asyncio.Future[WrittenReport] | asyncio.Future[RunReport]) -> bool:
        if future.cancelled():
            return False
        error = future.exception()
        if error is not None and not (isinstance(error, ApiError) and error.status < _OUR_FAULT):
            self._metrics.failed()
        return error is None


def _name(language: str) -> str:
    """Return the canonical name of a language."""
    return canonical(language) or "unknown"
