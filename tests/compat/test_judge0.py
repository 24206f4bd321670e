"""Judge0's protocol, by exchanges from its documentation, and its released client (judge0 0.0.8), unmodified."""

from __future__ import annotations

import base64
import copy
import io
import re
import uuid
import zipfile
from typing import Any

import httpx
import pytest

from evaluator.api.compat import judge0_store
from evaluator.api.compat.judge0_store import SubmissionEntry, Submissions
from evaluator.api.compat.judge0_wire import Judge0Submission, Result, Status
from evaluator.local import LocalService
from tests.compat.conftest import DOUBLES, released
from tests.waiting import until

PYTHON, C, CPP = 71, 50, 54
DEFAULT_FIELDS = {"token", "time", "memory", "stdout", "stderr", "compile_output", "message", "status"}


def judged(client: httpx.Client, code: str, query: str = "", **fields: Any) -> dict[str, Any]:
    body = {"source_code": code, "language_id": PYTHON, **fields}
    response = client.post(f"/submissions?wait=true{query}", json=body)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def encoded(text: str | bytes) -> str:
    """As Ruby writes base64: with line breaks."""
    return base64.encodebytes(text.encode() if isinstance(text, str) else text).decode()


def finished(client: httpx.Client, token: str) -> dict[str, Any]:
    def done() -> dict[str, Any] | None:
        answer: dict[str, Any] = client.get(f"/submissions/{token}").json()
        return answer if answer["status"]["id"] > 2 else None

    answer: dict[str, Any] = until(done, "it is judged")
    return answer


def test_the_example_of_its_documentation(client: httpx.Client) -> None:
    code = '#include <stdio.h>\n\nint main(void) {\n  char name[10];\n  scanf("%s", name);\n  printf("hello, %s\\n", name);\n  return 0;\n}'
    answer = judged(client, code, language_id=C, stdin="world", expected_output="hello, world")
    assert set(answer) == DEFAULT_FIELDS
    assert (answer["stdout"], answer["stderr"], answer["compile_output"], answer["message"]) == (
        "hello, world\n",
        None,
        None,
        None,
    )
    assert answer["status"] == {"id": 3, "description": "Accepted"}
    assert float(answer["time"]) >= 0
    assert isinstance(answer["time"], str)
    assert answer["memory"] > 0
    uuid.UUID(answer["token"], version=4)


@pytest.mark.parametrize(
    ("code", "fields", "status"),
    [
        ("print(1)", {"expected_output": "1  \n\n"}, 3),
        ("print('1  ')\nprint()", {"expected_output": "1"}, 3),
        ("print(' 1')", {"expected_output": "1"}, 4),
        ("print('1 2')", {"expected_output": "1  2"}, 4),
        ("print(1)", {}, 3),
        ("while True: pass", {"cpu_time_limit": 0.3}, 5),
        ("import time; time.sleep(100)", {"wall_time_limit": 1}, 5),
        ("int main(void) {", {"language_id": C}, 6),
        ("int main(void) { volatile int *x = 0; return *x; }", {"language_id": C}, 7),
        ("while True: print('x' * 10**6)", {}, 8),
        ("#include <signal.h>\nint main(void) { return raise(SIGFPE); }", {"language_id": C}, 9),
        ("import os; os.abort()", {}, 10),
        ("raise SystemExit(3)", {}, 11),
        ("x = ", {}, 11),
        ("x = bytearray(10**9)", {}, 12),
    ],
)
def test_statuses(client: httpx.Client, code: str, fields: dict[str, Any], status: int) -> None:
    assert judged(client, code, **fields)["status"]["id"] == status


def test_what_did_not_compile_has_no_times(client: httpx.Client) -> None:
    answer = judged(client, "int main(void) {", language_id=C)
    assert "error" in answer["compile_output"]
    assert (answer["time"], answer["memory"], answer["stdout"]) == (None, None, None)


def test_arguments_files_and_streams(client: httpx.Client) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("data/a.txt", "from the archive")
    code = "import sys\nprint(sys.argv[1:], open('data/a.txt').read())\nprint('err', file=sys.stderr)"
    fields = {"additional_files": encoded(archive.getvalue()), "command_line_arguments": "a 'b c'"}
    answer = judged(client, code, **fields)
    assert (answer["stdout"], answer["stderr"]) == ("['a', 'b c'] from the archive\n", "err\n")
    assert judged(client, code, redirect_stderr_to_stdout=True, **fields)["stdout"].endswith("err\n")


def test_base64_carries_bytes(client: httpx.Client) -> None:
    code = "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read() + 'é'.encode())"
    fields = {"source_code": encoded(code), "stdin": encoded(b"\xff"), "expected_output": encoded(b"\xff\xc3\xa9")}
    answer = judged(client, "", "&base64_encoded=true&fields=stdout,status,stdin,source_code", **fields)
    assert answer["status"]["id"] == 3
    assert base64.b64decode(answer["stdout"]) == b"\xff\xc3\xa9"
    assert base64.b64decode(answer["stdin"]) == b"\xff"
    assert base64.b64decode(answer["source_code"]).decode() == code
    plain = judged(client, "import os; os.write(1, b'\\xff')")
    assert "base64_encoded=true" in plain["error"]
    assert client.get(f"/submissions/{plain['token']}").status_code == 400
    shown = client.get(f"/submissions/{plain['token']}?base64_encoded=true").json()
    assert base64.b64decode(shown["stdout"]) == b"\xff"


def test_texts_that_are_not_ascii_come_back_as_they_were(client: httpx.Client) -> None:
    answer = judged(client, "print(input())", "&fields=*", stdin="é", expected_output="é")
    assert (answer["stdin"], answer["stdout"], answer["expected_output"]) == ("é", "é\n", "é")
    assert answer["status_id"] == 3
    assert answer["language"]["id"] == PYTHON
    assert answer["created_at"] <= answer["finished_at"]


def test_a_token_at_once_and_the_result_later(client: httpx.Client) -> None:
    created = client.post("/submissions", json={"source_code": "print(7)", "language_id": PYTHON, "number_of_runs": 3})
    assert created.status_code == 201
    assert set(created.json()) == {"token"}
    token = created.json()["token"]
    assert finished(client, token)["stdout"] == "7\n"
    only = client.get(f"/submissions/{token}?fields=stdout,exit_code").json()
    assert only == {"stdout": "7\n", "exit_code": 0}
    assert client.get(f"/submissions/{token}?fields=nonsense").status_code == 400
    assert client.delete(f"/submissions/{token}").json()["token"] == token
    assert client.get(f"/submissions/{token}").status_code == 404
    assert client.delete(f"/submissions/{token}").status_code == 404


def test_what_is_not_done_cannot_be_deleted(client: httpx.Client) -> None:
    body = {"source_code": "import time\ntime.sleep(100)", "language_id": PYTHON, "wall_time_limit": 1}

    def refused() -> httpx.Response | None:
        """Delete one that sleeps. It may have been ended before a busy machine comes to that."""
        token = client.post("/submissions", json=body).json()["token"]
        answer = client.delete(f"/submissions/{token}")
        if answer.is_success:
            return None
        assert finished(client, token)["status"]["id"] == 5
        return answer

    answer: httpx.Response = until(refused, "one is not deleted")
    assert answer.status_code == 400
    assert "cannot be deleted" in answer.json()["error"]


def test_batches(client: httpx.Client) -> None:
    bodies = [
        {"source_code": "print(1)", "language_id": PYTHON},
        {"source_code": "", "language_id": PYTHON},
        {"source_code": "print(2)", "language_id": PYTHON, "command_line_arguments": "'"},
        {"source_code": "print(3)", "language_id": PYTHON},
    ]
    created = client.post("/submissions/batch", json={"submissions": bodies})
    assert created.status_code == 201
    first, blank, quoted, last = created.json()
    assert blank == {"source_code": ["can't be blank"]}
    assert list(quoted) == ["command_line_arguments"]
    for answer in (first, last):
        finished(client, answer["token"])
    tokens = ",".join([first["token"], str(uuid.uuid4()), last["token"]])
    by_header = client.get("/submissions/batch?fields=stdout", headers={"tokens": tokens}).json()
    shown = client.get(f"/submissions/batch?tokens={tokens}&fields=stdout").json()
    assert shown == by_header == {"submissions": [{"stdout": "1\n"}, None, {"stdout": "3\n"}]}
    assert client.post("/submissions/batch", json={"submissions": []}).status_code == 400
    assert client.post("/submissions/batch", json={"submissions": bodies * 6}).status_code == 400
    assert client.get("/submissions/batch?tokens=").status_code == 400
    assert client.post("/submissions/batch", json={"submissions": [bodies[1]]}).status_code == 422


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"source_code": None}, "source_code"),
        ({"language_id": 69}, "language_id"),
        ({"language_id": 1}, "language_id"),
        ({"cpu_time_limit": 10**6}, "cpu_time_limit"),
        ({"memory_limit": 1}, "memory_limit"),
        ({"stack_limit": 10**12}, "stack_limit"),
        ({"command_line_arguments": "a\0b"}, "command_line_arguments"),
        ({"number_of_runs": 21}, "number_of_runs"),
        ({"enable_network": True}, "enable_network"),
        ({"callback_url": "http://127.0.0.1:9/x"}, "callback_url"),
        ({"compiler_options": "-O3"}, "compiler_options"),
        ({"additional_files": encoded("no archive")}, "additional_files"),
        ({"enable_per_process_and_thread_time_limit": True}, "enable_per_process_and_thread_time_limit"),
    ],
)
def test_what_is_wrong_is_said_by_field(client: httpx.Client, fields: dict[str, Any], wrong: str) -> None:
    body = {"source_code": "1", "language_id": PYTHON, **fields}
    response = client.post("/submissions", json=body)
    assert response.status_code == 422
    assert list(response.json()) == [wrong]
    assert response.json()[wrong][0]


@pytest.mark.parametrize("name", ["/etc/x", "../x"])
def test_an_archive_cannot_write_elsewhere(client: httpx.Client, name: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(name, "")
    body = {"source_code": "1", "language_id": PYTHON, "additional_files": encoded(archive.getvalue())}
    assert client.post("/submissions", json=body).status_code == 422


def test_an_archive_cannot_fill_the_memory(client: httpx.Client) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("zeros", bytes(11 * 1024 * 1024))
    body = {"source_code": "1", "language_id": PYTHON, "additional_files": encoded(archive.getvalue())}
    response = client.post("/submissions", json=body)
    assert response.status_code == 422
    assert "unpacked" in response.json()["additional_files"][0]


def packed(method: int) -> bytearray:
    """An archive of one file, whose data begins with byte 31."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as opened:
        opened.writestr("a", bytes(range(256)) * 8)
    return bytearray(archive.getvalue())


def spoilt(method: int) -> bytearray:
    archive = packed(method)
    archive[40:60] = b"\xff" * 20
    return archive


def with_a_name_that_is_no_text() -> bytearray:
    """It says of the name that it is UTF-8, where the list of files does (APPNOTE, 4.4.4)."""
    archive = packed(zipfile.ZIP_STORED)
    listed = archive.rindex(b"PK\x01\x02")
    archive[listed + 9] |= 8
    archive[listed + 46] = 0xFF
    return archive


def of_files_that_overlap() -> bytearray:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as opened:
        opened.writestr("a", bytes(10_000))
        opened.filelist += [copy.copy(opened.filelist[0]) for _ in range(20)]
    return bytearray(archive.getvalue())


BROKEN = {
    "stored": spoilt(zipfile.ZIP_STORED),
    "deflated": spoilt(zipfile.ZIP_DEFLATED),
    "bzip2": spoilt(zipfile.ZIP_BZIP2),
    "lzma": spoilt(zipfile.ZIP_LZMA),
    "a name that is no text": with_a_name_that_is_no_text(),
    "files that overlap": of_files_that_overlap(),
    "more packed than may be unpacked": packed(zipfile.ZIP_STORED) + bytes(21 << 20),
    "a list of files that begins nowhere": packed(zipfile.ZIP_STORED)[60:],
}


@pytest.mark.parametrize("archive", BROKEN.values(), ids=BROKEN)
def test_an_archive_that_cannot_be_unpacked_is_the_client_s_fault(client: httpx.Client, archive: bytes) -> None:
    fields = {"additional_files": base64.b64encode(archive).decode()}
    response = client.post("/submissions", json={"source_code": "1", "language_id": PYTHON, **fields})
    assert response.status_code == 422
    assert list(response.json()) == ["additional_files"]


def test_what_a_client_asks_for_when_it_starts(client: httpx.Client) -> None:
    languages = client.get("/languages").json()
    names = {language["id"]: language["name"] for language in languages}
    assert re.fullmatch(r"Python \(3\.\d+\.\d+\)", names[PYTHON])
    assert names[CPP].startswith("C++ (")
    assert client.get(f"/languages/{PYTHON}").json()["source_file"] == "main.py"
    assert client.get("/languages/69").status_code == 404
    statuses = client.get("/statuses").json()
    assert [status["id"] for status in statuses] == list(range(1, 15))
    assert client.get("/about").json()["version"] == "1.13.1"
    assert client.get("/config_info").json()["cpu_time_limit"] == 5.0
    assert client.get("/version").text == "1.13.1"
    assert all(client.get(path).headers["Content-Type"].startswith("text/plain") for path in ("/isolate", "/license"))
    for path in ("/authenticate", "/authorize"):  # judge0-api-wrapper's way, and judge0api's
        assert client.post(path, headers={"X-Auth-Token": "a", "X-Auth-User": "b"}).status_code == 200
        assert client.post(path, params={"X-Auth-Token": "a"}).status_code == 200
    (workers,) = client.get("/workers").json()
    assert workers["available"] == workers["idle"] + workers["working"] > 0


def test_its_own_client(service: LocalService) -> None:
    judge0 = released("judge0")
    client = judge0.Client(endpoint=service.url)
    assert client.version == "1.13.1"
    one = judge0.run(client=client, source_code=DOUBLES, language=judge0.PYTHON, stdin="21", expected_output="42")
    assert (one.status, one.stdout, one.exit_code) == (judge0.Status.ACCEPTED, "42\n", 0)
    assert one.finished_at >= one.created_at
    cases = [("1", "2"), ("2", "5"), ("x", "")]
    several = judge0.run(client=client, source_code=DOUBLES, language=judge0.PYTHON, test_cases=cases)
    assert [each.status for each in several] == [
        judge0.Status.ACCEPTED,
        judge0.Status.WRONG_ANSWER,
        judge0.Status.RUNTIME_ERROR_NZEC,
    ]
    file = judge0.File(name="a.txt", content="from a file")
    code = "print(open('a.txt').read())"
    with_file = judge0.run(
        client=client, source_code=code, language=judge0.PYTHON, additional_files=judge0.Filesystem(content=[file])
    )
    assert with_file.stdout == "from a file\n"
    broken = judge0.run(client=client, source_code="int main() {", language=judge0.CPP)
    assert broken.status == judge0.Status.COMPILATION_ERROR
    assert "error" in broken.compile_output


def test_results_are_forgotten_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge0_store, "KEPT_SUBMISSIONS", 3)
    store = Submissions()
    kept = [SubmissionEntry(Judge0Submission(source_code="x", language_id=PYTHON)) for _ in range(5)]
    for each in kept:
        store.add(each)
    assert all(store.get(each.token) for each in kept), "what is not done is not forgotten"
    for each in kept[1:]:
        store.settle(each, Result(status=Status.ACCEPTED))
    assert [store.get(each.token) is not None for each in kept] == [True, False, False, True, True]


def test_results_are_forgotten_when_they_take_too_much_or_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge0_store, "KEPT_BYTES", 1000)
    store = Submissions()
    first, second = (SubmissionEntry(Judge0Submission(source_code="x", language_id=PYTHON)) for _ in range(2))
    for each in (first, second):
        store.add(each)
        store.settle(each, Result(status=Status.ACCEPTED, stdout=b"x" * 600))
    assert (store.get(first.token), store.get(second.token)) == (None, second)
    second.since -= judge0_store.KEPT_S + 1
    assert store.get(second.token) is None
