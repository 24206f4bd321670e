"""GET /healthz, /readyz, /metrics, /v1/languages and /v1/isolation; POST /v1/languages/refresh."""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import time

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import ValidationError

from evaluator.api import body
from evaluator.errors import ApiError, JudgeFault, NotReady, QueueFull
from evaluator.log import request_id
from evaluator.metrics import Metrics
from evaluator.queueing.base import Queue
from evaluator.schema import Isolation, LanguageList, Limits, Readiness, Submission, Suite, TestCase

_EXAMINED_S = 60.0

router = APIRouter(tags=["status"])


_log = logging.getLogger(__name__)
_FRESH_S = 5.0
"""An answer holds for so long: asking often makes no work."""
_PATIENCE_S = 5.0
_REPLACED_S = 60.0
"""Seconds that a request waits until the workers are replaced."""
_CODE = "print(sum(map(int, input().split())))"


class ReadinessProbe:
    """Judges a program when it is asked, at most every few seconds; who asks meanwhile hears the same."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._trying: asyncio.Task[str | None] | None = None
        self._tried_at = 0.0

    async def check(self) -> None:
        """
        Raises:
            NotReady: the program was not judged, or not as it should.
        """
        if self._trying is None or (self._trying.done() and time.monotonic() - self._tried_at > _FRESH_S):
            self._trying = asyncio.create_task(self._fault())
        if (fault := await asyncio.shield(self._trying)) is not None:
            raise NotReady(fault)

    async def _fault(self) -> str | None:
        """Return what is wrong. A queue that has much to do is not: it answers when it is the probe's turn."""
        request_id.set(None)  # of this task alone: whoever asked first did not send this program
        try:
            [judged] = self._queue.grade([_submission()])
            try:
                await asyncio.wait([judged], timeout=_PATIENCE_S)
                if not judged.done():
                    return None if self._busy() else f"a probe program was not judged in {_PATIENCE_S:g} s"
                report = judged.result()
            finally:
                judged.cancel()
        except QueueFull:
            return None
        except ApiError as error:
            _log.error("a probe program was not judged", extra={"reason": error.detail})
            return "a probe program was not judged; the log says why"
        else:
            if report.score == 1:
                return None
            # What went wrong names our own files, which are nobody's business but the operator's.
            _log.error("a probe program was misjudged", extra={"verdict": report.verdict, "reason": report.reason})
            return f"a probe program was judged {report.verdict}; the log says why"
        finally:
            self._tried_at = time.monotonic()

    def _busy(self) -> bool:
        """Tell if every worker may well have something else to do than the probe."""
        now = self._queue.readiness()
        return now.queued - 1 >= now.workers_ready > 0


def _submission() -> Submission:
    """One that no cache knows, and that needs a whole answer."""
    a, b = random.randrange(1 << 30), random.randrange(1 << 30)
    tests = (TestCase(input=f"{a} {b}\n", output=f"{a + b}\n"),)
    suite = Suite(mode="stdio", tests=tests, limits=Limits(cpu_s=2, memory_mb=256), isolation="per_test")
    return Submission(code=_CODE, suite=suite, detail="summary")


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Answer, as a sign of life."""
    return {"status": "ok"}


@router.get("/readyz", response_model=Readiness)
async def readyz(request: Request) -> Readiness:
    """Answer if a worker is up, and a program was judged as it should be in the last few seconds."""
    state = request.app.state
    if state.leaving.is_set():
        raise NotReady("the service is being stopped")
    queue: Queue = state.queue
    readiness = queue.readiness()
    if readiness.workers_ready == 0:
        raise NotReady("no worker is up; the log says why", **readiness.model_dump())
    probe: ReadinessProbe = state.probe
    await probe.check()
    return queue.readiness()  # as it is now: the probe may have waited for its turn


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Return the metrics in Prometheus's text format."""
    service_metrics: Metrics = request.app.state.metrics
    return Response(service_metrics.scrape(), media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/isolation", response_model=Isolation)
async def isolation(request: Request) -> Isolation:
    """Show what the host grants: each mechanism and tier, tried. The answer is kept, since trying takes a second."""
    examination: Examination = request.app.state.examination
    return await examination.result()


class Examination:
    """Findings of the doctor. It is asked on the first request and not again before a while has passed; requests
    meanwhile wait for the same answer."""

    def __init__(self) -> None:
        self._asking: asyncio.Task[Isolation] | None = None
        self._asked_at = 0.0

    async def result(self) -> Isolation:
        """
        Raises:
            JudgeFault: it did not answer.
        """
        now = time.monotonic()
        if self._asking is None or (self._asking.done() and now - self._asked_at > _EXAMINED_S):
            self._asking, self._asked_at = asyncio.create_task(_ask_doctor()), now
        return await asyncio.shield(self._asking)


async def _ask_doctor() -> Isolation:
    """Run the doctor in a process of its own, since it forks."""
    doctor = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "evaluator", "doctor", "--json", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await doctor.communicate()
    try:
        return Isolation.model_validate_json(output)
    except ValidationError as error:
        raise JudgeFault("the host could not be examined; the log says why") from error


@router.get("/v1/languages", response_model=LanguageList)
async def list_languages(request: Request) -> LanguageList:
    """List the languages whose toolchains were found to work here."""
    queue: Queue = request.app.state.queue
    return LanguageList(languages=queue.languages.infos())


@router.post("/v1/languages/refresh", response_model=LanguageList)
async def refresh_languages(request: Request) -> LanguageList:
    """Look at once for languages and Python packages that were installed or removed, and list them. Workers that lack
    them are replaced, each after the task that it has in hand."""
    await body.skip(request)
    queue: Queue = request.app.state.queue
    try:
        async with asyncio.timeout(_REPLACED_S):
            await queue.refresh()
    except TimeoutError:
        raise NotReady(
            f"the workers are not replaced after {_REPLACED_S:g} s: each ends the task that it has in hand, or a host "
            "cannot look, as its worker's log says; GET /v1/languages has the new list once they are"
        ) from None
    return await list_languages(request)
