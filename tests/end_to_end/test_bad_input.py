"""Errors of a request have one shape, and costs nobody else anything."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import RIGHT, SUM, Client

GOOD: dict[str, Any] = {"code": RIGHT, "suite": SUM}
REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("an unknown field", {**GOOD, "colour": "red"}, 422, "invalid-request"),
    ("an unknown language", {**GOOD, "language": "klingon"}, 422, "unknown-language"),
    ("a suite with no tests", {"code": RIGHT, "suite": {"mode": "stdio", "tests": []}}, 422, "invalid-request"),
    ("neither code nor response", {"suite": SUM}, 422, "invalid-request"),
    ("code and response", {**GOOD, "response": "x"}, 422, "invalid-request"),
    ("no suite", {"code": RIGHT}, 422, "invalid-request"),
    ("an unknown suite", {"code": RIGHT, "suite_id": "sha256:" + "0" * 64}, 404, "unknown-suite"),
    ("a path for a suite", {"code": RIGHT, "suite_id": "../../etc/passwd"}, 404, "unknown-suite"),
    ("a misspelt limit", {"code": RIGHT, "suite": {**SUM, "limits": {"cpu": 1}}}, 422, "invalid-request"),
    ("a negative limit", {"code": RIGHT, "suite": {**SUM, "limits": {"cpu_s": -1}}}, 422, "invalid-request"),
    ("code that is a number", {"code": 5, "suite": SUM}, 422, "invalid-request"),
    ("a list", [], 422, "invalid-request"),  # type: ignore[list-item]
    (
        "function mode in C",
        {"code": "", "language": "c", "suite": {"mode": "function", "function": {"name": "f"}, "tests": [{"input": [], "output": 1}]}},
        422,
        "mode-not-supported",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "body", "status", "slug"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_cannot_be_graded_is_refused(
    client: Client, what: str, body: dict[str, Any], status: int, slug: str
) -> None:
    _assert_problem(client.post("/v1/grade", json=body), status, slug)


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"code": "\\ud8', b"[1, 2"])
def test_what_is_not_json_is_refused(client: Client, body: bytes) -> None:
    response = client.post("/v1/grade", content=body, headers={"Content-Type": "application/json"})
    _assert_problem(response, 400, "malformed-json")


HALF = "\ud800"
"""Half of a surrogate pair: JSON can write it, UTF-8 cannot."""


def _post(client: Client, path: str, body: Any, method: str = "POST") -> Any:
    return client.request(method, path, content=json.dumps(body), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("program", "verdict"),
    [
        ({"code": f"print('{HALF}')"}, "compile_error"),
        ({"response": f"```python\nprint('{HALF}')\n```"}, "compile_error"),
        ({"response": f"{HALF}\n```python\n{RIGHT}\n```\n{HALF}"}, "accepted"),
        ({"response": HALF}, "no_code"),
        ({"code": RIGHT, "id": HALF}, "accepted"),
        ({"code": {"base64": "IyAtKi0gY29kaW5nOiBsYXRpbi0xIC0qLQpzID0gJ+knCnByaW50KDMp"}}, "wrong_answer"),
    ],
)
def test_half_a_surrogate_pair_is_judged_wherever_it_stands(
    client: Client, program: dict[str, Any], verdict: str
) -> None:
    report = _post(client, "/v1/grade", {**program, "suite": SUM})
    assert report.status_code == 200, report.text
    assert report.json()["verdict"] == verdict
    neighbours = [{**program, "suite": SUM}, {"code": RIGHT, "suite": SUM}]
    reports = _post(client, "/v1/grade/batch", {"submissions": neighbours}).json()["reports"]
    assert [each["verdict"] for each in reports] == [verdict, "accepted"]
    line = client.post(
        "/v1/grade/batch",
        content="".join(json.dumps(each) + "\n" for each in neighbours),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert [each["verdict"] for each in line.json()["reports"]] == [verdict, "accepted"]


@pytest.mark.parametrize(
    "body", [{"suite": SUM, "code": RIGHT, "language": HALF}, {"suite_id": f"sha256:{HALF}", "code": RIGHT}]
)
def test_a_name_with_half_a_surrogate_pair_is_refused_as_any_unknown_one(client: Client, body: dict[str, Any]) -> None:
    assert _post(client, "/v1/grade", body).status_code in (404, 422)


def test_a_suite_with_half_a_surrogate_pair_is_refused(client: Client) -> None:
    suite = {"mode": "stdio", "tests": [{"input": HALF, "output": ""}]}
    for method, path, body in (
        ("POST", "/v1/grade", {"code": RIGHT, "suite": suite}),
        ("PUT", "/v1/suites/sha256:" + "0" * 64, suite),
    ):
        problem = _assert_problem(_post(client, path, body, method), 422, "invalid-request")
        assert "half of a surrogate pair" in problem["detail"]


def test_half_a_surrogate_pair_is_given_to_a_program_as_its_bytes(client: Client) -> None:
    code = "import sys\nprint(sys.stdin.buffer.read() + open('a', 'rb').read())"
    report = _post(client, "/v1/run", {"code": code, "stdin": HALF, "files": {"a": HALF}})
    assert report.json()["stdout"] == "b'\\xed\\xa0\\x80\\xed\\xa0\\x80'\n"
    _assert_problem(_post(client, "/v1/run", {"code": code, "args": [HALF]}), 422, "invalid-request")


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85"])
def test_lines_of_a_batch_end_at_line_feeds_alone(client: Client, end: str) -> None:
    rows = [{"code": f"print('{end}')", "suite": {"mode": "stdio", "tests": [{"input": "", "output": end}]}}] * 2
    data = "\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    response = client.post("/v1/grade/batch", content=data, headers={"Content-Type": "application/x-ndjson"})
    assert [report["verdict"] for report in response.json()["reports"]] == ["accepted"] * 2


def test_a_suite_that_this_version_refuses_is_unknown_until_it_is_sent_again(client: Client, data_dir: Path) -> None:
    kept = b'{"mode":"stdio","tests":[{"input":"","output":"no json"}],"checker":{"kind":"json"}}'
    name = hashlib.sha256(kept).hexdigest()
    file = data_dir / "suites" / name[:2] / name[2:]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(kept)
    _assert_problem(_post(client, "/v1/grade", {"code": RIGHT, "suite_id": f"sha256:{name}"}), 404, "unknown-suite")
    assert client.head(f"/v1/suites/{name}").status_code == 404
    problem = _assert_problem(client.put(f"/v1/suites/{name}", content=kept), 422, "invalid-request")
    assert "is not JSON" in problem["detail"]


def test_a_suite_of_many_slow_tests_ends_no_worker(client: Client) -> None:
    limits = {"cpu_s": 600, "wall_s": 1800}
    suite = {"mode": "stdio", "tests": [{"input": "", "output": "1"}] * 40_000, "limits": limits}
    assert client.grade("print(2)", suite)["verdict"] == "wrong_answer"


def test_a_body_of_another_type_is_refused(client: Client) -> None:
    response = client.post(
        "/v1/grade", content=b"code=1", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    _assert_problem(response, 415, "unsupported-media-type")


def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    def chunks() -> Any:
        for _ in range(300):
            yield b" " * (1 << 20)

    _assert_problem(client.post("/v1/grade", content=chunks()), 413, "body-too-large")


def test_code_that_is_too_large_is_refused(client: Client) -> None:
    _assert_problem(client.post("/v1/grade", json={"code": "#" * (17 << 20), "suite": SUM}), 413, "code-too-large")


def test_a_suite_under_a_wrong_name_is_refused(client: Client) -> None:
    _assert_problem(client.put("/v1/suites/sha256:" + "0" * 64, json=SUM), 409, "suite-mismatch")


def test_a_batch_with_one_bad_submission_is_refused_and_names_it(client: Client) -> None:
    bodies = [GOOD, {**GOOD, "language": "klingon"}]
    problem = _assert_problem(client.post("/v1/grade/batch", json={"submissions": bodies}), 422, "unknown-language")
    assert "submissions[1]" in problem["detail"]


def test_an_error_does_not_echo_the_input(client: Client) -> None:
    response = client.post("/v1/grade", json={**GOOD, "detail": "x" * 1_000_000})
    assert len(response.content) < 10_000


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/v1/grade", 405)])
def test_an_unknown_path_or_method_is_a_problem_too(client: Client, method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_request_keeps_its_id(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "step-17/b"}).headers["X-Request-Id"] == "step-17/b"
    assert client.get("/healthz", headers={"X-Request-Id": "a b"}).headers["X-Request-Id"] != "a b"


def _assert_problem(response: Any, status: int, slug: str) -> dict[str, Any]:
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["type"] == f"/problems/{slug}"
    assert problem["detail"]
    return problem


@pytest.mark.parametrize(
    "files",
    [
        {"/etc/x": ""},
        {"../x": ""},
        {"a//b": ""},
        {"": ""},
        {"a": "", "a/b": ""},
        {"x\0": ""},
        {"x" * 300: ""},
        {"same": {"base64": "eA=="}, **{f"{n}": "x" * 1000 for n in range(4096)}},
    ],
    ids=lambda files: str(files)[:20],
)
def test_files_that_cannot_be_placed_are_refused(client: Client, files: dict[str, str]) -> None:
    body = {"code": "print(1)", "files": files, "limits": {"memory_mb": 2048}}
    _assert_problem(client.post("/v1/run", json=body), 422, "invalid-request")


def test_an_argument_with_a_nul_is_refused(client: Client) -> None:
    _assert_problem(client.post("/v1/run", json={"code": "", "args": ["a\0b"]}), 422, "invalid-request")
