"""Judge0's routes about itself: who may ask, its version, its workers."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from evaluator.api.compat import shared

VERSION = "1.13.1"
"""Of Judge0: what its clients know its languages' numbers by."""
_ISOLATE = "Programs run in a sandbox of this service's own, not in isolate: GET /v1/isolation describes it.\n"
_LICENSE = "Apache-2.0: MicroCoder-Evaluator, which answers as Judge0 does and holds no code of it.\n"
router = APIRouter(tags=["drop-in: Judge0"])


@router.post("/authenticate")
@router.post("/authorize")
async def authenticate() -> Response:
    """Answer whoever gets here: where keys are asked for, only with one. There is one kind of keys."""
    return Response()


@router.get("/about")
async def about() -> dict[str, str]:
    """Name the Judge0 that this answers like."""
    return {"version": VERSION, "homepage": "https://judge0.com", "source_code": "", "maintainer": ""}


@router.get("/version", response_class=PlainTextResponse)
async def version() -> str:
    """Name its version."""
    return VERSION


@router.get("/isolate", response_class=PlainTextResponse)
async def isolate() -> str:
    """Tell what stands in the place of isolate."""
    return _ISOLATE


@router.get("/license", response_class=PlainTextResponse)
async def license_text() -> str:
    """Name the license."""
    return _LICENSE


@router.get("/workers")
async def workers(request: Request) -> list[dict[str, int | str]]:
    """Count the workers, and the submissions that wait for one."""
    now = shared.queue_of(request).readiness()
    working = min(now.queued, now.workers_ready)
    return [
        {
            "queue": VERSION,
            "size": now.queued - working,
            "available": now.workers_ready,
            "idle": now.workers_ready - working,
            "working": working,
            "paused": 0,
            "failed": 0,
        }
    ]
