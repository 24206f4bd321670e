"""GET /healthz, /readyz, /metrics, /v1/languages and /v1/isolation."""

from __future__ import annotations

import asyncio
import sys
import time

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import ValidationError

from evaluator.api.probe import ReadinessProbe
from evaluator.errors import JudgeFault, NotReady
from evaluator.metrics import Metrics
from evaluator.queueing.base import Queue
from evaluator.schema import Isolation, LanguageList, Readiness

_EXAMINED_S = 60.0

router = APIRouter(tags=["status"])


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
    return readiness


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
    """In a process of its own, since it forks."""
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
