"""The console: its pages at ``/``, and what only they ask for: /v1/extract, /v1/live and /v1/verdicts."""

from __future__ import annotations

import asyncio
import gzip
import logging
import time
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response

from evaluator.activity import Activity
from evaluator.api import body
from evaluator.api.documentation import takes
from evaluator.api.jobs import newest
from evaluator.api.middleware import CONSOLE_PATH
from evaluator.api.status import Examination
from evaluator.errors import BodyTooLarge, JudgeFault, NothingKept, NotReady, StorageFailed
from evaluator.extraction.bounded import LONG, Extractor
from evaluator.languages import missing_packages
from evaluator.queueing.base import Queue
from evaluator.queueing.quotas import account, holder
from evaluator.schema import Isolation, to_string
from evaluator.schema.base import Verdict
from evaluator.schema.console import AnswerPart, Extraction, ExtractionRequest, LiveView, VerdictList
from evaluator.settings import Settings
from evaluator.web import CONSOLE
from sandbox.toolchain import canonical

_log = logging.getLogger(__name__)
router = APIRouter(tags=["console"])
pages = APIRouter(include_in_schema=False)
_JOBS_SHOWN = 20
_NOTES_SHOWN = 100
_FACTS_S = 300.0
_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
_A_YEAR = "public, max-age=31536000, immutable"
"""For files whose names have a hash of what is in them."""


@pages.get("/")
async def page() -> Response:
    """The console."""
    return FileResponse(CONSOLE / "index.html", media_type="text/html")


@cache
def _compressed(file: Path) -> bytes:
    """A file of the console as gzip has it, a third of its size. The files never change while a service runs."""
    return gzip.compress(file.read_bytes(), mtime=0)


@pages.get(CONSOLE_PATH + "assets/{name}")
async def asset(name: str, request: Request) -> Response:
    """A file of the console, compressed for whoever reads that."""
    file = CONSOLE / "assets" / name
    if file.parent != CONSOLE / "assets" or file.suffix not in _TYPES or not file.is_file():
        return Response(status_code=404)
    headers = {"Cache-Control": _A_YEAR, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(file, media_type=_TYPES[file.suffix], headers=headers)
    data = await asyncio.to_thread(_compressed, file)
    return Response(data, media_type=_TYPES[file.suffix], headers={**headers, "Content-Encoding": "gzip"})


@router.post("/v1/extract", response_model=Extraction, openapi_extra=takes(ExtractionRequest))
async def extract(request: Request) -> Extraction:
    """Show what is taken of a model's answer as its program, and why the rest is not. Nothing is run."""
    extraction = body.parse(ExtractionRequest, await body.read(request, body.JSON))
    response = to_string(extraction.response)
    if len(response) > LONG:
        raise BodyTooLarge(f"an answer of {len(response)} characters; at most {LONG} are explained")
    queue: Queue = request.app.state.queue
    queue.languages.require(extraction.language)
    extractor: Extractor = request.app.state.extractor
    explanation = await extractor.explain(
        response, canonical(extraction.language) or extraction.language, extraction.suite
    )
    parts = tuple(AnswerPart(**asdict(part)) for part in explanation.parts)
    return Extraction(program=explanation.program, parts=parts, reason=explanation.reason)


@router.get("/v1/live", response_model=LiveView)
async def live(request: Request) -> LiveView:
    """Show how the service fares: workers, the last 15 minutes, judge errors, jobs, and what this host lacks."""
    await body.skip(request)
    state = request.app.state
    queue: Queue = state.queue
    activity: Activity = state.activity
    host: HostNotice = state.host
    settings: Settings = state.settings
    await host.refresh()
    try:
        jobs = await newest(request, _JOBS_SHOWN)
    except StorageFailed:
        jobs = ()
    readiness = queue.readiness()
    warnings = list(queue.warnings())
    warnings += [] if readiness.workers_ready else ["no worker is up: programs wait, or are refused"]
    try:
        packages = dict(queue.languages.packages)
        warnings += missing_packages(packages)
    except NotReady:  # no worker has said what it has
        packages = {}
    return LiveView(
        now=datetime.now(UTC),
        readiness=readiness,
        queue_limit=settings.queue_limit,
        workers=await queue.workers(),
        minutes=activity.minutes(),
        judge_errors=activity.errors(_only_own()),
        jobs=jobs,
        packages=packages,
        warnings=(*warnings, *host.warnings),
        api_processes=settings.api_processes,
    )


@router.get("/v1/verdicts", response_model=VerdictList, responses={404: {}})
async def verdicts(
    request: Request,
    name: Annotated[str, Query(max_length=200)] = "",
    verdict: Verdict | None = None,
    limit: Annotated[int, Query(ge=1, le=_NOTES_SHOWN)] = 20,
) -> VerdictList:
    """Show the reports that this process keeps with their programs (``MICROCODER_EXPLORER_REPORTS``), by ids that hold
    ``name``. With keys, those of the caller's key."""
    await body.skip(request)
    activity: Activity = request.app.state.activity
    if not activity.limit:
        raise NothingKept()
    return activity.verdicts(_only_own(), name=name, verdict=verdict, most=limit)


def _only_own() -> str | None:
    """The key's holder, who sees what is theirs; None where nobody has a key."""
    return None if account.get() is None else holder()


class HostNotice:
    """The mechanisms of the kernel that this host lacks. It looks when the console asks, and not again before a while
    has passed."""

    def __init__(self, examination: Examination) -> None:
        self._examination = examination
        self._looked_at: float | None = None
        self._looking: asyncio.Task[None] | None = None
        self.warnings: tuple[str, ...] = ()

    async def refresh(self) -> None:
        """Begin to look, if it is time. Whoever asks meanwhile hears what was known before."""
        due = self._looked_at is None or time.monotonic() - self._looked_at > _FACTS_S
        if due and (self._looking is None or self._looking.done()):
            self._looked_at = time.monotonic()
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        warnings: list[str] = []
        try:
            warnings += _lacks(await self._examination.result())
        except JudgeFault as fault:
            _log.error("the host could not be examined", extra={"reason": fault.detail})
        self.warnings = tuple(warnings)


def _lacks(isolation: Isolation) -> list[str]:
    """Return the mechanisms of the kernel that matter and do not work here, each as a sentence."""
    lacks = []
    if not any(each.works for each in isolation.mechanisms if each.name.startswith("cgroup v")):
        lacks.append("no control groups: memory is limited process by process")
    if isolation.tier != "namespaces":
        lacks.append(f"isolation is {isolation.tier}: namespaces are not granted here (`microcoder doctor` says why)")
    return lacks
