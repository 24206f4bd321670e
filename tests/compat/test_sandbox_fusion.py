"""SandboxFusion's endpoints: by its documentation, and by verl's own client as it was released."""

from __future__ import annotations

import base64
import concurrent.futures
import importlib.util
import json
import logging
import os
import threading
import time
import traceback
import types
import uuid
from typing import Any, Optional

import httpx
import pytest

from tests.client.released import taken
from tests.end_to_end.conftest import RIGHT, WRONG, Client

ECHO = "import sys\nsys.stdout.write(sys.stdin.read())"


def run(client: Client, **fields: Any) -> dict[str, Any]:
    response = client.post("/run_code", json={"language": "python", **fields})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_ping(client: Client) -> None:
    assert client.get("/v1/ping").json() == "pong"


def test_a_program_that_ends_well(client: Client) -> None:
    answer = run(client, code=ECHO, stdin="a\nb", files={}, fetch_files=[], memory_limit_MB=256)
    assert (answer["status"], answer["message"], answer["compile_result"]) == ("Success", "", None)
    done = answer["run_result"]
    assert (done["status"], done["return_code"], done["stdout"], done["stderr"]) == ("Finished", 0, "a\nb", "")
    assert done["execution_time"] > 0


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"code": "raise SystemExit(3)"}, 3, ""),
        ({"code": "1/0"}, 1, "ZeroDivisionError"),
        ({"code": "not python("}, 1, "SyntaxError"),
        ({"code": "import os; os.kill(os.getpid(), 11)"}, -11, ""),
        ({"code": "x = b'x' * (1 << 30)", "memory_limit_MB": 64}, None, ""),
    ],
)
def test_a_program_that_fails(client: Client, fields: dict[str, Any], code: int | None, said: str) -> None:
    answer = run(client, **fields)
    assert (answer["status"], answer["run_result"]["status"]) == ("Failed", "Finished")
    assert answer["run_result"]["return_code"] != 0
    assert code is None or answer["run_result"]["return_code"] == code
    assert said in answer["run_result"]["stderr"]


@pytest.mark.parametrize("code", ["while True: pass", "import time; time.sleep(60)"])
def test_a_program_that_takes_too_long(client: Client, code: str) -> None:
    answer = run(client, code=code, run_timeout=0.5)
    assert (answer["status"], answer["run_result"]["status"]) == ("Failed", "TimeLimitExceeded")
    assert answer["run_result"]["return_code"] is None


def test_a_compiled_program(client: Client) -> None:
    good = run(client, language="cpp", code='#include <cstdio>\nint main() { puts("1"); }')
    assert (good["status"], good["compile_result"]["return_code"], good["run_result"]["stdout"]) == (
        "Success",
        0,
        "1\n",
    )
    bad = run(client, language="cpp", code="int main() { return nothing; }")
    assert (bad["status"], bad["compile_result"]["return_code"], bad["run_result"]) == ("Failed", 1, None)
    assert "nothing" in bad["compile_result"]["stderr"]


def test_files_go_in_and_come_back(client: Client) -> None:
    code = "import os\ndata = open('in/a.bin', 'rb').read()\nopen('out', 'wb').write(data[::-1])\nos.mkdir('folder')"
    files = {"in/a.bin": base64.b64encode(b"\xff\x00\x01").decode()}
    answer = run(client, code=code, files=files, fetch_files=["out", "absent", "folder"])
    assert {name: base64.b64decode(data) for name, data in answer["files"].items()} == {"out": b"\x01\x00\xff"}


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/b", ""])
def test_a_file_outside_is_not_fetched(client: Client, name: str) -> None:
    response = client.post("/run_code", json={"code": "", "language": "python", "fetch_files": [name]})
    assert response.status_code == 422
    assert "collect" in response.json()["detail"]


def test_a_link_is_not_followed(client: Client) -> None:
    answer = run(client, code="import os; os.symlink('/etc/passwd', 'link')", fetch_files=["link"])
    assert answer["files"] == {}


def test_a_language_that_is_not_known_is_refused(client: Client) -> None:
    assert client.post("/run_code", json={"code": "", "language": "klingon"}).status_code == 422


def submit(client: Client, completion: str, **config: Any) -> dict[str, Any]:
    tests = [{"input": {"stdin": f"{n} 2\n"}, "output": {"stdout": f"{n + 2}\n"}} for n in (1, 2, 3)]
    given = {"language": "python", "provided_data": {"id": 1, "content": "", "labels": {}, "test": tests}, **config}
    response = client.post("/submit", json={"dataset": "d", "id": 7, "completion": completion, "config": given})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_an_answer_is_judged_on_the_tests_that_come_with_it(client: Client) -> None:
    right = submit(client, f"Here:\n```python\n{RIGHT}\n```")
    assert (right["id"], right["accepted"], right["extracted_code"].strip()) == (7, True, RIGHT)
    assert [test["passed"] for test in right["tests"]] == [True] * 3
    assert right["tests"][0]["exec_info"]["run_result"]["stdout"] == "3\n"
    wrong = submit(client, f"```python\n{WRONG}\n```", extra={"run_all_cases": True})
    assert (wrong["accepted"], [test["passed"] for test in wrong["tests"]]) == (False, [True, False, False])
    assert submit(client, "no program")["extracted_type"] == "empty"
    assert not submit(client, "```python\nnot python(\n```")["accepted"]


class _Answer:
    """As much of a response of requests as verl's client uses."""

    def __init__(self, response: httpx.Response) -> None:
        self._response, self.status_code = response, response.status_code

    def raise_for_status(self) -> None:
        self._response.raise_for_status()

    def json(self) -> Any:
        return self._response.json()


def verls_client() -> Any:
    """verl's check_correctness, as it was released; with httpx in the place of requests where that is not here."""
    if importlib.util.find_spec("requests") is not None:
        import requests
    else:

        def post(url: str, headers: dict[str, str], data: str, timeout: float) -> _Answer:
            return _Answer(httpx.post(url, headers=headers, content=data, timeout=timeout, trust_env=False))

        errors = types.SimpleNamespace(RequestException=httpx.HTTPError)
        requests = types.SimpleNamespace(post=post, exceptions=errors)  # type: ignore[assignment]
    around: dict[str, Any] = {
        "requests": requests, "json": json, "logging": logging, "os": os, "threading": threading, "time": time,
        "traceback": traceback, "uuid": uuid, "Any": Any, "Optional": Optional, "concurrent": concurrent,
        "logger": logging.getLogger("verl"), "DEFAULT_TIMEOUT": 10, "MAX_RETRIES": 3, "INITIAL_RETRY_DELAY": 1,
        "API_TIMEOUT": 10, "SUPPORTED_LANGUAGES": ["python"],
    }  # fmt: skip
    names = ("call_sandbox_api", "_process_single_case", "check_correctness")
    return taken("verl", "utils/reward_score/sandbox_fusion/utils.py", *names, **around)["check_correctness"]


def test_verls_client_gets_the_verdicts_of_our_own_api(client: Client) -> None:
    check = verls_client()
    asked = {"inputs": ["1 2\n", "20 22\n"], "outputs": ["3\n", "42\n"]}
    url = f"{client.service.url}/run_code"
    assert check(url, asked, RIGHT)[0] == [True, True]
    assert check(url, asked, WRONG)[0] == [True, False]
    results, told = check(url, asked, "1/0")
    assert results == [-2, -2]
    assert told[0]["status"] == "runtime_error"
    assert check(url, asked, "while True: pass", timeout=1)[0] == [-3, -3]
