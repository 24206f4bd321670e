"""SandboxFusion: ``POST /run_code``, ``POST /submit`` for CommonOJ problems, ``GET /v1/ping``. Its prompts:
``sandbox_fusion_prompts``."""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import partial

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from evaluator.api.compat import sandbox_fusion_prompts, shared
from evaluator.api.compat.sandbox_fusion_wire import (
    CommandRunResult,
    CommonOjProblem,
    EvalResult,
    EvalTestCase,
    FusionLanguage,
    RunCodeRequest,
    RunCodeResponse,
    StdioTest,
    SubmitRequest,
    missing_data,
    refusal,
)
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.api.problems import JsonAnswer
from evaluator.errors import ApiError, JudgeFault, UnknownLanguage
from evaluator.schema import CompileReport, Limits, RunReport, RunRequest, to_bytes, to_text
from sandbox.toolchain import languages

_LANGUAGES: Mapping[FusionLanguage, str] = {
    **dict.fromkeys(("nodejs", "js"), "javascript"),
    **dict.fromkeys(("typescript", "ts"), "typescript"),
    "python": "python",
    "cpp": "cpp17",
    "go": "go",
    "java": "java",
    "php": "php",
    "csharp": "csharp",
    "bash": "bash",
    "sql": "sql",
    "rust": "rust",
    "lua": "lua",
    "R": "r",
    "perl": "perl",
    "ruby": "ruby",
    "racket": "racket",
    "verilog": "verilog",
    "scala": "scala",
}
_COMPILED = frozenset({"cpp", "go", "java", "rust"})
"""Languages of which the original has a compile step of its own; of others it is a part of the run."""
_FIELDS = {"sources": "files", "collect": "fetch_files"}
"""SandboxFusion's names of what we call otherwise."""
_RUNTIME_OPTIONS = {"java": ("-ea",)}
_RUN_TIMEOUT_S, _COMPILED_RUN_TIMEOUT_S = 20.0, 10.0
_SHOWN_OF_A_TEST = 1000
_RELATIVE_TOLERANCE, _LEAST_MAGNITUDE = 1e-5, 1e-10
_CSHARP_USINGS = "".join(
    f"using {name}; "
    for name in (
        *("System", "System.IO", "System.Linq", "System.Collections.Generic"),
        *("System.Threading", "System.Threading.Tasks"),
    )
)
"""The implicit ones of a ``dotnet new console`` project but System.Net.Http: programs have no network."""
_CSHARP_FIRST_LINES = re.compile(r"\ufeff?(?:[ \t]*(?://[^\n]*|#(?:define|undef|region|endregion)\b[^\n]*)?\r?\n)*")
"""Lines that may have to stand before all usings."""


router = shared.router("SandboxFusion", refusal)
router.include_router(sandbox_fusion_prompts.router)


@router.get("/v1/ping")
async def ping() -> str:
    """The process answers."""
    return "pong"


@router.post("/run_code", response_model=RunCodeResponse, openapi_extra=takes(RunCodeRequest))
async def run_code(request: Request) -> Response:
    """Run one program. A fault of ours, or a language that is not offered here, is ``SandboxError``."""
    body = await shared.read_body(request, RunCodeRequest)
    return _json(await cancel_on_disconnect(request, _ran(request, body)))


@router.post("/submit", response_model=EvalResult, openapi_extra=takes(SubmitRequest))
async def submit(request: Request) -> Response:
    """Judge a model's whole answer by a CommonOJ problem's tests."""
    body = await shared.read_body(request, SubmitRequest)
    return _json(await cancel_on_disconnect(request, _judged(request, body)))


async def _ran(request: Request, body: RunCodeRequest) -> RunCodeResponse:
    try:
        report = await shared.run(request, _run_request(body))
    except UnknownLanguage as error:
        return RunCodeResponse(status="SandboxError", message=error.detail)
    except ApiError as error:
        if not shared.is_our_fault(error):
            raise
        return RunCodeResponse(status="SandboxError", message=error.detail)
    return _response(body.language, report)


def _run_request(body: RunCodeRequest) -> RunRequest:
    language = _LANGUAGES.get(body.language)
    if language is None:
        raise UnknownLanguage(body.language, sorted(_LANGUAGES))
    memory_mb = shared.memory_mb(body.memory_limit_MB << 20) if body.memory_limit_MB > 0 else Limits().memory_mb
    files = {
        posixpath.normpath(name): to_text(shared.from_base64(data, "files", name))
        for name, data in body.files.items()
        if data is not None and "IGNORE_THIS_FILE" not in name
    }
    return shared.make(
        RunRequest,
        _FIELDS,
        language=language,
        code=with_usings(body.code) if language == "csharp" else body.code,
        stdin=body.stdin or "",
        **shared.beside(languages()[language], files),
        collect=tuple(dict.fromkeys(map(posixpath.normpath, body.fetch_files))),
        runtime_options=_RUNTIME_OPTIONS.get(language, ()),
        limits={
            "cpu_s": shared.cpu_s(body.run_timeout),
            "wall_s": shared.wall_s(body.run_timeout),
            "memory_mb": memory_mb,
        },
    )


def _response(language: FusionLanguage, report: RunReport) -> RunCodeResponse:
    compiled, ran = report.compile, None
    compile_result = _compile_result(compiled) if compiled is not None and language in _COMPILED else None
    if compiled is None or compiled.ok:
        ran = _run_result(report)
    elif compile_result is None:
        ran = _compile_result(compiled)
    went_well = all(step.went_well for step in (compile_result, ran) if step is not None)
    return RunCodeResponse(
        status="Success" if went_well else "Failed",
        compile_result=compile_result,
        run_result=ran,
        files={name: base64.b64encode(to_bytes(text)).decode() for name, text in report.files.items()},
    )


def _compile_result(compiled: CompileReport) -> CommandRunResult:
    out_of_time = compiled.stopped_by in ("cpu", "wall")
    return CommandRunResult(
        status="TimeLimitExceeded" if out_of_time else "Finished",
        execution_time=compiled.cpu_s,
        cpu_time=compiled.cpu_s,
        return_code=None if out_of_time else int(not compiled.ok),
        stdout="",
        stderr=compiled.log,
    )


def _run_result(report: RunReport) -> CommandRunResult:
    out_of_time = report.stopped_by in ("cpu", "wall")
    code = report.exit_code if report.exit_code is not None else -(report.signal or shared.KILLED)
    stderr = shared.shown(report.stderr)
    if report.stopped_by in ("memory", "output"):
        code = -shared.KILLED
        stderr += f"\n{report.stopped_by} limit exceeded"
    return CommandRunResult(
        status="TimeLimitExceeded" if out_of_time else "Finished",
        execution_time=report.wall_s,
        cpu_time=report.cpu_s,
        return_code=None if out_of_time else code,
        stdout=shared.shown(report.stdout),
        stderr=stderr,
    )


async def _judged(request: Request, body: SubmitRequest) -> EvalResult:
    problem = _problem(body)
    language = body.config.language or problem.labels.get("programming_language") or "python"
    if language not in _LANGUAGES:
        raise UnknownLanguage(str(language), sorted(_LANGUAGES))
    code = await shared.program_in(request, body.completion, _LANGUAGES[language])
    tests: list[EvalTestCase] = []
    if code is not None:
        tests = await _tested(request, body, problem, language, code)
    return EvalResult(
        id=body.id,
        accepted=len(tests) == len(problem.test) > 0 and all(test.passed for test in tests),
        extracted_code=code or "",
        full_code=code,
        tests=tuple(tests),
        extracted_type="empty" if code is None else "fenced",
    )


def _problem(body: SubmitRequest) -> CommonOjProblem:
    config = body.config
    if config.dataset_type not in (None, "CommonOJDataset"):
        message = f"{config.dataset_type!r} is not offered here; CommonOJDataset is"
        raise shared.wrong_at(("config", "dataset_type"), message)
    if config.custom_extract_logic is not None:
        message = "a program of the client's that would run in this service: refused"
        raise shared.wrong_at(("config", "custom_extract_logic"), message)
    provided_data = config.provided_data
    if isinstance(provided_data, CommonOjProblem):
        return provided_data
    for problem in provided_data or ():
        if problem.id == body.id:
            return problem
    raise missing_data(f"there is no problem of id {body.id!r}")


async def _tested(
    request: Request, body: SubmitRequest, problem: CommonOjProblem, language: FusionLanguage, code: str
) -> list[EvalTestCase]:
    """Run a problem's tests, until the first that fails unless all are asked for.

    Raises:
        JudgeFault: one could not be run; SandboxFusion's clients try again after a status of 500.
    """
    config = body.config
    run_timeout = config.run_timeout or (_COMPILED_RUN_TIMEOUT_S if language in _COMPILED else _RUN_TIMEOUT_S)
    whole = bool(config.extra.get("return_full_case"))

    async def tested(test: StdioTest) -> EvalTestCase:
        stdin = test.input.get("stdin", "")
        ran = await _ran(request, RunCodeRequest(code=code, language=language, stdin=stdin, run_timeout=run_timeout))
        if ran.status == "SandboxError":
            raise JudgeFault(ran.message)
        written = ran.run_result.stdout or "" if ran.run_result is not None else ""
        expected = test.output.get("stdout", "")
        passed = ran.status == "Success" and await shared.compare_apart(
            partial(same_output, written, expected), written
        )
        return EvalTestCase(passed=passed, exec_info=ran, test_info=test if whole or not passed else _cut(test))

    if config.extra.get("run_all_cases"):
        return await shared.together([tested(test) for test in problem.test])
    done: list[EvalTestCase] = []
    for test in problem.test:
        done.append(await tested(test))
        if not done[-1].passed:
            break
    return done


def same_output(written: str, expected: str) -> bool:
    """SandboxFusion's rule: equal lines, whatever their case and the blanks around them; lines that are numbers may
    differ a little."""
    got, want = written.strip(), expected.strip()
    # Counted first: no more lines are made than the test has.
    return got.count("\n") == want.count("\n") and all(map(_same_line, got.split("\n"), want.split("\n")))


def _same_line(got: str, want: str) -> bool:
    if got.strip().lower() == want.strip().lower():
        return True
    try:
        a, b = float(got), float(want)
    except ValueError:
        return False
    return abs(a - b) / max(abs(b), _LEAST_MAGNITUDE) < _RELATIVE_TOLERANCE


def _cut(test: StdioTest) -> StdioTest:
    return StdioTest(input=dict(_shortened(test.input)), output=dict(_shortened(test.output)))


def _shortened(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in texts.items():
        yield name, text if len(text) <= _SHOWN_OF_A_TEST else f"{text[:_SHOWN_OF_A_TEST]}...(truncated)"


def _json(answer: BaseModel) -> Response:
    return JsonAnswer(answer.model_dump(mode="json"))


def with_usings(code: str) -> str:
    """Return a program in C# with the implicit usings. Its lines keep their numbers in what the compiler says."""
    match = _CSHARP_FIRST_LINES.match(code)
    end = match.end() if match else 0
    first, rest = code[:end], code[end:]
    return f"{first}{_CSHARP_USINGS}\n#line {first.count(chr(10)) + 1}\n{rest}"
