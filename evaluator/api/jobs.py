"""POST /v1/jobs; GET and DELETE /v1/jobs/{job_id}; GET /v1/jobs/{job_id}/events."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response, StreamingResponse

from evaluator.api import body
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.api.grading import check, checked_submissions, large_bodies, with_suites
from evaluator.api.large import is_large
from evaluator.errors import InvalidIdempotencyKey, JobGone, JobTooLarge, StorageFailed, UnknownJob
from evaluator.jobs import webhooks
from evaluator.jobs.job import Idempotency, JobRecord, KeptReport, NewJob
from evaluator.jobs.service import Jobs
from evaluator.queueing.quotas import account, holder
from evaluator.schema import JobAccepted, JobOver, JobRequest, JobStatus, Submission, Webhook
from evaluator.schema.console import JobList
from evaluator.settings import Settings
from evaluator.suites import SuiteStore

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

LONGEST_WAIT_S = 300.0
_CANCEL_WAIT_S = 5.0
_KEEPALIVE_S = 15.0
"""An idle stream says something so often, lest something on the way takes it for dead."""
_PAGE = 256
_MOST_LISTED = 50
_SSE = "text/event-stream"
_IDEMPOTENCY_KEY = re.compile(r'"((?:[^"\\]|\\["\\]){1,255})"|([^"\\\s]{1,255})')

Wait = Annotated[float, Query(ge=0, le=LONGEST_WAIT_S, allow_inf_nan=False)]


@router.post(
    "", status_code=202, response_model=JobAccepted, openapi_extra=takes(JobRequest), responses={422: {}, 429: {}}
)
async def submit(
    request: Request, idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None
) -> Response:
    """Take in a batch that is graded whether or not its client stays. Answered once it is on stable storage.

    With an ``Idempotency-Key`` the same request may be sent again for as long as its job is kept, and gets the same
    answer.
    """
    data = await body.read(request, body.JSON)
    idempotency = None if idempotency_key is None else await _idempotency(request, idempotency_key, data)
    suites = _Suites(request.app.state.suites)
    webhook, bodies = await (_large if is_large(data) else _small)(request, data, suites)
    del data  # what is kept of it is in hand, and may be as large
    if webhook is not None:
        settings: Settings = request.app.state.settings
        await webhooks.check(webhook, settings.webhook_networks)
    job = await _added(request, NewJob(bodies, suites.canonical, webhook, idempotency, holder()))
    accepted = JobAccepted(job_id=job.id, status_url=f"/v1/jobs/{job.id}")
    return Response(accepted.model_dump_json(), 202, {"Location": accepted.status_url}, media_type=body.JSON)


@router.get("", response_model=JobList)
async def list_jobs(request: Request, limit: Annotated[int, Query(ge=1, le=_MOST_LISTED)] = 20) -> JobList:
    """List the newest jobs, without their reports. With keys, those of the caller's key."""
    await body.skip(request)
    return JobList(jobs=await newest(request, limit))


async def newest(request: Request, limit: int) -> tuple[JobStatus, ...]:
    """The newest jobs that the caller may see."""
    owner = None if account.get() is None else holder()
    return tuple(job.status() for job in await _jobs(request).store.newest(owner, limit))


@router.get("/{job_id}", response_model=JobStatus, responses={404: {}, 410: {}})
async def status(request: Request, job_id: str, wait: Wait = 0, reports: bool = True) -> Response:
    """Tell how a job fares, with the reports that there are, by index. ``wait``: answer once it is over, or after so
    many seconds."""
    await body.skip(request)
    await _own(request, job_id)
    job = await cancel_on_disconnect(request, _waited_for(_jobs(request), job_id, wait))
    return await _status_response(request, job, reports=reports)


@router.get("/{job_id}/events", responses={200: {"content": {_SSE: {}, body.NDJSON: {}}}, 204: {}, 404: {}, 410: {}})
async def events(
    request: Request,
    job_id: str,
    after: Annotated[int, Query(ge=0)] = 0,
    last_event_id: Annotated[int | None, Header(alias="Last-Event-ID", ge=0)] = None,
) -> Response:
    """Reports as they finish, then the job, as server-sent events, or with ``Accept: application/x-ndjson`` one a line.

    Events are numbered from 1; those after number ``Last-Event-ID``, or else ``after``, are sent. Who has had the last
    one already is answered 204.
    """
    await body.skip(request)
    jobs, first = _jobs(request), after if last_event_id is None else last_event_id
    job = await _own(request, job_id)
    if job.over and first > job.total:
        return Response(status_code=204)
    ndjson = body.NDJSON in request.headers.get("accept", "")
    pieces = _lines(jobs, job_id, first) if ndjson else _server_sent(jobs, job_id, first)
    return StreamingResponse(
        pieces,
        media_type=body.NDJSON if ndjson else _SSE,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.delete("/{job_id}", response_model=JobStatus, responses={204: {}, 404: {}, 410: {}})
async def cancel(request: Request, job_id: str, forget: bool = False) -> Response:
    """Cancel what has not been graded; reports that there are stay. A job that is over is left as it is, so that it
    does no harm to ask twice. ``forget``: remove the job and all its reports instead."""
    await body.skip(request)
    await _own(request, job_id)
    jobs = _jobs(request)
    if forget:
        await jobs.store.forget(job_id)
        return Response(status_code=204)
    await jobs.cancel(job_id)
    job = await cancel_on_disconnect(request, _waited_for(jobs, job_id, _CANCEL_WAIT_S))
    return await _status_response(request, job, reports=False)


async def _own(request: Request, job_id: str) -> JobRecord:
    """Return a job of the caller's. Those that came in without a key are anybody's, as they were promised to be.

    Raises:
        UnknownJob: there is none of that name, or it is another's: who guesses learns nothing.
        JobGone, StorageFailed
    """
    try:
        job = await _jobs(request).store.get(job_id)
    except JobGone as gone:
        if not _may_see(gone.owner):
            raise UnknownJob(job_id) from None
        raise
    if not _may_see(job.owner):
        raise UnknownJob(job_id)
    return job


def _may_see(owner: str) -> bool:
    return owner in ("", holder()) or account.get() is None


async def _added(request: Request, new: NewJob) -> JobRecord:
    """Keep a job; its submissions count for the rate of whoever sends them, once."""
    sender, is_new = account.get(), False
    if sender is not None:
        sender.charge(len(new.submissions))
    try:
        job, is_new = await _jobs(request).add(new)
    finally:
        if sender is not None and not is_new:
            sender.give_back(len(new.submissions))
    return job


async def _small(request: Request, data: bytes, suites: _Suites) -> tuple[Webhook | None, list[bytes]]:
    """A job's webhook, and its submissions as they are kept.

    Raises:
        ApiError: it cannot be taken in.
    """
    job_request = body.parse(JobRequest, data)
    _check_count(request, len(job_request.submissions))
    submissions = with_suites(request, job_request)
    check(request, submissions)
    return job_request.webhook, [suites.to_json(each) for each in submissions]


async def _large(request: Request, data: bytes, suites: _Suites) -> tuple[Webhook | None, list[bytes]]:
    """Do what ``_small`` does, with a body that another process parses."""
    summary, lines = await large_bodies(request).read(holder(), "job", data)
    _check_count(request, len(lines))
    return summary.webhook, [
        suites.to_json(each) async for some in checked_submissions(request, lines) for each in some
    ]


def _check_count(request: Request, count: int) -> None:
    settings: Settings = request.app.state.settings
    if count > settings.job_submissions:
        raise JobTooLarge(f"{count} submissions; at most {settings.job_submissions}: send more jobs")


class _Suites:
    """The suites that a job's submissions name, collected."""

    def __init__(self, store: SuiteStore) -> None:
        self._store = store
        self.canonical: dict[str, bytes] = {}

    def to_json(self, submission: Submission) -> bytes:
        """The submission as JSON, with its suite's full name instead of the suite."""
        if submission.suite is not None:
            name, _ = self._store.put(submission.suite)
        else:
            name = "sha256:" + str(submission.suite_id).removeprefix("sha256:")
        if name not in self.canonical:
            self.canonical[name] = self._store.canonical(name)
        by_name = submission.model_copy(update={"suite": None, "suite_id": name})
        return by_name.model_dump_json(exclude_none=True).encode()


async def _idempotency(request: Request, header: str, data: bytes) -> Idempotency:
    """The header is a string as of RFC 8941, in quotes; a bare one is understood too. Keys of different callers do not
    meet.

    Raises:
        InvalidIdempotencyKey
    """
    match = _IDEMPOTENCY_KEY.fullmatch(header.strip())
    if match is None:
        raise InvalidIdempotencyKey(
            'send 1 to 255 characters in quotes, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"'
        )
    caller = getattr(request.state, "key", None) or request.headers.get("authorization", "")
    key = hashlib.sha256(f"{caller}\0{match[1] or match[2]}".encode()).hexdigest()
    fingerprint = await asyncio.to_thread(hashlib.sha256, data)
    return Idempotency(key, fingerprint.hexdigest())


async def _waited_for(jobs: Jobs, job_id: str, wait_s: float) -> JobRecord:
    """The job, once it is over, or after that time."""
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_s
    with jobs.store.changes.of(job_id) as news:
        while True:
            news.read()
            job = await jobs.store.get(job_id)
            left = until - loop.time()
            if job.over or left <= 0 or jobs.store.changes.closing:
                return job
            await news.wait(left)


async def _status_response(request: Request, job: JobRecord, *, reports: bool) -> Response:
    if not reports:
        return Response(job.status().model_dump_json(), media_type=body.JSON)
    status = job.status().model_dump_json(exclude={"reports"}).encode()
    reports_so_far: list[KeptReport] = []
    while page := await _jobs(request).store.reports(job.id, reports_so_far[-1].number if reports_so_far else 0, _PAGE):
        reports_so_far += page
    reports_so_far.sort(key=lambda report: report.index)
    bodies = b",".join(report.body for report in reports_so_far)
    return Response(status[:-1] + b',"reports":[' + bodies + b"]}", media_type=body.JSON)


async def _lines(jobs: Jobs, job_id: str, after: int) -> AsyncIterator[bytes]:
    async for event in _followed(jobs, job_id, after):
        yield b"\n" if event is None else _as_json(event) + b"\n"


async def _server_sent(jobs: Jobs, job_id: str, after: int) -> AsyncIterator[bytes]:
    async for event in _followed(jobs, job_id, after):
        if event is None:
            yield b": nothing new\n\n"
            continue
        name, number = (b"over", event.total + 1) if isinstance(event, JobRecord) else (b"report", event.number)
        yield b"event: %b\nid: %d\ndata: %b\n\n" % (name, number, _as_json(event))


async def _followed(jobs: Jobs, job_id: str, after: int) -> AsyncIterator[KeptReport | JobRecord | None]:
    """A job's reports after a number, as they come; then the job. ``None``: nothing has come for a while."""
    loop = asyncio.get_running_loop()
    silent_since = loop.time()
    with jobs.store.changes.of(job_id) as news:
        while True:
            news.read()
            try:
                job = await jobs.store.get(job_id)  # before the reports: when it is over, they are all there
                page = await jobs.store.reports(job_id, after, _PAGE)
            except (UnknownJob, JobGone, StorageFailed):
                return
            for report in page:
                yield report
                after = report.number
            if page:
                silent_since = loop.time()
            elif job.over:
                yield job
                return
            elif jobs.store.changes.closing:
                return
            elif loop.time() - silent_since >= _KEEPALIVE_S:
                silent_since = loop.time()
                yield None
            else:
                await news.wait(_KEEPALIVE_S)


def _as_json(event: KeptReport | JobRecord) -> bytes:
    if isinstance(event, JobRecord):
        return JobOver(job=event.status()).model_dump_json().encode()
    return b'{"event":"report","id":%d,"report":%b}' % (event.number, event.body)


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs
