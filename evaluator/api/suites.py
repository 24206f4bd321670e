"""PUT and HEAD /v1/suites/{sha256}."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from evaluator.api import body
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.api.large import LargeBodies, is_large
from evaluator.api.reader import named_suite
from evaluator.errors import BodyTooLarge, InvalidRequest, SuiteNotFound
from evaluator.queueing.base import Queue
from evaluator.queueing.quotas import holder
from evaluator.schema import Suite, SuiteCheck
from evaluator.suites import SuiteStore

router = APIRouter(prefix="/v1/suites", tags=["suites"])


@router.put("/{sha256}", openapi_extra=takes(Suite), responses={200: {}, 201: {}})
async def put_suite(sha256: str, request: Request) -> Response:
    """Store a suite under the SHA-256 of its canonical form; 201 when it is new here, 200 when it was known."""
    data = await body.read(request, body.JSON)
    if is_large(data):
        large: LargeBodies = request.app.state.large
        summary, _ = await large.read(holder(), "suite", data, suite_id=sha256)
        [suite_id], new = summary.suites, summary.new
    else:
        suite = named_suite(sha256, body.parse(Suite, data))
        store: SuiteStore = request.app.state.suites
        suite_id, new = store.put(suite)
    return JSONResponse({"suite_id": suite_id}, status_code=201 if new else 200)


@router.post("/check", response_model=SuiteCheck, openapi_extra=takes(Suite))
async def check_suite(request: Request) -> Response:
    """Say how a suite of mode program is judged: which way, each assertion with its kind and why it is open, what a
    submission that computes nothing would have to guess, and what the suite's reference showed. Nothing is stored."""
    data = await body.read(request, body.JSON)
    if is_large(data):
        raise BodyTooLarge("a suite this large is not checked: send a few of its tests")
    suite = body.parse(Suite, data)
    queue: Queue = request.app.state.queue
    queue.languages.require("python", suite.mode)
    if suite.mode != "program":
        raise InvalidRequest(f'suites of mode "program" can be checked; this one has mode "{suite.mode}"')
    report = await cancel_on_disconnect(request, queue.check(suite))
    return Response(report.model_dump_json(), media_type=body.JSON)


@router.head("/{sha256}", responses={200: {}, 404: {}})
async def has_suite(sha256: str, request: Request) -> Response:
    """Ask if a suite is stored here."""
    if sha256 not in request.app.state.suites:
        raise SuiteNotFound(sha256)
    return Response()
