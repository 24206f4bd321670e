"""Piston: ``POST /api/v2/execute`` and ``GET /api/v2/runtimes``.

By api/src/api/v2.js and job.js of engineer-man/piston. Where the files are those of open-r1's Codeforces runner (a
``grader_config`` among them), the program is judged on them and its score is what it "prints".
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from evaluator.api import body
from evaluator.api.compat import codeforces
from evaluator.api.compat.running import Lenient, asked, limits, refused, return_code, timed_out
from evaluator.api.documentation import takes
from evaluator.api.waiting import held, while_heard
from evaluator.errors import ApiError, QueueFull, UnknownLanguage
from evaluator.languages import Languages
from evaluator.schema import RunReport, RunRequest, to_bytes
from evaluator.schema.base import MAX_CPU_S, MAX_MEMORY_MB, Text
from sandbox.limits import MIB
from sandbox.toolchain import Language

router = APIRouter(prefix="/api/v2", tags=["Piston"])
_RUN_MS, _COMPILE_MS = 3000.0, 10_000.0
_VERSION = re.compile(r"\d+(\.\d+){0,2}")
_SIGNALS = {4: "SIGILL", 6: "SIGABRT", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM", 24: "SIGXCPU"}


class File(Lenient):
    content: str
    name: str | None = None
    encoding: Literal["utf8", "base64", "hex"] = "utf8"


class Execute(Lenient):
    """A program to run: the first file is the main one. Times are milliseconds, memory bytes."""

    language: str
    version: str
    files: list[File] = Field(min_length=1)
    stdin: str = ""
    args: list[str] = Field([])
    run_timeout: float | None = None
    compile_timeout: float | None = None
    run_cpu_time: float | None = None
    compile_cpu_time: float | None = None
    run_memory_limit: int | None = None
    compile_memory_limit: int | None = None


class Stage(Lenient):
    stdout: str = ""
    stderr: str = ""
    output: str = ""
    code: int | None = 0
    signal: str | None = None
    message: str | None = None
    status: str | None = None
    cpu_time: float | None = None
    wall_time: float | None = None
    memory: int | None = None


class Executed(Lenient):
    language: str
    version: str
    run: Stage
    compile: Stage | None = None


class Runtime(Lenient):
    language: str
    version: str
    aliases: tuple[str, ...]


@router.get("/runtimes", response_model=list[Runtime])
async def runtimes(request: Request) -> list[Runtime]:
    """Which languages there are."""
    infos = request.app.state.queue.languages.infos()
    return [Runtime(language=info.name, version=_semver(info.version), aliases=info.aliases) for info in infos]


@router.post("/execute", response_model=Executed, openapi_extra=takes(Execute))
async def execute(request: Request) -> Response:
    """Run a program once."""
    try:
        wanted = body.parse(Execute, await body.read(request, body.JSON))
        _check_bounds(wanted)
        queue = request.app.state.queue
        files = _files(wanted)
        if codeforces.MARK in files:
            judged = await codeforces.judged(queue, wanted.language, _main(wanted), files)
            stages = {"compile": Stage(**judged.compile), "run": Stage(**judged.run)}
            return _json(Executed(language=wanted.language, version="*", **stages))
        version = _chosen(queue.languages, wanted)
        run = _run_request(wanted, files)
        language = queue.languages.require(wanted.language)
        waited_for = await held(lambda: queue.run(run))
        return await while_heard(request, [waited_for], lambda reports: _executed(language, version, reports[0]))
    except QueueFull:
        raise
    except ApiError as error:
        if error.status == 500:  # a fault of ours: theirs is an empty 500, which clients try again
            return Response(status_code=500)
        return JSONResponse({"message": error.detail}, 415 if error.status == 415 else 400)


def _check_bounds(wanted: Execute) -> None:
    """
    Raises:
        TooMuch: a limit is above what this service grants.
    """
    for name in ("run_timeout", "run_cpu_time", "compile_timeout", "compile_cpu_time"):
        if (getattr(wanted, name) or 0) > MAX_CPU_S * 1000:
            raise TooMuch(f"{name} cannot exceed the configured limit of {MAX_CPU_S * 1000:.0f}")
    for name in ("run_memory_limit", "compile_memory_limit"):
        if (getattr(wanted, name) or 0) > MAX_MEMORY_MB * MIB:
            raise TooMuch(f"{name} cannot exceed the configured limit of {MAX_MEMORY_MB * MIB}")


class TooMuch(ApiError):
    status, slug, title = 400, "too-much", "More is asked for than is granted"


class UnknownRuntime(ApiError):
    status, slug, title = 400, "unknown-runtime", "There is no such runtime"


def _files(wanted: Execute) -> dict[str, bytes]:
    found = {}
    for number, file in enumerate(wanted.files):
        try:
            found[file.name or f"file{number}.code"] = _decoded(file)
        except (binascii.Error, ValueError) as error:
            raise TooMuch(f"files[{number}] is not {file.encoding}") from error
    return found


def _decoded(file: File) -> bytes:
    match file.encoding:
        case "base64":
            return base64.b64decode(file.content, validate=True)
        case "hex":
            return bytes.fromhex(file.content)
    return file.content.encode("utf-8", "surrogatepass")


def _main(wanted: Execute) -> str:
    return _decoded(wanted.files[0]).decode("utf-8", "replace")


def _chosen(languages: Languages, wanted: Execute) -> str:
    """The version of the language that is here, where it is one of those asked for.

    Raises:
        UnknownRuntime: it is not, or there is no such language.
    """
    try:
        name = languages.require(wanted.language).name
    except UnknownLanguage as error:
        raise UnknownRuntime(f"{wanted.language}-{wanted.version} runtime is unknown") from error
    here = _semver(languages.versions[name])
    asked_for = wanted.version.lstrip("^~>=v ").replace("x", "*").split("*")[0].rstrip(".")
    if asked_for and not f"{here}.".startswith(f"{asked_for}."):
        raise UnknownRuntime(f"{wanted.language}-{wanted.version} runtime is unknown; here is {here}")
    return here


def _run_request(wanted: Execute, files: dict[str, bytes]) -> RunRequest:
    main, *others = files.items()
    seconds = (wanted.run_timeout or wanted.run_cpu_time or _RUN_MS) / 1000
    memory = wanted.run_memory_limit / MIB if wanted.run_memory_limit else None
    return asked(
        language=wanted.language,
        code=main[1].decode("utf-8", "replace"),
        # As they do: a last line always ends.
        stdin=wanted.stdin if wanted.stdin.endswith("\n") else wanted.stdin + "\n",
        args=wanted.args,
        files={name: {"base64": base64.b64encode(data).decode()} for name, data in others},
        limits=limits(seconds, memory),
    )


def _executed(language: Language, version: str, report: RunReport) -> Executed:
    log = refused(report)
    if log is not None:
        cpu_ms = report.compile.cpu_s * 1000 if report.compile else None
        failed = Stage(stderr=log, output=log, code=1, status="RE", cpu_time=cpu_ms)
        compiled = failed if language.compile else None
        return Executed(language=language.name, version=version, run=failed, compile=compiled)
    said = report.compile.log if report.compile else ""
    compiled = Stage(stderr=said, output=said) if language.compile else None
    return Executed(language=language.name, version=version, run=_stage(report), compile=compiled)


def _stage(report: RunReport) -> Stage:
    status, message = _ended(report)
    stopped = report.stopped_by is not None
    stdout, stderr = _text(report.stdout), _text(report.stderr)
    return Stage(
        stdout=stdout,
        stderr=stderr,
        output=stdout + stderr,
        code=None if stopped or report.exit_code is None else report.exit_code,
        signal="SIGKILL" if stopped else _name(report.signal),
        message=message,
        status=status,
        cpu_time=round(report.cpu_s * 1000, 3),
        wall_time=round(report.wall_s * 1000, 3),
        memory=report.memory_bytes,
    )


def _ended(report: RunReport) -> tuple[str | None, str | None]:
    """Their two letters for how it ended, and a sentence."""
    if timed_out(report):
        return "TO", "Time limit exceeded"
    if report.stopped_by == "output":
        return "OL", "stdout length exceeded"
    if report.stopped_by is not None or report.exit_code is None:
        limit = " (memory limit)" if report.stopped_by == "memory" else ""
        return "SG", f"Caught signal {-return_code(report)}{limit}"
    return ("RE", f"Exited with code {report.exit_code}") if report.exit_code else (None, None)


def _name(number: int | None) -> str | None:
    return None if number is None else _SIGNALS.get(number, f"SIG{number}")


def _semver(version: str) -> str:
    found = _VERSION.search(version)
    numbers = found[0].split(".") if found else ["0"]
    return ".".join([*numbers, "0", "0"][:3])


def _text(text: Text) -> str:
    return to_bytes(text).decode(errors="replace")


def _json(model: Any) -> Response:
    return Response(model.model_dump_json(exclude_none=False), media_type=body.JSON)
