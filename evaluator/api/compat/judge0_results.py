"""From a run to a result as Judge0's clients read it."""

from __future__ import annotations

import base64
import signal
from datetime import UTC, datetime
from typing import Any

from fastapi import Request

from evaluator.api.compat.judge0_languages import LANGUAGES, language_json
from evaluator.api.compat.judge0_store import SubmissionEntry
from evaluator.api.compat.judge0_wire import Judge0Submission, Result, Status
from evaluator.checking import text
from evaluator.errors import ApiError
from evaluator.schema import RunReport, to_bytes

_INTERPRETED_THERE = frozenset({"python"})
"""Report a syntax error as a run, since Judge0 finds it there and not before."""
_SIGNALS = {
    signal.SIGSEGV: Status.SIGSEGV,
    signal.SIGXFSZ: Status.SIGXFSZ,
    signal.SIGFPE: Status.SIGFPE,
    signal.SIGABRT: Status.SIGABRT,
}
_DEFAULT_FIELDS = ("token", "time", "memory", "stdout", "stderr", "compile_output", "message", "status")


class UnreadableText(ApiError):
    status, slug, title = 400, "not-utf-8", "A text is not UTF-8"


class BadRequest(ApiError):
    status, slug, title = 400, "bad-request", "The request does not follow Judge0's contract"


def result_of(submission: Judge0Submission, report: RunReport) -> Result:
    """Return the result of a submission whose run ended like this."""
    compiled = report.compile
    if compiled is not None and not compiled.ok:
        log = compiled.log.encode()
        if LANGUAGES[submission.language_id] in _INTERPRETED_THERE:
            reason = b"Exited with error status 1"
            return Result(status=Status.NZEC, stderr=log, exit_code=1, message=reason, finished_at=now())
        if compiled.stopped_by in ("cpu", "wall"):
            log = b"Compilation time limit exceeded."
        return Result(status=Status.COMPILATION, compile_output=log, finished_at=now())
    stdout, stderr = to_bytes(report.stdout), to_bytes(report.stderr)
    if submission.redirect_stderr_to_stdout:
        stdout, stderr = stdout + stderr, b""
    status, message = _status(submission, report, stdout)
    return Result(
        status=status,
        stdout=stdout or None,
        stderr=stderr or None,
        compile_output=compiled.log.encode() or None if compiled is not None else None,
        message=message.encode() or None,
        exit_code=report.exit_code or 0,
        exit_signal=report.signal,
        time=report.cpu_s,
        wall_time=report.wall_s,
        memory=report.memory_bytes // 1024,
        finished_at=now(),
    )


def _status(submission: Judge0Submission, report: RunReport, stdout: bytes) -> tuple[Status, str]:
    match report.stopped_by:
        case "cpu":
            return Status.TIME_LIMIT, "Time limit exceeded"
        case "wall":
            return Status.TIME_LIMIT, "Time limit exceeded (wall clock)"
        case "memory":
            return Status.OTHER, "Memory limit exceeded"
        case "output":
            return Status.SIGXFSZ, "File size limit exceeded"
    if report.signal is not None:
        known = {int(number): status for number, status in _SIGNALS.items()}
        return known.get(report.signal, Status.OTHER), f"Caught fatal signal {report.signal}"
    if report.exit_code:
        return Status.NZEC, f"Exited with error status {report.exit_code}"
    if submission.expected_output is None:
        return Status.ACCEPTED, ""
    # Judge0's rule: lines without trailing blanks, no blank lines at the end.
    expected = submission.expected_output.encode("latin-1")
    return (Status.ACCEPTED if text.lines(stdout, expected).accepted else Status.WRONG_ANSWER), ""


def to_json(request: Request, entry: SubmissionEntry, fields: tuple[str, ...], encoded: bool) -> dict[str, Any]:
    """Return the named fields of a submission and its result.

    Raises:
        UnreadableText: a text is not UTF-8, and base64 was not asked for.
    """
    submission, result = entry.submission, entry.result

    def coded(data: bytes | None) -> str | None:
        if data is None or encoded:
            return None if data is None else base64.b64encode(data).decode()
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise UnreadableText(
                "some attributes for this submission cannot be converted to UTF-8, use base64_encoded=true query "
                "parameter"
            ) from error

    def value(name: str) -> Any:
        match name:
            case "token":
                return entry.token
            case "source_code" | "stdin" | "expected_output":
                text = getattr(submission, name)
                return coded(None if text is None else text.encode("latin-1"))
            case "stdout" | "stderr" | "compile_output" | "message":
                return coded(getattr(result, name))
            case "status":
                return result.status.json
            case "status_id":
                return result.status.value[0]
            case "language":
                return language_json(request, submission.language_id)
            case "time" | "wall_time":
                seconds = getattr(result, name)
                return None if seconds is None else f"{seconds:.3f}"
            case "created_at":
                return _iso(entry.created_at)
            case "finished_at":
                return None if result.finished_at is None else _iso(result.finished_at)
            case "exit_code" | "exit_signal" | "memory":
                return getattr(result, name)
        return getattr(submission, name)

    return {name: value(name) for name in (_ALL_FIELDS if fields == ("*",) else fields)}


_ALL_FIELDS = (
    *Judge0Submission.model_fields,
    *("stdout", "stderr", "compile_output", "message", "exit_code", "exit_signal", "time", "wall_time", "memory"),
    *("token", "status", "status_id", "language", "created_at", "finished_at"),
)


def fields_of(field_list: str | None) -> tuple[str, ...]:
    """Return the fields that a client asks for.

    Raises:
        BadRequest: one of them does not exist.
    """
    names = tuple(name.strip() for name in (field_list or "").split(",") if name.strip())
    if "*" in names:
        return ("*",)
    if wrong := [name for name in names if name not in _ALL_FIELDS]:
        raise BadRequest(f"invalid fields: [{', '.join(wrong)[:500]}]")
    return names or _DEFAULT_FIELDS


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def now() -> datetime:
    """Return the time, as a result has it."""
    return datetime.now(UTC)
