"""Answers in JSON."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse

from evaluator.schema import write_json


class JsonAnswer(JSONResponse):
    """As ``JSONResponse``, of any string: what a request said may be repeated with half of a surrogate pair in it."""

    def render(self, content: Any) -> bytes:
        return write_json(content)
