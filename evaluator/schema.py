"""The wire contract, version 1: what travels between clients and the service.

Depends on pydantic alone, so that the client can share it. Sizes are MiB where a name ends in ``_mb`` and
bytes where it ends in ``_bytes``; times are seconds. Unknown fields are refused: a misspelt limit must never
be ignored silently.
"""

from __future__ import annotations

import base64
import hashlib
import json
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

MAX_CPU_S = 600.0
MAX_WALL_S = 1_800.0
MAX_MEMORY_MB = 65_536
MAX_OUTPUT_MB = 1_024
MAX_PROCESSES = 4_096


class Wire(BaseModel):
    """Base of everything on the wire: immutable, and strict about names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Verdict(StrEnum):
    """How a submission, or one of its tests, was judged. A closed set."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    TIME_LIMIT_EXCEEDED = "time_limit_exceeded"
    MEMORY_LIMIT_EXCEEDED = "memory_limit_exceeded"
    OUTPUT_LIMIT_EXCEEDED = "output_limit_exceeded"
    RUNTIME_ERROR = "runtime_error"
    COMPILE_ERROR = "compile_error"
    NO_CODE = "no_code"
    JUDGE_ERROR = "judge_error"
    CANCELLED = "cancelled"

    @property
    def is_score(self) -> bool:
        """Whether the verdict says something about the program (and not about the judge)."""
        return self not in (Verdict.JUDGE_ERROR, Verdict.CANCELLED)


class Blob(Wire):
    """Bytes that are not UTF-8."""

    base64: str

    @field_validator("base64")
    @classmethod
    def _decodes(cls, text: str) -> str:
        base64.b64decode(text, validate=True)
        return text


Text = str | Blob
"""A string, or bytes that are not UTF-8."""


def to_bytes(text: Text) -> bytes:
    """The bytes that a wire text stands for."""
    return text.encode() if isinstance(text, str) else base64.b64decode(text.base64)


def to_text(data: bytes) -> Text:
    """The wire form of some bytes: a string where they are UTF-8, base64 where not."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return Blob(base64=base64.b64encode(data).decode())


class Limits(Wire):
    """What one run of the program may use. Memory and processes count the whole process tree."""

    cpu_s: Annotated[float, Field(gt=0, le=MAX_CPU_S)] = 6.0
    wall_s: Annotated[float, Field(gt=0, le=MAX_WALL_S)] | None = None
    """A generous stop for programs that sleep; by default 2 × cpu_s + 1. Waiting for a busy machine is not counted."""
    memory_mb: Annotated[int, Field(ge=8, le=MAX_MEMORY_MB)] = 1024
    output_mb: Annotated[int, Field(ge=1, le=MAX_OUTPUT_MB)] = 64
    processes: Annotated[int, Field(ge=1, le=MAX_PROCESSES)] = 64

    def wall_for(self, cpu_s: float) -> float:
        """Wall seconds for a program that may use ``cpu_s``. There is no need to be more generous than twice that:
        time that a program waits for a busy machine is not counted."""
        return self.wall_s if self.wall_s is not None else 2 * cpu_s + 1


class TokensChecker(Wire):
    """Equal sequences of blank-separated tokens; the default for stdio."""

    kind: Literal["tokens"]


class LinesChecker(Wire):
    """Equal lines, forgiving trailing blanks, CRLF, a BOM and the final newline."""

    kind: Literal["lines"]


class ExactChecker(Wire):
    """Equal bytes."""

    kind: Literal["exact"]


class JsonChecker(Wire):
    """Equal JSON values, with integers, floats and booleans kept apart; the default for functions."""

    kind: Literal["json"]


class FloatChecker(Wire):
    """As ``tokens`` (or ``json``), with a tolerance wherever the expected value is written as a decimal."""

    kind: Literal["float"]
    abs: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1e-9
    rel: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1e-6


CheckerSpec = Annotated[
    TokensChecker | LinesChecker | ExactChecker | JsonChecker | FloatChecker, Field(discriminator="kind")
]

Mode = Literal["stdio", "function"]
TEXT_ONLY_CHECKERS = (TokensChecker, LinesChecker, ExactChecker)


class TestCase(Wire):
    """One input and what is expected of it.

    In stdio mode both are text; in function mode ``input`` is the list of arguments and ``output`` the value.
    """

    __test__ = False  # not a class of tests, whatever pytest thinks of its name

    input: JsonValue
    output: JsonValue
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    name: str | None = None

    @property
    def stdin(self) -> bytes:
        """The input in stdio mode."""
        return _bytes_of(self.input)

    @property
    def expected(self) -> bytes:
        """The expected output in stdio mode."""
        return _bytes_of(self.output)


def _bytes_of(value: JsonValue) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return to_bytes(Blob.model_validate(value))


class FunctionSpec(Wire):
    """Which function of the submission to call."""

    name: Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=200)]
    types: dict[str, Any] | None = None


class Suite(Wire):
    """Tests, how to judge, and limits. Immutable; named by the SHA-256 of its canonical form."""

    mode: Mode
    tests: Annotated[tuple[TestCase, ...], Field(min_length=1)]
    function: FunctionSpec | None = None
    checker: CheckerSpec | None = None
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _mode_has_what_it_needs(self) -> Self:
        if self.mode == "function":
            if self.function is None:
                raise ValueError('mode "function" needs "function": {"name": ...}')
            if isinstance(self.checker, TEXT_ONLY_CHECKERS):
                raise ValueError(
                    f'checker "{self.checker.kind}" compares text; in mode "function" use "json" or "float"'
                )
            for index, test in enumerate(self.tests):
                if not isinstance(test.input, list):
                    raise ValueError(f'tests[{index}].input must be the list of arguments in mode "function"')
        else:
            if self.function is not None:
                raise ValueError(f'"function" has no meaning in mode "{self.mode}"')
            for index, test in enumerate(self.tests):
                for side in ("input", "output"):
                    try:
                        _bytes_of(getattr(test, side))
                    except ValueError as error:
                        raise ValueError(
                            f'tests[{index}].{side} must be a string or {{"base64": ...}} in mode "stdio"'
                        ) from error
        return self

    @property
    def effective_checker(self) -> CheckerSpec:
        """The checker given, or the mode's default."""
        if self.checker is not None:
            return self.checker
        return JsonChecker(kind="json") if self.mode == "function" else TokensChecker(kind="tokens")

    def canonical(self) -> bytes:
        """The form that is hashed: sorted keys, no blanks, UTF-8, fields at their defaults left out.

        Leaving defaults out keeps a suite's name when a later version adds an optional field.
        """
        data = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @property
    def id(self) -> str:
        """``sha256:`` and 64 hexadecimal digits."""
        return "sha256:" + hashlib.sha256(self.canonical()).hexdigest()


IsolationName = Literal["namespaces", "landlock", "process"]
Policy = Literal["first_failure", "all"]
Detail = Literal["summary", "tests", "full"]


class Submission(Wire):
    """A program to grade, as code or as a model's whole answer, with a suite or the name of one."""

    id: str | None = None
    language: str = "python"
    code: str | None = None
    response: str | None = None
    suite: Suite | None = None
    suite_id: str | None = None
    policy: Policy = "first_failure"
    detail: Detail = "tests"

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.code is None) == (self.response is None):
            raise ValueError('give either "code" (a program) or "response" (a model\'s whole text)')
        if (self.suite is None) == (self.suite_id is None):
            raise ValueError('give either "suite" or "suite_id"')
        return self


class TestReport(Wire):
    """How one test went."""

    __test__ = False

    index: int
    name: str | None = None
    verdict: Verdict
    cpu_s: float | None = None
    wall_s: float | None = None
    memory_bytes: int | None = None
    reason: str | None = None
    matched_by: str | None = None
    strict: bool | None = None
    """What exact comparison would have said; null where nothing was compared."""
    stdout: Text | None = None
    stderr: Text | None = None


class FirstFailure(Wire):
    """The first test, by index among those run, that was not accepted. Long texts are cut."""

    index: int
    verdict: Verdict
    reason: str | None = None
    input: JsonValue = None
    expected: JsonValue = None
    output: JsonValue = None
    stderr: Text | None = None


class CompileReport(Wire):
    """What the compiler, or the parser, said."""

    ok: bool
    log: str = ""
    cpu_s: float = 0.0


class Report(Wire):
    """The result of one submission. ``score`` is null whenever the program was not judged."""

    id: str | None = None
    index: int | None = None
    """The submission's place in its batch."""
    verdict: Verdict
    score: float | None
    passed: int
    total: int
    tests: tuple[TestReport, ...] = ()
    first_failure: FirstFailure | None = None
    compile: CompileReport | None = None
    reason: str | None = None
    isolation: IsolationName | None = None
    cached: bool = False
    queued_s: float = 0.0
    run_s: float = 0.0
    engine: str


class Batch(Wire):
    """Many submissions; a submission's ``suite_id`` may be a key of ``suites``."""

    submissions: tuple[Submission, ...]
    suites: dict[str, Suite] = {}


class Reports(Wire):
    """One report for each submission of a batch, in order."""

    reports: tuple[Report, ...]


def _inside(name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or "\0" in name or any(part in ("", ".", "..") for part in parts):
        raise ValueError("must be a path inside the working directory, such as data/input.txt")
    return name


def _without_nul(argument: str) -> str:
    if "\0" in argument:
        raise ValueError("must not hold a NUL character")
    return argument


FileName = Annotated[str, Field(max_length=1024), AfterValidator(_inside)]
Argument = Annotated[str, Field(max_length=8192), AfterValidator(_without_nul)]


class RunRequest(Wire):
    """One run without grading. ``files`` lie in the program's working directory."""

    language: str = "python"
    code: str
    stdin: Text = ""
    args: Annotated[tuple[Argument, ...], Field(max_length=256)] = ()
    files: Annotated[dict[FileName, Text], Field(max_length=4096)] = {}
    limits: Limits = Limits()


class RunReport(Wire):
    """What one run did. ``stopped_by`` names the limit that ended it, if any did."""

    exit_code: int | None
    signal: int | None
    cpu_s: float
    wall_s: float
    memory_bytes: int
    stdout: Text
    stderr: Text
    truncated: bool = False
    stopped_by: Literal["cpu", "wall", "memory", "output", "processes"] | None
    compile: CompileReport | None = None
    isolation: IsolationName
    engine: str


class LanguageInfo(Wire):
    """A language that was found to work here."""

    name: str
    aliases: tuple[str, ...]
    version: str
    extension: str
    compiled: bool
    modes: tuple[Mode, ...]


class LanguageList(Wire):
    """What ``/v1/languages`` answers."""

    languages: tuple[LanguageInfo, ...]


class Readiness(Wire):
    """What ``/readyz`` answers. ``queued`` counts submissions that wait or run."""

    workers_ready: int
    workers: int
    queued: int
    isolation: str
    engine: str


class Mechanism(Wire):
    """A mechanism of the kernel, or a tier made of them, and whether it worked when it was tried."""

    name: str
    works: bool
    detail: str = ""


class Isolation(Wire):
    """What ``/v1/isolation`` and ``microcoder doctor`` say of a host. No tier: the service cannot start."""

    engine: str
    tier: str | None
    min_isolation: IsolationName
    tiers: tuple[Mechanism, ...]
    mechanisms: tuple[Mechanism, ...]
    languages: dict[str, str]
    user: str
    cpus: int
    memory_mb: int
    kernel: str
    python: str
    data_dir: str
