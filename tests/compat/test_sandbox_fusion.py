"""SandboxFusion's clients: its own (sandbox-fusion 0.3.7), and verl's (0.9.1), unmodified where they are installed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from evaluator.local import LocalService
from tests.client.released import part
from tests.compat.conftest import DOUBLES, TESTS, connected, fenced, released


def run_code(client: httpx.Client, code: str, language: str = "python", **fields: Any) -> dict[str, Any]:
    response = client.post("/run_code", json={"code": code, "language": language, **fields})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_the_example_of_its_documentation(client: httpx.Client) -> None:
    answer = run_code(client, 'print("Hello, world!")')
    times = {name: answer["run_result"].pop(name) for name in ("execution_time", "cpu_time")}
    assert all(seconds >= 0 for seconds in times.values())
    assert answer == {
        "status": "Success",
        "message": "",
        "compile_result": None,
        "run_result": {"status": "Finished", "return_code": 0, "stdout": "Hello, world!\n", "stderr": ""},
        "executor_pod_name": None,
        "files": {},
    }
    assert client.get("/v1/ping").json() == "pong"


@pytest.mark.parametrize(
    ("language", "code", "status", "compiled", "ran"),
    [
        ("python", "import sys; sys.exit(3)", "Failed", None, ("Finished", 3)),
        ("python", "x = ", "Failed", None, ("Finished", 1)),
        ("python", "import os; os.kill(os.getpid(), 11)", "Failed", None, ("Finished", -11)),
        ("python", "while True: pass", "Failed", None, ("TimeLimitExceeded", None)),
        ("python", "x = bytearray(10**9)", "Failed", None, ("Finished", -9)),
        ("cpp", "int main() {}", "Success", ("Finished", 0), ("Finished", 0)),
        ("cpp", "int main() {", "Failed", ("Finished", 1), None),
        ("nodejs", "console.log(1)", "Success", None, ("Finished", 0)),
        ("bash", "exit 4", "Failed", None, ("Finished", 4)),
    ],
)
def test_what_a_program_did(
    client: httpx.Client, language: str, code: str, status: str, compiled: Any, ran: Any
) -> None:
    answer = run_code(client, code, language, run_timeout=1, memory_limit_MB=200)
    steps = [answer["compile_result"], answer["run_result"]]
    assert answer["status"] == status, answer
    assert [step and (step["status"], step["return_code"]) for step in steps] == [compiled, ran]


def test_files_there_and_back(client: httpx.Client) -> None:
    files = {"data/in.txt": base64.b64encode(b"42").decode(), "none": None}
    code = "open('out.bin', 'wb').write(open('data/in.txt', 'rb').read() + bytes([255]))"
    answer = run_code(client, code, files=files, fetch_files=["./out.bin", "absent"])
    assert answer["files"] == {"out.bin": base64.b64encode(b"42\xff").decode()}


def test_headers_are_there_for_the_compiler(client: httpx.Client) -> None:
    files = {"answer.h": base64.b64encode(b"#define ANSWER 42").decode()}
    code = '#include <cstdio>\n#include "answer.h"\nint main() { printf("%d", ANSWER); }'
    assert run_code(client, code, "cpp", files=files)["run_result"]["stdout"] == "42"


def test_java_s_assertions_count(client: httpx.Client) -> None:
    code = "public class Main { public static void main(String[] a) { assert 1 == 2; } }"
    assert run_code(client, code, "java")["status"] == "Failed"


def test_a_language_that_is_its_but_not_ours_is_no_failed_program(client: httpx.Client) -> None:
    answer = run_code(client, "theorem x : 1 = 1 := rfl", "lean")
    assert answer["status"] == "SandboxError"
    assert "lean" in answer["message"]


@pytest.mark.parametrize(
    ("field", "where"),
    [
        ({"language": "klingon"}, ["body", "language"]),
        ({"files": {"a": "%"}}, ["body", "files", "a"]),
        ({"files": {"../a": ""}}, ["body", "files", "../a"]),
        ({"fetch_files": ["a/b"]}, ["body", "fetch_files", 0]),
        ({"files": {"../a.h": ""}, "language": "cpp"}, ["body", "files", "../a.h"]),
        ({"run_timeout": "soon"}, ["body", "run_timeout"]),
    ],
)
def test_bad_input_is_refused_as_fastapi_does(client: httpx.Client, field: dict[str, Any], where: list[Any]) -> None:
    response = client.post("/run_code", json={"code": "", "language": "python", **field})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"][: len(where)] == where


def test_a_program_that_sleeps_is_ended_at_its_timeout(client: httpx.Client) -> None:
    sleeps = "import time\ntime.sleep({})"
    late, right = (run_code(client, sleeps.format(seconds), run_timeout=1) for seconds in (1.6, 0.9))
    assert late["run_result"]["status"] == "TimeLimitExceeded"
    assert right["status"] == "Success"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("class P { static void Main() { Console.WriteLine(new List<int> { 3, 4 }.Sum()); } }", 1),
        ("// adds\n#define FOUR\nusing System;\nclass P {\n  static void Main() {\n#if FOUR\n"
         "    Console.WriteLine(string.Join(\"\", Enumerable.Repeat(7, 1)));\n#endif\n  }\n}", 3),
        ("namespace A { class Task { } class P { static void Main() { var t = new Task(); Console.WriteLine(7); } } }", 1),
    ],
)  # fmt: skip
def test_csharp_has_the_usings_of_a_new_console_project(client: httpx.Client, code: str, line: int) -> None:
    if run_code(client, "", "csharp")["status"] == "SandboxError":
        pytest.skip("no C# compiler")
    assert run_code(client, code, "csharp")["run_result"]["stdout"] == "7\n"
    broken = code.replace("class P", "clas P")
    assert f"main.cs({line + broken[: broken.index('clas P')].count(chr(10)) - line + 1}," in str(
        run_code(client, broken, "csharp")
    )


ROWS = [{"id": 7, "content": "Double it.", "labels": '{"level": 1}'}, {"id": "b", "content": "Halve it.", "test": "[]"}]


def test_prompts_of_the_rows_that_a_request_brings(client: httpx.Client) -> None:
    asked = {"dataset": "mine", "config": {"provided_data": ROWS}, "offset": 0, "limit": 1_000_000}
    first = {"id": 7, "prompt": "Double it.", "labels": {"level": 1}}
    assert client.post("/list_ids", json=asked).json() == [7, "b"]
    assert client.post("/get_prompts", json=asked).json() == [first, {"id": "b", "prompt": "Halve it.", "labels": {}}]
    assert client.post("/get_prompts", json={**asked, "offset": 1, "limit": 1}).json()[0]["id"] == "b"
    assert client.post("/get_prompt_by_id", json={**asked, "id": 7}).json() == first
    for path, body in [
        ("/get_prompts", {"config": {}}),
        ("/list_ids", {"config": {}}),
        ("/get_prompt_by_id", {"id": 9}),
    ]:
        response = client.post(path, json={**asked, **body})
        assert response.status_code == 422
        assert response.json()["detail"][0]["loc"] == ["body", "config", "provided_data"]
        assert "no data sets are stored here" in response.text


def test_its_own_client_asks_for_prompts(service: LocalService) -> None:
    sdk = released("sandbox_fusion")
    config = sdk.TestConfig(provided_data=ROWS)
    prompts = sdk.get_prompts(sdk.GetPromptsRequest(dataset="mine", config=config), endpoint=service.url)
    assert [prompt.prompt for prompt in prompts] == ["Double it.", "Halve it."]
    one = sdk.get_prompt_by_id(sdk.GetPromptByIdRequest(dataset="mine", config=config, id="b"), endpoint=service.url)
    assert one.prompt == "Halve it."


def problem(tests: list[dict[str, str]] = TESTS, **fields: Any) -> dict[str, Any]:
    cases = [{"input": {"stdin": test["input"]}, "output": {"stdout": test["output"]}} for test in tests]
    return {"id": 7, "content": "Double it.", "labels": {}, "test": cases, **fields}


def submit(client: httpx.Client, completion: str, given: Any = None, **config: Any) -> dict[str, Any]:
    config = {"language": "python", "provided_data": given or problem(), **config}
    response = client.post("/submit", json={"dataset": "mine", "id": 7, "completion": completion, "config": config})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_a_submission_to_a_common_oj_problem(client: httpx.Client) -> None:
    right = submit(client, fenced(DOUBLES))
    assert (right["accepted"], right["extracted_type"], right["extracted_code"]) == (True, "fenced", f"{DOUBLES}\n")
    assert [test["passed"] for test in right["tests"]] == [True, True]
    wrong = submit(client, fenced("print(4)"))
    assert (wrong["accepted"], [test["passed"] for test in wrong["tests"]]) == (False, [True, False])
    first = submit(client, fenced("print(5)"))
    assert len(first["tests"]) == 1, "the first that fails is the last"
    every = submit(client, fenced("print(42)"), extra={"run_all_cases": True})
    assert [test["passed"] for test in every["tests"]] == [False, True]
    none = submit(client, "I do not know.")
    assert (none["accepted"], none["extracted_type"], none["tests"]) == (False, "empty", [])


@pytest.mark.parametrize(
    ("written", "expected", "passed"),
    [
        ("YES\n", "yes", True),
        ("  a \nb", "a\nb  \n\n", True),
        ("1.000001", "1.0", True),
        ("1.001", "1.0", False),
        ("a b", "a  b", False),
        ("1\n2", "1 2", False),
        ("nan", "1", False),
    ],
)
def test_outputs_are_compared_by_its_rule(client: httpx.Client, written: str, expected: str, passed: bool) -> None:
    given = problem([{"input": "", "output": expected}])
    assert submit(client, fenced(f"print({written!r}, end='')"), given)["accepted"] is passed


def test_a_problem_may_be_a_row_of_many_and_hold_json_text(client: httpx.Client) -> None:
    rows = [{**problem(), "id": 6}, problem(labels='{"programming_language": "python"}')]
    assert submit(client, fenced(DOUBLES), rows, language=None, dataset_type="CommonOJDataset")["accepted"]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"custom_extract_logic": "import os"}, "refused"),
        ({"dataset_type": "HumanEvalDataset"}, "CommonOJDataset"),
        ({"provided_data": [{**problem(), "id": 8}]}, "no problem of id 7"),
        ({"provided_data": None}, "no problem of id 7"),
    ],
)
def test_what_submit_does_not_offer_is_said(client: httpx.Client, config: dict[str, Any], said: str) -> None:
    body = {"dataset": "mine", "id": 7, "completion": "", "config": {"provided_data": problem(), **config}}
    response = client.post("/submit", json=body)
    assert response.status_code == 422
    assert said in response.text


def test_its_own_client(service: LocalService) -> None:
    sdk = released("sandbox_fusion")
    answer = sdk.run_code(sdk.RunCodeRequest(code=DOUBLES, language="python", stdin="21"), endpoint=service.url)
    assert (answer.status, answer.run_result.stdout) == (sdk.RunStatus.Success, "42\n")
    mapping = sdk.SummaryMapping(CompileFailed="compile", RunFailed="run", RunTimeout="time")
    for language, code, summary in [
        ("cpp", "int main() {", "compile"),
        ("python", "x", "run"),
        ("python", "while True: pass", "time"),
    ]:
        ran = sdk.run_code(sdk.RunCodeRequest(code=code, language=language, run_timeout=0.5), endpoint=service.url)
        assert sdk.summary_run_code_result(ran, mapping) == summary
    asked = sdk.SubmitRequest(
        dataset="mine",
        id=7,
        completion=fenced(DOUBLES),
        config=sdk.TestConfig(language="python", provided_data=problem()),
    )
    assert sdk.submit(asked, endpoint=service.url).accepted is True


def test_its_own_client_takes_what_is_not_offered_for_an_error(service: LocalService) -> None:
    sdk = released("sandbox_fusion")
    asked = sdk.RunCodeRequest(code="1", language="lean")
    with pytest.raises(Exception, match="lean"):
        sdk.run_code(asked, endpoint=service.url, max_attempts=1)


@pytest.fixture
def verl() -> Iterator[Any]:
    """verl's client, alone: importing all of verl takes torch."""
    released("requests")
    with part("verl", "utils/reward_score/sandbox_fusion") as module:
        yield module


@pytest.mark.parametrize(
    ("code", "results", "score"),
    [
        (DOUBLES, [True, True], 1.0),
        ("print(4)", [True, False], 0.5),
        ("print(4, end=' ')", [False, False], 0.0),
        ("raise SystemExit(1)", [-2, -2], 0.0),
        ("while True: pass", [-3, -3], 0.0),
    ],
)
def test_verl_s_client(service: LocalService, verl: Any, code: str, results: list[Any], score: float) -> None:
    cases = {"inputs": [test["input"] for test in TESTS], "outputs": [test["output"] for test in TESTS]}
    url = f"{service.url}/run_code"
    assert verl.check_correctness(url, cases, code, timeout=1)[0] == results
    assert verl.compute_score(url, None, 1024, fenced(code), cases, timeout=1)[0] == score


def test_verl_s_client_calls_functions_and_assertions(service: LocalService, verl: Any) -> None:
    url = f"{service.url}/run_code"
    code = "class Solution:\n    def double(self, x):\n        return [2 * x]"
    cases = {"inputs": ["2", "3"], "outputs": ["[4]", "[7]"], "fn_name": "double"}
    assert verl.check_correctness(url, cases, code)[0] == [True, False]
    asserts = {"assert_case": ["assert double(2) == 4", "assert double(2) == 5"]}
    assert verl.compute_score(url, None, 1024, fenced("def double(x): return 2 * x"), asserts)[0] == 0.5
    broken = {"inputs": ["1"], "outputs": ["1"]}
    assert verl.check_correctness(url, broken, "int main() {", language="cpp")[0] == [-4]


def test_roll_s_requests(client: httpx.Client) -> None:
    """``CodeTester`` of ROLL's reward worker: it compares what was written, and believes the exit code of assertions."""
    limits = {"compile_timeout": 30, "run_timeout": 30}
    answer = run_code(client, DOUBLES, stdin="21\n", expected_stdout="42\n", **limits)
    assert (answer["status"], answer["run_result"]["stdout"].strip()) == ("Success", "42")
    for expected, status in [(4, "Success"), (5, "Failed")]:
        code = f"def double(x): return 2 * x\n\nassert double(2) == {expected}"
        assert run_code(client, code, stdin="", expected_stdout="", **limits)["status"] == status


def test_others_are_served_while_a_hostile_answer_is_read(client: httpx.Client, service: LocalService) -> None:
    hostile = "```x\na ```cpp\n" * 150_000

    def served() -> int:
        """Count answers while one is read. They are few where a busy machine lets this test do nothing meanwhile."""
        with ThreadPoolExecutor(1) as pool, connected(service) as other:
            waiting = pool.submit(submit, other, hostile)
            count = 0
            while not waiting.done():
                count += client.get("/v1/ping").json() == "pong"
            assert not waiting.result()["accepted"]
            return count

    assert any(served() > 20 for _ in range(5))
