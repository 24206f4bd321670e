"""ExecEval's protocol, by exchanges from its documentation and the way in which its evaluation script reads them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from evaluator.api.compat.execeval import same_output
from tests.compat.conftest import DOUBLES

TESTS = [{"input": "2", "output": ["4"]}, {"input": "21\r\n", "output": ["41", "42"]}]


def execute(client: httpx.Client, code: str, language: str = "Python 3", **fields: Any) -> list[dict[str, Any]]:
    body = {"language": language, "source_code": code, "unittests": TESTS, "limits": {}, **fields}
    response = client.post("/api/execute_code", json=body)
    assert response.status_code == 200, response.text
    tests: list[dict[str, Any]] = response.json()["data"]
    return tests


def outcomes(client: httpx.Client, code: str, language: str = "Python 3", **fields: Any) -> list[str | None]:
    return [test["exec_outcome"] for test in execute(client, code, language, **fields)]


def test_an_exchange_as_its_script_makes_it(client: httpx.Client) -> None:
    """``eval_scripts/api_comm.py``: every field is sent, commands and flags as null."""
    nulls = dict.fromkeys(("compile_cmd", "compile_flags", "execute_cmd", "execute_flags"))
    flags = {"block_network": True, "stop_on_first_fail": True, "use_sanitizer": False}
    first, second = execute(client, DOUBLES, **nulls, **flags)
    assert set(first) == {"input", "output", "result", "exec_outcome", "time_consumed", "peak_memory_consumed"}
    assert (first["input"], first["output"], first["result"], first["exec_outcome"]) == ("2", ["4"], "4", "PASSED")
    assert first["time_consumed"] >= 0
    assert first["peak_memory_consumed"].endswith(" kB")
    assert second["exec_outcome"] == "PASSED", "any of the outputs will do"


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("Python 3", "print(4)", ["PASSED", "WRONG_ANSWER"]),
        ("Python 3", "print(5)", ["WRONG_ANSWER", None]),
        ("Python 3", "raise SystemExit(1)", ["RUNTIME_ERROR", None]),
        ("Python 3", "while True: pass", ["TIME_LIMIT_EXCEEDED", None]),
        ("Python 3", "x = bytearray(10**9)", ["MEMORY_LIMIT_EXCEEDED", None]),
        ("Python 3", "x = ", ["COMPILATION_ERROR"]),
        ("GNU C++17", "int main() {", ["COMPILATION_ERROR"]),
        ("GNU C++17", "#include <iostream>\nint main() { int x; std::cin >> x; std::cout << 2 * x; }", ["PASSED"] * 2),
        ("Node js", "console.log(2 * require('fs').readFileSync(0))", ["PASSED"] * 2),
    ],
)
def test_outcomes(client: httpx.Client, language: str, code: str, expected: list[str | None]) -> None:
    limits = {"cpu": 0.5, "_as": 200 << 20, "nproc": 1}
    assert outcomes(client, code, language, limits=limits if language == "Python 3" else {}) == expected


@pytest.mark.parametrize(
    ("language", "standard", "newer"),
    [("GNU C++0x", 201103, 201402), ("GNU C++11", 201103, 201402), ("GNU C++14", 201402, 201703)],
)
def test_a_standard_of_cpp_is_the_one_that_is_named(
    client: httpx.Client, language: str, standard: int, newer: int
) -> None:
    one = {"unittests": [{"input": "", "output": [str(standard)]}]}
    code = '#include <cstdio>\nint main() { printf("%ld", __cplusplus); }'
    assert outcomes(client, code, language, **one) == ["PASSED"]
    (failed,) = execute(client, f'static_assert(__cplusplus >= {newer}, "old");\nint main() {{}}', language, **one)
    assert failed["exec_outcome"] == "COMPILATION_ERROR"
    assert "main.cpp:1:" in failed["result"]


@pytest.mark.parametrize(
    ("language", "first"), [("GNU C", ""), ("GNU C++17", ""), ("GNU C++17", "#include <bits/stdc++.h>\n")]
)
def test_two_headers_are_always_there(client: httpx.Client, language: str, first: str) -> None:
    one = {"unittests": [{"input": "", "output": ["3 2147483647"]}]}
    code = first + 'int printf(const char *, ...);\nint main() { printf("%d %d", (int)sqrt(9.5), INT_MAX); }'
    if language != "GNU C":
        code = code.replace("int printf", 'extern "C" int printf')
    assert outcomes(client, code, language, **one) == ["PASSED"]


def test_a_program_that_sleeps_is_ended_at_its_limit(client: httpx.Client) -> None:
    one = {"unittests": [{"input": "", "output": ["1"]}], "limits": {"cpu": 0.3}}
    sleeps = "import time\ntime.sleep({})\nprint(1)"
    assert outcomes(client, sleeps.format(1.5), **one) == ["TIME_LIMIT_EXCEEDED"]
    assert outcomes(client, sleeps.format(0.8), **one) == ["PASSED"], "Python's time counts three times"


def test_every_test_may_be_asked_for(client: httpx.Client) -> None:
    assert outcomes(client, "print(42)", stop_on_first_fail=False) == ["WRONG_ANSWER", "PASSED"]
    assert outcomes(client, "x = ", stop_on_first_fail=False) == ["COMPILATION_ERROR"]


@pytest.mark.parametrize(
    "field",
    [
        {"language": "Brainfuck"},
        {"unittests": []},
        {"compile_flags": "-O3"},
        {"block_network": False},
        {"use_sanitizer": True},
    ],
)
def test_what_is_not_offered_is_an_error_and_no_outcome(client: httpx.Client, field: dict[str, Any]) -> None:
    body = {"language": "Python 3", "source_code": "print(4)", "unittests": TESTS, **field}
    response = client.post("/api/execute_code", json=body)
    assert response.status_code == 400
    assert list(response.json()) == ["error"]


def test_runtimes(client: httpx.Client) -> None:
    runtimes = {runtime["runtime_name"]: runtime for runtime in client.get("/api/all_runtimes").json()}
    assert runtimes["Python 3"]["timelimit_factor"] == 3
    assert runtimes["GNU C++17"]["is_compiled"] is True


@pytest.mark.parametrize(
    ("expected", "written", "same"),
    [
        ("a b\nc", " a b \n c\n\n", True),
        ("a b\nc", "a b c", True),
        ("YES", "yes", True),
        ("Maybe", "maybe", False),
        ("0.1", "0.1000000000001", True),
        ("0.1", "0.10000000001", False),
        ("1e3", "1000", True),
        ("nan", "inf", False),
        ("1 2", "1", False),
        ("1", "1e1000000000000", False),
        ("1", "1 2 3", False),
    ],
)
def test_outputs_are_compared_by_its_rule(expected: str, written: str, same: bool) -> None:
    assert same_output(expected, written) is same
