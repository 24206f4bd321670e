"""open-r1's languages of Piston's, which are judges: ``cms_ioi`` and Codeforces' (``cf_python3``, ``c++17`` and others
with a file ``grader_config``).

A job brings the submission, a test's input and output, and perhaps a checker; what is ``run`` writes the score. In the
original all of it runs in one directory; here the submission never shares one with the expected output or the checker.
A fault of ours is a status of 500, which open-r1 tries again: of an ``XX`` it would make a score of 0.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import OrderedDict
from collections.abc import Mapping

from fastapi import Request

from evaluator.api.compat import shared
from evaluator.api.compat.piston_wire import PistonJob, PistonResult, PistonRuntime, PistonStage
from evaluator.checking import text
from evaluator.checking.match import Match
from evaluator.errors import InvalidRequest, JudgeFault
from evaluator.schema import Limits, RunReport, RunRequest, Text, to_bytes
from evaluator.settings import Settings
from sandbox.limits import MIB

_IOI = "cms_ioi"
_CODEFORCES: Mapping[str, str] = {
    **dict.fromkeys(("cf_python3", "python3"), "python"),
    **dict.fromkeys(("cf_pypy3", "cf_pypy3-64", "pypy3", "pypy3-64"), "pypy"),
    **dict.fromkeys(("c++", "cf_c++", "c++17", "cf_c++17", "cf_c++17-32", "cf_c++17-64"), "cpp17"),
    **dict.fromkeys(("c++20", "cf_c++20", "cf_c++20-11", "cf_c++20-13"), "cpp"),
    **dict.fromkeys(("kotlin", "cf_kotlin"), "kotlin"),
}
_VERSION = "1.0.0"
RUNTIMES = (PistonRuntime(language=_IOI, version=_VERSION), PistonRuntime(language="cf_python3", version=_VERSION))
_CONFIG, _IOI_CONFIG = "grader_config", "graders/grader_config.json"
_INPUT, _EXPECTED, _OUTPUT = "input.txt", "correct_output.txt", "output.txt"
_HELPERS = ("graders/grader.cpp", "graders/stub.cpp")
_NOT_THE_SUBMISSION = frozenset({*_HELPERS, "graders/manager.cpp"})
_GXX = 'g++ -DEVAL -x c++ -std=gnu++17 -O2 -pipe -I graders -I checker -o program "$@"'
_RUN_BINARY = 'chmod +x program && exec ./program "$@"'
_BINARY = "program"
_CHECKER_LIMITS = {"cpu_s": 10, "memory_mb": 2048}
_DEFAULT_S = 3.0
_KEPT_BYTES = 128 * MIB


def is_for(job: PistonJob) -> bool:
    """Tell if a job is to be judged."""
    with_config = any(file.name == _CONFIG for file in job.files)
    return job.language == _IOI or job.language.startswith("cf_") or (with_config and job.language in _CODEFORCES)


async def graded(request: Request, job: PistonJob) -> PistonResult:
    """A test's score, as what ``run`` wrote.

    Raises:
        InvalidRequest: the job cannot be judged.
        JudgeFault: a fault of ours or of the checker.
    """
    files: dict[str, Text] = {}
    for number, file in enumerate(job.files):
        if file.encoding != "utf8":
            raise InvalidRequest(f"files[{number}]: {job.language} takes texts only")
        files[file.name or f"file{number}.code"] = file.content
    if job.language == _IOI:
        compiled, ran = await _ioi(request, job, files)
    elif job.language in _CODEFORCES:
        compiled, ran = await _codeforces(request, job, files)
    else:
        raise InvalidRequest(f"{job.language}-{job.version} runtime is unknown")
    return PistonResult(language=job.language, version=_VERSION, compile=compiled, run=ran or compiled)


async def _codeforces(
    request: Request, job: PistonJob, files: Mapping[str, Text]
) -> tuple[PistonStage, PistonStage | None]:
    """The compilation, there for Python too since open-r1 looks at it always, and what judging wrote."""
    config = dict(line.split("=", 1) for line in str(files.get(_CONFIG, "")).split("\n") if "=" in line)
    main = next((name for name in files if name.startswith("main.")), None)
    if main is None:
        raise InvalidRequest("the submission must be a file named main.<extension>")
    stdin = str(files.get(_INPUT, "")).replace("\r\n", "\n")
    by_file = config.get("INPUT_MODE", "").strip() == "file"
    seconds = _number(config, "TIME_LIMIT") or (job.run_timeout or _DEFAULT_S * 1000) / 1000
    memory_mb = shared.memory_mb((_number(config, "MEMORY_LIMIT") or Limits().memory_mb) * MIB)
    report = await shared.run(
        request,
        shared.make(
            RunRequest,
            {},
            language=_CODEFORCES[job.language],
            code=str(files[main]),
            stdin=stdin,
            files={_INPUT: stdin} if by_file else {},
            collect=(_OUTPUT,) if by_file else (),
            limits={"cpu_s": shared.cpu_s(seconds), "memory_mb": memory_mb},
        ),
    )
    compiled = report.compile
    if compiled is not None and not compiled.ok:
        failed = _wrote("", compiled.log, code=1)
        is_python = _CODEFORCES[job.language] == "python"  # its parser's complaint is not a compilation's there
        return (_wrote(""), _wrote("0", compiled.log)) if is_python else (failed, None)
    stage = _wrote("", compiled.log if compiled is not None else "")
    if (reason := _failure(report, seconds, memory_mb)) is not None:
        return stage, _wrote("0", reason)
    written = report.files.get(_OUTPUT, report.stdout)
    expected = files.get(_EXPECTED)
    if expected is None:
        return stage, _wrote(shared.shown(written))
    if (checker := files.get("checker.py")) is not None:
        checked = RunRequest.model_validate(
            {
                "code": checker,
                "args": (_INPUT, _EXPECTED, _OUTPUT),
                "files": {_INPUT: stdin, _EXPECTED: expected, _OUTPUT: written},
                "limits": _CHECKER_LIMITS,
            }
        )
        return stage, _said_by_checker(await shared.run(request, checked))
    match = await _compared(written, expected)
    return stage, _wrote("1" if match.accepted else "0", match.reason or "Output is correct")


async def _ioi(request: Request, job: PistonJob, files: Mapping[str, Text]) -> tuple[PistonStage, PistonStage | None]:
    """A task of CMS's type Batch: the submission is compiled with the task's grader, run, and its output checked."""
    config = _json_object(str(files.get(_IOI_CONFIG, "{}")))
    if (kind := config.get("task_type", "Batch")) != "Batch":
        raise InvalidRequest(f"task type {kind!r} is not offered here; Batch is")
    graders = {name: data for name, data in files.items() if name.startswith("graders/")}
    submission = next((name for name in graders if name.endswith(".cpp") and name not in _NOT_THE_SUBMISSION), None)
    if submission is None:
        raise InvalidRequest("the submission must be a file named graders/<task>.cpp")
    units = (submission, *(name for name in _HELPERS if name in graders))
    compiled, program = await _compiled(request, graders, units)
    if program is None:
        return compiled, None
    seconds = _number(config, "time_limit") or (job.run_timeout or _DEFAULT_S * 1000) / 1000
    memory_mb = shared.memory_mb(job.run_memory_limit or Limits().memory_mb * MIB)
    limits = {"cpu_s": shared.cpu_s(seconds), "memory_mb": memory_mb}
    stdin = files.get(_INPUT, "")
    report = await _executed(request, program, limits, stdin=stdin)
    if report.stopped_by == "memory":  # as open-r1 knows it
        return compiled, _wrote("", "MemoryError: memory limit exceeded", code=1)
    if report.stopped_by in ("cpu", "wall"):
        return compiled, PistonStage(signal="SIGKILL", status="TO", message="Time limit exceeded")
    if (reason := _failure(report, seconds, memory_mb)) is not None:
        return compiled, _wrote("0", reason)
    expected = files.get(_EXPECTED)
    if expected is None:
        return compiled, _wrote(shared.shown(report.stdout), shared.shown(report.stderr))
    checkers = {name: data for name, data in files.items() if name.startswith("checker/")}
    if "checker/checker.cpp" not in checkers:
        match = await _compared(report.stdout, expected)
        return compiled, _wrote("1.0" if match.accepted else "0.0", match.reason or "Output is correct")
    headers = {name: data for name, data in graders.items() if name.endswith(".h")}
    compilation, checker = await _compiled(request, {**headers, **checkers}, ("checker/checker.cpp",))
    if checker is None:
        raise JudgeFault(f"the checker does not compile: {compilation.stderr[:1000]}")
    data = {_INPUT: stdin, _EXPECTED: expected, _OUTPUT: report.stdout}
    judged = await _executed(request, checker, _CHECKER_LIMITS, data, (_INPUT, _EXPECTED, _OUTPUT))
    checked = _said_by_checker(judged)
    if not re.match(r"\s*\d", checked.stdout):
        raise JudgeFault(f"the checker wrote no score: {checked.stderr[:1000]}")
    return compiled, checked.model_copy(update={"code": 0})


async def _compared(written: Text, expected: Text) -> Match:
    return await shared.compare_apart(lambda: text.tokens(to_bytes(written), to_bytes(expected)), written)


class _BinaryCache:
    """Programs that were compiled lately: a submission comes once for every test."""

    def __init__(self) -> None:
        self._programs: OrderedDict[str, tuple[PistonStage, Text]] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> tuple[PistonStage, Text] | None:
        if key in self._programs:
            self._programs.move_to_end(key)
        return self._programs.get(key)

    def put(self, key: str, stage: PistonStage, program: Text) -> None:
        if key not in self._programs:
            self._programs[key] = stage, program
            self._bytes += _size(program)
        while self._bytes > _KEPT_BYTES and len(self._programs) > 1:
            self._bytes -= _size(self._programs.popitem(last=False)[1][1])


_binaries = _BinaryCache()


async def _compiled(
    request: Request, files: Mapping[str, Text], units: tuple[str, ...]
) -> tuple[PistonStage, Text | None]:
    """Compile several C++ units: the table of languages compiles one, so the compiler is a script's here."""
    key = hashlib.sha256(json.dumps([units, sorted(files.items())]).encode()).hexdigest()
    if (known := _binaries.get(key)) is not None:
        return known
    settings: Settings = request.app.state.settings
    compiling = shared.make(
        RunRequest,
        {},
        language="bash",
        code=_GXX,
        args=tuple(f"./{name}" for name in units),
        files=dict(files),
        collect=(_BINARY,),
        limits={
            "cpu_s": settings.compile_cpu_s,
            "wall_s": settings.compile_wall_s,
            "memory_mb": settings.compile_memory_mb,
        },
    )
    report = await shared.run(request, compiling)
    stderr = shared.shown(report.stderr)
    program = report.files.get(_BINARY)
    if report.exit_code != 0 or report.stopped_by is not None or program is None:
        why = f"the compiler went over its {report.stopped_by} limit\n{stderr}" if report.stopped_by else stderr
        return _wrote("", why, code=report.exit_code or 1), None
    stage = _wrote("", stderr)
    _binaries.put(key, stage, program)
    return stage, program


async def _executed(
    request: Request,
    program: Text,
    limits: Mapping[str, float],
    files: Mapping[str, Text] | None = None,
    args: tuple[str, ...] = (),
    stdin: Text = "",
) -> RunReport:
    run_request = shared.make(
        RunRequest,
        {},
        language="bash",
        code=_RUN_BINARY,
        stdin=stdin,
        args=args,
        files={**(files or {}), _BINARY: program},
        limits=limits,
    )
    return await shared.run(request, run_request)


def _failure(report: RunReport, seconds: float, memory_mb: int) -> str | None:
    """Return the reason why a submission's run gets no score, None if it gets one."""
    match report.stopped_by:
        case "cpu" | "wall":
            return f"Time limit exceeded ({seconds:g}s)"
        case "memory":
            return f"Memory limit exceeded ({memory_mb}MB)"
        case "output":
            return "Output limit exceeded"
    if report.signal is not None:
        return f"Runtime error: signal {report.signal}"
    return f"Runtime error with exit code {report.exit_code}" if report.exit_code else None


def _said_by_checker(report: RunReport) -> PistonStage:
    if report.stopped_by is not None or report.signal is not None:
        raise JudgeFault(f"the checker was ended ({report.stopped_by or f'signal {report.signal}'})")
    if report.compile is not None and not report.compile.ok:
        raise JudgeFault(f"the checker does not compile: {report.compile.log[:1000]}")
    return _wrote(shared.shown(report.stdout), shared.shown(report.stderr), code=report.exit_code or 0)


def _wrote(stdout: str, stderr: str = "", *, code: int = 0) -> PistonStage:
    return PistonStage(stdout=stdout, stderr=stderr, output=stdout + stderr, code=code, status="RE" if code else None)


def _number(config: Mapping[str, object], name: str) -> float | None:
    try:
        value = float(str(config.get(name, "")).strip(" \"'\r\n"))
    except ValueError:
        return None
    return value if 0 < value < math.inf else None


def _json_object(data: str) -> Mapping[str, object]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{_IOI_CONFIG} is not JSON: {error}") from error
    return value if isinstance(value, dict) else {}


def _size(data: Text) -> int:
    return len(data if isinstance(data, str) else data.base64)
