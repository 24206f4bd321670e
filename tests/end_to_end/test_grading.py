"""Verdicts and reports over HTTP."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from evaluator.schema import Suite
from tests.end_to_end.conftest import RIGHT, SUM, WRONG, Client
from tests.raw_request import sleeping

CPP_RIGHT = "#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b << '\\n'; }"
C_RIGHT = '#include <stdio.h>\nint main(void) { long a, b; scanf("%ld %ld", &a, &b); printf("%ld\\n", a + b); }'
ADD = {
    "mode": "function",
    "function": {"name": "add"},
    "tests": [{"input": [1, 2], "output": 3}, {"input": [2, 2], "output": 4}],
}
TIGHT = {"cpu_s": 0.5, "wall_s": 2, "memory_mb": 64, "output_mb": 1}

VERDICTS = [
    ("python", RIGHT, "accepted"),
    ("python", WRONG, "wrong_answer"),
    ("python", "while True: pass", "time_limit_exceeded"),
    ("python", "import time; time.sleep(100)", "time_limit_exceeded"),
    ("python", "x = []\nwhile True: x.append(bytearray(1 << 20))", "memory_limit_exceeded"),
    ("python", "while True: print('x' * 10000)", "output_limit_exceeded"),
    ("python", "1 / 0", "runtime_error"),
    ("python", "import os; os.abort()", "runtime_error"),
    ("python", "print(", "compile_error"),
    ("python", "", "wrong_answer"),
    ("python", "print(1)\0", "compile_error"),
    ("python", "import sys; sys.stdout.buffer.write(b'\\xff\\xfe')", "wrong_answer"),
    ("cpp", CPP_RIGHT, "accepted"),
    ("c++", CPP_RIGHT, "accepted"),
    ("cpp17", CPP_RIGHT, "accepted"),
    ("cpp", "int main() { return 1; }", "runtime_error"),
    ("cpp", "int main() { volatile int* p = nullptr; return *p; }", "runtime_error"),
    ("cpp", "int main() { for (volatile int i = 0;;) i = i + 1; }", "time_limit_exceeded"),
    ("cpp", "int main() {", "compile_error"),
    ("cpp", '#include "/dev/random"\nint main() {}', "compile_error"),
    ("c", C_RIGHT, "accepted"),
]


@pytest.mark.parametrize(("language", "code", "verdict"), VERDICTS)
def test_a_program_gets_its_verdict(client: Client, language: str, code: str, verdict: str) -> None:
    report = client.grade(code, {**SUM, "limits": TIGHT}, language=language)
    assert report["verdict"] == verdict, report
    assert report["score"] == (1.0 if verdict == "accepted" else 0.0)
    assert report["isolation"] in ("namespaces", "landlock")


FUNCTIONS = [
    ("def add(a, b): return a + b", "accepted"),
    ("class Solution:\n    def add(self, a: int, b: int) -> int: return a + b", "accepted"),
    ("def add(a: List[int], b) -> Optional[int]: return sum(Counter({'x': a + b}).values())", "accepted"),
    ("print('noise')\nif __name__ == '__main__': raise SystemExit(1)\ndef add(a, b):\n    print(a); return a + b", "accepted"),
    ("def add(a, b): return True", "wrong_answer"),
    ("def add(a, b): return float(a + b)", "wrong_answer"),
    ("def add(a, b): return str(a + b)", "wrong_answer"),
    ("def add(a, b): return {a + b}", "wrong_answer"),
    ("class S(int):\n    def __eq__(self, o): return True\ndef add(a, b): return S(7)", "wrong_answer"),
    ("def add(a, b): pass", "wrong_answer"),
    ("def add(a): pass", "runtime_error"),
    ("def other(a, b): pass", "runtime_error"),
    ("import os\ndef add(a, b): os._exit(0)", "runtime_error"),
    ("import sys\ndef add(a, b): sys.exit(0)", "runtime_error"),
    ("def add(a, b): return add(a, b)", "runtime_error"),
    ("def add(a, b:", "compile_error"),
    ("import json\nopen('result.json', 'w').write('{\"value\": 3}')\nimport os; os._exit(0)\ndef add(a, b): pass", "wrong_answer"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "verdict"), FUNCTIONS)
def test_a_function_gets_its_verdict(client: Client, code: str, verdict: str) -> None:
    report = client.grade(code, ADD)
    assert report["verdict"] == verdict, report


def test_solutions_are_made_afresh_for_each_test(client: Client) -> None:
    code = "seen = []\nclass Solution:\n    def add(self, a, b):\n        seen.append(a)\n        return a + b + len(seen) - 1"
    assert client.grade(code, ADD)["verdict"] == "accepted"


def test_a_report_tells_what_happened(client: Client) -> None:
    report = client.grade(WRONG, id="mine", detail="full", policy="all")
    assert (report["id"], report["passed"], report["total"], report["score"]) == ("mine", 1, 2, 0.5)
    first, second = report["tests"]
    assert (first["verdict"], first["matched_by"], first["strict"]) == ("accepted", "tokens", True)
    assert first["cpu_s"] > 0
    assert first["memory_bytes"] > 0
    assert (second["verdict"], second["stdout"]) == ("wrong_answer", "3\n")
    failure = report["first_failure"]
    assert (failure["index"], failure["input"], failure["expected"], failure["output"]) == (1, "20 22\n", "42\n", "3\n")


def test_the_first_failure_ends_the_grading_unless_all_is_asked(client: Client) -> None:
    two_of_three = {"mode": "stdio", "tests": [{"input": "1 1", "output": "2"}, *SUM["tests"]]}
    for policy, failures in (("first_failure", 1), ("all", 2)):
        tests = client.grade(WRONG, two_of_three, policy=policy)["tests"]
        assert [test["verdict"] for test in tests].count("wrong_answer") == failures
    assert len(tests) == 3


def test_weights_count_in_the_score(client: Client) -> None:
    tests = [{"input": "1 2", "output": "3", "weight": 3}, {"input": "1 1", "output": "2"}]
    assert client.grade(WRONG, {"mode": "stdio", "tests": tests}, policy="all")["score"] == 0.75


@pytest.mark.parametrize(
    ("response", "verdict"),
    [
        (f"<think>```python\nprint(0)\n```</think>Here:\n```python\n{RIGHT}\n```\nDone.", "accepted"),
        (f"```python\n{RIGHT}\n", "no_code"),
        ("I cannot solve this.", "no_code"),
        ("", "no_code"),
        (RIGHT, "accepted"),
    ],
)
def test_code_is_found_in_a_models_answer(client: Client, response: str, verdict: str) -> None:
    answer = client.post("/v1/grade", json={"response": response, "suite": SUM})
    assert answer.json()["verdict"] == verdict
    assert answer.json()["score"] == (verdict == "accepted")


def test_input_and_output_need_not_be_text(client: Client) -> None:
    code = "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])"
    tests = [{"input": {"base64": "AP8B"}, "output": {"base64": "Af8A"}}]
    suite = {"mode": "stdio", "checker": {"kind": "exact"}, "tests": tests}
    assert client.grade(code, suite)["verdict"] == "accepted"
    report = client.grade("import sys\nsys.stdout.buffer.write(b'\\xff')", suite, detail="full")
    assert report["tests"][0]["stdout"] == {"base64": "/w=="}
    assert report["first_failure"]["output"] == {"base64": "/w=="}


def test_a_hundred_megabytes_of_output_are_an_output_limit(client: Client) -> None:
    report = client.grade("import sys\nfor _ in range(100): sys.stdout.write('x' * (1 << 20))", detail="full")
    assert report["verdict"] == "output_limit_exceeded"
    assert len(json.dumps(report)) < 1_000_000


def test_five_megabytes_of_code_are_graded(client: Client) -> None:
    assert client.grade("# " + "x" * (5 << 20) + "\n" + RIGHT)["verdict"] == "accepted"


def test_a_batch_answers_in_order(client: Client) -> None:
    submissions = [{"id": str(i), "code": RIGHT if i % 2 else WRONG, "suite_id": "sum"} for i in range(10)]
    reports = client.post("/v1/grade/batch", json={"submissions": submissions, "suites": {"sum": SUM}}).json()[
        "reports"
    ]
    assert [report["id"] for report in reports] == [str(i) for i in range(10)]
    assert [report["index"] for report in reports] == list(range(10))
    assert [report["verdict"] == "accepted" for report in reports] == [bool(i % 2) for i in range(10)]


def test_a_batch_streams_reports_as_they_finish(client: Client) -> None:
    fast, slow = [{"id": f"fast {number}", "code": RIGHT, "suite": SUM} for number in range(3)], sleeping(0)
    assert sorted(report["index"] for report in _streamed(client, fast, 3)) == [0, 1, 2]
    has_others = client.get("/readyz").json()["workers"] > 1
    reports = _streamed(client, [slow, *fast] if has_others else [*fast, slow], 3)  # and the slow one goes on
    assert {report["id"] for report in reports} == {each["id"] for each in fast}
    assert {report["verdict"] for report in reports} == {"accepted"}


def _streamed(client: Client, submissions: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The first so many reports, without a wait for more."""
    body = "\n".join(map(json.dumps, submissions)).encode()
    headers = {"Content-Type": "application/x-ndjson", "Accept": "application/x-ndjson"}
    with client.stream("POST", "/v1/grade/batch", content=body, headers=headers) as response:
        return [json.loads(line) for line in itertools.islice(response.iter_lines(), count)]


def test_a_suite_is_uploaded_once_and_named_after(client: Client) -> None:
    suite = Suite.model_validate({**SUM, "limits": {"cpu_s": 3.25}})
    body: dict[str, Any] = suite.model_dump(mode="json")
    path = f"/v1/suites/{suite.id}"
    assert client.head(path).status_code == 404
    assert client.put(path, json=body).status_code == 201
    assert client.put(path.replace("sha256:", ""), json=body).status_code == 200
    assert client.head(path).status_code == 200
    answer = client.post("/v1/grade", json={"code": RIGHT, "suite_id": suite.id})
    assert answer.json()["verdict"] == "accepted"


def test_a_program_can_be_run_without_judging(client: Client) -> None:
    code = "import sys\nprint(sys.argv[1:], sys.stdin.read(), open('data/x').read(), file=sys.stderr)\nsys.exit(7)"
    body = {"code": code, "stdin": "in", "args": ["a", "b c"], "files": {"data/x": "file"}}
    run = client.post("/v1/run", json=body).json()
    assert (run["exit_code"], run["stdout"], run["stderr"]) == (7, "", "['a', 'b c'] in file\n")
    assert run["stopped_by"] is None
    spun = client.post("/v1/run", json={"code": "while True: pass", "limits": {"cpu_s": 0.2}}).json()
    assert (spun["stopped_by"], spun["signal"]) == ("cpu", 9)
    compiled = client.post("/v1/run", json={"language": "c", "code": "int main(void) {"}).json()
    assert compiled["compile"]["ok"] is False


def test_languages_are_those_that_work(client: Client) -> None:
    languages = {entry["name"]: entry for entry in client.get("/v1/languages").json()["languages"]}
    assert languages["python"]["version"].startswith("Python 3")
    assert languages["python"]["modes"] == ["function", "interactive", "program", "stdio"]
    assert languages["cpp"]["compiled"]


def test_isolation_is_tried_and_told(client: Client) -> None:
    answer = client.get("/v1/isolation").json()
    assert answer["tier"] == client.grade(RIGHT)["isolation"]
    assert {tier["name"] for tier in answer["tiers"]} == {"namespaces", "landlock", "process"}
    assert all(isinstance(mechanism["works"], bool) for mechanism in answer["mechanisms"])


def test_the_documentation_works_without_the_internet(client: Client) -> None:
    page = client.get("/docs").text
    assert "https://" not in page
    document = client.get("/openapi.json").json()
    reference = document["paths"]["/v1/grade"]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert reference.rsplit("/", 1)[1] in document["components"]["schemas"]
