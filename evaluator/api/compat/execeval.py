"""ExecEval (xCodeEval's judge): ``POST /api/execute_code``, ``GET /api/all_runtimes``. The models are those of its
execution_engine/job.py and unittest.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Context, Decimal, InvalidOperation
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field

from evaluator.api.compat import shared
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.api.problems import JsonAnswer
from evaluator.errors import ApiError, InvalidRequest, MalformedJson, UnknownLanguage
from evaluator.schema import Limits, RunReport, RunRequest
from sandbox.toolchain import languages

Outcome = Literal[
    "PASSED", "WRONG_ANSWER", "TIME_LIMIT_EXCEEDED", "RUNTIME_ERROR", "COMPILATION_ERROR", "MEMORY_LIMIT_EXCEEDED"
]


class ExecEvalTest(shared.Foreign):
    """A test, and how it went where it was run. Time is CPU seconds, memory is text such as ``8192 kB``."""

    input: str = ""
    output: tuple[str, ...] = ()
    result: str | None = None
    exec_outcome: Outcome | None = None
    time_consumed: float | None = None
    peak_memory_consumed: str | None = None


class ExecEvalLimits(shared.Foreign):
    """The limits of ``setrlimit`` that mean something here, in seconds and bytes; -1 is none."""

    cpu: float = 2
    address_space: Annotated[int, Field(alias="_as")] = 2 << 30


class ExecEvalJob(shared.Foreign):
    language: str
    source_code: str
    unittests: Annotated[tuple[ExecEvalTest, ...], Field(min_length=1)]
    limits: ExecEvalLimits | None = None
    compile_cmd: str | None = None
    compile_flags: str | None = None
    execute_cmd: str | None = None
    execute_flags: str | None = None
    block_network: bool = True
    stop_on_first_fail: bool = True
    use_sanitizer: bool = False


_LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys(("GNU C", "GNU C11"), "c"),
    **dict.fromkeys(
        (
            *("GNU C++", "GNU C++17", "GNU C++17 (64)", "GNU C++17 Diagnostics"),
            *("Clang++17 Diagnostics", "Clang++17", "MS C++", "MS C++ 2017"),
        ),
        "cpp17",
    ),
    **dict.fromkeys(("GNU C++0x", "GNU C++11", "Clang++11"), "cpp11"),
    **dict.fromkeys(("GNU C++14", "Clang++14"), "cpp14"),
    **dict.fromkeys(("GNU C++20", "GNU C++20 (64)", "Clang++20", "Clang++20 Diagnostics"), "cpp"),
    **dict.fromkeys(("MS C#", "C# 8", "C# 10", "Mono C#", ".NET Core C#"), "csharp"),
    **dict.fromkeys(("Python 3", "Python 3 + libs"), "python"),
    **dict.fromkeys(("PyPy 3", "PyPy 3-64"), "pypy"),
    **dict.fromkeys(("JavaScript", "Node js", "Node.js"), "javascript"),
    **dict.fromkeys(("Rust", "Rust 2015", "Rust 2018", "Rust 2021"), "rust"),
    **dict.fromkeys(("Java 1.5", "Java 6", "Java 7", "Java 8", "Java 11", "Java 17"), "java"),
    **dict.fromkeys(("PHP", "PHP 8.1"), "php"),
    "Go": "go",
    **dict.fromkeys(("Ruby", "Ruby 3"), "ruby"),
    **dict.fromkeys(("Kotlin", "Kotlin 1.4", "Kotlin 1.5", "Kotlin 1.6", "Kotlin 1.7"), "kotlin"),
}
_TIME_FACTORS = {**dict.fromkeys(("python", "javascript", "java", "csharp", "php", "ruby", "kotlin"), 3), "pypy": 2}
"""ExecEval's; of them Java's, Kotlin's and C#'s contain our own."""
_FORCED_INCLUDES = "#include <math.h>\n#include <limits.h>\n#line 1\n"
"""ExecEval's for C and C++: its compilers are called with ``-include`` for each."""
_ALL_OF_CPP = re.compile(r"\s*#\s*include\s*<bits/stdc\+\+\.h>")
_FIELDS = {
    "code": "source_code",
    "stdin": "unittests.input",
    "limits.cpu_s": "limits.cpu",
    "limits.memory_mb": "limits._as",
}
"""ExecEval's names of what we call otherwise."""
_TOLERANCE = Decimal("1e-12")
_CONTEXT = Context(traps=[])
"""A difference that is too large for it becomes an infinity."""
_ANY_CASE = frozenset({"yes", "no", "true", "false"})


def _refusal(error: ApiError) -> Response:
    of_the_request = isinstance(error, MalformedJson | InvalidRequest | UnknownLanguage)
    return JsonAnswer({"error": error.detail}, 400 if of_the_request else error.status)


router = shared.router("ExecEval", _refusal)


@router.post("/api/execute_code", openapi_extra=takes(ExecEvalJob))
async def execute_code(request: Request) -> Response:
    """Judge a program by unit tests. A fault of ours is an error of the whole request."""
    job = await shared.read_body(request, ExecEvalJob)
    for name in ("compile_cmd", "compile_flags", "execute_cmd", "execute_flags"):
        if getattr(job, name):
            raise InvalidRequest(f"{name}: commands and flags are the service's own here; leave it out")
    if not job.block_network or job.use_sanitizer:
        raise InvalidRequest("programs have no network here, and use_sanitizer is not offered")
    if job.language not in _LANGUAGES or not shared.offered(request, _LANGUAGES[job.language]):
        raise InvalidRequest(f"Support for {job.language[:80]!r} is not there; GET /api/all_runtimes lists what is")
    tests = await cancel_on_disconnect(request, _judged(request, job))
    return JsonAnswer({"data": [test.model_dump() for test in tests]})


@router.get("/api/all_runtimes")
async def all_runtimes(request: Request) -> list[dict[str, Any]]:
    """The languages whose toolchains are here, in ExecEval's names."""
    return [
        {
            "runtime_name": name,
            "is_compiled": bool(languages()[ours].compile),
            "has_sanitizer": False,
            "timelimit_factor": _TIME_FACTORS.get(ours, 1),
            "compile_cmd": "",
            "compile_flags": "",
            "execute_cmd": "",
            "execute_flags": "",
        }
        for name, ours in _LANGUAGES.items()
        if shared.offered(request, ours)
    ]


async def _judged(request: Request, job: ExecEvalJob) -> list[ExecEvalTest]:
    """The tests with how they went; of a program that does not compile, one with what the compiler said."""
    if not job.stop_on_first_fail:
        done = await shared.together([_run(request, job, test) for test in job.unittests])
    else:
        done = []
        for test in job.unittests:
            done.append(await _run(request, job, test))
            if done[-1].exec_outcome != "PASSED":
                break
    if done[0].exec_outcome == "COMPILATION_ERROR":
        return done[:1]
    return [*done, *job.unittests[len(done) :]]


async def _run(request: Request, job: ExecEvalJob, test: ExecEvalTest) -> ExecEvalTest:
    ours, limits = _LANGUAGES[job.language], job.limits or ExecEvalLimits()
    seconds = limits.cpu * _TIME_FACTORS.get(ours, 1)
    memory_mb = shared.memory_mb(limits.address_space) if limits.address_space > 0 else Limits().memory_mb
    run_request = shared.make(
        RunRequest,
        _FIELDS,
        language=ours,
        code=_with_includes(ours, job.source_code.replace("\r\n", "\n")),
        stdin=test.input.replace("\r\n", "\n"),
        limits={
            "cpu_s": shared.cpu_s(seconds / languages()[ours].cpu_factor),
            "wall_s": shared.wall_s(seconds),
            "memory_mb": memory_mb,
        },
    )
    report = await shared.run(request, run_request)
    if report.compile is not None and not report.compile.ok:
        return ExecEvalTest(result=report.compile.log, exec_outcome="COMPILATION_ERROR")
    outcome, result = await shared.compare_apart(partial(_outcome, report, test), report.stdout)
    return test.model_copy(
        update={
            "result": result,
            "exec_outcome": outcome,
            "time_consumed": report.cpu_s,
            "peak_memory_consumed": f"{report.memory_bytes // 1024} kB",
        }
    )


def _with_includes(language: str, code: str) -> str:
    if languages()[language].extension not in ("c", "cpp"):
        return code
    # Where that is the first line already, it stays the first, so that it need not be compiled.
    return f"{'#include <bits/stdc++.h>' if _ALL_OF_CPP.match(code) else ''}\n{_FORCED_INCLUDES}{code}"


def _outcome(report: RunReport, test: ExecEvalTest) -> tuple[Outcome, str | None]:
    stderr = shared.shown(report.stderr)
    match report.stopped_by:
        case "cpu" | "wall":
            return "TIME_LIMIT_EXCEEDED", None
        case "memory":
            return "MEMORY_LIMIT_EXCEEDED", stderr
        case "output":
            return "RUNTIME_ERROR", "wrote more than the limit"
    if report.signal is not None:
        return "RUNTIME_ERROR", f"Process exited with code {report.signal}, stderr: {stderr}"
    if report.exit_code:
        return "RUNTIME_ERROR", stderr
    written = shared.shown(report.stdout).strip()
    passed = any(same_output(expected, written) for expected in test.output)
    return "PASSED" if passed else "WRONG_ANSWER", written


def same_output(expected: str, written: str) -> bool:
    """ExecEval's rule: equal lines but for the blanks around them; else equal tokens, where numbers may differ by
    1e-12, and yes, no, true and false be in any case."""
    want, got = expected.strip(), written.strip()
    # No more of what was written is taken to pieces than the test has.
    if want.count("\n") == got.count("\n") and _lines(want) == _lines(got):
        return True
    expected_tokens = want.split()
    gotten = got.split(None, len(expected_tokens))
    return len(expected_tokens) == len(gotten) and all(map(_same_token, expected_tokens, gotten))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n")]


def _same_token(want: str, got: str) -> bool:
    if want == got:
        return True
    try:
        a, b = Decimal(want), Decimal(got)
    except InvalidOperation:
        return want.lower() == got.lower() and want.lower() in _ANY_CASE
    difference = _CONTEXT.abs(_CONTEXT.subtract(a, b))
    return a.is_finite() and b.is_finite() and difference <= _TOLERANCE
