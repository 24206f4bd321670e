"""Judge0: ``/submissions`` (waited for, polled, in batches, base64), ``/languages``, ``/statuses``, ``/about``.

By app/controllers/submissions_controller.rb and app/models of judge0/judge0. Results are kept in this process for an
hour, the last 10,000 of them.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from evaluator.api import body
from evaluator.api.compat.running import Lenient, asked, limits, refused, timed_out
from evaluator.api.documentation import takes
from evaluator.api.waiting import held
from evaluator.checking import text
from evaluator.errors import ApiError, InvalidRequest
from evaluator.grading.report import ENGINE
from evaluator.languages import Languages
from evaluator.schema import RunReport, RunRequest, to_bytes

router = APIRouter(tags=["Judge0"])
LANGUAGES: Mapping[int, tuple[str, str]] = {
    46: ("Bash (5.0.0)", "bash"),
    48: ("C (GCC 7.4.0)", "c"),
    49: ("C (GCC 8.3.0)", "c"),
    50: ("C (GCC 9.2.0)", "c"),
    103: ("C (GCC 14.1.0)", "c"),
    52: ("C++ (GCC 7.4.0)", "cpp17"),
    53: ("C++ (GCC 8.3.0)", "cpp17"),
    54: ("C++ (GCC 9.2.0)", "cpp17"),
    105: ("C++ (GCC 14.1.0)", "cpp"),
    51: ("C# (Mono 6.6.0.161)", "csharp"),
    59: ("Fortran (GFortran 9.2.0)", "fortran"),
    60: ("Go (1.13.5)", "go"),
    95: ("Go (1.18.5)", "go"),
    61: ("Haskell (GHC 8.8.1)", "haskell"),
    62: ("Java (OpenJDK 13.0.1)", "java"),
    91: ("Java (JDK 17.0.6)", "java"),
    63: ("JavaScript (Node.js 12.14.0)", "javascript"),
    93: ("JavaScript (Node.js 18.15.0)", "javascript"),
    97: ("JavaScript (Node.js 20.17.0)", "javascript"),
    78: ("Kotlin (1.3.70)", "kotlin"),
    64: ("Lua (5.3.5)", "lua"),
    65: ("OCaml (4.09.0)", "ocaml"),
    67: ("Pascal (FPC 3.0.4)", "pascal"),
    85: ("Perl (5.28.1)", "perl"),
    68: ("PHP (7.4.1)", "php"),
    71: ("Python (3.8.1)", "python"),
    92: ("Python (3.11.2)", "python"),
    100: ("Python (3.12.5)", "python"),
    80: ("R (4.0.0)", "r"),
    72: ("Ruby (2.7.0)", "ruby"),
    73: ("Rust (1.40.0)", "rust"),
    108: ("Rust (1.85.0)", "rust"),
    82: ("SQL (SQLite 3.27.2)", "sql"),
    74: ("TypeScript (3.7.4)", "typescript"),
    94: ("TypeScript (5.0.3)", "typescript"),
}
"""Their numbers and names, which clients write down, and the language of ours that answers to them."""
STATUSES = {
    1: "In Queue", 2: "Processing", 3: "Accepted", 4: "Wrong Answer", 5: "Time Limit Exceeded", 6: "Compilation Error",
    7: "Runtime Error (SIGSEGV)", 8: "Runtime Error (SIGXFSZ)", 9: "Runtime Error (SIGFPE)",
    10: "Runtime Error (SIGABRT)", 11: "Runtime Error (NZEC)", 12: "Runtime Error (Other)", 13: "Internal Error",
    14: "Exec Format Error",
}  # fmt: skip
_OF_SIGNAL = {11: 7, 25: 8, 8: 9, 6: 10}
_KEPT, _KEPT_S = 10_000, 3600.0
_LARGEST_BATCH = 20
_SHOWN = ("token", "time", "memory", "stdout", "stderr", "compile_output", "message", "status")
_TEXTS = ("stdout", "stderr", "compile_output", "message", "source_code", "stdin", "expected_output")
_UNSUPPORTED = ("additional_files", "callback_url", "compiler_options")
_DEFAULTS = {"cpu_time_limit": 5.0, "wall_time_limit": 10.0, "memory_limit": 128_000.0}


class NewSubmission(Lenient):
    """A program and its input. Times are seconds, memory KiB."""

    source_code: str | None = None
    language_id: int
    stdin: str | None = None
    expected_output: str | None = None
    command_line_arguments: str | None = None
    cpu_time_limit: float | None = None
    wall_time_limit: float | None = None
    memory_limit: float | None = None
    redirect_stderr_to_stdout: bool | None = None
    enable_network: bool | None = None
    additional_files: str | None = None
    callback_url: str | None = None
    compiler_options: str | None = None


class NewSubmissions(Lenient):
    submissions: list[NewSubmission]


@dataclass
class _Kept:
    """A submission, and its result once there is one."""

    token: str
    asked: dict[str, Any]
    work: asyncio.Task[None] | None = None
    since: float = field(default_factory=time.monotonic)
    result: dict[str, Any] = field(default_factory=lambda: {"status": _status(1)})

    def shown(self, fields: str | None, encoded: bool) -> dict[str, Any]:
        everything = {"token": self.token, **dict.fromkeys(_SHOWN[1:]), **self.asked, **self.result}
        names = _SHOWN if not fields else (everything if fields == "*" else fields.split(","))
        return {name: _as_asked(name, everything.get(name), encoded) for name in names}


class _Store:
    """The last submissions by their tokens."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def add(self, kept: _Kept) -> None:
        self._kept[kept.token] = kept
        for token in [token for token, old in self._kept.items() if kept.since - old.since > _KEPT_S]:
            del self._kept[token]
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def get(self, token: str) -> _Kept | None:
        return self._kept.get(token)

    def remove(self, token: str) -> None:
        self._kept.pop(token, None)


@router.post("/submissions", openapi_extra=takes(NewSubmission), status_code=201)
async def create(
    request: Request, wait: bool = False, base64_encoded: bool = False, fields: str | None = None
) -> Response:
    """Run a program; its token, or with ``wait`` its result."""
    wanted = body.parse(NewSubmission, await body.read(request, body.JSON))
    kept = _taken(request, wanted, base64_encoded)
    if wait and kept.work is not None:
        await asyncio.shield(kept.work)
        return JSONResponse(kept.shown(fields, base64_encoded), 201)
    return JSONResponse({"token": kept.token}, 201)


@router.post("/submissions/batch", openapi_extra=takes(NewSubmissions), status_code=201)
async def create_batch(request: Request, base64_encoded: bool = False) -> Response:
    """Up to 20 programs; their tokens."""
    wanted = body.parse(NewSubmissions, await body.read(request, body.JSON)).submissions
    if len(wanted) > _LARGEST_BATCH:
        error = f"number of submissions in a batch should be less than or equal to {_LARGEST_BATCH}"
        return JSONResponse({"error": error}, 400)
    return JSONResponse([_token_or_error(request, each, base64_encoded) for each in wanted], 201)


@router.get("/submissions/batch")
async def show_batch(
    request: Request, tokens: str, base64_encoded: bool = False, fields: str | None = None
) -> Response:
    """The results of several; null for what is not known."""
    found = [_store(request).get(token) for token in tokens.split(",")]
    return JSONResponse({"submissions": [kept and kept.shown(fields, base64_encoded) for kept in found]})


@router.get("/submissions/{token}")
async def show(request: Request, token: str, base64_encoded: bool = False, fields: str | None = None) -> Response:
    """The result of one, as far as there is one."""
    kept = _store(request).get(token)
    return JSONResponse({}, 404) if kept is None else JSONResponse(kept.shown(fields, base64_encoded))


@router.delete("/submissions/{token}")
async def delete(request: Request, token: str, fields: str | None = None) -> Response:
    """Forget a submission that has ended."""
    kept = _store(request).get(token)
    if kept is None:
        return JSONResponse({}, 404)
    if kept.work is not None and not kept.work.done():
        return JSONResponse({"error": "submission cannot be deleted because its status is 1 (In Queue)"}, 400)
    _store(request).remove(token)
    return JSONResponse(kept.shown(fields, False))


@router.get("/languages")
async def languages(request: Request) -> Response:
    """Their numbers for what works here."""
    here = request.app.state.queue.languages.versions
    return JSONResponse([{"id": number, "name": name} for number, (name, ours) in LANGUAGES.items() if ours in here])


@router.get("/statuses")
async def statuses() -> Response:
    """What a status can be."""
    return JSONResponse([_status(number) for number in STATUSES])


@router.get("/about")
async def about() -> Response:
    """Who answers."""
    return JSONResponse({"version": "1.13.1", "homepage": "MicroCoder-Evaluator", "engine": ENGINE})


def _taken(request: Request, wanted: NewSubmission, encoded: bool) -> _Kept:
    """A submission that will be run.

    Raises:
        InvalidRequest: it cannot be.
    """
    run, expected = _run_request(request.app.state.queue.languages, wanted, encoded)
    asked_for = {name: value for name, value in wanted.model_dump().items() if value is not None}
    if encoded:
        asked_for |= {name: _decoded(name, asked_for[name]) for name in _TEXTS if isinstance(asked_for.get(name), str)}
    kept = _Kept(str(uuid.uuid4()), asked_for)
    merged = bool(wanted.redirect_stderr_to_stdout)
    kept.work = asyncio.create_task(_judge(request.app.state.queue, run, expected, merged, kept))
    _store(request).add(kept)
    return kept


def _token_or_error(request: Request, wanted: NewSubmission, encoded: bool) -> dict[str, Any]:
    try:
        return {"token": _taken(request, wanted, encoded).token}
    except InvalidRequest as error:
        name, _, reason = error.detail.partition(": ")
        return {name: [reason]}


def _run_request(here: Languages, wanted: NewSubmission, encoded: bool) -> tuple[RunRequest, bytes | None]:
    """
    Raises:
        InvalidRequest: naming the field that is wrong.
    """
    for name in _UNSUPPORTED:
        if getattr(wanted, name):
            raise InvalidRequest(f"{name}: not supported here; leave it out")
    if wanted.enable_network:
        raise InvalidRequest("enable_network: programs have no network here")
    if not wanted.source_code:
        raise InvalidRequest("source_code: can't be blank")
    _, language = LANGUAGES.get(wanted.language_id, ("", ""))
    if language not in here.versions:
        raise InvalidRequest(f"language_id: language with id {wanted.language_id} doesn't exist")
    texts = {name: _bytes(name, getattr(wanted, name), encoded) for name in ("source_code", "stdin", "expected_output")}
    values = {name: getattr(wanted, name) or default for name, default in _DEFAULTS.items()}
    bounds = limits(values["cpu_time_limit"], values["memory_limit"] / 1024)
    run = asked(
        language=language,
        code=(texts["source_code"] or b"").decode("utf-8", "replace"),
        stdin={"base64": base64.b64encode(texts["stdin"] or b"").decode()},
        args=(wanted.command_line_arguments or "").split(),
        limits=bounds.model_copy(update={"wall_s": max(0.01, values["wall_time_limit"])}),
    )
    return run, texts["expected_output"]


async def _judge(queue: Any, run: RunRequest, expected: bytes | None, merged: bool, kept: _Kept) -> None:
    """Run it and keep what came of it; never fails."""
    try:
        report = await (await held(lambda: queue.run(run)))
    except ApiError as error:
        kept.result = {"status": _status(13), "message": error.detail}
    except Exception as error:
        kept.result = {"status": _status(13), "message": type(error).__name__}
        raise
    else:
        kept.result = _result(report, expected, merged)


def _result(report: RunReport, expected: bytes | None, merged: bool) -> dict[str, Any]:
    if (log := refused(report)) is not None:
        return {"status": _status(6), "compile_output": log, "time": None, "memory": None}
    stdout, stderr = to_bytes(report.stdout), to_bytes(report.stderr)
    if merged:
        stdout, stderr = stdout + stderr, b""
    return {
        "status": _status(_number(report, stdout, expected)),
        "stdout": stdout.decode(errors="replace") or None,
        "stderr": stderr.decode(errors="replace") or None,
        "compile_output": (report.compile.log or None) if report.compile else None,
        "message": _message(report),
        "time": f"{report.cpu_s:.3f}",
        "wall_time": f"{report.wall_s:.3f}",
        "memory": report.memory_bytes // 1024,
        "exit_code": report.exit_code,
        "exit_signal": report.signal,
    }


def _number(report: RunReport, stdout: bytes, expected: bytes | None) -> int:
    if timed_out(report):
        return 5
    if report.stopped_by is not None:
        return 12
    if report.signal is not None:
        return _OF_SIGNAL.get(report.signal, 12)
    if report.exit_code:
        return 11
    return 3 if expected is None or text.lines(stdout, expected).accepted else 4


def _message(report: RunReport) -> str | None:
    if timed_out(report):
        return "Time limit exceeded"
    if report.stopped_by is not None:
        return f"Stopped by its limit of {report.stopped_by}"
    return f"Exited with error status {report.exit_code}" if report.exit_code else None


def _status(number: int) -> dict[str, Any]:
    return {"id": number, "description": STATUSES[number]}


def _as_asked(name: str, value: Any, encoded: bool) -> Any:
    return base64.b64encode(value.encode()).decode() if encoded and name in _TEXTS and isinstance(value, str) else value


def _bytes(name: str, value: str | None, encoded: bool) -> bytes | None:
    if value is None or not encoded:
        return None if value is None else value.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except binascii.Error as error:
        raise InvalidRequest(f"{name}: is not base64") from error


def _decoded(name: str, value: str) -> str:
    return (_bytes(name, value, True) or b"").decode(errors="replace")


def _store(request: Request) -> _Store:
    state = request.app.state
    if not hasattr(state, "judge0"):
        state.judge0 = _Store()
    store: _Store = state.judge0
    return store
