"""Results that are wrong in ways that used to reach our own code: each has the verdict of a wrong program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluator.extraction.bounded import BOUNDS
from evaluator.grading.grader import Grader
from evaluator.schema import Submission, Verdict
from sandbox.limits import MIB
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
        (b'{"value": {"type": "r\\u0061nge", "value": [0, 1000000000, 1]}}', WRONG),
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


LARGE = list(range(200_000))
"""A value whose form takes more than a megabyte, so that results of dozens of them may be right."""


@pytest.mark.parametrize(
    ("unit", "count"), [("[],", 20_000_000), ('{"type":"tuple","value":[]},', 2_000_000), ("1,", 30_000_000)]
)
def test_a_result_of_far_more_elements_is_wrong_and_takes_no_memory(grade: Grade, unit: str, count: int) -> None:
    start_of_peak()
    written = f"open('result.json', 'w').write('{{\"value\": [' + {unit!r} * {count} + '1]}}'); os._exit(0)"
    report = grade(f"import os\ndef f(n):\n    {written}", suite(LARGE, "lcb"))
    assert report.verdict is WRONG
    assert peak_mib() < 400


@pytest.mark.parametrize("checker", ["json", "float", "unordered", "lcb"])
def test_a_large_result_is_compared_as_a_small_one_is(grade: Grade, checker: str) -> None:
    right, wrong = "tuple(range(200000))", "list(range(199999)) + [7]"
    accepted = grade(f"def f(n): return {right}", suite(LARGE, checker))
    assert accepted.verdict is Verdict.ACCEPTED
    report = grade(f"def f(n): return {wrong}", suite(LARGE, checker))
    assert report.verdict is WRONG
    assert report.first_failure is not None
    assert str(report.first_failure.output).startswith("[0, 1, 2")


@pytest.mark.parametrize("checker", ["tokens", "lines", "float", "unordered", "lcb", "icpc_default"])
def test_a_large_output_is_compared_as_a_small_one_is(grade: Grade, checker: str) -> None:
    lines = "".join(f"{number}\n" for number in LARGE)
    kind = {"kind": checker, "of": "tokens"} if checker == "unordered" else {"kind": checker}
    stdio = {"mode": "stdio", "tests": [{"input": "", "output": lines}], "checker": kind}
    for written, verdict in (("n", Verdict.ACCEPTED), ("n + (n == 199999)", WRONG)):
        assert grade(f"for n in range(200000): print({written}, '\\r')", stdio).verdict is verdict


def test_records_of_far_more_items_are_bounded(grade: Grade) -> None:
    start_of_peak()
    code = "import os\nopen('records', 'w').write('[\"site\", 0, [' + '[],' * 4000000 + '1], []]\\n')\nos._exit(0)"
    report = grade(code, {"mode": "program", "program": {"test_code": "assert f(1) == 1", "apart": False}})
    assert report.verdict is WRONG, report
    assert peak_mib() < 400


def test_megabytes_of_blank_lines_on_stderr_take_no_memory(grade: Grade) -> None:
    start_of_peak()
    code = "import sys\nsys.stderr.write('\\n' * 60000000 + 'the end\\n' + '\\n' * 1000000)\nsys.exit(3)"
    report = grade(code, {"mode": "stdio", "tests": [{"input": "", "output": "1\n"}]})
    assert (report.verdict, report.reason or report.tests[0].reason) == (CRASHED, "exit code 3: the end")
    assert peak_mib() < 400


def start_of_peak() -> None:
    """Have the kernel measure this process's peak of memory from now on."""
    Path("/proc/self/clear_refs").write_text("5")
    _base_kb.append(_status_kb("VmRSS"))


def peak_mib() -> float:
    """Return by how much memory has grown at most since then."""
    return (_status_kb("VmHWM") - _base_kb[-1]) / 1024


_base_kb: list[int] = []


def _status_kb(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


def test_a_response_that_takes_too_long_to_read_holds_no_code(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluator.extraction.bounded.BOUNDS", BOUNDS._replace(cpu_s=1))
    shape = "```x\na ```cpp\n"
    stdio = {"mode": "stdio", "tests": [{"input": "", "output": "1\n"}]}
    submission = Submission.model_validate({"response": shape * (16 * MIB // len(shape)), "suite": stdio})
    assert submission.suite is not None
    report = grader.grade(submission, submission.suite)
    assert report.verdict is Verdict.NO_CODE
    assert report.reason == "looking for the program took more than 1 s"
