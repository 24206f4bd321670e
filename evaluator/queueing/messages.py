"""What travels between the queue and a worker: a length, then JSON."""

from __future__ import annotations

import socket
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

from evaluator.schema import Report, RunReport, RunRequest, Submission

LENGTH_BYTES = 8


class Hello(BaseModel):
    """First words of a worker that can work: its isolation tier, and the toolchains it found."""

    kind: Literal["hello"] = "hello"
    isolation: str
    versions: dict[str, str]


class Refusal(BaseModel):
    """First and last words of a worker that cannot work here."""

    kind: Literal["refusal"] = "refusal"
    reason: str


class GradeTask(BaseModel):
    kind: Literal["grade"] = "grade"
    submission: Submission


class RunTask(BaseModel):
    kind: Literal["run"] = "run"
    request: RunRequest


class Cancel(BaseModel):
    """Nobody waits for the task that was given last. It is answered all the same, by what it came to or ``Dropped``."""

    kind: Literal["cancel"] = "cancel"


class Done(BaseModel):
    """The end of a task. ``slots_discarded`` is the worker's count since it started."""

    slots_discarded: int = 0


class Graded(Done):
    kind: Literal["graded"] = "graded"
    report: Report


class Ran(Done):
    kind: Literal["ran"] = "ran"
    report: RunReport


class Problem(Done):
    """The request was at fault (an ``ApiError`` of the named class)."""

    kind: Literal["problem"] = "problem"
    status: int
    slug: str
    title: str
    detail: str


class Dropped(Done):
    """The task was cancelled before it ended."""

    kind: Literal["dropped"] = "dropped"


Task = Annotated[GradeTask | RunTask | Cancel, Field(discriminator="kind")]
Answer = Annotated[Hello | Refusal | Graded | Ran | Problem | Dropped, Field(discriminator="kind")]
TASK: TypeAdapter[GradeTask | RunTask | Cancel] = TypeAdapter(Task)
ANSWER: TypeAdapter[Hello | Refusal | Graded | Ran | Problem | Dropped] = TypeAdapter(Answer)


def framed(message: BaseModel) -> bytes:
    """A message as it travels."""
    data = message.model_dump_json(exclude_defaults=False).encode()
    return len(data).to_bytes(LENGTH_BYTES, "little") + data


def receive(connection: socket.socket) -> bytes:
    """The next message's JSON; empty when the other side is gone."""
    length = _exactly(connection, LENGTH_BYTES)
    return _exactly(connection, int.from_bytes(length, "little")) if length else b""


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            return b""
        data += more
    return bytes(data)
