"""Everything that can be wrong with a request: typed, with a stable ``type`` and a sentence that says what to do.

They travel as problem details (RFC 9457).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ApiError(Exception):
    """Base: the class says what kind of error it is, the instance what was wrong this time."""

    status: int
    slug: str
    title: str

    def __init__(self, detail: str, **extensions: Any) -> None:
        super().__init__(detail)
        self.detail, self.extensions = detail, extensions

    @property
    def headers(self) -> dict[str, str]:
        return {}

    def problem(self) -> dict[str, Any]:
        """The body of the answer."""
        return {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.extensions,
        }


class MalformedJson(ApiError):
    status, slug, title = 400, "malformed-json", "The body is not JSON"


class InvalidRequest(ApiError):
    status, slug, title = 422, "invalid-request", "The request does not follow the wire contract"


class NotHttp(ApiError):
    status, slug, title = 400, "not-http", "The request is no HTTP"


class RequestTooSlow(ApiError):
    status, slug, title = 408, "request-too-slow", "The request took too long to come"


class HeadTooLarge(ApiError):
    status, slug, title = 431, "head-too-large", "The request's line and headers are larger than the service accepts"

    def __init__(self, size: int, headers: int) -> None:
        super().__init__(f"at most {size} bytes and {headers} headers are accepted")


class TooManyConnections(ApiError):
    status, slug, title = 429, "too-many-connections", "As many connections as one client may have are open"

    def __init__(self) -> None:
        super().__init__("close some, or send more requests over each; operators: client_connections")


class UnsupportedMediaType(ApiError):
    status, slug, title = 415, "unsupported-media-type", "The body has a type that is not understood here"


class BodyTooLarge(ApiError):
    status, slug, title = 413, "body-too-large", "The body is larger than the service accepts"


class BodyTooComplex(ApiError):
    status, slug, title = 413, "body-too-complex", "The body takes more to read than the service accepts"


class SuiteTooLarge(ApiError):
    status, slug, title = 413, "suite-too-large", "The suite has more tests than the service accepts"

    def __init__(self, tests: int, most: int) -> None:
        super().__init__(f"{tests} tests; at most {most} are accepted (max_tests)")


class Refusal(ApiError):
    """What another process of the service found wrong with a request."""

    def __init__(self, problem: dict[str, Any]) -> None:
        known = {"type", "title", "status", "detail"}
        super().__init__(problem["detail"], **{name: value for name, value in problem.items() if name not in known})
        self.slug, self.title, self.status = problem["type"].rpartition("/")[2], problem["title"], problem["status"]


class CodeTooLarge(ApiError):
    status, slug, title = 413, "code-too-large", "The program is larger than the service accepts"


class UnknownLanguage(ApiError):
    status, slug, title = 422, "unknown-language", "The language cannot be judged here"

    def __init__(self, language: str, available: Sequence[str]) -> None:
        super().__init__(
            f"{language[:80]!r} has no recipe here, or no working toolchain; available: {', '.join(available)}",
            available=list(available),
        )


class ModeNotSupported(ApiError):
    status, slug, title = 422, "mode-not-supported", "The suite's mode does not work in the submission's language"

    def __init__(self, mode: str, language: str, languages: Sequence[str]) -> None:
        super().__init__(f"mode {mode!r} does not work in {language}; it does in: {', '.join(languages)}")


class UnknownSuite(ApiError):
    status, slug, title = 404, "unknown-suite", "No suite of that name is known"

    def __init__(self, suite_id: str) -> None:
        super().__init__(f"{suite_id[:100]!r} is not stored here (any more); upload it by PUT /v1/suites/<sha256>")


class SuiteMismatch(ApiError):
    status, slug, title = 409, "suite-mismatch", "The suite has another name than the one in the path"

    def __init__(self, named: str, actual: str) -> None:
        super().__init__(f"the path says {named[:100]}, the body is {actual}", suite_id=actual)


class QueueFull(ApiError):
    status, slug, title = 429, "queue-full", "The service has as much to do as it takes on"

    def __init__(self, limit: int, retry_after_s: int) -> None:
        super().__init__(f"{limit} submissions wait or run; try again in {retry_after_s} s")
        self._retry_after_s = retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self._retry_after_s)}


class QuotaReached(QueueFull):
    """Like a full queue, but of one key; who waits for room in a queue waits for this as well."""

    status, slug, title = 429, "quota-reached", "The key's share is used up for now"

    def __init__(self, what: str, retry_after_s: int) -> None:
        ApiError.__init__(self, f"{what}; try again in {retry_after_s} s")
        self._retry_after_s = retry_after_s


class KeyMissing(ApiError):
    status, slug, title = 401, "key-missing", "A key is needed"

    def __init__(self) -> None:
        super().__init__("send `Authorization: Bearer <key>` (our clients: MICROCODER_API_KEY); operators make keys")

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class KeyUnknown(KeyMissing):
    slug, title = "key-unknown", "The key is not known"

    def __init__(self) -> None:
        ApiError.__init__(self, "it was mistyped or revoked; ask the service's operator for another")


class HeldTooLong(ApiError):
    status, slug, title = 503, "held-too-long", "The service had as much to do as it takes on for too long"

    def __init__(self, hold_s: float) -> None:
        super().__init__(f"there was no room in the queue for {hold_s:g} s; send less at once, or allow more (hold_s)")


class ClientGone(ApiError):
    """Never sent to anybody; for the log."""

    status, slug, title = 499, "client-gone", "The client has gone"


class BatchTooLarge(ApiError):
    status, slug, title = 413, "batch-too-large", "The batch holds more submissions than the queue"


class NotReady(ApiError):
    status, slug, title = 503, "not-ready", "The service cannot grade now"


class JudgeFault(ApiError):
    status, slug, title = 500, "judge-fault", "The judge failed; the program was not judged"


class UnknownJob(ApiError):
    status, slug, title = 404, "unknown-job", "No job of that name is known"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"{job_id[:100]!r} was never a job here; POST /v1/jobs answers with the names of jobs")


class JobGone(ApiError):
    status, slug, title = 410, "job-gone", "The job is not kept any more"

    def __init__(self, job_id: str, owner: str = "") -> None:
        self.owner = owner
        super().__init__(
            f"{job_id[:100]!r} was removed: by request, after jobs_kept_h, or for newer jobs' room (jobs_mb)"
        )


class JobTooLarge(ApiError):
    status, slug, title = 413, "job-too-large", "The job is larger than the service keeps"


class TooManyJobs(ApiError):
    status, slug, title = 429, "too-many-jobs", "As many jobs wait as the service keeps"
    retry_after_s = 5

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after_s)}


class InvalidIdempotencyKey(ApiError):
    status, slug, title = 400, "invalid-idempotency-key", "The Idempotency-Key cannot be used"


class IdempotencyKeyReused(ApiError):
    status, slug, title = 422, "idempotency-key-reused", "The Idempotency-Key came before with another request"

    def __init__(self) -> None:
        super().__init__("the same key names another job; send a new key with a new request")


class WebhookRefused(ApiError):
    status, slug, title = 422, "webhook-refused", "The webhook's address may not be used"


class StorageFailed(ApiError):
    status, slug, title = 503, "storage-failed", "Jobs cannot be kept or read now"
    retry_after_s = 2

    def __init__(self, reason: str) -> None:
        super().__init__(f"the storage of jobs failed ({reason}); try again")

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after_s)}
