"""SandboxFusion: ``POST /run_code``, ``POST /submit`` (CommonOJ), ``GET /v1/ping``.

By sandbox/server/sandbox_api.py and online_judge_api.py of bytedance/SandboxFusion. verl, OpenRLHF's examples and the
sandbox-fusion package speak it.
"""

from __future__ import annotations

import base64
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import Field

from evaluator.api import body
from evaluator.api.compat.running import Lenient, asked, limits, refused, return_code, timed_out
from evaluator.api.documentation import takes
from evaluator.api.waiting import held, while_heard
from evaluator.errors import InvalidRequest, JudgeFault
from evaluator.extraction import extract
from evaluator.schema import Policy, Report, RunReport, Submission, Suite, Verdict, to_bytes
from evaluator.schema.base import Text

router = APIRouter(tags=["SandboxFusion"])
LANGUAGES = {
    **{name: name for name in ("python", "cpp", "go", "java", "php", "csharp", "bash", "typescript", "sql", "rust")},
    **{name: name for name in ("lua", "perl", "ruby")},
    "nodejs": "javascript",
    "R": "r",
    "kotlin_script": "kotlin",
}
"""Theirs and ours. What is not here they answer with 422, too, where it is none of theirs."""
_INTERPRETED = frozenset({"python", "javascript", "php", "bash", "sql", "lua", "perl", "ruby", "r"})
_OJ_TIMEOUT_S = 20.0


class RunCode(Lenient):
    """A program to run. Times are wall seconds; ``files`` are base64."""

    code: str
    language: str = "python"
    stdin: str | None = ""
    compile_timeout: float = 10
    run_timeout: float = 10
    memory_limit_MB: int = -1
    files: dict[str, str | None] = Field({})
    fetch_files: list[str] = Field([])


class CommandResult(Lenient):
    status: Literal["Finished", "Error", "TimeLimitExceeded"]
    execution_time: float | None = None
    return_code: int | None = None
    stdout: str | None = None
    stderr: str | None = None


class RunResult(Lenient):
    status: Literal["Success", "Failed", "SandboxError"]
    message: str = ""
    compile_result: CommandResult | None = None
    run_result: CommandResult | None = None
    executor_pod_name: str | None = None
    files: dict[str, str] = Field(default_factory=dict)


class Config(Lenient):
    dataset_type: str | None = None
    language: str | None = None
    run_timeout: float | None = None
    provided_data: Annotated[Any, Field()] = None
    extra: dict[str, Any] = Field({})


class Submit(Lenient):
    dataset: str = ""
    id: int | str = ""
    completion: str
    config: Config


class TestResult(Lenient):
    passed: bool
    exec_info: RunResult
    test_info: dict[str, Any] | None = None


class Submitted(Lenient):
    id: int | str
    accepted: bool
    extracted_code: str
    full_code: str | None = None
    test_code: str | None = None
    tests: list[TestResult]
    extracted_type: Literal["fenced", "incomplete_fenced", "heuristic", "empty"] | None = None
    extra: dict[str, Any] | None = None


@router.get("/v1/ping")
async def ping() -> Response:
    """What their clients ask to see whether anybody is there."""
    return PlainTextResponse('"pong"', media_type=body.JSON)


@router.post("/run_code", response_model=RunResult, openapi_extra=takes(RunCode))
async def run_code(request: Request) -> Response:
    """Run a program once."""
    wanted = body.parse(RunCode, await body.read(request, body.JSON))
    language = _ours(wanted.language)
    request.app.state.queue.languages.require(language)
    run = asked(
        language=language,
        code=wanted.code,
        stdin=wanted.stdin or "",
        files={name: {"base64": data or ""} for name, data in wanted.files.items()},
        collect=wanted.fetch_files,
        limits=limits(wanted.run_timeout, wanted.memory_limit_MB),
    )
    waited_for = await held(lambda: request.app.state.queue.run(run))
    try:
        return await while_heard(request, [waited_for], lambda reports: _result(reports[0], language))
    except JudgeFault as error:
        return _json(RunResult(status="SandboxError", message=error.detail))


@router.post("/submit", response_model=Submitted, openapi_extra=takes(Submit))
async def submit(request: Request) -> Response:
    """Judge a model's answer on tests of standard input and output that come along with it (CommonOJ)."""
    wanted = body.parse(Submit, await body.read(request, body.JSON))
    tests = _tests(wanted.config)
    language = _ours(wanted.config.language or "python")
    request.app.state.queue.languages.require(language)
    code = extract(wanted.completion, language)
    if code is None:
        return _json(Submitted(id=wanted.id, accepted=False, extracted_code="", tests=[], extracted_type="empty"))
    suite = Suite.model_validate(
        {
            "mode": "stdio",
            "limits": limits(wanted.config.run_timeout or _OJ_TIMEOUT_S, None),
            "tests": [{"input": test["input"].get("stdin", ""), "output": test["output"]["stdout"]} for test in tests],
        }
    )
    policy: Policy = "all" if wanted.config.extra.get("run_all_cases") else "first_failure"
    submission = Submission(language=language, code=code, suite=suite, policy=policy, detail="full")
    waited_for = await held(lambda: request.app.state.queue.grade([submission]))
    return await while_heard(request, waited_for, lambda reports: _submitted(wanted, code, tests, reports[0]))


def _ours(language: str) -> str:
    if language not in LANGUAGES:
        raise InvalidRequest(f"language: {language[:80]!r} is none of {', '.join(sorted(LANGUAGES))}")
    return LANGUAGES[language]


def _tests(config: Config) -> list[dict[str, Any]]:
    """Those of ``provided_data``.

    Raises:
        InvalidRequest: there are none of that form.
    """
    if config.dataset_type not in (None, "CommonOJDataset"):
        raise InvalidRequest("config.dataset_type: only CommonOJDataset, with provided_data, is known here")
    provided = config.provided_data
    tests = provided.get("test") if isinstance(provided, dict) else None
    if not isinstance(tests, list) or not tests or not all(_is_test(test) for test in tests):
        form = '{"test": [{"input": {"stdin": ...}, "output": {"stdout": ...}}]}'
        raise InvalidRequest(f"config.provided_data: give {form}")
    return tests


def _is_test(test: Any) -> bool:
    sides = [test.get("input"), test.get("output")] if isinstance(test, dict) else [None]
    return all(isinstance(side, dict) for side in sides) and isinstance(test["output"].get("stdout"), str)


def _result(report: RunReport, language: str) -> RunResult:
    log = refused(report)
    if log is not None and language in _INTERPRETED:
        run = CommandResult(status="Finished", execution_time=0.0, return_code=1, stdout="", stderr=log)
        return RunResult(status="Failed", run_result=run)
    compiled = None
    if report.compile is not None and language not in _INTERPRETED:
        compiled = CommandResult(
            status="Finished",
            execution_time=report.compile.cpu_s,
            return_code=int(log is not None),
            stdout="",
            stderr=report.compile.log,
        )
    if log is not None:
        return RunResult(status="Failed", compile_result=compiled)
    late = timed_out(report)
    code = None if late else return_code(report)
    run = CommandResult(
        status="TimeLimitExceeded" if late else "Finished",
        execution_time=report.wall_s,
        return_code=code,
        stdout=_shown(report.stdout),
        stderr=_shown(report.stderr),
    )
    files = {name: base64.b64encode(to_bytes(text)).decode() for name, text in report.files.items()}
    return RunResult(status="Success" if code == 0 else "Failed", compile_result=compiled, run_result=run, files=files)


def _submitted(wanted: Submit, code: str, tests: list[dict[str, Any]], report: Report) -> Submitted:
    """
    Raises:
        JudgeFault: the program was not judged.
    """
    if report.verdict is Verdict.JUDGE_ERROR:
        raise JudgeFault(report.reason or "the judge failed")
    results = [
        TestResult(
            passed=test.verdict is Verdict.ACCEPTED,
            exec_info=_of_test(test.verdict, test.wall_s, _shown(test.stdout or ""), _shown(test.stderr or "")),
            test_info=tests[test.index],
        )
        for test in report.tests
    ]
    if not results:  # it does not compile
        log = report.compile.log if report.compile else ""
        failed = CommandResult(status="Finished", return_code=1, stdout="", stderr=log)
        results = [TestResult(passed=False, exec_info=RunResult(status="Failed", compile_result=failed))]
    return Submitted(
        id=wanted.id,
        accepted=report.verdict is Verdict.ACCEPTED,
        extracted_code=code,
        full_code=code,
        tests=results,
        extracted_type="fenced" if "```" in wanted.completion else "heuristic",
    )


def _of_test(verdict: Verdict, wall_s: float | None, stdout: str, stderr: str) -> RunResult:
    late = verdict is Verdict.TIME_LIMIT_EXCEEDED
    well = verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)
    run = CommandResult(
        status="TimeLimitExceeded" if late else "Finished",
        execution_time=wall_s,
        return_code=None if late else int(not well),
        stdout=stdout,
        stderr=stderr,
    )
    return RunResult(status="Success" if well else "Failed", run_result=run)


def _shown(text: Text) -> str:
    """Their texts are strings: what is not UTF-8 is replaced, as they do."""
    return to_bytes(text).decode(errors="replace")


def _json(model: Lenient) -> Response:
    return Response(model.model_dump_json(), media_type=body.JSON)
