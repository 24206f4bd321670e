"""Deduplication: equal submissions of one request are graded once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from evaluator.errors import QueueFull
from evaluator.queueing.base import Queue
from evaluator.schema import Submission, Text
from evaluator.written_report import WrittenReport

_Content = tuple[str, Text | None, Text | None, tuple[tuple[str, str], ...], str, str, str]
"""A submission without its id."""


def grade_once(queue: Queue, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
    """Grade submissions as ``queue.grade`` does, but equal ones once. Submissions that differ only in their ``id`` get
    the report of the first of them, marked as cached. If that report is not repeatable (``Report.repeatable``), each is
    graded by itself. Submissions that contain their suite are not compared.

    Raises:
        QueueFull, BatchTooLarge: they do not fit.
    """
    first: dict[_Content | int, int] = {}
    twins = [first.setdefault(_content(submission, i), i) for i, submission in enumerate(submissions)]
    own = [i for i, twin in enumerate(twins) if i == twin]
    reports = dict(zip(own, queue.grade([submissions[i] for i in own]), strict=True))
    return [
        reports[i] if i == twin else asyncio.ensure_future(_twin(queue, submissions[i], reports[twin]))
        for i, twin in enumerate(twins)
    ]


def _content(submission: Submission, number: int) -> _Content | int:
    if submission.suite_id is None:
        return number
    program = submission.code, submission.response, tuple(submission.files.items())
    return submission.language, *program, submission.suite_id, submission.policy, submission.detail


async def _twin(queue: Queue, submission: Submission, first: asyncio.Future[WrittenReport]) -> WrittenReport:
    report = await asyncio.shield(first)
    copy = report.model_copy(update={"id": submission.id, "cached": True})
    if report.repeatable:
        return copy
    try:
        [own] = queue.grade([submission])
    except QueueFull:
        return copy
    return await own
