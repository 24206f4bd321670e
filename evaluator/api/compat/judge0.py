"""Judge0: ``/submissions`` and ``/submissions/batch``, ``/languages``, ``/statuses``, ``/about``, ``/config_info``."""

from __future__ import annotations

import asyncio
import base64
import io
import shlex
import signal
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field, ValidationError

from evaluator.api.answers import JsonAnswer
from evaluator.api.compat import shared
from evaluator.api.compat.judge0_store import SubmissionEntry, Submissions
from evaluator.api.compat.judge0_wire import KB_OF_MB, MAX_BATCH, MAX_RUNS, Judge0Submission, Result, Status
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.checking import text
from evaluator.errors import ApiError, HeldTooLong, InvalidRequest
from evaluator.queueing.quotas import holder
from evaluator.schema import RunReport, RunRequest, to_bytes, to_text
from evaluator.schema.base import MAX_CPU_S, MAX_MEMORY_MB, MAX_OUTPUT_MB, MAX_PROCESSES, MAX_WALL_S
from evaluator.settings import Settings
from sandbox.toolchain import languages

VERSION = "1.13.1"
"""Of Judge0: what its clients know its languages' numbers by."""
_LANGUAGES: Mapping[int, str] = {
    46: "bash",
    **dict.fromkeys((48, 49, 50, 103, 104), "c"),
    51: "csharp",
    **dict.fromkeys((52, 53, 54, 105), "cpp17"),
    59: "fortran",
    **dict.fromkeys((60, 95, 106, 107), "go"),
    61: "haskell",
    **dict.fromkeys((62, 91), "java"),
    **dict.fromkeys((63, 93, 97, 102), "javascript"),
    64: "lua",
    65: "ocaml",
    67: "pascal",
    **dict.fromkeys((68, 98), "php"),
    **dict.fromkeys((71, 92, 100, 109, 113), "python"),
    72: "ruby",
    **dict.fromkeys((73, 108), "rust"),
    **dict.fromkeys((74, 94, 101), "typescript"),
    **dict.fromkeys((78, 111), "kotlin"),
    **dict.fromkeys((80, 99), "r"),
    82: "sql",
    85: "perl",
}
"""Judge0's numbers, of versions 1.13.1 and 1.14.0."""
_NAMES = {
    **{name: name.capitalize() for name in ("bash", "go", "haskell", "java", "kotlin", "lua", "pascal", "perl")},
    **{name: name.capitalize() for name in ("python", "ruby", "rust")},
    "c": "C",
    "cpp17": "C++",
    "csharp": "C#",
    "fortran": "Fortran",
    "javascript": "JavaScript",
    "ocaml": "OCaml",
    "php": "PHP",
    "r": "R",
    "sql": "SQL",
    "typescript": "TypeScript",
}
_INTERPRETED_THERE = frozenset({"python"})
"""Report a syntax error as a run, since Judge0 finds it there and not before."""
_SIGNALS = {
    signal.SIGSEGV: Status.SIGSEGV,
    signal.SIGXFSZ: Status.SIGXFSZ,
    signal.SIGFPE: Status.SIGFPE,
    signal.SIGABRT: Status.SIGABRT,
}
_DEFAULT_FIELDS = ("token", "time", "memory", "stdout", "stderr", "compile_output", "message", "status")
_ENCODED = ("source_code", "stdin", "expected_output")
_MAX_ARCHIVE_BYTES, _MAX_ARCHIVE_FILES = 10 * 1024 * 1024, 1000


class _Unreadable(ApiError):
    status, slug, title = 400, "not-utf-8", "A text is not UTF-8"


class _Missing(ApiError):
    status, slug, title = 404, "unknown-token", "No submission has that token"


class _Invalid(ApiError):
    """``errors`` are sentences by field."""

    status, slug, title = 422, "invalid-submission", "The submission does not follow Judge0's contract"

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {', '.join(sentences)}" for name, sentences in errors.items()))
        self.errors = errors


class _BadRequest(ApiError):
    status, slug, title = 400, "bad-request", "The request does not follow Judge0's contract"


class _Batch(shared.Foreign):
    submissions: tuple[dict[str, Any], ...] = Field(())


def _refusal(error: ApiError) -> Response:
    if isinstance(error, _Invalid):
        return JsonAnswer(dict(error.errors), 422)
    if isinstance(error, HeldTooLong):
        return JsonAnswer({"error": "queue is full"}, 503)
    return JsonAnswer({"error": error.detail}, error.status)


router = shared.router("Judge0", _refusal)


@router.post("/submissions", status_code=201, openapi_extra=takes(Judge0Submission))
async def create(
    request: Request, wait: str = "false", base64_encoded: str = "false", fields: str | None = None
) -> Response:
    """Take a submission in. Answers with its token, or with ``wait=true`` with its result."""
    shown = _fields(fields)
    encoded = base64_encoded == "true"
    fields_sent = await shared.read_body(request, _SubmissionBody)
    entry, run_request = _taken(request, fields_sent.model_extra or {}, encoded)
    if wait != "true":
        await cancel_on_disconnect(request, _start(request, entry, run_request))
        return JsonAnswer({"token": entry.token}, 201)
    _store(request).add(entry)
    try:
        await cancel_on_disconnect(request, _judge(request, entry, run_request))
    except BaseException:
        _store(request).remove(entry)
        raise
    try:
        return JsonAnswer(_json(request, entry, shown, encoded), 201)
    except _Unreadable as error:
        return JsonAnswer({"error": error.detail, "token": entry.token}, 201)


@router.post("/submissions/batch", status_code=201)
async def create_batch(request: Request, base64_encoded: str = "false") -> Response:
    """Take up to 20 submissions in. Answers with a token, or with what is wrong, for each."""
    batch = await shared.read_body(request, _Batch)
    _check_batch(len(batch.submissions))
    answers: list[dict[str, Any]] = []
    starting = []
    for fields_sent in batch.submissions:
        try:
            entry, run_request = _taken(request, fields_sent, base64_encoded == "true")
        except _Invalid as error:
            answers.append(dict(error.errors))
        else:
            starting.append(_start(request, entry, run_request))
            answers.append({"token": entry.token})
    await cancel_on_disconnect(request, shared.together(starting))
    return JsonAnswer(answers, 201 if starting else 422)


@router.get("/submissions/batch")
async def show_batch(
    request: Request, tokens: str = "", base64_encoded: str = "false", fields: str | None = None
) -> Response:
    """Several submissions; null for a token that is not known (any more)."""
    shown, names = _fields(fields), [token for token in tokens.strip().split(",") if token]
    _check_batch(len(names))
    entries = [_store(request).get(token) for token in names]
    encoded = base64_encoded == "true"
    return JsonAnswer(
        {"submissions": [None if entry is None else _json(request, entry, shown, encoded) for entry in entries]}
    )


@router.get("/submissions/{token}")
async def show(token: str, request: Request, base64_encoded: str = "false", fields: str | None = None) -> Response:
    """A submission. Tokens are known for an hour, less where there are very many."""
    return JsonAnswer(_json(request, _known(request, token), _fields(fields), base64_encoded == "true"))


@router.delete("/submissions/{token}")
async def delete(token: str, request: Request, fields: str | None = None) -> Response:
    """Forget a submission that is done."""
    shown, entry = _fields(fields), _known(request, token)
    if not entry.done:
        number, name = entry.result.status.value
        raise _BadRequest(f"submission cannot be deleted because its status is {number} ({name})")
    _store(request).remove(entry)
    return JsonAnswer(_json(request, entry, shown, encoded=True))


@router.get("/languages")
@router.get("/languages/all", include_in_schema=False)
async def list_languages(request: Request) -> list[dict[str, Any]]:
    """The languages whose toolchains are here, under Judge0's numbers."""
    return [_language(request, number) for number, name in _LANGUAGES.items() if shared.offered(request, name)]


@router.get("/languages/{number}")
async def show_language(number: int, request: Request) -> dict[str, Any]:
    """One language."""
    name = _LANGUAGES.get(number)
    if name is None or not shared.offered(request, name):
        raise _Missing(f"language with id {number} doesn't exist")
    language = languages()[name]
    return {
        **_language(request, number),
        "is_archived": False,
        "source_file": language.source,
        "compile_cmd": shlex.join(language.compile) or None,
        "run_cmd": shlex.join(language.run) or None,
    }


@router.get("/statuses")
async def list_statuses() -> list[dict[str, int | str]]:
    """List the statuses of submissions."""
    return [status.json for status in Status]


@router.get("/about")
async def about() -> dict[str, str]:
    """Name the Judge0 that this answers like."""
    return {"version": VERSION, "homepage": "https://judge0.com", "source_code": "", "maintainer": ""}


@router.get("/config_info")
async def config_info(request: Request) -> dict[str, Any]:
    """Defaults and bounds, as Judge0's clients ask for them when they start."""
    settings: Settings = request.app.state.settings
    default = Judge0Submission(source_code="-", language_id=0)
    shown = default.model_dump(exclude={"source_code", "language_id", "stdin", "expected_output", "additional_files"})
    for name in ("command_line_arguments", "compiler_options", "callback_url"):
        del shown[name]
    return {
        **shown,
        "maintenance_mode": False,
        "enable_wait_result": True,
        "enable_compiler_options": False,
        "allowed_languages_for_compile_options": [],
        "enable_command_line_arguments": True,
        "enable_submission_delete": True,
        "enable_callbacks": False,
        "callbacks_max_tries": 0,
        "callbacks_timeout": 0.0,
        "enable_additional_files": True,
        "enable_batched_submissions": True,
        "max_queue_size": settings.queue_limit,
        "max_cpu_time_limit": MAX_CPU_S,
        "max_cpu_extra_time": MAX_CPU_S,
        "max_wall_time_limit": MAX_WALL_S,
        "max_memory_limit": MAX_MEMORY_MB * KB_OF_MB,
        "max_stack_limit": MAX_MEMORY_MB * KB_OF_MB,
        "max_max_processes_and_or_threads": MAX_PROCESSES,
        "max_max_file_size": MAX_OUTPUT_MB * KB_OF_MB,
        "max_number_of_runs": MAX_RUNS,
        "max_extract_size": _MAX_ARCHIVE_BYTES // KB_OF_MB,
        "max_submission_batch_size": MAX_BATCH,
        "submission_cache_duration": 0.0,
        "use_docs_as_homepage": False,
        "allow_enable_network": False,
        "allow_enable_per_process_and_thread_time_limit": False,
        "allow_enable_per_process_and_thread_memory_limit": False,
    }


class _SubmissionBody(shared.Foreign, extra="allow"):
    """A submission's fields, not looked at yet: their texts may be base64."""


def _submission(request: Request, fields_sent: Mapping[str, Any], encoded: bool) -> Judge0Submission:
    fields = dict(fields_sent)
    errors: dict[str, list[str]] = {}
    for name in _ENCODED if encoded else []:
        if isinstance(fields.get(name), str):
            try:
                fields[name] = shared.from_base64(fields[name], name).decode("latin-1")
            except InvalidRequest as error:
                errors[name] = [error.detail]
    try:
        submission = Judge0Submission.model_validate(fields)
    except ValidationError as error:
        for each in error.errors():
            sentence = (
                "can't be blank"
                if each["type"] in ("missing", "string_too_short")
                else each["msg"].removeprefix("Value error, ").lower()
            )
            errors.setdefault(str(each["loc"][0]) if each["loc"] else "submission", []).append(sentence)
        raise _Invalid(errors) from error
    language = _LANGUAGES.get(submission.language_id)
    if language is None or not shared.offered(request, language):
        errors["language_id"] = [f"language with id {submission.language_id} doesn't exist"]
    if errors:
        raise _Invalid(errors)
    # From here on a text is one character a byte, whether or not it came in base64.
    if not encoded:
        texts = {name: to_bytes(value).decode("latin-1") for name in _ENCODED if (value := getattr(submission, name))}
        submission = submission.model_copy(update=texts)
    return submission


def _run_request(submission: Judge0Submission) -> RunRequest:
    language = languages()[_LANGUAGES[submission.language_id]]
    try:
        args = shlex.split(submission.command_line_arguments or "")
    except ValueError as error:
        raise _Invalid({"command_line_arguments": [str(error)]}) from error
    archive = submission.additional_files
    files = dict(_extracted(shared.from_base64(archive, "additional_files"))) if archive else {}
    return shared.made(
        RunRequest,
        language=language.name,
        code=to_text(submission.source_code.encode("latin-1")),
        stdin=to_text((submission.stdin or "").encode("latin-1")),
        args=args,
        **shared.beside(language, {name: to_text(data) for name, data in files.items()}),
        limits={
            "cpu_s": submission.cpu_time_limit,
            "wall_s": submission.wall_time_limit,
            "memory_mb": submission.memory_mb,
            "output_mb": submission.output_mb,
            "processes": submission.max_processes_and_or_threads,
        },
    )


def _extracted(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of a zip archive.

    Raises:
        _Invalid: it is none, or there is more in it than there may be.
    """
    left = _MAX_ARCHIVE_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            if len(members) > _MAX_ARCHIVE_FILES:
                raise _archive_error(f"more than {_MAX_ARCHIVE_FILES} files")
            # Files that overlap could have the same bytes unpacked once for each, to nothing.
            if len(archive) > 2 * _MAX_ARCHIVE_BYTES or sum(each.compress_size for each in members) > len(archive):
                raise _archive_error(f"more than {2 * _MAX_ARCHIVE_BYTES} bytes packed, or files that overlap")
            for member in members:
                with opened.open(member) as file:
                    data = file.read(left + 1)  # an archive may say less than it holds
                left -= len(data)
                if left < 0:
                    raise _archive_error(f"more than {_MAX_ARCHIVE_BYTES} bytes unpacked")
                yield member.filename, data
    except _Invalid:
        raise
    except Exception as error:  # zipfile and each decompressor have their own for what they cannot read
        raise _archive_error(f"cannot be unpacked: {error}") from error


def _archive_error(problem: str) -> _Invalid:
    return _Invalid({"additional_files": [problem]})


def _taken(request: Request, fields_sent: Mapping[str, Any], encoded: bool) -> tuple[SubmissionEntry, RunRequest]:
    """A submission, and what it asks to be run.

    Raises:
        _Invalid: it cannot be.
    """
    submission = _submission(request, fields_sent, encoded)
    try:
        return SubmissionEntry(submission), _run_request(submission)
    except InvalidRequest as error:
        raise _Invalid({"submission": [error.detail]}) from error


async def _start(request: Request, entry: SubmissionEntry, run_request: RunRequest) -> None:
    """Return once the submission is in the queue; it is judged whether or not its client stays."""
    first = await shared.started(request, run_request)
    _store(request).add(entry)
    entry.work = asyncio.create_task(_settle(request, entry, run_request, first))


async def _judge(request: Request, entry: SubmissionEntry, run_request: RunRequest) -> None:
    """Judge a submission whose client waits."""
    await _settle(request, entry, run_request, await shared.started(request, run_request))


async def _settle(
    request: Request, entry: SubmissionEntry, run_request: RunRequest, first: asyncio.Future[RunReport]
) -> None:
    """Run it as often as it is asked for, until a run fails. A fault of ours is Judge0's Internal Error."""
    entry.result = entry.result.ended(status=Status.PROCESSING)
    done: list[Result] = []
    try:
        while True:
            report = await (first if not done else shared.run(request, run_request))
            done.append(await shared.compare_apart(partial(_result, entry.submission, report), report.stdout))
            if len(done) == entry.submission.number_of_runs or done[-1].status is not Status.ACCEPTED:
                break
        result = done[-1]
        if len(done) > 1:
            result = result.ended(time=_mean(done, lambda it: it.time), memory=int(_mean(done, lambda it: it.memory)))
    except (ApiError, asyncio.CancelledError) as error:
        message = error.detail if isinstance(error, ApiError) else "the service was stopped"
        _store(request).settle(entry, Result(status=Status.INTERNAL, message=message.encode(), finished_at=_now()))
        if isinstance(error, asyncio.CancelledError):
            raise
        return
    _store(request).settle(entry, result)


def _result(submission: Judge0Submission, report: RunReport) -> Result:
    compiled = report.compile
    if compiled is not None and not compiled.ok:
        log = compiled.log.encode()
        if _LANGUAGES[submission.language_id] in _INTERPRETED_THERE:
            reason = b"Exited with error status 1"
            return Result(status=Status.NZEC, stderr=log, exit_code=1, message=reason, finished_at=_now())
        if compiled.stopped_by in ("cpu", "wall"):
            log = b"Compilation time limit exceeded."
        return Result(status=Status.COMPILATION, compile_output=log, finished_at=_now())
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
        finished_at=_now(),
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


def _json(request: Request, entry: SubmissionEntry, fields: tuple[str, ...], encoded: bool) -> dict[str, Any]:
    """The named fields.

    Raises:
        _Unreadable: a text is not UTF-8, and base64 was not asked for.
    """
    submission, result = entry.submission, entry.result

    def coded(data: bytes | None) -> str | None:
        if data is None or encoded:
            return None if data is None else base64.b64encode(data).decode()
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise _Unreadable(
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
                return _language(request, submission.language_id)
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


def _fields(field_list: str | None) -> tuple[str, ...]:
    names = tuple(name.strip() for name in (field_list or "").split(",") if name.strip())
    if "*" in names:
        return ("*",)
    if wrong := [name for name in names if name not in _ALL_FIELDS]:
        raise _BadRequest(f"invalid fields: [{', '.join(wrong)[:500]}]")
    return names or _DEFAULT_FIELDS


def _check_batch(count: int) -> None:
    if count > MAX_BATCH:
        raise _BadRequest(f"number of submissions in a batch should be less than or equal to {MAX_BATCH}")
    if count == 0:
        raise _BadRequest("there should be at least one submission in a batch")


def _language(request: Request, number: int) -> dict[str, Any]:
    name = _LANGUAGES[number]
    return {"id": number, "name": f"{_NAMES[name]} ({shared.version_of(request, name)})"}


def _known(request: Request, token: str) -> SubmissionEntry:
    entry = _store(request).get(token)
    if entry is None:
        raise _Missing("no submission has that token (any more)")
    return entry


def _mean(results: list[Result], of: Callable[[Result], float | None]) -> float:
    return sum(of(result) or 0 for result in results) / len(results)


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _now() -> datetime:
    return datetime.now(UTC)


def _store(request: Request) -> Submissions:
    """The caller's own."""
    store: Submissions = request.app.state.judge0[holder()]
    return store
