"""PUT and HEAD /v1/suites/{sha256}."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from evaluator.api import body
from evaluator.api.documentation import takes
from evaluator.api.large import LargeBodies, is_large
from evaluator.api.reader import named_suite
from evaluator.errors import UnknownSuite
from evaluator.queueing.quotas import holder
from evaluator.schema import Suite
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


@router.head("/{sha256}", responses={200: {}, 404: {}})
async def has_suite(sha256: str, request: Request) -> Response:
    """Whether a suite is stored here."""
    if sha256 not in request.app.state.suites:
        raise UnknownSuite(sha256)
    return Response()
