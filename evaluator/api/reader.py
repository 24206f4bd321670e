"""The process that reads large bodies: parsed, their values take many times their size, and nothing else happens in a
Python process meanwhile. Suites go to the store; what is left of a body is its submissions, one a line.

It reads its settings from standard input, then one body after the other, and writes an answer for each: all of them
a length and so many bytes. It ends when its input does.
"""

from __future__ import annotations

import resource
import struct
import sys
import traceback
from collections.abc import Iterator
from typing import IO, Literal

from pydantic import BaseModel

from evaluator.api.body import check_complexity, parse
from evaluator.errors import ApiError, BodyTooComplex, JudgeFault, SuiteMismatch
from evaluator.schema import Batch, JobRequest, Mode, Submission, Suite, Webhook
from evaluator.settings import Settings
from evaluator.suites import SuiteStore
from sandbox.limits import MIB

Form = Literal["submission", "batch", "job", "lines", "suite"]
SIZE = struct.Struct("<Q")
_BASE_BYTES, _TIMES_BODY = 512 * MIB, 6
"""Memory for reading a body; who needs more is ended."""
_RECYCLED_BYTES = 256 * MIB
"""A process that has grown so large makes way for a new one."""


class ReadRequest(BaseModel):
    """A request to read the body that follows it."""

    form: Form
    suite_id: str | None = None
    """The name that a suite was sent under."""


class BodySummary(BaseModel):
    """The result of reading a body; its submissions follow, one a line. ``problem`` is an ``ApiError``'s."""

    problem: dict[str, object] | None = None
    suites: dict[str, Mode] = {}
    """The modes of those that are in the store now, by name."""
    last: bool = False
    """The process ends now."""
    new: bool = False
    """A suite that was sent by itself was new there."""
    webhook: Webhook | None = None


def main() -> None:
    settings = Settings.model_validate_json(_frame(sys.stdin.buffer) or b"{}")
    store = open_store(settings)
    while (head := _frame(sys.stdin.buffer)) is not None:
        body = _frame(sys.stdin.buffer) or b""
        _limit_memory(_BASE_BYTES + _TIMES_BODY * len(body))
        reader = Reader(store, settings)
        try:
            summary, lines = reader.read(ReadRequest.model_validate_json(head), body)
        except Exception as error:
            summary, lines = BodySummary(problem=_as_api_error(error).problem()), []
        summary.last = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > _RECYCLED_BYTES
        answer = b"\n".join([summary.model_dump_json().encode(), *lines])
        sys.stdout.buffer.write(SIZE.pack(len(answer)) + answer)
        sys.stdout.buffer.flush()
        if summary.last:
            return


def open_store(settings: Settings) -> SuiteStore:
    """Return the store of the service with these settings."""
    if settings.redis_url is None:
        return SuiteStore.of(settings)
    from evaluator.queueing.shared import connect
    from evaluator.queueing.shared_suites import SharedSuites

    return SharedSuites.before(connect(settings.redis_url, patience_s=2.0), settings)


class Reader:
    """A reader of one body."""

    def __init__(self, store: SuiteStore, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._suites: dict[str, Mode] = {}
        self._new = False

    def read(self, request: ReadRequest, body: bytes) -> tuple[BodySummary, list[bytes]]:
        """
        Raises:
            BodyTooComplex, MalformedJson, InvalidRequest, SuiteMismatch, NotReady
        """
        check_complexity(body, self._settings.max_values)
        webhook = None
        lines: list[bytes] = []
        match request.form:
            case "suite":
                suite = named_suite(request.suite_id or "", parse(Suite, body))
                self._new = self._put(suite)[1]
            case "submission":
                lines = [self._line(parse(Submission, body), {})]
            case "lines":
                lines = [self._line(submission, {}) for submission in submissions_of_lines(body)]
            case "batch" | "job":
                batch = parse(JobRequest if request.form == "job" else Batch, body)
                webhook = batch.webhook if isinstance(batch, JobRequest) else None
                named = {name: self._put(suite)[0] for name, suite in batch.suites.items()}
                lines = [self._line(submission, named) for submission in batch.submissions]
        return BodySummary(suites=self._suites, new=self._new, webhook=webhook), lines

    def _line(self, submission: Submission, named: dict[str, str]) -> bytes:
        """A submission with the stored name of its suite."""
        suite_id = submission.suite_id or ""
        if submission.suite is not None:
            suite_id, _ = self._put(submission.suite)
        by_name = submission.model_copy(update={"suite": None, "suite_id": named.get(suite_id, suite_id)})
        return by_name.model_dump_json(exclude_none=True).encode()

    def _put(self, suite: Suite) -> tuple[str, bool]:
        suite_id, new = self._store.put(suite)
        self._suites[suite_id] = suite.mode
        return suite_id, new


def submissions_of_lines(body: bytes) -> Iterator[Submission]:
    """Read one submission a line; blank lines mean nothing.

    Raises:
        MalformedJson, InvalidRequest
    """
    for number, line in enumerate(body.split(b"\n"), 1):
        if line.strip():
            yield parse(Submission, line, f"line {number}")


def named_suite(name: str, suite: Suite) -> Suite:
    """The suite, in the form in which it has that name.

    Raises:
        SuiteMismatch: it has another one.
    """
    named = suite.under(name)
    if named is None:
        raise SuiteMismatch(name, suite.id)
    return named


def _as_api_error(error: Exception) -> ApiError:
    if isinstance(error, ApiError):
        return error
    if isinstance(error, MemoryError):
        return BodyTooComplex("reading it took too much memory; send less at once")
    traceback.print_exception(error)
    return JudgeFault("the process that reads large bodies failed; its log says why")


def _limit_memory(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def _frame(source: IO[bytes]) -> bytes | None:
    head = source.read(SIZE.size)
    return source.read(SIZE.unpack(head)[0]) if len(head) == SIZE.size else None


if __name__ == "__main__":
    main()
