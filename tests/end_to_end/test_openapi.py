"""The promise of /docs: each operation answers its own example, by a status that is there too; all has a meaning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.docs.tables import PAGE_FIELDS, page_fields
from tests.end_to_end.conftest import Client

_OF_WHAT_IS_NOT_THERE = ("{job_id}", "{token}", "/submissions/batch", "/v1/verdicts")


def names_what_is_not_there(method: str, path: str) -> bool:
    """Tell if a route's example names a job or token that nobody has made yet, or reports that are not kept by default."""
    return method != "POST" and any(part in path for part in _OF_WHAT_IS_NOT_THERE)


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").json()
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_operation_answers_its_own_example_as_it_says(client: Client, document: dict[str, Any]) -> None:
    wrong = []
    for method, path, operation in operations(document):
        parts: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        for parameter in operation.get("parameters", ()):
            parts[parameter["in"]][parameter["name"]] = str(parameter["example"])
        example = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
        answer = client.request(
            method, path.format(**parts["path"]), params=parts["query"], headers=parts["header"], json=example
        )
        least_error = 411 if names_what_is_not_there(method, path) else 400
        if str(answer.status_code) not in operation["responses"] or answer.status_code >= least_error:
            wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
    assert not wrong, "\n".join(wrong)


def test_everything_has_a_meaning_and_what_is_sent_an_example(document: dict[str, Any]) -> None:
    lacks = []
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        lacks += [where] * (not operation.get("description") and not operation.get("summary"))
        lacks += [
            f"{where}: {parameter['name']}"
            for parameter in operation.get("parameters", ())
            if not parameter.get("description") or "example" not in parameter
        ]
        sends = method in ("POST", "PUT") and path not in ("/authenticate", "/authorize", "/v1/languages/refresh")
        lacks += [f"{where}: an example"] * (sends and "example" not in str(operation.get("requestBody")))
        lacks += [f"{where}: {status}" for status in ("401", "429", "503") if status not in operation["responses"]]
        lacks += [
            f"{where}: the meaning of {status}"
            for status, answer in operation["responses"].items()
            if not answer.get("description")
        ]
    lacks += [
        f"{model}.{field}"
        for model, schema in document["components"]["schemas"].items()
        for field, content in schema.get("properties", {}).items()
        if not content.get("description")
    ]
    assert not lacks, "evaluator/api/fields.toml and examples.json have what /docs shows: " + ", ".join(lacks)


def test_the_meanings_of_fields_are_those_of_the_pages() -> None:
    assert PAGE_FIELDS.read_text() == page_fields(), "python -m tests.docs.tables writes the file anew"
