"""``POST /v1/run``: sources, files that come back, options of the runtime."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.conftest import Client
from tests.forked import local_service


def run(client: Client, **body: Any) -> dict[str, Any]:
    response = client.post("/v1/run", json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_sources_are_there_when_the_program_is_compiled(client: Client) -> None:
    code = '#include "answer.h"\n#include <stdio.h>\nint main(void) { printf("%d", ANSWER); }'
    ran = run(client, language="c", code=code, sources={"answer.h": "#define ANSWER 42\n"})
    assert ran["stdout"] == "42"
    missing = run(client, language="c", code=code, files={"answer.h": "#define ANSWER 42\n"})
    assert missing["compile"]["ok"] is False, "files are for the run alone"


def test_sources_of_what_is_not_compiled_are_files(client: Client) -> None:
    ran = run(client, code="from answer import ANSWER\nprint(ANSWER)", sources={"answer.py": "ANSWER = 42"})
    assert ran["stdout"] == "42\n"


def test_files_that_the_program_left_come_back(client: Client) -> None:
    code = "open('a.txt', 'w').write('text')\nopen('b.bin', 'wb').write(bytes([255]))"
    ran = run(client, code=code, collect=["a.txt", "b.bin", "absent"])
    assert ran["files"] == {"a.txt": "text", "b.bin": {"base64": "/w=="}}


def test_a_link_does_not_bring_a_file_of_the_host(client: Client) -> None:
    ran = run(client, code="import os\nos.symlink('/etc/passwd', 'a')", collect=["a"])
    assert (ran["exit_code"], ran["files"]) == (0, {})


def test_files_that_do_not_fit_are_left_out(client: Client) -> None:
    code = "for name in 'ab':\n    open(name, 'w').write('x' * 700_000)"
    ran = run(client, code=code, collect=["a", "b"], limits={"output_mb": 1})
    assert {name: len(data) for name, data in ran["files"].items()} == {"a": 700_000}


def test_options_are_the_runtime_s(client: Client) -> None:
    code = 'public class Main { public static void main(String[] a) { assert a.length == 1 : "none"; } }'
    assert run(client, language="java", code=code)["exit_code"] == 0
    assert run(client, language="java", code=code, runtime_options=["-ea"])["exit_code"] == 1
    assert run(client, language="java", code=code, runtime_options=["-ea"], args=["one"])["exit_code"] == 0


def test_the_limit_that_ended_a_compiler_is_named(data_dir: Any) -> None:
    settings = {"MICROCODER_DATA_DIR": str(data_dir), "MICROCODER_COMPILE_CPU_S": "0.05"}
    with local_service(workers=1, settings=settings) as service, Client(service) as client:
        ran = run(client, language="cpp", code='#include <regex>\nint main() { std::regex r("a+"); }')
    assert ran["compile"]["ok"] is False
    assert ran["compile"]["stopped_by"] == "cpu"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"collect": ["a/b"]}, "directly in the working directory"),
        ({"collect": ["../b"]}, "working directory"),
        ({"sources": {"/etc/x": ""}}, "working directory"),
        ({"runtime_options": ["-O"]}, "python is not started by a command"),
    ],
)
def test_what_cannot_be_done_is_said(client: Client, field: dict[str, Any], said: str) -> None:
    response = client.post("/v1/run", json={"code": "", **field})
    assert response.status_code == 422
    assert said in response.text
