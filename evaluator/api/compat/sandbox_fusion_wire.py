"""SandboxFusion's wire models (sandbox/server/sandbox_api.py, sandbox/datasets/types.py; its client is
sandbox-fusion 0.3.7)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field, Json

from evaluator.api.compat import shared
from evaluator.api.compat.shared import Foreign
from evaluator.api.problems import JsonAnswer
from evaluator.errors import ApiError, HeldTooLong, InvalidRequest, MalformedJson

FusionLanguage = Literal[
    "python", "python2", "cpp", "nodejs", "js", "go", "go_test", "java", "php", "csharp", "bash", "typescript", "ts",
    "sql", "rust", "cuda", "lua", "R", "perl", "D_ut", "ruby", "scala", "julia", "pytest", "junit", "kotlin_script",
    "jest", "verilog", "python_gpu", "lean", "swift", "racket", "gtest", "react",
]  # fmt: skip
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class RunCodeRequest(Foreign):
    """Times are seconds; ``files`` are base64 by path."""

    compile_timeout: Seconds = 10
    run_timeout: Seconds = 10
    memory_limit_MB: int = -1
    code: str
    stdin: str | None = None
    language: FusionLanguage
    files: dict[str, str | None] = Field(default={})
    fetch_files: list[str] = Field(default=[])


class CommandRunResult(Foreign):
    """One run of a compiler or a program. ``return_code`` is minus the signal that ended it."""

    status: Literal["Finished", "Error", "TimeLimitExceeded"]
    execution_time: float | None = None
    cpu_time: float | None = None
    return_code: int | None = None
    stdout: str | None = None
    stderr: str | None = None

    @property
    def went_well(self) -> bool:
        return self.status == "Finished" and self.return_code == 0


class RunCodeResponse(Foreign):
    status: Literal["Success", "Failed", "SandboxError"]
    message: str = ""
    compile_result: CommandRunResult | None = None
    run_result: CommandRunResult | None = None
    executor_pod_name: str | None = None
    files: dict[str, str] = Field(default={})


class StdioTest(Foreign):
    input: dict[str, str]
    output: dict[str, str]


class CommonOjProblem(Foreign):
    """A row of ``provided_data``; its tests and labels may be JSON text, as they are in the original's database."""

    id: int | str
    labels: Json[dict[str, Any]] | dict[str, Any] = Field(default={})
    test: Json[tuple[StdioTest, ...]] | tuple[StdioTest, ...]


class SubmitConfig(Foreign):
    dataset_type: str | None = None
    language: FusionLanguage | None = None
    compile_timeout: Seconds | None = None
    run_timeout: Seconds | None = None
    custom_extract_logic: str | None = None
    provided_data: CommonOjProblem | tuple[CommonOjProblem, ...] | None = None
    extra: dict[str, Any] = Field(default={})


class SubmitRequest(Foreign):
    dataset: str
    id: int | str
    completion: str
    config: SubmitConfig


class EvalTestCase(Foreign):
    passed: bool
    exec_info: RunCodeResponse
    test_info: StdioTest | None = None


class EvalResult(Foreign):
    id: int | str
    accepted: bool
    extracted_code: str
    full_code: str | None = None
    test_code: str | None = None
    tests: tuple[EvalTestCase, ...]
    extracted_type: Literal["fenced", "empty"] | None = None
    extra: dict[str, Any] | None = None


def refusal(error: ApiError) -> Response:
    """Say what is wrong as FastAPI does, on which the original is built. 504 is what verl tries again."""
    if isinstance(error, HeldTooLong):
        return JsonAnswer({"detail": error.detail}, 504)
    if isinstance(error, MalformedJson | InvalidRequest):
        wrong = error.extensions.get("errors") or [{"loc": [], "msg": error.detail}]
        return JsonAnswer(
            {"detail": [{"type": error.slug, "loc": ["body", *each["loc"]], "msg": each["msg"]} for each in wrong]}, 422
        )
    return JsonAnswer({"detail": error.detail, "traceback": []}, error.status)


def missing_data(problem: str) -> InvalidRequest:
    """The error of a request about data that it does not bring."""
    message = f"{problem}; no data sets are stored here: send the rows"
    return shared.wrong_at(("config", "provided_data"), message)
