"""GET /healthz, /readyz, /metrics, /v1/languages and /v1/isolation."""

from __future__ import annotations

import asyncio
import sys

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import ValidationError

from evaluator.api.probe import Probe
from evaluator.errors import JudgeFault, NotReady
from evaluator.metrics import Metrics
from evaluator.queueing.base import Queue
from evaluator.schema import Isolation, LanguageList, Readiness

router = APIRouter(tags=["status"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", response_model=Readiness)
async def readyz(request: Request) -> Readiness:
    """A worker is up, and a program has been judged as it should be, in the last few seconds."""
    state = request.app.state
    if state.leaving.is_set():
        raise NotReady("the service is being stopped")
    queue: Queue = state.queue
    readiness = queue.readiness()
    if readiness.workers_ready == 0:
        raise NotReady("no worker is up; the log says why", **readiness.model_dump())
    probe: Probe = state.probe
    await probe.check()
    return readiness


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """What Prometheus asks for, in its text format."""
    told: Metrics = request.app.state.metrics
    return Response(told.scrape(), media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/isolation", response_model=Isolation)
async def isolation(request: Request) -> Isolation:
    """What the host grants, each mechanism and each tier tried; the answer is kept, since trying takes a second."""
    state = request.app.state
    if state.isolation is None:
        state.isolation = await _examined()
    answer: Isolation = state.isolation
    return answer


async def _examined() -> Isolation:
    """What the doctor finds; in a process of its own, since it forks."""
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
    """The languages whose toolchains were found to work here."""
    queue: Queue = request.app.state.queue
    return LanguageList(languages=queue.languages.infos())
