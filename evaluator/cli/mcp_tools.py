"""The tools that ``microcoder mcp`` offers to assistants: their arguments, and the requests that they become."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, JsonValue

from evaluator.schema import LanguageList, Limits, Report, RunReport, RunRequest, Submission, Suite, to_bytes
from evaluator.schema.base import MAX_CPU_S, MAX_MEMORY_MB, Text, Wire
from trainer_client.client import AsyncEvaluatorClient

SHOWN_CHARACTERS = 20_000
"""Characters of an output that an assistant reads, at most: half from its beginning, half from its end."""
_Limit = Annotated[float, Field(gt=0, le=MAX_CPU_S, description="CPU seconds that each run may use.")]
_Memory = Annotated[int, Field(ge=8, le=MAX_MEMORY_MB, description="MiB that each run may use.")]
_Language = Annotated[str, Field(description="As `languages` names it: python, cpp, java, javascript, rust, go ...")]


class RunArguments(Wire):
    """A program to run once."""

    code: str = Field(description="The whole program, one file.")
    language: _Language = "python"
    stdin: str = Field("", description="Its standard input.")
    args: tuple[str, ...] = Field((), description="Its command line arguments.")
    files: dict[str, str] = Field({}, description="Files in its working directory: path to text.")
    cpu_s: _Limit = 6.0
    memory_mb: _Memory = 1024


class GradeTest(Wire):
    """One test."""

    input: JsonValue = Field(description="Standard input as text; with `function`, the list of arguments.")
    output: JsonValue = Field(description="Expected standard output as text; with `function`, the expected value.")


class GradeArguments(Wire):
    """A program and what to judge it by: ``tests``, or ``test_code``, or a whole ``suite``."""

    code: str | None = Field(None, description="The whole program. Give this or `response`.")
    response: str | None = Field(None, description="A model's whole answer, from which the program is extracted.")
    language: _Language = "python"
    tests: tuple[GradeTest, ...] = Field((), description="Pairs of input and expected output.")
    function: str | None = Field(
        None,
        description="Function, or method of class Solution, to call with each test's input as its arguments. Without "
        "it, programs read standard input and write standard output.",
    )
    test_code: str | None = Field(
        None, description="Assertions, unittest or pytest functions that use the program's names, in place of `tests`."
    )
    checker: dict[str, JsonValue] | None = Field(
        None,
        description='How outputs are compared, such as {"kind": "float", "abs": 1e-6}. Kinds: tokens (the default), '
        "lines, exact, float, unordered, json (the default with `function`).",
    )
    suite: dict[str, JsonValue] | None = Field(
        None, description="A whole suite as JSON, for all else, such as an interactor. It has its own limits."
    )
    policy: Literal["first_failure", "all"] = Field("first_failure", description="Tests to run once one has failed.")
    cpu_s: _Limit = 6.0
    memory_mb: _Memory = 1024


class LanguagesArguments(Wire):
    """No arguments."""


@dataclass(frozen=True, slots=True)
class ServiceTool:
    """A tool: its description, the models of its arguments and result, and the function that answers it."""

    description: str
    arguments: type[BaseModel]
    result: type[BaseModel]
    call: Callable[[AsyncEvaluatorClient, Any], Awaitable[BaseModel]]


async def run_program(client: AsyncEvaluatorClient, arguments: RunArguments) -> RunReport:
    """Run a program, and shorten what it wrote to what an assistant can read."""
    request = RunRequest(
        **arguments.model_dump(exclude={"cpu_s", "memory_mb"}),
        limits=Limits(cpu_s=arguments.cpu_s, memory_mb=arguments.memory_mb),
    )
    report = await client.run(request)
    whole = {"stdout": _string(report.stdout), "stderr": _string(report.stderr)}
    shown = {name: _shortened(text) for name, text in whole.items()}
    return report.model_copy(update={**shown, "truncated": report.truncated or shown != whole})


async def grade_program(client: AsyncEvaluatorClient, arguments: GradeArguments) -> Report:
    """Grade a program against the tests of the call."""
    submission = Submission(
        code=arguments.code,
        response=arguments.response,
        language=arguments.language,
        suite=Suite.model_validate(_suite(arguments)),
        policy=arguments.policy,
    )
    return await client.grade(submission)


async def list_languages(client: AsyncEvaluatorClient, _: LanguagesArguments) -> LanguageList:
    """List the languages of the service."""
    return LanguageList(languages=await client.languages())


TOOLS = {
    "run": ServiceTool(
        "Run a program once in the sandbox, and return its output, exit code, CPU seconds and memory. "
        f"Of long outputs the middle is left out (over {SHOWN_CHARACTERS:,} characters).",
        RunArguments,
        RunReport,
        run_program,
    ),
    "grade": ServiceTool(
        "Judge a program against tests in the sandbox. Returns a verdict (accepted, wrong_answer, "
        "time_limit_exceeded, memory_limit_exceeded, runtime_error, compile_error, ...), the result of each test that "
        "was run, and the first failure with what was expected. judge_error is no verdict: `reason` says what failed.",
        GradeArguments,
        Report,
        grade_program,
    ),
    "languages": ServiceTool(
        "List the languages that work on this host, with versions, aliases and modes.",
        LanguagesArguments,
        LanguageList,
        list_languages,
    ),
}


def _suite(arguments: GradeArguments) -> dict[str, Any]:
    """Make the suite that the arguments describe. A misfit is found when it becomes a ``Suite``."""
    sources = [name for name in ("tests", "test_code", "suite") if getattr(arguments, name)]
    if len(sources) != 1:
        raise ValueError(f'give one of "tests", "test_code" and "suite", not {" and ".join(sources) or "none"}')
    if arguments.suite is not None:
        return arguments.suite
    suite: dict[str, Any] = {"limits": {"cpu_s": arguments.cpu_s, "memory_mb": arguments.memory_mb}}
    if arguments.checker is not None:
        suite["checker"] = arguments.checker
    if arguments.test_code is not None:
        return {"mode": "program", "program": {"test_code": arguments.test_code}, **suite}
    suite["tests"] = [test.model_dump() for test in arguments.tests]
    if arguments.function is not None:
        return {"mode": "function", "function": {"name": arguments.function}, **suite}
    return {"mode": "stdio", **suite}


def _string(text: Text) -> str:
    """A text for a reader. Bytes that are not UTF-8 become escapes."""
    return to_bytes(text).decode("utf-8", "backslashreplace")


def _shortened(text: str) -> str:
    """Leave out the middle of a long text, and say how much."""
    if len(text) <= SHOWN_CHARACTERS:
        return text
    half = SHOWN_CHARACTERS // 2
    return f"{text[:half]}\n... {len(text) - 2 * half:,} characters left out ...\n{text[-half:]}"
