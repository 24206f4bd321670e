"""Results that are wrong in ways that used to reach our own code: each has the verdict of a wrong program."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.schema import Verdict
from tests.grading.conftest import Grade

WRONG, CRASHED, REFUSED = Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR, Verdict.COMPILE_ERROR


def suite(output: Any, checker: str = "json", **fields: Any) -> dict[str, Any]:
    tests = [{"input": [1], "output": [output] if checker == "any_of" else output}]
    return {"mode": "function", "function": {"name": "f"}, "tests": tests, "checker": {"kind": checker}, **fields}


@pytest.mark.parametrize("checker", ["json", "float", "unordered", "any_of", "lcb", "microcoder_loose"])
@pytest.mark.parametrize(
    "result",
    [
        "10 ** 5000",
        "[1, -10 ** 16000]",
        "{'a': 10 ** 5000}",
        "{10 ** 5000: 1}",
        r"'\ud83d'",
        r"{'\ud83d': '\udfff'}",
        "nest(198)",
        "nest(900)",
        "nest(100000)",
        "range(10 ** 30)",
        "__import__('decimal').Decimal('sNaN')",
        "__import__('fractions').Fraction(1, 10 ** 5000)",
        "float('nan')",
        "[float('inf')]",
    ],
)
def test_an_odd_result_is_a_wrong_answer(grade: Grade, checker: str, result: str) -> None:
    code = f"def nest(n):\n    x = 1\n    for _ in range(n): x = [x]\n    return x\ndef f(n): return {result}"
    report = grade(code, suite([1, 2.5], checker), detail="full")
    assert report.verdict is WRONG
    assert report.first_failure is not None
    assert report.first_failure.reason
    report.model_dump_json()


@pytest.mark.parametrize("checker", ["json", "float", "lcb"])
def test_a_long_integer_that_is_right_is_accepted(grade: Grade, checker: str) -> None:
    assert grade("def f(n): return 10 ** 4000 + n", suite(10**4000 + 1, checker)).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (b'{"value": {"type": "namedtuple", "value": [1]}}', WRONG),
        (b'{"value": {"type": "array", "value": []}}', WRONG),
        (b'{"value": {"type": "int", "value": 7}}', WRONG),
        (b'{"value": {"type": ["int"], "value": 7}}', WRONG),
        (b'{"value": {"type": "fraction", "value": "1e16000000"}}', WRONG),
        (b'{"value": {"type": "range", "value": [0, 1000000000000000000000000000000, 1]}}', WRONG),
        (b'{"value": ' + b"[" * 900 + b"]" * 900 + b"}", WRONG),
        (b'{"value": ' + b"[" * 100_000, WRONG),
        (b'{"not_plain": ' + b"[" * 900 + b"]" * 900 + b"}", WRONG),
        (b'{"missing": ' + b"[" * 900 + b"]" * 900 + b"}", CRASHED),
        (b'{"syntax_error": {"a": "\\ud83d"}}', REFUSED),
        (b"[1]", CRASHED),
        (b"\xff\xfe", CRASHED),
        (b"", CRASHED),
    ],
)
@pytest.mark.parametrize("checker", ["json", "lcb"])
def test_a_result_that_the_program_wrote_itself_is_only_an_answer(
    grade: Grade, checker: str, result: bytes, verdict: Verdict
) -> None:
    code = f"import os\ndef f(n):\n    open('result.json', 'wb').write({result!r}); os._exit(0)"
    report = grade(code, suite([1], checker))
    assert report.verdict is verdict
    report.model_dump_json()


@pytest.mark.parametrize(
    "made", ["os.mkdir('result.json')", "os.mkfifo('result.json')", "os.symlink('/', 'result.json')"]
)
def test_what_is_no_file_in_the_results_place_is_no_result(grade: Grade, made: str) -> None:
    report = grade(f"import os\ndef f(n):\n    {made}; os._exit(0)", suite([1]))
    assert report.verdict is CRASHED


@pytest.mark.parametrize("checker", ["tokens", "lines", "exact", "json", "float", "unordered", "lcb"])
def test_far_more_output_than_expected_is_wrong(grade: Grade, checker: str) -> None:
    tests = {"tests": [{"input": "", "output": "[1]\n"}], "checker": {"kind": checker}}
    report = grade("import sys\nfor _ in range(40): sys.stdout.write('[],' * 100000)", {"mode": "stdio", **tests})
    assert report.verdict is WRONG
    assert report.first_failure is not None
    assert report.first_failure.reason == "far more output than expected"


def test_the_papers_fallbacks_accept_repetitions_however_many(grade: Grade) -> None:
    tests = {"tests": [{"input": "", "output": "1\n"}], "checker": {"kind": "microcoder_loose"}}
    assert grade("print('1\\n' * 100000)", {"mode": "stdio", **tests}).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("checker", ["tokens", "lines", "float", "unordered"])
def test_any_number_of_blanks_is_forgiven_at_the_end(grade: Grade, checker: str) -> None:
    tests = {"tests": [{"input": "", "output": "1.5\n"}], "checker": {"kind": checker}}
    assert grade("print('1.5' + ' ' * 9000000)", {"mode": "stdio", **tests}).verdict is Verdict.ACCEPTED


def test_a_message_of_pythons_parser_longer_than_a_datagram_is_a_compile_error(grade: Grade) -> None:
    code = "x = '" + "😀" * 9000
    stdio = {"mode": "stdio", "tests": [{"input": "", "output": "1\n"}]}
    for each in (stdio, suite([1])):
        report = grade(code, each)
        assert report.verdict is REFUSED
        assert report.compile is not None
        assert "SyntaxError: unterminated string" in report.compile.log
