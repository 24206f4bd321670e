"""Parts that the endpoints of other systems share."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, ValidationError

from evaluator.api import body
from evaluator.confinement import OverLimit
from evaluator.errors import ApiError, HeldTooLong, InvalidRequest, QueueFull
from evaluator.extraction.bounded import Extractor
from evaluator.queueing.base import Queue
from evaluator.queueing.quotas import holder
from evaluator.schema import RunReport, RunRequest, Submission, Text, to_bytes
from evaluator.schema.base import MAX_CPU_S, MAX_MEMORY_MB, MAX_WALL_S, size_of
from evaluator.settings import Settings
from evaluator.written_report import WrittenReport
from sandbox.limits import MIB
from sandbox.toolchain import Language

R = TypeVar("R")
Model = TypeVar("Model", bound=BaseModel)
LEAST_CPU_S, LEAST_MEMORY_MB = 0.001, 8
_WALL_SLACK, _LEAST_WALL_SLACK_S, _MAX_WALL_SLACK_S = 0.05, 0.2, 0.5
_SOURCES = frozenset({".h", ".hpp", ".hh", ".hxx", ".inc", ".c", ".cc", ".cpp", ".cxx", ".java", ".go", ".rs"})
_NUMBERS = re.compile(r"\d+(?:\.\d+){1,2}")
_LONG = 1 << 16
"""Characters of an output beyond which it is not compared on the event loop."""
KILLED = 9
"""The signal that a program gets from us."""


class Foreign(BaseModel):
    """Base of another system's wire models: fields that we do not know are passed over, as there."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def router(system: str, refusal: Callable[[ApiError], Response]) -> APIRouter:
    """Routes that answer errors in a system's own form."""

    class Route(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    return await handle(request)
                except ApiError as error:
                    return refusal(error)

            return handler

    return APIRouter(tags=[f"drop-in: {system}"], route_class=Route)


async def read_body(request: Request, model: type[Model], *kinds: str) -> Model:
    """The request's body: JSON, whose media type may be one of ``kinds`` too.

    Raises:
        UnsupportedMediaType, BodyTooLarge, BodyTooComplex, MalformedJson, InvalidRequest
    """
    data = await body.read(request, body.JSON, *kinds)
    settings: Settings = request.app.state.settings
    body.check_complexity(data, settings.max_values // 4)  # it is read here, and others wait meanwhile
    return body.parse(model, data)


def make(model: type[Model], names: Mapping[str, str], **fields: Any) -> Model:
    """One of our own wire models from another system's values. ``names`` are what that calls some fields, by our dotted
    names.

    Raises:
        InvalidRequest: they are outside of what we take.
    """
    try:
        return model(**fields)
    except ValidationError as error:
        raise body.refused(error, "the request", names) from error


async def run(request: Request, run_request: RunRequest) -> RunReport:
    """Run a program.

    Raises:
        UnknownLanguage, CodeTooLarge, InvalidRequest: it cannot be run here.
        HeldTooLong: there was no room in time.
        ApiError: with a status of 500 or more, a fault of ours.
    """
    return await (await started(request, run_request))


async def started(request: Request, run_request: RunRequest) -> asyncio.Future[RunReport]:
    """A program in the queue; where that is full, once there is room.

    Raises:
        UnknownLanguage, CodeTooLarge, HeldTooLong: as ``run``. The future raises the rest.
    """
    queue = queue_of(request)
    queue.languages.require(run_request.language)
    body.check_size(request, run_request.code)
    return await _holding(request).taken_in(1, lambda: queue.run(run_request))


async def program_in(request: Request, response: str, name: str) -> str | None:
    """The program in a model's response, in the language of our own name; None where it holds none, or takes longer to
    read than any does that a model wrote.

    Raises:
        UnknownLanguage: its toolchain is not here.
        CodeTooLarge: the response is too long.
    """
    language = language_of(request, name)
    body.check_size(request, response)
    extractor: Extractor = request.app.state.extractor
    try:
        return await extractor.extract(response, language.name)
    except OverLimit:
        return None


async def compare_apart(compare: Callable[[], R], written: Text) -> R:
    """Return what ``compare`` returns. A long output is compared in a thread, so that others are served meanwhile."""
    return compare() if size_of(written) <= _LONG else await asyncio.to_thread(compare)


async def grade(request: Request, submissions: Sequence[Submission]) -> list[WrittenReport]:
    """Grade submissions that have been checked; where the queue is full, once there is room.

    Raises:
        HeldTooLong, BatchTooLarge: there was no room.
    """
    queue = queue_of(request)
    futures = await _holding(request).taken_in(len(submissions), lambda: queue.grade(submissions))
    return await together(futures)


async def together(work: Sequence[Awaitable[R]]) -> list[R]:
    """Do all of it, and return the results in order. Where one fails the others are not done."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def is_our_fault(error: ApiError) -> bool:
    """The program was not judged, though the request was in order; it did not merely have to wait for too long."""
    return error.status >= 500 and not isinstance(error, HeldTooLong)


def language_of(request: Request, name: str) -> Language:
    """The language of our own name.

    Raises:
        UnknownLanguage: its toolchain is not here.
    """
    return queue_of(request).languages.require(name)


def version_of(request: Request, name: str) -> str:
    """The version of a language's toolchain, as three numbers."""
    match = _NUMBERS.search(queue_of(request).languages.versions[name])
    parts = match[0].split(".") if match else []
    return ".".join([*parts, "0", "0", "0"][:3])


def offered(request: Request, name: str) -> bool:
    """Tell if the language's toolchain is here."""
    return name in queue_of(request).languages.versions


def beside(language: Language, files: Mapping[str, Text]) -> dict[str, dict[str, Text]]:
    """Sort files into the fields of a ``RunRequest``: what a compiler may ask for is there when it runs; data is
    not, so that one program with many inputs is compiled once."""
    sources = {name for name in files if language.compile and PurePosixPath(name).suffix in _SOURCES}
    return {
        "files": {name: text for name, text in files.items() if name not in sources},
        "sources": {name: files[name] for name in sources},
    }


def cpu_s(seconds: float) -> float:
    """A time as our limits take it."""
    return min(max(seconds, LEAST_CPU_S), MAX_CPU_S)


def wall_s(seconds: float) -> float:
    """A limit of wall time as ours, where a program that sleeps is to be ended at it: with a little time to begin and
    end in."""
    return min(cpu_s(seconds) + min(_WALL_SLACK * seconds, _MAX_WALL_SLACK_S) + _LEAST_WALL_SLACK_S, MAX_WALL_S)


def memory_mb(size: float) -> int:
    """A size in bytes as our limits take it."""
    return min(max(-(-int(size) // MIB), LEAST_MEMORY_MB), MAX_MEMORY_MB)


def shown(text: Text) -> str:
    """Output as a string; bytes that are not UTF-8 are replaced."""
    return to_bytes(text).decode(errors="replace")


def from_base64(text: str, *place: str | int) -> bytes:
    """Bytes, whatever line breaks their base64 has. ``place`` leads to it in the body.

    Raises:
        InvalidRequest: it is none.
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise wrong_at(place, f"is not base64: {error}") from error


def wrong_at(place: Sequence[str | int], message: str) -> InvalidRequest:
    """The error of a request with something wrong at a place of its body."""
    return InvalidRequest(f"{'.'.join(map(str, place))}: {message}", errors=[{"loc": [*place], "msg": message}])


def queue_of(request: Request) -> Queue:
    """The application's queue."""
    queue: Queue = request.app.state.queue
    return queue


def _holding(request: Request) -> HeldQueue:
    holding: HeldQueue = request.app.state.holding
    return holding


class HeldQueue:
    """The line in front of a queue."""

    def __init__(self, queue: Queue, hold_s: float) -> None:
        self._queue, self._hold_s = queue, hold_s
        self._firsts: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Held by whoever is first, of each key's holder: none waits for another's share. Handed on in order."""

    async def taken_in(self, count: int, take: Callable[[], R]) -> R:
        """Return what ``take`` returns, once the queue has room for its ``count`` tasks.

        Raises:
            HeldTooLong: it had none for ``hold_s`` seconds.
            BatchTooLarge: it never will.
        """
        first = self._firsts[holder()]
        if not first.locked():
            with contextlib.suppress(QueueFull):
                return take()
        try:
            async with asyncio.timeout(self._hold_s), first:
                while True:
                    try:
                        return take()
                    except QueueFull:
                        await self._queue.room(count)
        except TimeoutError as error:
            raise HeldTooLong(self._hold_s) from error
