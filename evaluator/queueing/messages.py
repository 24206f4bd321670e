"""What travels between the queue and a worker: a length, the task's number, then JSON."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

from evaluator.schema import Report, RunReport, RunRequest, Submission, Suite, SuiteCheck

NUMBER = struct.Struct("<Q")
"""A task's, which interrupts a worker that is at it."""
_HEAD = struct.Struct("<QQ")


class Hello(BaseModel):
    """First words of a worker that can work: its isolation tier, and the toolchains it found."""

    kind: Literal["hello"] = "hello"
    isolation: str
    versions: dict[str, str]


class RefusalMessage(BaseModel):
    """First and last words of a worker that cannot work here."""

    kind: Literal["refusal"] = "refusal"
    reason: str


class GradeTask(BaseModel):
    kind: Literal["grade"] = "grade"
    submission: Submission
    holder: str = ""
    """Whose key it came with, by name; empty where no keys are asked for."""


class RunTask(BaseModel):
    kind: Literal["run"] = "run"
    request: RunRequest
    holder: str = ""


class CheckTask(BaseModel):
    kind: Literal["check"] = "check"
    suite: Suite
    holder: str = ""


class Done(BaseModel):
    """The end of a task. ``slots_discarded`` is the worker's count since it started."""

    slots_discarded: int = 0


class Graded(Done):
    kind: Literal["graded"] = "graded"
    report: Report


class Ran(Done):
    kind: Literal["ran"] = "ran"
    report: RunReport


class Checked(Done):
    kind: Literal["checked"] = "checked"
    report: SuiteCheck


class RequestProblem(Done):
    """The request was at fault (an ``ApiError`` of the named class)."""

    kind: Literal["problem"] = "problem"
    status: int
    slug: str
    title: str
    detail: str


class Dropped(Done):
    """The task was cancelled before it ended."""

    kind: Literal["dropped"] = "dropped"


Task = GradeTask | RunTask | CheckTask
Result = Graded | Ran | Checked | RequestProblem | Dropped
Answer = Hello | RefusalMessage | Result
AnyTask = Annotated[Task, Field(discriminator="kind")]
AnyResult = Annotated[Result, Field(discriminator="kind")]
TASK: TypeAdapter[Task] = TypeAdapter(AnyTask)
ANSWER: TypeAdapter[Answer] = TypeAdapter(Annotated[Answer, Field(discriminator="kind")])


def framed(message: BaseModel, number: int = 0) -> bytes:
    """A message as it travels, of the task of that number if it is of any."""
    data = message.model_dump_json().encode()
    return _HEAD.pack(len(data), number) + data


def withdrawal(number: int) -> bytes:
    """What tells a worker not to begin a task that it was given."""
    return _HEAD.pack(0, number)


class Frames:
    """What arrives in pieces, taken apart into messages."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def fed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The messages that are whole now: their numbers and JSON, which a withdrawal has none of."""
        self._rest += data
        while len(self._rest) >= _HEAD.size:
            size, number = _HEAD.unpack_from(self._rest)
            end = _HEAD.size + size
            if len(self._rest) < end:
                return
            message = bytes(self._rest[_HEAD.size : end])
            del self._rest[:end]
            yield number, message
