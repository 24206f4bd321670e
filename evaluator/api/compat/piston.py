"""Piston, version 2: ``POST /api/v2/execute``, ``GET /api/v2/runtimes``. Its languages that are none: ``open_r1``."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Mapping
from itertools import takewhile

from fastapi import Request
from fastapi.responses import Response

from evaluator.api.compat import open_r1, shared
from evaluator.api.compat.piston_wire import Number, PistonFile, PistonJob, PistonResult, PistonRuntime, PistonStage
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.api.problems import JsonAnswer
from evaluator.errors import ApiError, InvalidRequest, MalformedJson, UnknownLanguage, UnsupportedMediaType
from evaluator.schema import CompileReport, Limits, RunReport, RunRequest, Text, to_text
from evaluator.schema.base import MAX_CPU_S, MAX_MEMORY_MB
from evaluator.settings import Settings
from sandbox.limits import MIB
from sandbox.sources import Sources
from sandbox.toolchain import Language

_NAMES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "python": ("python", ("py", "py3", "python3", "python3.x")),
    "pypy": ("pypy", ("pypy3",)),
    "c": ("c", ("gcc",)),
    "cpp": ("c++", ("cpp", "g++")),
    "cpp17": ("c++17", ()),
    "java": ("java", ()),
    "kotlin": ("kotlin", ("kt",)),
    "csharp": ("csharp", ("mono", "mono-csharp", "mono-c#", "mono-cs", "c#", "cs")),
    "javascript": ("javascript", ("node-javascript", "node-js", "js", "node")),
    "typescript": ("typescript", ("ts", "node-ts", "tsc", "typescript5", "ts5")),
    "go": ("go", ("golang",)),
    "rust": ("rust", ("rs",)),
    "ruby": ("ruby", ("ruby3", "rb")),
    "php": ("php", ("php8",)),
    "perl": ("perl", ("pl",)),
    "lua": ("lua", ()),
    "haskell": ("haskell", ("hs",)),
    "ocaml": ("ocaml", ("ml",)),
    "pascal": ("pascal", ("freepascal", "pp", "pas")),
    "fortran": ("fortran", ("f90",)),
    "r": ("rscript", ("r",)),
    "sql": ("sqlite3", ("sqlite", "sql")),
    "bash": ("bash", ("sh",)),
    "d": ("d", ("gdc",)),
    "elixir": ("elixir", ("exs",)),
    "racket": ("racket", ("rkt",)),
    "verilog": ("iverilog", ("verilog", "vvp")),
    "scala": ("scala", ("sc",)),
}
"""Piston's name and aliases of our languages."""
_RUN_TIMEOUT_MS = 3000
_NO_LIMIT = -1
"""Piston's word, and its clients' default, for a limit that is not set."""
_UNITS = (".c", ".cc", ".cpp", ".cxx")
_RANGE = re.compile(r"\s*(\^|~|>=|=)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?\s*")


def _refusal(error: ApiError) -> Response:
    if isinstance(error, UnsupportedMediaType):
        return JsonAnswer({"message": "requests must be of type application/json"}, error.status)
    of_the_request = isinstance(error, MalformedJson | InvalidRequest | UnknownLanguage)
    return JsonAnswer({"message": error.detail}, 400 if of_the_request else error.status)


router = shared.router("Piston", _refusal)


@router.get("/api/v2/runtimes", response_model=list[PistonRuntime])
async def runtimes(request: Request) -> list[PistonRuntime]:
    """The languages whose toolchains are here, in Piston's names, and open-r1's."""
    return [*_runtimes(request).values(), *open_r1.RUNTIMES]


@router.post("/api/v2/execute", response_model=PistonResult, openapi_extra=takes(PistonJob))
async def execute(request: Request) -> Response:
    """Run one program. A fault of ours has the status ``XX``."""
    job = await shared.read_body(request, PistonJob, "text/plain")  # what npm's piston-client calls its JSON
    _check_limits(job, request.app.state.settings)
    work = open_r1.graded(request, job) if open_r1.is_for(job) else _executed(request, job)
    result = await cancel_on_disconnect(request, work)
    return JsonAnswer(result.model_dump(exclude={"compile"} if result.compile is None else set()))


async def _executed(request: Request, job: PistonJob) -> PistonResult:
    language, version = _chosen(request, job)
    run_request = _run_request(language, job)
    try:
        report = await shared.run(request, run_request)
    except ApiError as error:
        if not shared.is_our_fault(error):
            raise
        return PistonResult(language=job.language, version=version, run=PistonStage(status="XX", message=error.detail))
    compiled = report.compile
    compile_stage = _compile_stage(compiled) if compiled is not None and language.compile else None
    run_stage = stage(report) if compiled is None or compiled.ok else _compile_stage(compiled)
    return PistonResult(language=_NAMES[language.name][0], version=version, compile=compile_stage, run=run_stage)


def _run_request(language: Language, job: PistonJob) -> RunRequest:
    code, others = _program(language, job.files)
    stdin = job.stdin or ""
    return shared.make(
        RunRequest,
        {"code": "files.content", "sources": "files"},
        language=language.name,
        code=code,
        stdin=stdin if not stdin or stdin.endswith("\n") else f"{stdin}\n",
        args=job.args or (),
        **shared.beside(language, others),
        limits=_limits(job),
    )


def _limits(job: PistonJob) -> dict[str, float | int]:
    cpu_ms = _limit(job.run_cpu_time) or _limit(job.run_timeout) or _RUN_TIMEOUT_MS
    wall_ms = _limit(job.run_timeout) or max(_RUN_TIMEOUT_MS, cpu_ms)
    memory_bytes = _limit(job.run_memory_limit)
    return {
        "cpu_s": shared.cpu_s(cpu_ms / 1000),
        "wall_s": shared.wall_s(wall_ms / 1000),
        "memory_mb": shared.memory_mb(memory_bytes) if memory_bytes else Limits().memory_mb,
    }


def _limit(value: Number | None) -> Number | None:
    """A limit; None where the client leaves it to the service."""
    return None if value in (None, 0, _NO_LIMIT) else value


def _program(language: Language, files_sent: tuple[PistonFile, ...]) -> tuple[str, dict[str, Text]]:
    """The first file that is text, and the others. C's and C++'s units all belong to the program."""
    texts = [number for number, file in enumerate(files_sent) if file.encoding == "utf8"]
    if not texts:
        raise InvalidRequest("files must include at least one utf8 encoded file")
    named = {file.name or f"file{number}.code": file for number, file in enumerate(files_sent)}
    main = files_sent[texts[0]].name or f"file{texts[0]}.code"
    units = {name: file.content for name, file in named.items() if file.encoding == "utf8" and name.endswith(_UNITS)}
    if language.extension in ("c", "cpp") and len(units) > 1:
        joined = Sources.joined(language, units)
        rest = {name: content(file) for name, file in named.items() if name not in units}
        return joined.main.decode(), {**rest, **{name: to_text(data) for name, data in joined.others.items()}}
    return named[main].content, {name: content(file) for name, file in named.items() if name != main}


def content(file: PistonFile) -> Text:
    """Return the content of a file.

    Raises:
        InvalidRequest: it is not encoded as it says.
    """
    match file.encoding:
        case "utf8":
            return file.content
        case "base64":
            return to_text(shared.from_base64(file.content, "files", file.name or "a file"))
        case "hex":
            try:
                return to_text(bytes.fromhex(file.content))
            except ValueError as error:
                raise InvalidRequest(f"{file.name or 'a file'} is not hexadecimal: {error}") from error


def stage(report: RunReport) -> PistonStage:
    """Describe a run in Piston's words."""
    stdout, stderr = shared.shown(report.stdout), shared.shown(report.stderr)
    name, status, message = None, None, None
    match report.stopped_by:
        case "cpu" | "wall":
            name, status, message = "SIGKILL", "TO", "Time limit exceeded"
        case "output":
            name, status, message = "SIGKILL", "OL", "output length exceeded"
        case "memory":
            name, status, message = "SIGKILL", "SG", "Memory limit exceeded"
        case _ if report.signal is not None:
            name, status, message = _signal(report.signal), "SG", f"Caught fatal signal {report.signal}"
        case _ if report.exit_code:
            status, message = "RE", f"Exited with error status {report.exit_code}"
    return PistonStage.model_validate(
        {
            "signal": name,
            "stdout": stdout,
            "stderr": stderr,
            "output": stdout + stderr,
            "code": None if name else report.exit_code,
            "memory": report.memory_bytes,
            "message": message,
            "status": status,
            "cpu_time": round(report.cpu_s * 1000),
            "wall_time": round(report.wall_s * 1000),
        }
    )


def _compile_stage(compiled: CompileReport) -> PistonStage:
    time_ms = round(compiled.cpu_s * 1000)
    common = {"stderr": compiled.log, "output": compiled.log, "cpu_time": time_ms, "wall_time": time_ms}
    if compiled.ok:
        return PistonStage.model_validate({**common, "code": 0})
    if compiled.stopped_by in ("cpu", "wall"):
        ended = {"signal": "SIGKILL", "status": "TO", "message": "Time limit exceeded"}
        return PistonStage.model_validate({**common, **ended})
    return PistonStage.model_validate({**common, "code": 1, "status": "RE", "message": "Exited with error status 1"})


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"


def _check_limits(job: PistonJob, settings: Settings) -> None:
    for name, value, largest in _limits_of(job, settings):
        if value is not None and value > largest:
            raise InvalidRequest(f"{name} cannot exceed the configured limit of {largest:g}")
        if value is not None and value < 0 and value != _NO_LIMIT:
            raise InvalidRequest(f"{name} must be non-negative")


def _limits_of(job: PistonJob, settings: Settings) -> Iterator[tuple[str, Number | None, float]]:
    """Each limit's name, what is asked for and what is allowed."""
    yield "run_timeout", job.run_timeout, MAX_CPU_S * 1000
    yield "run_cpu_time", job.run_cpu_time, MAX_CPU_S * 1000
    yield "run_memory_limit", job.run_memory_limit, MAX_MEMORY_MB * MIB
    yield "compile_timeout", job.compile_timeout, settings.compile_wall_s * 1000
    yield "compile_cpu_time", job.compile_cpu_time, settings.compile_cpu_s * 1000
    yield "compile_memory_limit", job.compile_memory_limit, settings.compile_memory_mb * MIB


def _chosen(request: Request, job: PistonJob) -> tuple[Language, str]:
    for name, runtime in _runtimes(request).items():
        if job.language in (runtime.language, *runtime.aliases) and matches(runtime.version, job.version):
            return shared.language_of(request, name), runtime.version
    raise InvalidRequest(f"{job.language}-{job.version} runtime is unknown")


def _runtimes(request: Request) -> dict[str, PistonRuntime]:
    return {
        ours: PistonRuntime(language=name, version=shared.version_of(request, ours), aliases=aliases)
        for ours, (name, aliases) in _NAMES.items()
        if shared.offered(request, ours)
    }


def matches(version: str, selector: str) -> bool:
    """Tell if a version (three numbers) is in an npm range of one comparator: ``*``, ``3.x``, ``3.11``, ``^3.10.0``,
    ``~3.11.2``, ``>=3``."""
    bounds = _RANGE.fullmatch(selector)
    if bounds is None:
        return False
    have = tuple(map(int, version.split(".")))
    want = tuple(int(part) for part in takewhile(lambda part: part is not None and part.isdigit(), bounds.groups()[1:]))
    same = 0 if bounds[1] == ">=" else {"^": 1, "~": 2}.get(bounds[1], 3)
    return have[: min(same, len(want))] == want[:same] and have[: len(want)] >= want
