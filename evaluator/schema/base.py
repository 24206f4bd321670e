"""What every model of the wire is made of: strict names, texts that may be bytes, limits, verdicts."""

from __future__ import annotations

import base64
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, field_validator

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


def well_formed(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot write, as escapes: ``\\ud83d``."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


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


def _inside(name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or "\0" in name or any(part in ("", ".", "..") for part in parts):
        raise ValueError("must be a path inside the working directory, such as data/input.txt")
    return name


def _without_nul(argument: str) -> str:
    if "\0" in argument:
        raise ValueError("must not hold a NUL character")
    return argument


def _without_directory(name: str) -> str:
    if "/" in name:
        raise ValueError("must be a file directly in the working directory, such as output.txt")
    return name


FileName = Annotated[str, Field(max_length=1024), AfterValidator(_inside)]
PlainFileName = Annotated[FileName, AfterValidator(_without_directory)]
Argument = Annotated[str, Field(max_length=8192), AfterValidator(_without_nul)]


def bytes_of(value: JsonValue) -> bytes:
    """The bytes of a wire text whose model has not been validated yet."""
    if isinstance(value, str):
        return value.encode()
    return to_bytes(Blob.model_validate(value))


Mode = Literal["stdio", "function", "program", "interactive"]
