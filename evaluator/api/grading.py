"""POST /v1/grade, /v1/grade/batch and /v1/run."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from evaluator.api import body
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.api.large import LargeBodies, is_large
from evaluator.api.reader import submissions_of_lines
from evaluator.errors import ApiError, BatchTooLarge
from evaluator.queueing.base import Queue
from evaluator.queueing.duplicates import grade_once
from evaluator.queueing.quotas import holder
from evaluator.schema import Batch, Mode, Report, Reports, RunReport, RunRequest, Submission
from evaluator.settings import Settings
from evaluator.suites import SuiteStore
from evaluator.written_report import WrittenReport

router = APIRouter(tags=["grading"])
_TOGETHER_S = 0.1
"""A piece of an answer costs whoever sends and whoever reads it as much as the lines of several reports."""
_A_FEW = 64
R = TypeVar("R")


@router.post("/v1/grade", response_model=Report, openapi_extra=takes(Submission))
async def grade(request: Request) -> Response:
    """Grade one submission and wait for its report."""
    data = await body.read(request, body.JSON)
    if is_large(data):
        _, [data] = await large_bodies(request).read(holder(), "submission", data)
    submission = body.parse(Submission, data)
    check(request, [submission], "the submission")
    return await _answered(request, _queue(request).grade([submission]), lambda reports: reports[0].to_json())


@router.post("/v1/grade/batch", response_model=Reports, openapi_extra=takes(Batch))
async def grade_batch(request: Request) -> Response:
    """Grade many. Reports come in order; with ``Accept: application/x-ndjson`` one a line, as they finish.

    The body is a batch, or with ``Content-Type: application/x-ndjson`` one submission a line. A batch with a
    submission that cannot be graded is refused as a whole, before anything is run.
    """
    data = await body.read(request, body.JSON, body.NDJSON)
    submissions = await _submissions_of(request, data)
    reports = grade_once(_queue(request), submissions)
    if body.NDJSON in request.headers.get("accept", ""):
        return StreamingResponse(_as_they_finish(reports), media_type=body.NDJSON)
    return await _answered(request, reports, _together)


@router.post("/v1/run", response_model=RunReport, openapi_extra=takes(RunRequest))
async def run(request: Request) -> Response:
    """Run a program once, without judging it."""
    run_request = body.parse(RunRequest, await body.read(request, body.JSON))
    _queue(request).languages.require(run_request.language)
    body.check_size(request, run_request.code)
    return await _answered(request, [_queue(request).run(run_request)], _run_answer)


async def _submissions_of(request: Request, data: bytes) -> list[Submission]:
    """Return the submissions of a body, checked.

    Raises:
        ApiError: as ``check`` does, and what is wrong with the body.
    """
    lines = body.media_type(request) == body.NDJSON
    if not is_large(data):
        parsed = list(submissions_of_lines(data)) if lines else with_suites(request, body.parse(Batch, data))
        check(request, parsed)
        return parsed
    _, submissions = await large_bodies(request).read(holder(), "lines" if lines else "batch", data)
    settings: Settings = request.app.state.settings
    if len(submissions) > settings.queue_limit:
        raise BatchTooLarge(f"{len(submissions)} submissions at once; the queue holds {settings.queue_limit}")
    return [each async for some in checked_submissions(request, submissions) for each in some]


async def checked_submissions(request: Request, lines: Sequence[bytes]) -> AsyncIterator[list[Submission]]:
    """Yield the submissions of a large body, checked, a few at a time; others have their turn in between.

    Raises:
        ApiError: as ``check`` does.
    """
    for start in range(0, len(lines), _A_FEW):
        some = [body.parse(Submission, line) for line in lines[start : start + _A_FEW]]
        check(request, some, first=start)
        yield some
        await asyncio.sleep(0)


def with_suites(request: Request, batch: Batch) -> list[Submission]:
    """Return a batch's submissions, its own suites stored and named by their ids."""
    store = _store(request)
    stored = {key: store.put(suite)[0] for key, suite in batch.suites.items()}
    return [
        submission.model_copy(update={"suite_id": stored[submission.suite_id]})
        if submission.suite_id in stored
        else submission
        for submission in batch.submissions
    ]


def check(
    request: Request, submissions: Sequence[Submission], where: str = "submissions[{}]", *, first: int = 0
) -> None:
    """Refuse what no worker could grade, before it is queued. ``first`` is the number of the first of them."""
    modes: dict[str, Mode] = {}
    for index, submission in enumerate(submissions, first):
        try:
            _check(request, submission, modes)
        except ApiError as error:
            error.detail = f"{where.format(index)}: {error.detail}"
            raise


def _check(request: Request, submission: Submission, modes: dict[str, Mode]) -> None:
    """``modes`` are those of suites that are known to be stored."""
    languages, suite_id = _queue(request).languages, submission.suite_id
    languages.require(submission.language)
    if suite_id is not None and suite_id not in modes:
        modes[suite_id] = _store(request).mode_of(suite_id)
    languages.of_submission(submission, submission.suite.mode if submission.suite else modes[suite_id or ""])
    body.check_size(request, submission.code or submission.response or "".join(submission.files.values()))


def _together(reports: Sequence[WrittenReport]) -> bytes:
    """Return the reports of a batch in one answer."""
    return b'{"reports":[%b]}' % b",".join(report.to_json(index) for index, report in enumerate(reports))


def _run_answer(reports: Sequence[RunReport]) -> bytes:
    return reports[0].model_dump_json().encode()


async def _answered(
    request: Request, waited_for: Sequence[asyncio.Future[R]], answer: Callable[[list[R]], bytes]
) -> Response:
    """Return the answer once all of it is there. Work for which nobody waits any more is given up."""
    try:
        reports = await cancel_on_disconnect(request, asyncio.gather(*waited_for))
        return Response(answer(reports), media_type=body.JSON)
    finally:
        _drop(waited_for)


async def _as_they_finish(reports: Sequence[asyncio.Future[WrittenReport]]) -> AsyncIterator[bytes]:
    """Yield a line for each. Those that finish within a moment travel together, the last ones at once."""
    finished: list[int] = []
    one, all_ = asyncio.Event(), asyncio.Event()
    left = len(reports)

    def note(index: int, _: object) -> None:
        finished.append(index)
        one.set()
        if len(finished) == left:
            all_.set()

    for index, report in enumerate(reports):
        report.add_done_callback(partial(note, index))
    try:
        while left:
            await one.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TOGETHER_S):
                    await all_.wait()
            lines = [reports[index].result().to_json(index) for index in finished]
            left -= len(finished)
            finished.clear()
            one.clear()
            yield b"".join(b"%b\n" % line for line in lines)
    finally:
        _drop(reports)


def _drop(reports: Sequence[asyncio.Future[R]]) -> None:
    """Give up what still waits: its client is gone, or a fault has ended the request."""
    for report in reports:
        report.cancel()


def large_bodies(request: Request) -> LargeBodies:
    """Return who reads bodies that are large."""
    large: LargeBodies = request.app.state.large
    return large


def _queue(request: Request) -> Queue:
    queue: Queue = request.app.state.queue
    return queue


def _store(request: Request) -> SuiteStore:
    store: SuiteStore = request.app.state.suites
    return store
