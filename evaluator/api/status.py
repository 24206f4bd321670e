"""GET /healthz, /readyz, /v1/languages and /v1/isolation."""

from __future__ import annotations

import asyncio
import sys

from fastapi import APIRouter, Request
from pydantic import ValidationError

from evaluator.errors import JudgeFault, NotReady
from evaluator.queueing.base import Queue
from evaluator.schema import Isolation, LanguageList, Readiness

router = APIRouter(tags=["status"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", response_model=Readiness)
async def readyz(request: Request) -> Readiness:
    """At least one worker is up; each has run a program in its sandbox before it says so."""
    queue: Queue = request.app.state.queue
    readiness = queue.readiness()
    if readiness.workers_ready == 0:
        raise NotReady("no worker is up; the log says why", **readiness.model_dump())
    return readiness


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
