"""GET /healthz, /readyz and /v1/languages."""

from __future__ import annotations

from fastapi import APIRouter, Request

from evaluator.errors import NotReady
from evaluator.queueing.base import Queue
from evaluator.schema import LanguageList, Readiness

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


@router.get("/v1/languages", response_model=LanguageList)
async def list_languages(request: Request) -> LanguageList:
    """The languages whose toolchains were found to work here."""
    queue: Queue = request.app.state.queue
    return LanguageList(languages=queue.languages.infos())
