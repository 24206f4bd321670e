"""Errors as SandboxFusion's clients read them."""

from __future__ import annotations

from fastapi.responses import Response

from evaluator.api.compat import shared
from evaluator.api.problems import JsonAnswer
from evaluator.errors import ApiError, HeldTooLong, InvalidRequest, MalformedJson


def refusal(error: ApiError) -> Response:
    """As FastAPI, on which the original is built, says what is wrong with a body. 504 is what verl tries again."""
    if isinstance(error, HeldTooLong):
        return JsonAnswer({"detail": error.detail}, 504)
    if isinstance(error, MalformedJson | InvalidRequest):
        wrong = error.extensions.get("errors") or [{"loc": [], "msg": error.detail}]
        return JsonAnswer(
            {"detail": [{"type": error.slug, "loc": ["body", *each["loc"]], "msg": each["msg"]} for each in wrong]}, 422
        )
    return JsonAnswer({"detail": error.detail, "traceback": []}, error.status)


def missing_data(problem: str) -> InvalidRequest:
    """The error of a request about data that it does not bring."""
    message = f"{problem}; no data sets are stored here: send the rows"
    return shared.wrong_at(("config", "provided_data"), message)
