"""Piston's protocol, by exchanges from its documentation and its source (no client of it is released for Python), and
open-r1's languages, by the requests that its source makes and the way in which it reads the answers."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from evaluator.api.compat.piston import matches

MIB = 1 << 20
FIELDS = {"signal", "stdout", "stderr", "output", "code", "memory", "message", "status", "cpu_time", "wall_time"}


def execute(client: httpx.Client, *files: Any, language: str = "python", **fields: Any) -> dict[str, Any]:
    given = [{"content": file} if isinstance(file, str) else file for file in files]
    response = client.post("/api/v2/execute", json={"language": language, "version": "*", "files": given, **fields})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_the_example_of_its_documentation(client: httpx.Client) -> None:
    body = {
        "language": "js",
        "version": "*",
        "files": [{"name": "my_cool_code.js", "content": "console.log(process.argv)"}],
        "stdin": "",
        "args": ["1", "2", "3"],
        "compile_timeout": 10000,
        "run_timeout": 3000,
        "compile_cpu_time": 10000,
        "run_cpu_time": 3000,
        "compile_memory_limit": 0,
        "run_memory_limit": 0,
    }
    answer = client.post("/api/v2/execute", json=body).json()
    assert set(answer) == {"language", "version", "run"}
    assert answer["language"] == "javascript"
    run = answer["run"]
    assert set(run) == FIELDS
    assert (run["code"], run["signal"], run["status"], run["message"], run["stderr"]) == (0, None, None, None, "")
    assert all(argument in run["stdout"] for argument in ("'1'", "'2'", "'3'"))
    assert run["output"] == run["stdout"]


@pytest.mark.parametrize(
    ("code", "status", "signal", "exit_code"),
    [
        ("import sys; sys.exit(3)", "RE", None, 3),
        ("import os; os.abort()", "SG", "SIGABRT", None),
        ("while True: pass", "TO", "SIGKILL", None),
        ("while True: print('x' * 10**6)", "OL", "SIGKILL", None),
        ("x = bytearray(10**9)", "SG", "SIGKILL", None),
        ("x = ", "RE", None, 1),
    ],
)
def test_how_a_program_ends(
    client: httpx.Client, code: str, status: str, signal: str | None, exit_code: int | None
) -> None:
    run = execute(client, code, run_timeout=1000, run_memory_limit=200 * MIB)["run"]
    assert (run["status"], run["signal"], run["code"]) == (status, signal, exit_code)


def test_what_does_not_compile_is_the_run_s_result_too(client: httpx.Client) -> None:
    failed = execute(client, "int main() {", language="c++")
    assert failed["compile"]["code"] == 1
    assert "error" in failed["compile"]["stderr"]
    assert failed["run"] == failed["compile"]
    compiled = execute(client, "int main() { return 0; }", language="c")
    assert (compiled["compile"]["code"], compiled["run"]["code"]) == (0, 0)


def test_files_arguments_and_input(client: httpx.Client) -> None:
    code = "import sys, helper\nprint(sys.argv[1:], helper.X, open('d').read(), repr(sys.stdin.read()))"
    helper = {"name": "helper.py", "content": "X = 7"}
    hexadecimal = {"name": "d", "content": "6869", "encoding": "hex"}
    assert execute(client, code, helper, hexadecimal, args=["a"], stdin="in")["run"]["stdout"] == "['a'] 7 hi 'in\\n'\n"
    base64 = {"content": "aGk=", "encoding": "base64", "name": "d"}
    assert execute(client, base64, "print(open('d').read())")["run"]["stdout"] == "hi\n", (
        "the first text is the program"
    )


def test_units_of_c_are_linked(client: httpx.Client) -> None:
    main = {"name": "main.cpp", "content": '#include "f.h"\nint main() { return f(); }'}
    rest = {"f.cpp": '#include "f.h"\nint f() { return 7; }', "f.h": "int f();"}
    others = [{"name": name, "content": text} for name, text in rest.items()]
    assert execute(client, main, *others, language="c++")["run"]["code"] == 7


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"run_timeout": 1e9}, "run_timeout cannot exceed the configured limit of 600000"),
        ({"run_memory_limit": 1 << 50}, "run_memory_limit cannot exceed the configured limit of "),
        ({"compile_timeout": 10**9}, "compile_timeout cannot exceed the configured limit of "),
        ({"run_memory_limit": -2}, "run_memory_limit must be non-negative"),
        ({"run_timeout": "3000"}, "run_timeout"),
        ({"run_memory_limit": True}, "run_memory_limit"),
        ({"language": "klingon"}, "klingon-* runtime is unknown"),
        ({"version": "2.7.18"}, "python-2.7.18 runtime is unknown"),
        ({"files": []}, "files"),
        ({"files": [{"name": "a"}]}, "files.0.content"),
        ({"files": [{"content": "aGk=", "encoding": "base64"}]}, "at least one utf8 encoded file"),
        ({"files": [{"content": "1"}, {"name": "../a", "content": ""}]}, "working directory"),
    ],
)
def test_bad_input_is_a_message(client: httpx.Client, field: dict[str, Any], message: str) -> None:
    body = {"language": "python", "version": "*", "files": [{"content": "1"}], **field}
    response = client.post("/api/v2/execute", json=body)
    assert response.status_code == 400
    assert message in response.json()["message"]


def test_what_npm_s_client_sends(client: httpx.Client) -> None:
    """piston-client 1.0.2: JSON that is called text, -1 for no limit of memory, and arguments of its own."""
    job = {
        "language": "python",
        "version": client.get("/api/v2/runtimes").json()[0]["version"],
        "files": [{"content": "import sys\nprint(sys.argv[1:])"}],
        "stdin": "",
        "args": ["1", "2", "3"],
        "compile_timeout": 10000,
        "run_timeout": 3000,
        "compile_memory_limit": -1,
        "run_memory_limit": -1,
    }
    kind = {"Content-Type": "text/plain;charset=UTF-8"}
    answer = client.post("/api/v2/execute", content=json.dumps(job), headers=kind)
    assert answer.json()["run"]["stdout"] == "['1', '2', '3']\n", answer.text


def test_a_program_that_sleeps_is_ended_at_its_wall_limit(client: httpx.Client) -> None:
    sleeps = "import time\ntime.sleep({})\nprint(1)"
    assert execute(client, sleeps.format(1.6), run_timeout=1000)["run"]["status"] == "TO"
    assert execute(client, sleeps.format(0.9), run_timeout=1000)["run"]["stdout"] == "1\n"
    assert execute(client, sleeps.format(1.1), run_cpu_time=500)["run"]["stdout"] == "1\n"


def test_another_type_of_body_is_refused(client: httpx.Client) -> None:
    response = client.post(
        "/api/v2/execute", content="a=1", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert (response.status_code, response.json()) == (415, {"message": "requests must be of type application/json"})


def test_runtimes_can_be_asked_for_and_then_used(client: httpx.Client) -> None:
    runtimes = client.get("/api/v2/runtimes").json()
    [python] = [runtime for runtime in runtimes if runtime["language"] == "python"]
    assert "py3" in python["aliases"]
    assert execute(client, "print(1)", language="py3", version=python["version"])["version"] == python["version"]


@pytest.mark.parametrize(
    ("wanted", "matching"),
    [
        *[(wanted, True) for wanted in ("*", "x", "3", "3.x", "3.11", "3.11.7", "v3.11.7", "=3.11.7", "^3.10.0")],
        *[(wanted, True) for wanted in ("~3.11.2", ">=3.9", "^3", ">=3.11.7")],
        *[(wanted, False) for wanted in ("2", "3.1", "3.11.8", "^3.12.0", "~3.10.0", ">=3.12", "^2.0.0", "latest", "")],
    ],
)
def test_versions_are_chosen_by_range(wanted: str, matching: bool) -> None:
    assert matches("3.11.7", wanted) is matching


ADD = "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a %s b; }"
PYTHON_ADD = "print(sum(map(int, input().split())))"


def codeforces(client: httpx.Client, submission: str, language: str = "c++17", **more: str) -> dict[str, Any]:
    """As open-r1's ``score_single_test_case`` asks."""
    config = {"TIME_LIMIT": 1.0, "MEMORY_LIMIT": 256.0, "INPUT_MODE": "stdio", **more.pop("config", {})}  # type: ignore[arg-type]
    files = {
        f"main.{'cpp' if language == 'c++17' else 'python'}": submission,
        **({"checker.py": more["checker"]} if "checker" in more else {}),
        "input.txt": "1 2\r\n",
        "correct_output.txt": "3\r\n",
        "grader_config": "\n".join(f"{key}={value}" for key, value in config.items()),
    }
    named = [{"name": name, "content": text} for name, text in files.items()]
    return execute(client, *named, language=language, run_timeout=4000)


def codeforces_score(result: dict[str, Any]) -> float:
    """As open-r1's ``score_submission`` reads the answer."""
    if result and result["compile"]["code"] != 0:
        return -0.1
    return float(result["run"]["code"] == 0 and result["run"]["stdout"].strip() == "1")


@pytest.mark.parametrize(
    ("language", "submission", "score"),
    [
        ("c++17", ADD % "+", 1.0),
        ("c++17", ADD % "-", 0.0),
        ("c++17", "int main() {", -0.1),
        ("c++17", "int main() { for (;;); }", 0.0),
        ("c++17", "#include <cstdlib>\nint main() { abort(); }", 0.0),
        ("cf_python3", PYTHON_ADD, 1.0),
        ("cf_python3", "print(4)", 0.0),
        ("cf_python3", "x = ", 0.0),
        ("cf_python3", "x = bytearray(10**9)\n" + PYTHON_ADD, 0.0),
        ("cf_python3", "print(open('correct_output.txt').read())", 0.0),
        ("cf_python3", "print(1)\nprint(1)", 0.0),
    ],
)
def test_codeforces(client: httpx.Client, language: str, submission: str, score: float) -> None:
    assert codeforces_score(codeforces(client, submission, language)) == score


def test_codeforces_with_a_checker(client: httpx.Client) -> None:
    checker = (
        "import sys\n"
        "given, expected, output = (open(name).read() for name in sys.argv[1:])\n"
        "print(int(sorted(output.split()) == sorted(expected.split()) and given == '1 2\\n'))\n"
    )
    assert codeforces_score(codeforces(client, ADD % "+", checker=checker)) == 1.0
    assert codeforces_score(codeforces(client, ADD % "-", checker=checker)) == 0.0
    crashed = codeforces(client, ADD % "+", checker="raise SystemExit(3)")
    assert (crashed["run"]["code"], codeforces_score(crashed)) == (3, 0.0)


def test_a_checker_that_does_not_parse_is_no_zero(client: httpx.Client) -> None:
    files = {"main.python": "print(3)", "checker.py": "x = ", "input.txt": "", "correct_output.txt": "3"}
    named = [{"name": name, "content": text} for name, text in {**files, "grader_config": "TIME_LIMIT=1"}.items()]
    body = {"language": "cf_python3", "version": "*", "files": named}
    assert client.post("/api/v2/execute", json=body).status_code == 500


def test_codeforces_by_files(client: httpx.Client) -> None:
    code = "a = open('input.txt').read()\nopen('output.txt', 'w').write(str(sum(map(int, a.split()))))"
    config: Any = {"INPUT_MODE": "file"}
    assert codeforces_score(codeforces(client, code, "cf_python3", config=config)) == 1.0


def test_cpp17_without_a_configuration_is_a_language(client: httpx.Client) -> None:
    assert execute(client, "int main() { return 3; }", language="c++17")["run"]["code"] == 3


CHECKER = r"""
#include "testlib.h"
int main(int argc, char **argv) {
    std::ifstream expected(argv[2]), output(argv[3]);
    int want = 0, got = 0;
    expected >> want; output >> got;
    std::cout << (want == got ? 1.0 : got == want + 1 ? 0.5 : 0.0) << std::endl;
    std::cerr << (want == got ? "Output is correct" : "Output isn't correct") << std::endl;
}
"""
GRADERS = {
    "graders/add.h": "int add(int, int);",
    # A name of the grader's own is also one of the submission's: units are compiled apart.
    "graders/grader.cpp": '#include "add.h"\n#include <cstdio>\nstatic int n;\nint main() { int a, b; '
    'n = scanf("%d%d", &a, &b); printf("%d\\n", add(a, b)); }',
    "graders/grader_config.json": '{"task_type": "Batch"}',
}
SOLUTION = '#include "add.h"\nint n = 5;\nint add(int a, int b) { return a %s; }'


def ioi(client: httpx.Client, submission: str, **files: str | None) -> dict[str, Any]:
    """As open-r1's ``run_submission`` asks."""
    given = {
        "graders/add.cpp": submission,
        "input.txt": "1 2\n",
        "correct_output.txt": "3\n",
        **GRADERS,
        "checker/checker.cpp": CHECKER,
        "checker/testlib.h": "#include <fstream>\n#include <iostream>\n",
        **{name.replace("__", "/").replace("_cpp", ".cpp"): text for name, text in files.items()},
    }
    named = [{"name": name, "content": text} for name, text in given.items() if text is not None]
    return execute(client, *named, language="cms_ioi", run_timeout=2000, run_memory_limit=256 * MIB)


def ioi_score(response: dict[str, Any]) -> tuple[str, str]:
    """As open-r1's ``execute_ioi`` reads the answer."""
    assert "message" not in response
    run = response["run"]
    if "compile" in response and response["compile"]["code"] != 0:
        return "0", "Compilation error"
    if run["code"] == 1 and "MemoryError" in run["stderr"]:
        return "0", "Memory limit exceeded"
    if run["stdout"]:
        return run["stdout"], run["stderr"]
    if run["signal"] == "SIGKILL":
        return "0", "Time limit exceeded"
    raise AssertionError(f"open-r1 takes this for a fault: {response}")


@pytest.mark.parametrize(
    ("submission", "score", "feedback"),
    [
        (SOLUTION % "+ b", 1.0, "Output is correct"),
        (SOLUTION % "+ b + 1", 0.5, "Output isn't correct"),
        (SOLUTION % "- b", 0.0, "Output isn't correct"),
        (SOLUTION % "+", 0.0, "Compilation error"),
        ('#include "add.h"\nint add(int a, int b) { for (volatile int i = 0;; i++); }', 0.0, "Time limit exceeded"),
        ('#include "add.h"\nint add(int a, int b) { __builtin_trap(); }', 0.0, "Runtime error"),
        (
            '#include "add.h"\n#include <vector>\nint add(int a, int b) { std::vector<char> x(1 << 30, 1); return x[a]; }',
            0.0,
            "Memory limit exceeded",
        ),
        (
            '#include "add.h"\n#include <fstream>\n'
            'int add(int a, int b) { int x = 9; std::ifstream("correct_output.txt") >> x; return x; }',
            0.0,
            "Output isn't correct",
        ),
        ('#include "add.h"\n#include "../correct_output.txt"\nint add(int a, int b) { return 3; }', 0.0, "Compilation"),
    ],
    ids=["right", "partly", "wrong", "broken", "slow", "crash", "memory", "peeks", "peeks-compiling"],
)
def test_ioi(client: httpx.Client, submission: str, score: float, feedback: str) -> None:
    got, said = ioi_score(ioi(client, submission))
    assert float(got) == score
    assert feedback in said


def test_ioi_without_a_checker(client: httpx.Client) -> None:
    assert float(ioi_score(ioi(client, SOLUTION % "+ b", checker__checker_cpp=None))[0]) == 1.0
    assert float(ioi_score(ioi(client, SOLUTION % "- b", checker__checker_cpp=None))[0]) == 0.0


@pytest.mark.parametrize("checker", ["int main() {", "int main() { return 3; }"])
def test_a_checker_that_cannot_judge_is_no_zero(client: httpx.Client, checker: str) -> None:
    with pytest.raises(AssertionError, match="the checker"):
        ioi(client, SOLUTION % "+ b", checker__checker_cpp=checker)


def test_a_task_of_another_type_is_refused(client: httpx.Client) -> None:
    files = [{"name": "graders/grader_config.json", "content": '{"task_type": "Communication"}'}]
    response = client.post("/api/v2/execute", json={"language": "cms_ioi", "version": "*", "files": files})
    assert response.status_code == 400
    assert "Communication" in response.json()["message"]


@pytest.mark.parametrize("config", ["{", "[" * 100_000, "\ufeff{}"], ids=["cut", "deep", "with a mark"])
def test_a_task_whose_configuration_is_no_json_is_refused(client: httpx.Client, config: str) -> None:
    files = [{"name": "graders/grader_config.json", "content": config}]
    response = client.post("/api/v2/execute", json={"language": "cms_ioi", "version": "*", "files": files})
    assert response.status_code == 400
    assert "grader_config.json is not JSON" in response.json()["message"]
