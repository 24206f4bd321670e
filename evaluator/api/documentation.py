"""OpenAPI for bodies that are parsed by hand, which FastAPI cannot see; with examples, meanings and errors."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from evaluator.api.authentication import OF_OPERATORS

_REFERENCE = "#/components/schemas/{model}"
_HERE = Path(__file__).parent
_PROBLEM = {
    "type": "object",
    "description": "An error (RFC 9457). More fields may come with a type.",
    "properties": {
        "type": {"type": "string", "description": "The kind of error, /problems/..., which programs may rely on."},
        "title": {"type": "string", "description": "The kind of error, for people."},
        "status": {"type": "integer", "description": "The status."},
        "detail": {"type": "string", "description": "What is wrong here, and what to do."},
        "request_id": {"type": "string", "description": "The request's id, which the log has too."},
    },
}
_ANY_REQUEST = {
    401: "No key, or an unknown one, where keys are asked for.",
    408: "The request took too long to arrive.",
    429: "The queue is full, or the key's share is used up: try again after `Retry-After` seconds.",
    500: "A fault of the service; its log has more under the request's id.",
    503: "The service cannot judge now, or is being stopped.",
}
_WITH_BODY = {
    400: "The body is not JSON.",
    404: "A suite that is named by its id is not stored.",
    413: "The body is too large, or has more in it than the service accepts.",
    415: "The media type is not supported, or the body is encoded.",
}
_WITH_INPUT = {422: "The request does not follow the contract; `detail` names the field."}
_OTHERS = {404: "There is none of that name.", 410: "The job is no longer kept."}
_OF_OPERATORS = {403: "The key is not an operator's (`admin = true`)."}
_VALIDATION_MODELS = ("HTTPValidationError", "ValidationError")
"""Models of FastAPI's own answer 422, which is never sent."""
_models: set[type[BaseModel]] = set()


def takes(model: type[BaseModel]) -> dict[str, Any]:
    """A route's ``openapi_extra`` for a JSON body of that model."""
    _models.add(model)
    schema = {"$ref": _REFERENCE.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def describe(app: FastAPI) -> dict[str, Any]:
    """The service's OpenAPI document, with the schemas that ``takes`` refers to."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        _, definitions = models_json_schema(
            [(model, "validation") for model in sorted(_models, key=str)], ref_template=_REFERENCE
        )
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas.update(definitions["$defs"])
        for name in _VALIDATION_MODELS:
            schemas.pop(name, None)
        _explain_operations(document["paths"])
        _explain_fields(schemas)
        schemas["Problem"] = _PROBLEM
        # Whether a key is asked for is the operator's to say; a page that shows this can send one.
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{}, {"key": []}]
        app.openapi_schema = document
    return app.openapi_schema


def _explain_operations(paths: Mapping[str, dict[str, dict[str, Any]]]) -> None:
    """Add examples, meanings of parameters, and errors."""
    examples = json.loads((_HERE / "examples.json").read_text())
    parameters = _meanings("fields.toml")["parameters"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            if (example := examples.get(f"{method.upper()} {path}")) is not None:
                body = operation.setdefault("requestBody", {"required": True, "content": {"application/json": {}}})
                body["content"]["application/json"]["example"] = example
            for parameter in operation.get("parameters", ()):
                known = parameters[parameter["name"]]
                parameter.update(description=known["meaning"], example=known["example"])
            for status, meaning in _errors(path, operation):
                operation["responses"][str(status)] = _error(meaning, operation)


def _errors(path: str, operation: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the statuses of an operation's errors, with their meanings."""
    yield from _ANY_REQUEST.items()
    if "requestBody" in operation:
        yield from _WITH_BODY.items()
    if "requestBody" in operation or operation.get("parameters"):
        yield from _WITH_INPUT.items()
    named = {int(status) for status in operation["responses"]} | ({404} if "{" in path else set())
    yield from ((status, meaning) for status, meaning in _OTHERS.items() if status in named)
    if path in OF_OPERATORS:
        yield from _OF_OPERATORS.items()


def _error(meaning: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the answer of an error; drop-in endpoints have the form of their system."""
    if any(tag.startswith("drop-in") for tag in operation.get("tags", ())):
        return {"description": f"{meaning} In the form of that system."}
    schema = {"$ref": _REFERENCE.format(model="Problem")}
    return {"description": meaning, "content": {"application/problem+json": {"schema": schema}}}


def _explain_fields(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Add the meaning of every field, unless its model says it."""
    meanings, of_pages = _meanings("fields.toml"), _meanings("page_fields.toml")
    for model, schema in schemas.items():
        own = {**meanings["any"], **of_pages.get(model, {}), **meanings.get(model, {})}
        for name, field in schema.get("properties", {}).items():
            if name in own:
                field.setdefault("description", own[name])


def _meanings(file: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((_HERE / file).read_text())
