"""Building blocks of the wire's models: strict names, texts that may be bytes, limits, verdicts."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, field_validator

MAX_CPU_S = 600.0
MAX_WALL_S = 1_800.0
MAX_MEMORY_MB = 65_536
MAX_OUTPUT_MB = 1_024
MAX_PROCESSES = 4_096
_LONGEST_NAME = 255


class Wire(BaseModel):
    """Base of all models of the wire: immutable, and strict about names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Verdict(StrEnum):
    """The judgement of a submission, or of one of its tests. A closed set."""

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
        """True if the verdict is about the program, and not about the judge."""
        return self not in (Verdict.JUDGE_ERROR, Verdict.CANCELLED)


class Blob(Wire):
    """Bytes that are not UTF-8."""

    base64: str

    @field_validator("base64")
    @classmethod
    def _decodes(cls, text: str) -> str:
        base64.b64decode(text, validate=True)
        return text


_SURROGATE = re.compile("[\ud800-\udfff]")
"""A surrogate: half of a pair that stands for one character in UTF-16. JSON can write one alone (``\\ud83d``), UTF-8
cannot."""


def is_utf8(text: str) -> bool:
    """Tell whether UTF-8 can encode a string: it cannot if half of a surrogate pair is in it."""
    return text.isascii() or _SURROGATE.search(text) is None


def _paired(text: str) -> str:
    """Join surrogate pairs into characters: two pieces of a stream of tokens may bring one half each."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _as_bytes(text: str | Blob) -> str | Blob:
    if isinstance(text, Blob) or is_utf8(text):
        return text
    return to_text(_paired(text).encode("utf-8", "surrogatepass"))


Text = Annotated[str | Blob, AfterValidator(_as_bytes)]
"""A string, or bytes that are not UTF-8. A string with half of a surrogate pair becomes bytes: the service accepts it,
and the reader of the bytes, such as a compiler, reports the error."""


def well_formed(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot encode, by escapes: ``\\ud83d``."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def to_bytes(text: Text) -> bytes:
    """Return the bytes that a wire text stands for."""
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else base64.b64decode(text.base64)


def to_string(text: Text) -> str:
    """Return a wire text as a string. Each byte that is not UTF-8 becomes half of a surrogate pair;
    ``encode("utf-8", "surrogateescape")`` turns it back into that byte."""
    return text if isinstance(text, str) else to_bytes(text).decode("utf-8", "surrogateescape")


def size_of(text: Text) -> int:
    """Return the length of a wire text: in characters, or in bytes if it is not UTF-8."""
    return len(text) if isinstance(text, str) else len(text.base64) * 3 // 4


def _as_label(text: str) -> str:
    return text if is_utf8(text) else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _paired(text))


def _as_utf8(text: str) -> str:
    text = text if is_utf8(text) else _paired(text)
    if not is_utf8(text):
        raise ValueError(
            f"holds half of a surrogate pair ({_SURROGATE.findall(text)[0]!a}), for which UTF-8 has no bytes: "
            "write the whole character, or leave it out"
        )
    return text


Label = Annotated[str, AfterValidator(_as_label)]
"""A string that names something. Half of a surrogate pair is replaced by U+FFFD."""
Utf8 = Annotated[str, AfterValidator(_as_utf8)]
"""A string that UTF-8 can encode."""


def to_text(data: bytes) -> Text:
    """Convert bytes to their wire form: a string if they are UTF-8, base64 if not."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return Blob(base64=base64.b64encode(data).decode())


class Limits(Wire):
    """The limits of one run of the program. Memory and processes count the whole process tree."""

    cpu_s: Annotated[float, Field(gt=0, le=MAX_CPU_S)] = 6.0
    wall_s: Annotated[float, Field(gt=0, le=MAX_WALL_S)] | None = None
    """A generous stop for programs that sleep; by default 2 × cpu_s + 1. Waiting for a busy machine is not counted."""
    memory_mb: Annotated[int, Field(ge=8, le=MAX_MEMORY_MB)] = 1024
    output_mb: Annotated[int, Field(ge=1, le=MAX_OUTPUT_MB)] = 64
    processes: Annotated[int, Field(ge=1, le=MAX_PROCESSES)] = 64

    def wall_for(self, cpu_s: float) -> float:
        """Return the limit of wall time, in seconds, for a program that may use ``cpu_s``. Twice that is enough by
        default, since the time that a program waits for a busy machine is not counted."""
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


FileName = Annotated[Utf8, Field(max_length=1024), AfterValidator(_inside)]
PlainFileName = Annotated[FileName, AfterValidator(_without_directory)]
Argument = Annotated[Utf8, Field(max_length=8192), AfterValidator(_without_nul)]


def check_names(files: Collection[str], neighbours: Collection[str] = ()) -> None:
    """Check that files can lie in one directory, beside ``neighbours``.

    Raises:
        ValueError: one of them would be the directory of another, or a name is too long.
    """
    names = {*files, *neighbours}
    for name in files:
        if clash := next((str(path) for path in PurePosixPath(name).parents if str(path) in names), None):
            raise ValueError(f"files: {clash!r} cannot be a file and the directory of {name!r}")
        if any(len(part.encode()) > _LONGEST_NAME for part in name.split("/")):
            raise ValueError(f"files: no part of a path may have more than {_LONGEST_NAME} bytes: {name[:80]!r}")


def bytes_of(value: JsonValue) -> bytes:
    """Return the bytes of a wire text whose model has not been validated yet.

    Raises:
        UnicodeEncodeError: UTF-8 cannot encode it.
        ValueError: it is neither a string nor ``{"base64": ...}``.
    """
    if isinstance(value, str):
        return value.encode()
    return to_bytes(Blob.model_validate(value))


Mode = Literal["stdio", "function", "program", "interactive"]
