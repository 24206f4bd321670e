"""open-instruct's code verifier: ``POST /test_program`` for assertions, ``POST /test_program_stdio`` for inputs and
outputs, ``GET /health``. The models and the packed form of tests are those of its code_utils/api.py and code_utils.py.

A fault of ours is an error of the request, never a failed test.
"""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field, JsonValue

from evaluator.api import body
from evaluator.api.compat import shared
from evaluator.api.compat.labels import LabelSuites
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.api.problems import JsonAnswer
from evaluator.errors import ApiError, InvalidRequest, JudgeFault
from evaluator.schema import Mode, Report, Submission, Verdict, read_json
from evaluator.schema.shapes import RowTests, UnknownTests, read_row
from evaluator.schema.shapes.livecodebench import unpacked
from evaluator.written_report import WrittenReport

_MAX_BYTES = 256 << 20
"""Bound on packed tests."""
_FAILED_S = -1.0
"""open-instruct's runtime of a test that did not pass."""


class OpenInstructProgram(shared.Foreign):
    """``tests`` are a list, its JSON text, or its pickle, compressed and in base64."""

    program: str
    tests: JsonValue = Field(...)
    max_execution_time: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    """Seconds of one test."""


class OpenInstructResults(shared.Foreign):
    """One element for each test: 1 or 0, and seconds, -1 of a test that did not pass."""

    results: list[int]
    runtimes: list[float]


def _refusal(error: ApiError) -> Response:
    return JsonAnswer({"detail": error.detail}, error.status)


router = shared.router("open-instruct", _refusal)


@router.get("/health")
async def health() -> dict[str, str]:
    """Tell that the service answers."""
    return {"status": "healthy"}


@router.post("/test_program", response_model=OpenInstructResults, openapi_extra=takes(OpenInstructProgram))
async def test_program(request: Request) -> Response:
    """Judge a program by assertions, each by itself."""
    return await _tested(request, "program")


@router.post("/test_program_stdio", response_model=OpenInstructResults, openapi_extra=takes(OpenInstructProgram))
async def test_program_stdio(request: Request) -> Response:
    """Judge a program by inputs and outputs, compared by LiveCodeBench's rule."""
    return await _tested(request, "stdio")


async def _tested(request: Request, mode: Mode) -> Response:
    sent = await shared.read_body(request, OpenInstructProgram)
    if not sent.tests:
        return JsonAnswer(OpenInstructResults(results=[], runtimes=[]).model_dump())
    body.check_size(request, sent.program)
    suite, language = _suites.ready(request, sent.tests, "python", **_fields(mode, sent.max_execution_time))
    if suite.mode != mode:
        raise InvalidRequest("tests: /test_program takes assertions, /test_program_stdio inputs and outputs")
    submission = Submission(code=sent.program, language=language, suite_id=suite.id, policy="all", detail="tests")
    [report] = await cancel_on_disconnect(request, shared.grade(request, [submission]))
    results = _results(report, suite.tests or 0, sent.max_execution_time)
    return JsonAnswer(results.model_dump())


def _fields(mode: Mode, seconds: float) -> dict[str, Any]:
    if mode == "program":
        return {"limits": {"cpu_s": shared.cpu_s(seconds)}}
    return {"limits": {"cpu_s": shared.cpu_s(math.ceil(seconds))}, "checker": {"kind": "lcb"}}


def _results(written: WrittenReport, count: int, most_s: float) -> OpenInstructResults:
    if written.score is None:
        raise JudgeFault(f"the program was not judged ({written.verdict}): {written.reason or 'the log says why'}")
    report = read_json(Report, written.to_json())
    seconds = {test.index: test.cpu_s or 0.0 for test in report.tests if test.verdict is Verdict.ACCEPTED}
    passed = [number in seconds for number in range(count)]
    runtimes = [min(seconds[number], most_s) if number in seconds else _FAILED_S for number in range(count)]
    return OpenInstructResults(results=list(map(int, passed)), runtimes=runtimes)


def _row_of(tests: Any) -> RowTests:
    """Read tests in any of the forms that open-instruct's ``decode_tests`` knows.

    Raises:
        UnknownTests: they are none.
    """
    if not isinstance(tests, str):
        return read_row(tests)
    try:
        return read_row(json.loads(tests))
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnknownTests):
            raise
    plain = unpacked(tests, _MAX_BYTES)
    _check_plain(plain)
    return read_row(plain)


def _check_plain(tests: Any) -> None:
    """Refuse a pickle that is no list of texts, or of inputs and outputs. In a pickle one long text may be an element
    any number of times, so what all of them take is bounded.

    Raises:
        UnknownTests
    """
    listed = tests if isinstance(tests, list) else [tests]
    texts = [text for test in listed for text in (test.values() if isinstance(test, dict) else [test])]
    if not all(isinstance(text, str) for text in texts):
        raise UnknownTests("packed tests are a list of texts, or of inputs and outputs that are texts")
    if sum(map(len, texts)) > _MAX_BYTES:
        raise UnknownTests(f"packed tests take more than {_MAX_BYTES >> 20} MiB")


_suites = LabelSuites(_row_of, "tests")
