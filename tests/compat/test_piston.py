"""Piston's endpoints, and open-r1's Codeforces runner on them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.conftest import RIGHT, WRONG, Client


def execute(client: Client, code: str, **fields: Any) -> dict[str, Any]:
    body = {"language": "python", "version": "*", "files": [{"content": code}], **fields}
    response = client.post("/api/v2/execute", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_runtimes(client: Client) -> None:
    found = {each["language"]: each for each in client.get("/api/v2/runtimes").json()}
    assert found["python"]["version"].count(".") == 2
    assert "py" in found["python"]["aliases"]


def test_a_program_that_ends_well(client: Client) -> None:
    code = "import sys\nprint(input(), sys.argv[1:])\nprint(open('more.txt').read(), file=sys.stderr)"
    files = [{"name": "main.py", "content": code}, {"name": "more.txt", "content": "6869", "encoding": "hex"}]
    answer = execute(client, code, files=files, stdin="in", args=["a", "b c"])
    assert answer["language"] == "python"
    assert answer.get("compile") is None
    ran = answer["run"]
    assert (ran["stdout"], ran["stderr"], ran["code"], ran["signal"], ran["status"]) == (
        "in ['a', 'b c']\n", "hi\n", 0, None, None,
    )  # fmt: skip
    assert ran["memory"] > 0


@pytest.mark.parametrize(
    ("code", "limits", "status", "signal"),
    [
        ("raise SystemExit(3)", {}, "RE", None),
        ("while True: pass", {"run_timeout": 300}, "TO", "SIGKILL"),
        ("import time; time.sleep(60)", {"run_timeout": 300}, "TO", "SIGKILL"),
        ("import os; os.kill(os.getpid(), 11)", {}, "SG", "SIGSEGV"),
        ("x = b'x' * (1 << 30)", {"run_memory_limit": 64 << 20}, None, None),
    ],
)
def test_a_program_that_fails(
    client: Client, code: str, limits: dict[str, int], status: str | None, signal: str | None
) -> None:
    ran = execute(client, code, **limits)["run"]
    assert (ran["code"], ran["status"]) != (0, None)
    assert status is None or (ran["status"], ran["signal"]) == (status, signal)


def test_a_program_that_does_not_compile(client: Client) -> None:
    answer = execute(client, "int main() { return nothing; }", language="c++")
    assert answer["compile"]["code"] == 1
    assert answer["run"] == answer["compile"]
    assert "nothing" in answer["compile"]["stderr"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "klingon"},
        {"version": "2.7"},
        {"run_timeout": 10**9},
        {"run_memory_limit": 10**15},
        {"files": []},
        {"files": [{"content": "%%%", "encoding": "base64"}]},
        {"files": [{"content": ""}, {"name": "../x", "content": ""}]},
    ],
)
def test_what_cannot_be_run_is_refused_with_a_message(client: Client, wrong: dict[str, Any]) -> None:
    body = {"language": "python", "version": "*", "files": [{"content": ""}], **wrong}
    response = client.post("/api/v2/execute", json=body)
    assert response.status_code == 400
    assert response.json()["message"]


def test_another_type_of_body_is_415(client: Client) -> None:
    response = client.post("/api/v2/execute", content=b"{}", headers={"Content-Type": "text/plain"})
    assert response.status_code == 415


def codeforces(client: Client, code: str, language: str = "cf_python3", **files: str) -> dict[str, Any]:
    given = {
        "main.py": code,
        "input.txt": "20 22\n",
        "correct_output.txt": "42\n",
        "grader_config": "TIME_LIMIT=1\nMEMORY_LIMIT=256\nINPUT_MODE=stdio",
        **{name.replace("_py", ".py"): text for name, text in files.items()},
    }
    return execute(client, "", language=language, files=[{"name": n, "content": c} for n, c in given.items()])


NEAR = """
import sys
given, wanted, written = (open(name).read().split() for name in sys.argv[1:])
print(int(abs(int(written[0]) - int(wanted[0])) <= 1))
"""


def test_codeforces_programs_are_scored(client: Client) -> None:
    right = codeforces(client, RIGHT)
    assert (right["compile"]["code"], right["run"]["code"], right["run"]["stdout"]) == (0, 0, "1")
    assert codeforces(client, WRONG)["run"]["stdout"] == "0"
    assert codeforces(client, "print(43)", checker_py=NEAR)["run"]["stdout"].strip() == "1"
    assert codeforces(client, "print(44)", checker_py=NEAR)["run"]["stdout"].strip() == "0"
    late = codeforces(client, "while True: pass")["run"]
    assert (late["stdout"], late["signal"]) == ("0", "SIGKILL")
    bad = codeforces(client, "int main() { return nothing; }", language="c++17")
    assert bad["compile"]["code"] == 1
    by_file = "n = sum(map(int, open('input.txt').read().split()))\nopen('output.txt', 'w').write(str(n))"
    config = "TIME_LIMIT=1\nMEMORY_LIMIT=256\nINPUT_MODE=file"
    assert codeforces(client, by_file, grader_config=config)["run"]["stdout"] == "1"


def test_a_checker_that_prints_no_score_is_no_verdict(client: Client) -> None:
    files = {"input.txt": "", "correct_output.txt": "", "grader_config": "", "checker.py": "1/0"}
    body = [{"name": "main.py", "content": "print(1)"}, *({"name": n, "content": c} for n, c in files.items())]
    response = client.post("/api/v2/execute", json={"language": "cf_python3", "version": "*", "files": body})
    assert response.status_code == 500
