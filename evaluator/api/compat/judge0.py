"""Judge0: ``/submissions`` and ``/submissions/batch``, ``/languages``, ``/config_info``. What says who it is:
``judge0_about``."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field

from evaluator.api.compat import judge0_about, shared
from evaluator.api.compat.judge0_languages import LANGUAGES, language_json
from evaluator.api.compat.judge0_requests import MAX_ARCHIVE_BYTES, InvalidSubmission, read_submission
from evaluator.api.compat.judge0_results import BadRequest, UnreadableText, fields_of, now, result_of, to_json
from evaluator.api.compat.judge0_store import SubmissionEntry, Submissions
from evaluator.api.compat.judge0_wire import KB_OF_MB, MAX_BATCH, MAX_RUNS, Judge0Submission, Result, Status
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.api.problems import JsonAnswer
from evaluator.errors import ApiError, HeldTooLong
from evaluator.queueing.quotas import holder
from evaluator.schema import RunReport, RunRequest
from evaluator.schema.base import MAX_CPU_S, MAX_MEMORY_MB, MAX_OUTPUT_MB, MAX_PROCESSES, MAX_WALL_S
from evaluator.settings import Settings
from sandbox.toolchain import languages


class _Missing(ApiError):
    status, slug, title = 404, "unknown-token", "No submission has that token"


class _SubmissionBody(shared.Foreign, extra="allow"):
    """A submission's fields, not looked at yet: their texts may be base64."""


class _Batch(shared.Foreign):
    submissions: tuple[dict[str, Any], ...] = Field(())


def _refusal(error: ApiError) -> Response:
    if isinstance(error, InvalidSubmission):
        return JsonAnswer(dict(error.errors), 422)
    if isinstance(error, HeldTooLong):
        return JsonAnswer({"error": "queue is full"}, 503)
    return JsonAnswer({"error": error.detail}, error.status)


router = shared.router("Judge0", _refusal)
router.include_router(judge0_about.router)


@router.post("/submissions", status_code=201, openapi_extra=takes(Judge0Submission))
async def create(
    request: Request, wait: str = "false", base64_encoded: str = "false", fields: str | None = None
) -> Response:
    """Take a submission in. Answers with its token, or with ``wait=true`` with its result."""
    shown = fields_of(fields)
    encoded = base64_encoded == "true"
    fields_sent = await shared.read_body(request, _SubmissionBody)
    entry, run_request = read_submission(request, fields_sent.model_extra or {}, encoded)
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
        return JsonAnswer(to_json(request, entry, shown, encoded), 201)
    except UnreadableText as error:
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
            entry, run_request = read_submission(request, fields_sent, base64_encoded == "true")
        except InvalidSubmission as error:
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
    tokens = request.headers.get("tokens") or tokens
    shown, names = fields_of(fields), [token for token in tokens.strip().split(",") if token]
    _check_batch(len(names))
    entries = [_store(request).get(token) for token in names]
    encoded = base64_encoded == "true"
    return JsonAnswer(
        {"submissions": [None if entry is None else to_json(request, entry, shown, encoded) for entry in entries]}
    )


@router.get("/submissions/{token}")
async def show(token: str, request: Request, base64_encoded: str = "false", fields: str | None = None) -> Response:
    """A submission. Tokens are known for an hour, less where there are very many."""
    return JsonAnswer(to_json(request, _known(request, token), fields_of(fields), base64_encoded == "true"))


@router.delete("/submissions/{token}")
async def delete(token: str, request: Request, fields: str | None = None) -> Response:
    """Forget a submission that is done."""
    shown, entry = fields_of(fields), _known(request, token)
    if not entry.done:
        number, name = entry.result.status.value
        raise BadRequest(f"submission cannot be deleted because its status is {number} ({name})")
    _store(request).remove(entry)
    return JsonAnswer(to_json(request, entry, shown, encoded=True))


@router.get("/languages")
@router.get("/languages/all", include_in_schema=False)
async def list_languages(request: Request) -> list[dict[str, Any]]:
    """The languages whose toolchains are here, under Judge0's numbers."""
    return [language_json(request, number) for number, name in LANGUAGES.items() if shared.offered(request, name)]


@router.get("/languages/{number}")
async def show_language(number: int, request: Request) -> dict[str, Any]:
    """One language."""
    name = LANGUAGES.get(number)
    if name is None or not shared.offered(request, name):
        raise _Missing(f"language with id {number} doesn't exist")
    language = languages()[name]
    return {
        **language_json(request, number),
        "is_archived": False,
        "source_file": language.source,
        "compile_cmd": shlex.join(language.compile) or None,
        "run_cmd": shlex.join(language.run) or None,
    }


@router.get("/statuses")
async def list_statuses() -> list[dict[str, int | str]]:
    """List the statuses of submissions."""
    return [status.json for status in Status]


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
        "max_extract_size": MAX_ARCHIVE_BYTES // KB_OF_MB,
        "max_submission_batch_size": MAX_BATCH,
        "submission_cache_duration": 0.0,
        "use_docs_as_homepage": False,
        "allow_enable_network": False,
        "allow_enable_per_process_and_thread_time_limit": False,
        "allow_enable_per_process_and_thread_memory_limit": False,
    }


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
            done.append(await shared.compare_apart(partial(result_of, entry.submission, report), report.stdout))
            if len(done) == entry.submission.number_of_runs or done[-1].status is not Status.ACCEPTED:
                break
        result = done[-1]
        if len(done) > 1:
            result = result.ended(time=_mean(done, lambda it: it.time), memory=int(_mean(done, lambda it: it.memory)))
    except (ApiError, asyncio.CancelledError) as error:
        message = error.detail if isinstance(error, ApiError) else "the service was stopped"
        _store(request).settle(entry, Result(status=Status.INTERNAL, message=message.encode(), finished_at=now()))
        if isinstance(error, asyncio.CancelledError):
            raise
        return
    _store(request).settle(entry, result)


def _check_batch(count: int) -> None:
    if count > MAX_BATCH:
        raise BadRequest(f"number of submissions in a batch should be less than or equal to {MAX_BATCH}")
    if count == 0:
        raise BadRequest("there should be at least one submission in a batch")


def _known(request: Request, token: str) -> SubmissionEntry:
    entry = _store(request).get(token)
    if entry is None:
        raise _Missing("no submission has that token (any more)")
    return entry


def _mean(results: list[Result], of: Callable[[Result], float | None]) -> float:
    return sum(of(result) or 0 for result in results) / len(results)


def _store(request: Request) -> Submissions:
    """The caller's own."""
    store: Submissions = request.app.state.judge0[holder()]
    return store
