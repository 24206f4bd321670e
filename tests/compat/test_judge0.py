"""Judge0's endpoints."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.end_to_end.conftest import RIGHT, Client
from tests.end_to_end.test_workers import until

PYTHON, CPP = 71, 54


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def run(client: Client, code: str, *, wait: str = "true", **fields: Any) -> dict[str, Any]:
    body = {"source_code": code, "language_id": PYTHON, **fields}
    response = client.post("/submissions", json=body, params={"wait": wait})
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.parametrize(
    ("code", "fields", "status"),
    [
        (RIGHT, {"stdin": "1 2", "expected_output": "3"}, 3),
        (RIGHT, {"stdin": "1 2"}, 3),
        ("print('3  \\n4 ')\nprint()", {"expected_output": "3\n4"}, 3),
        ("print(' 3')", {"expected_output": "3"}, 4),
        (RIGHT, {"stdin": "1 2", "expected_output": "4"}, 4),
        ("while True: pass", {"cpu_time_limit": 0.3}, 5),
        ("import time; time.sleep(60)", {"wall_time_limit": 0.3}, 5),
        ("not python(", {}, 6),
        ("import os; os.kill(os.getpid(), 11)", {}, 7),
        ("import os; os.abort()", {}, 10),
        ("raise SystemExit(3)", {}, 11),
        ("int main() { return nothing; }", {"language_id": CPP}, 6),
        ("#include <cstdio>\nint main(int n, char **a) { puts(a[1]); }",
         {"language_id": CPP, "command_line_arguments": "x y", "expected_output": "x"}, 3),
    ],
)  # fmt: skip
def test_statuses(client: Client, code: str, fields: dict[str, Any], status: int) -> None:
    answer = run(client, code, **fields)
    assert answer["status"]["id"] == status, answer
    assert set(answer) == {"token", "time", "memory", "stdout", "stderr", "compile_output", "message", "status"}


def test_a_submission_is_polled_and_forgotten(client: Client) -> None:
    token = run(client, RIGHT, wait="false", stdin="1 2")["token"]
    done = until(lambda: (a := client.get(f"/submissions/{token}").json())["status"]["id"] > 2 and a, "it has ended")
    assert (done["stdout"], done["status"]["description"]) == ("3\n", "Accepted")
    fields = client.get(f"/submissions/{token}", params={"fields": "stdin,language_id,exit_code"}).json()
    assert fields == {"stdin": "1 2", "language_id": PYTHON, "exit_code": 0}
    assert client.delete(f"/submissions/{token}").status_code == 200
    assert client.get(f"/submissions/{token}").status_code == 404


def test_texts_may_be_base64(client: Client) -> None:
    body = {
        "source_code": encoded(RIGHT),
        "language_id": PYTHON,
        "stdin": encoded("20 22"),
        "expected_output": encoded("42"),
    }
    params = {"wait": "true", "base64_encoded": "true", "fields": "stdout,status,source_code"}
    answer = client.post("/submissions", json=body, params=params).json()
    assert (answer["status"]["id"], answer["stdout"], answer["source_code"]) == (3, encoded("42\n"), encoded(RIGHT))


def test_batches(client: Client) -> None:
    one = {"source_code": RIGHT, "language_id": PYTHON, "stdin": "1 2"}
    tokens = client.post("/submissions/batch", json={"submissions": [one, {**one, "language_id": 9999}, one]}).json()
    assert "language_id" in tokens[1]
    asked = f"{tokens[0]['token']},unknown,{tokens[2]['token']}"

    def results() -> list[Any]:
        found: list[Any] = client.get("/submissions/batch", params={"tokens": asked}).json()["submissions"]
        return found

    found = until(
        lambda: all(one is None or one["status"]["id"] > 2 for one in results()) and results(), "all have ended"
    )
    assert [one and one["stdout"] for one in found] == ["3\n", None, "3\n"]
    assert client.post("/submissions/batch", json={"submissions": [one] * 21}).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"source_code": ""},
        {"language_id": 9999},
        {"callback_url": "http://127.0.0.1/"},
        {"enable_network": True},
        {"additional_files": "eA=="},
    ],
)
def test_what_is_not_to_be_had_is_refused(client: Client, wrong: dict[str, Any]) -> None:
    response = client.post("/submissions", json={"source_code": "1", "language_id": PYTHON, **wrong})
    assert response.status_code == 422
    assert next(iter(wrong)) in response.json()["detail"]


def test_what_there_is(client: Client) -> None:
    assert {"id": PYTHON, "name": "Python (3.8.1)"} in client.get("/languages").json()
    assert client.get("/statuses").json()[2] == {"id": 3, "description": "Accepted"}
    assert client.get("/about").json()["version"]
