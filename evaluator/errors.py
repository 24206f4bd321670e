"""The errors of requests: one class each, with a stable ``type`` and a sentence that says what to do.

Clients receive them as problem details (RFC 9457).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ApiError(Exception):
    """Base of all errors of requests. The class names the kind of error, the instance has the details."""

    status: int
    slug: str
    title: str
    retry_after_s: int | None = None

    def __init__(self, detail: str, **extensions: Any) -> None:
        super().__init__(detail)
        self.detail, self.extensions = detail, extensions

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}

    def problem(self) -> dict[str, Any]:
        """Return the body of the answer."""
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
    status, slug, title = 400, "not-http", "The request is not HTTP"


class RequestTooSlow(ApiError):
    status, slug, title = 408, "request-too-slow", "The request took too long to arrive"


class HeadTooLarge(ApiError):
    status, slug, title = 431, "head-too-large", "The request's line and headers are too large"

    def __init__(self, size: int, headers: int) -> None:
        super().__init__(f"at most {size} bytes and {headers} headers are accepted")


class TooManyConnections(ApiError):
    status, slug, title = 429, "too-many-connections", "The client has too many open connections"

    def __init__(self) -> None:
        super().__init__("close some, or send more requests over each; operators: see MICROCODER_CLIENT_CONNECTIONS")


class UnsupportedMediaType(ApiError):
    status, slug, title = 415, "unsupported-media-type", "The body's media type is not supported"


class BodyTooLarge(ApiError):
    status, slug, title = 413, "body-too-large", "The body is larger than the service accepts"


class BodyTooComplex(ApiError):
    status, slug, title = 413, "body-too-complex", "The body takes more time or memory to read than the service allows"


class SuiteTooLarge(ApiError):
    status, slug, title = 413, "suite-too-large", "The suite has more tests than the service accepts"

    def __init__(self, tests: int, most: int) -> None:
        super().__init__(f"it has {tests} tests; at most {most} are accepted (MICROCODER_MAX_TESTS)")


class NothingKept(ApiError):
    status, slug, title = 404, "nothing-kept", "The service keeps no reports"

    def __init__(self) -> None:
        super().__init__("programs are not kept; operators: set MICROCODER_EXPLORER_REPORTS to keep the last so many")


class Refusal(ApiError):
    """An error of a request that another process of the service reported."""

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
            f"{language[:80]!r} is unknown here, or has no working toolchain; available: {', '.join(available)}",
            available=list(available),
        )


class ModeNotSupported(ApiError):
    status, slug, title = 422, "mode-not-supported", "The suite's mode does not work in the submission's language"

    def __init__(self, mode: str, language: str, languages: Sequence[str]) -> None:
        super().__init__(f"mode {mode!r} does not work in {language}; it does in: {', '.join(languages)}")


class SuiteNotFound(ApiError):
    status, slug, title = 404, "unknown-suite", "No suite with this id is stored"

    def __init__(self, suite_id: str) -> None:
        super().__init__(f"{suite_id[:100]!r} is not stored here (any more); upload it with PUT /v1/suites/<sha256>")


class SuiteMismatch(ApiError):
    status, slug, title = 409, "suite-mismatch", "The suite's id is not the one in the path"

    def __init__(self, named: str, actual: str) -> None:
        super().__init__(f"the path says {named[:100]}, the body is {actual}", suite_id=actual)


class QueueFull(ApiError):
    status, slug, title = 429, "queue-full", "The queue is full"

    def __init__(self, limit: int, retry_after_s: int) -> None:
        super().__init__(f"{limit} submissions wait or run; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class QuotaReached(QueueFull):
    """The quota of one key is used up. Code that waits for room in a full queue waits for this as well."""

    status, slug, title = 429, "quota-reached", "The key's quota is used up for now"

    def __init__(self, what: str, retry_after_s: int) -> None:
        ApiError.__init__(self, f"{what}; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class KeyMissing(ApiError):
    status, slug, title = 401, "key-missing", "The request needs a key"

    def __init__(self) -> None:
        super().__init__(
            "send `Authorization: Bearer <key>` (our clients: set MICROCODER_API_KEY); operators make keys"
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class KeyUnknown(KeyMissing):
    slug, title = "key-unknown", "The key is unknown"

    def __init__(self) -> None:
        ApiError.__init__(self, "it was mistyped or revoked; ask the service's operator for another")


class AdminNeeded(ApiError):
    status, slug, title = 403, "admin-needed", "The key may not do this"

    def __init__(self) -> None:
        super().__init__(
            "it concerns the whole service: ask its operator for a key of `microcoder keys new NAME --admin`"
        )


class HeldTooLong(ApiError):
    status, slug, title = 503, "held-too-long", "The queue stayed full for too long"

    def __init__(self, hold_s: float) -> None:
        super().__init__(
            f"there was no room in the queue for {hold_s:g} s; send less at once, or raise MICROCODER_HOLD_S"
        )


class ClientGone(ApiError):
    """The client has disconnected. For the log: nobody receives it."""

    status, slug, title = 499, "client-gone", "The client has disconnected"


class BatchTooLarge(ApiError):
    status, slug, title = 413, "batch-too-large", "The batch has more submissions than the queue can hold"


class NotReady(ApiError):
    status, slug, title = 503, "not-ready", "The service cannot grade now"


class JudgeFault(ApiError):
    status, slug, title = 500, "judge-fault", "The judge failed; the program was not judged"


class UnknownJob(ApiError):
    status, slug, title = 404, "unknown-job", "No job with this id is known"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"{job_id[:100]!r} was never a job here; the answer of POST /v1/jobs has a job's id")


class JobGone(ApiError):
    status, slug, title = 410, "job-gone", "The job was removed"

    def __init__(self, job_id: str, owner: str = "") -> None:
        self.owner = owner
        super().__init__(
            f"{job_id[:100]!r} was removed: by request, after MICROCODER_JOBS_KEPT_H hours, or for newer jobs "
            "(MICROCODER_JOBS_MB)"
        )


class JobTooLarge(ApiError):
    status, slug, title = 413, "job-too-large", "The job is larger than the service keeps"


class TooManyJobs(ApiError):
    status, slug, title = 429, "too-many-jobs", "Too many jobs are not over yet"
    retry_after_s = 5


class InvalidIdempotencyKey(ApiError):
    status, slug, title = 400, "invalid-idempotency-key", "The Idempotency-Key is not valid"


class IdempotencyKeyReused(ApiError):
    status, slug, title = 422, "idempotency-key-reused", "The Idempotency-Key was used with another request"

    def __init__(self) -> None:
        super().__init__("the same key names another job; send a new key with a new request")


class WebhookRefused(ApiError):
    status, slug, title = 422, "webhook-refused", "The webhook's address is not allowed"


class StorageFailed(ApiError):
    status, slug, title = 503, "storage-failed", "Jobs cannot be stored or read now"
    retry_after_s = 2

    def __init__(self, reason: str) -> None:
        super().__init__(f"the storage of jobs failed ({reason}); try again")
