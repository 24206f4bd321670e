"""ExecEval (xCodeEval): ``POST /api/execute_code``.

By engine/execution_engine.py of ntunlp/ExecEval: each unit test has one input and any of several outputs.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from evaluator.api import body
from evaluator.api.compat.running import Lenient, limits
from evaluator.api.documentation import takes
from evaluator.api.waiting import drop, held
from evaluator.errors import JudgeFault
from evaluator.schema import Policy, Report, Submission, Suite, TestReport, Verdict, to_bytes
from sandbox.limits import MIB

router = APIRouter(prefix="/api", tags=["ExecEval"])
LANGUAGES = {
    **dict.fromkeys(("Python 3", "PyPy 3"), "python"),
    **dict.fromkeys(("GNU C++20", "GNU C++20 (64)", "GNU C++", "MS C++"), "cpp"),
    **dict.fromkeys(("GNU C++0x", "GNU C++11", "GNU C++14", "GNU C++17", "GNU C++17 (64)", "MS C++ 2017"), "cpp17"),
    **dict.fromkeys(("GNU C", "GNU C11"), "c"),
    **dict.fromkeys(("Java 6", "Java 7", "Java 8", "Java 11", "Java 17"), "java"),
    **dict.fromkeys(("JavaScript", "Node.js", "Node js"), "javascript"),
    **dict.fromkeys(("Mono C#", "MS C#", "C# 8", "C# 10", ".NET Core C#"), "csharp"),
    **dict.fromkeys(("Rust", "Rust 2018", "Rust 2021"), "rust"),
    **{name: name.lower() for name in ("Go", "Ruby", "PHP", "Perl")},
    **dict.fromkeys(("Kotlin", "Kotlin 1.4", "Kotlin 1.5", "Kotlin 1.6", "Kotlin 1.7"), "kotlin"),
}
"""Their names; any of ours works too."""
_OUTCOMES = {
    Verdict.ACCEPTED: "PASSED",
    Verdict.WRONG_ANSWER: "WRONG_ANSWER",
    Verdict.TIME_LIMIT_EXCEEDED: "TIME_LIMIT_EXCEEDED",
    Verdict.MEMORY_LIMIT_EXCEEDED: "MEMORY_LIMIT_EXCEEDED",
    Verdict.OUTPUT_LIMIT_EXCEEDED: "RUNTIME_ERROR",
    Verdict.RUNTIME_ERROR: "RUNTIME_ERROR",
    Verdict.COMPILE_ERROR: "COMPILATION_ERROR",
}
_UNLIMITED = -1
_DEFAULT_S, _DEFAULT_MB = 5.0, 256


class UnitTest(Lenient):
    input: str
    output: list[str] = Field(min_length=1)


class ExecuteCode(Lenient):
    """A program and its tests. There is no network, whatever ``block_network`` says; no sanitizers."""

    language: str
    source_code: str
    unittests: list[UnitTest] = Field(min_length=1)
    limits: dict[str, Any] | None = None
    stop_on_first_fail: bool = True


@router.post("/execute_code", openapi_extra=takes(ExecuteCode))
async def execute_code(request: Request) -> Response:
    """Judge a program on its tests."""
    wanted = body.parse(ExecuteCode, await body.read(request, body.JSON))
    language = LANGUAGES.get(wanted.language, wanted.language)
    request.app.state.queue.languages.require(language)
    suite = Suite.model_validate(
        {
            "mode": "stdio",
            "limits": _limits(wanted.limits or {}),
            "checker": {"kind": "any_of", "checker": {"kind": "tokens"}},
            "tests": [{"input": test.input, "output": test.output} for test in wanted.unittests],
        }
    )
    policy: Policy = "first_failure" if wanted.stop_on_first_fail else "all"
    submission = Submission(language=language, code=wanted.source_code, suite=suite, policy=policy, detail="full")
    waited_for = await held(lambda: request.app.state.queue.grade([submission]))
    try:
        report: Report = await waited_for[0]
    finally:
        drop(waited_for)
    if report.score is None:
        raise JudgeFault(report.reason or "the judge failed")
    done = {test.index: test for test in report.tests}
    told = enumerate(wanted.unittests)
    data = [_told(test, done.get(number), report) for number, test in told if not done or number in done]
    return JSONResponse({"data": data})


def _limits(given: dict[str, Any]) -> Any:
    """Their names are those of prlimit(1): seconds of CPU time, bytes of address space; -1 is no limit."""
    cpu = float(given.get("cpu", _UNLIMITED))
    memory = float(given.get("_as", given.get("as", _UNLIMITED)))
    return limits(cpu if cpu > 0 else _DEFAULT_S, memory / MIB if memory > 0 else None, _DEFAULT_MB)


def _told(test: UnitTest, done: TestReport | None, report: Report) -> dict[str, Any]:
    """What is said of one test; where none was run, why."""
    told: dict[str, Any] = {"input": test.input, "output": test.output}
    if done is None:
        log = report.compile.log if report.compile else report.reason
        return {**told, "result": log, "exec_outcome": _OUTCOMES[report.verdict]}
    ended_well = done.verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)
    shown = to_bytes((done.stdout if ended_well else done.stderr) or "")
    return {
        **told,
        "result": shown.decode(errors="replace"),
        "exec_outcome": _OUTCOMES[done.verdict],
        "time_consumed": done.cpu_s,
        "peak_memory_consumed": done.memory_bytes,
    }
