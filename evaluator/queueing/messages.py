"""The messages between a queue and a worker process. On the wire: a length, the task's number, then JSON."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field, TypeAdapter

from evaluator.schema import RunReport, RunRequest, Submission, Suite, SuiteCheck
from evaluator.settings import Settings
from evaluator.written_report import WrittenReport
from sandbox.toolchain import VersionQuestion

NUMBER = struct.Struct("<Q")
"""A task's number, sent alone to interrupt a worker that runs it."""
_HEAD = struct.Struct("<QQ")


class Introduction(BaseModel):
    """The first message to a worker: the settings, and the answers of toolchains so far."""

    settings: Settings
    versions: tuple[tuple[VersionQuestion, str | None], ...]


class Hello(BaseModel):
    """The first message of a worker that can work: its isolation tier, and the toolchains and Python packages that it
    found."""

    kind: Literal["hello"] = "hello"
    isolation: str
    versions: dict[str, str]
    packages: dict[str, str] = {}


class RefusalMessage(BaseModel):
    """The only message of a worker that cannot work on this host."""

    kind: Literal["refusal"] = "refusal"
    reason: str


class GradeTask(BaseModel):
    kind: Literal["grade"] = "grade"
    submission: Submission
    holder: str = ""
    """The name of the key that the request came with; empty if the service asks for none."""

    @property
    def suite_id(self) -> str | None:
        return self.submission.suite_id


class RunTask(BaseModel):
    suite_id: ClassVar[None] = None
    kind: Literal["run"] = "run"
    request: RunRequest
    holder: str = ""


class CheckTask(BaseModel):
    suite_id: ClassVar[None] = None
    kind: Literal["check"] = "check"
    suite: Suite
    holder: str = ""


TaskKind = Literal["grade", "run", "check"]


@dataclass(frozen=True, slots=True)
class ForeignTask:
    """A task of another API process, which this one hands on to a worker unread, as its answer."""

    kind: TaskKind
    holder: str
    suite_id: str | None
    data: bytes
    """The task as JSON."""


class Done(BaseModel):
    """The end of a task. ``slots_discarded`` is the worker's count since it started. For ``waited_s`` of the task's
    seconds it waited for a run that had the machine for itself."""

    slots_discarded: int = 0
    waited_s: float = 0.0


class Graded(Done):
    kind: Literal["graded"] = "graded"
    report: WrittenReport


class Ran(Done):
    kind: Literal["ran"] = "ran"
    report: RunReport


class Checked(Done):
    kind: Literal["checked"] = "checked"
    report: SuiteCheck


class RequestProblem(Done):
    """The task's request is at fault (an ``ApiError`` of the named class)."""

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


def framed(message: BaseModel | ForeignTask, number: int = 0) -> bytes:
    """Encode a message as a frame. ``number`` is its task's, 0 if it belongs to none."""
    data = message.data if isinstance(message, ForeignTask) else message.model_dump_json().encode()
    return framed_bytes(data, number)


def framed_bytes(data: bytes, number: int) -> bytes:
    """Encode a message that is written already."""
    return _HEAD.pack(len(data), number) + data


def withdrawal(number: int) -> bytes:
    """Encode a frame that takes a task back from a worker that has not begun it."""
    return _HEAD.pack(0, number)


class Frames:
    """A decoder of frames that arrive in pieces."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def fed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Add data, and yield each complete message: its task's number and its JSON, empty for a withdrawal."""
        self._rest += data
        while len(self._rest) >= _HEAD.size:
            size, number = _HEAD.unpack_from(self._rest)
            end = _HEAD.size + size
            if len(self._rest) < end:
                return
            message = bytes(self._rest[_HEAD.size : end])
            del self._rest[:end]
            yield number, message
