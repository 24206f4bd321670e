"""From a submission as Judge0's clients send it to a run that the queue can do."""

from __future__ import annotations

import io
import shlex
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import Request
from pydantic import ValidationError

from evaluator.api.compat import shared
from evaluator.api.compat.judge0_languages import LANGUAGES
from evaluator.api.compat.judge0_store import SubmissionEntry
from evaluator.api.compat.judge0_wire import Judge0Submission
from evaluator.errors import ApiError, InvalidRequest
from evaluator.schema import RunRequest, to_bytes, to_text
from sandbox.toolchain import languages

_ENCODED_FIELDS = ("source_code", "stdin", "expected_output")
_FIELDS = {
    "code": "source_code",
    "args": "command_line_arguments",
    "files": "additional_files",
    "sources": "additional_files",
}
"""Judge0's names of what we call otherwise."""
MAX_ARCHIVE_BYTES, _MAX_ARCHIVE_FILES = 10 * 1024 * 1024, 1000


class InvalidSubmission(ApiError):
    """``errors`` are sentences by field."""

    status, slug, title = 422, "invalid-submission", "The submission does not follow Judge0's contract"

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {', '.join(sentences)}" for name, sentences in errors.items()))
        self.errors = errors


def _submission(request: Request, fields_sent: Mapping[str, Any], encoded: bool) -> Judge0Submission:
    fields = dict(fields_sent)
    errors: dict[str, list[str]] = {}
    for name in _ENCODED_FIELDS if encoded else []:
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
        raise InvalidSubmission(errors) from error
    language = LANGUAGES.get(submission.language_id)
    if language is None or not shared.offered(request, language):
        errors["language_id"] = [f"language with id {submission.language_id} doesn't exist"]
    if errors:
        raise InvalidSubmission(errors)
    # From here on a text is one character a byte, whether or not it came in base64.
    if not encoded:
        texts = {name: value for name in _ENCODED_FIELDS if (value := getattr(submission, name))}
        texts = {name: to_bytes(value).decode("latin-1") for name, value in texts.items()}
        submission = submission.model_copy(update=texts)
    return submission


def _run_request(submission: Judge0Submission) -> RunRequest:
    language = languages()[LANGUAGES[submission.language_id]]
    try:
        args = shlex.split(submission.command_line_arguments or "")
    except ValueError as error:
        raise InvalidSubmission({"command_line_arguments": [str(error)]}) from error
    archive = submission.additional_files
    files = dict(_extracted(shared.from_base64(archive, "additional_files"))) if archive else {}
    return shared.make(
        RunRequest,
        _FIELDS,
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
        InvalidSubmission: it is none, or there is more in it than there may be.
    """
    left = MAX_ARCHIVE_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            if len(members) > _MAX_ARCHIVE_FILES:
                raise _archive_error(f"more than {_MAX_ARCHIVE_FILES} files")
            # Files that overlap could have the same bytes unpacked once for each, to nothing.
            if len(archive) > 2 * MAX_ARCHIVE_BYTES or sum(each.compress_size for each in members) > len(archive):
                raise _archive_error(f"more than {2 * MAX_ARCHIVE_BYTES} bytes packed, or files that overlap")
            for member in members:
                with opened.open(member) as file:
                    data = file.read(left + 1)  # an archive may say less than it holds
                left -= len(data)
                if left < 0:
                    raise _archive_error(f"more than {MAX_ARCHIVE_BYTES} bytes unpacked")
                yield member.filename, data
    except InvalidSubmission:
        raise
    except Exception as error:  # zipfile and each decompressor have their own for what they cannot read
        raise _archive_error(f"cannot be unpacked: {error}") from error


def _archive_error(problem: str) -> InvalidSubmission:
    return InvalidSubmission({"additional_files": [problem]})


def read_submission(
    request: Request, fields_sent: Mapping[str, Any], encoded: bool
) -> tuple[SubmissionEntry, RunRequest]:
    """Read a submission, and make the run that it asks for. ``encoded``: its texts are base64.

    Raises:
        InvalidSubmission: it does not follow Judge0\'s contract.
    """
    submission = _submission(request, fields_sent, encoded)
    try:
        return SubmissionEntry(submission), _run_request(submission)
    except InvalidRequest as error:
        errors: dict[str, list[str]] = {}
        for each in error.extensions.get("errors", [{"loc": ["submission"], "msg": error.detail}]):
            errors.setdefault(str(each["loc"][0]), []).append(each["msg"])
        raise InvalidSubmission(errors) from error
