"""Errors that end a call in the place of reports. None of them says anything about a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluator.schema import Report


class EvaluatorError(Exception):
    """Base class. ``reports`` holds what had come through when ``grade_many`` failed: one place for each submission, in
    order, ``None`` where there is no report; empty for other calls."""

    reports: Sequence[Report | None] = ()


class Unreachable(EvaluatorError):
    """The service could not be reached, or kept failing, for as long as ``patience_s`` says."""


class WrongAddress(Unreachable):
    """The URL leads to no service that this client can speak to: its host does not exist, or the other side does not
    speak TLS, or shows a certificate that is not trusted. It is said at once, unless the service was reached before."""


class DeadlineExceeded(EvaluatorError):
    """The call took longer than its ``timeout_s``."""


class BadReply(EvaluatorError):
    """The answer does not follow the wire contract."""


class _Problem(EvaluatorError):
    """An answer with problem details (RFC 9457): ``status``, ``type``, ``title``, ``detail``, and what else it said."""

    def __init__(self, problem: dict[str, Any], request_id: str) -> None:
        self.status = int(problem.get("status", 0))
        self.type = str(problem.get("type", "about:blank"))
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.problem, self.request_id = problem, request_id
        super().__init__(f"{self.status} {self.title}: {self.detail} ({self.type}, request {request_id})")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.request_id)


class RequestRefused(_Problem):
    """The service refused the request (4xx): it is wrong, and will be refused again."""


class UnknownSuite(RequestRefused):
    """A ``suite_id`` is not stored at the service, and the client does not have the suite either."""


class ServiceFault(_Problem):
    """The service failed over the request (5xx that is not worth trying again)."""
