"""LiveCodeBench's own rule: each program is judged as by its evaluator, or is one of the differences that are listed."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.grading.grader import Grader
from evaluator.schema import Report, Submission, Suite
from tests.grading.livecodebench_programs import ADD, PROGRAMS
from trainer_client.suites import from_inputs_outputs

DIFFERENT = {"f_eq": "equality"}
"""Programs of the list that are judged otherwise, and the reason that their reports give."""
OFFICIAL = {"stdin_buffer": True, "stdin_iter": False}
"""Programs of which LiveCodeBench, since it has a ``sys.stdin.buffer``, says something else than lighteval."""


def suite_of(rules: str, function: str | None, inputs: list[str], outputs: list[str], **limits: Any) -> Suite:
    columns = {"inputs": inputs, "outputs": outputs, "fn_name": function}
    limits = {"cpu_s": 2, "memory_mb": 2048, **limits}
    return from_inputs_outputs(columns, checker={"kind": "lcb"}, limits=limits).model_copy(update={"rules": rules})


def judged(grader: Grader, code: str, suite: Suite, **fields: Any) -> Report:
    return grader.grade(Submission(code=code, suite=suite, **fields), suite)


def test_programs_are_judged_as_there(grader: Grader) -> None:
    wrong = []
    for name, accepted, function, code, (inputs, outputs) in PROGRAMS:
        report = judged(grader, code, suite_of("lighteval", function, inputs, outputs, cpu_s=60))
        if (report.verdict == "accepted") is not accepted and name not in DIFFERENT:
            wrong.append((name, accepted, report.verdict, report.reason, report.first_failure))
        assert report.otherwise == ((DIFFERENT[name],) if name in DIFFERENT else ()), name
    assert not wrong, wrong
    by_name = {name: code for name, _, _, code, _ in PROGRAMS}
    for name, accepted in OFFICIAL.items():
        assert (
            judged(grader, by_name[name], suite_of("livecodebench", None, *ADD, cpu_s=60)).verdict == "accepted"
        ) is accepted


def test_the_usual_rule_is_another(grader: Grader) -> None:
    """As rewards have it: an exit code counts, a top-level return is no Python, each test has a module of its own."""
    by_name = {name: (function, code, sides) for name, _, function, code, sides in PROGRAMS}
    for name, verdict in (
        ("import_sys_exit1", "runtime_error"), ("top_return", "compile_error"), ("prelude", "runtime_error"),
        ("f_state", "wrong_answer"), ("class_solution", "accepted"), ("global_var", "accepted"),
    ):  # fmt: skip
        function, code, (inputs, outputs) = by_name[name]
        assert judged(grader, code, suite_of("own", function, inputs, outputs)).verdict == verdict, name


def test_limits_are_of_each_test(grader: Grader) -> None:
    suite = suite_of("livecodebench", None, ["0\n", "1\n"], ["0\n", "1\n"], cpu_s=0.3)
    slow = judged(grader, "n = int(input())\nwhile n: pass\nprint(n)", suite)
    assert (slow.verdict, slow.passed, slow.tests[1].verdict) == ("time_limit_exceeded", 1, "time_limit_exceeded")
    caught = "n = int(input())\ntry:\n    while n: pass\nexcept Exception: pass\nprint(n)"
    assert judged(grader, caught, suite).verdict == "accepted"
    slept = suite_of("livecodebench", None, ["0\n", "1\n"], ["0\n", "1\n"], cpu_s=1)
    asleep = judged(grader, "import time\nn = int(input())\ntime.sleep(n * 1.2)\nprint(n)", slept)
    assert (asleep.verdict, asleep.otherwise) == ("accepted", ("clock",))


@pytest.mark.parametrize(
    "code",
    [
        "open('results.jsonl', 'w').write('{\"output\": \"3\"}\\nnull\\n[1]\\n')",
        "import os\nwith io.open('results.jsonl', 'w') as f: f.write('[' * 100000)\nos._exit(0)",
        "import os\nos.symlink('/etc/passwd', 'results.jsonl')\nprint(sum(map(int, input().split())))",
        "import ctypes\nctypes.string_at(0)",
    ],
)
def test_a_program_that_meddles_with_the_results_wins_nothing(grader: Grader, code: str) -> None:
    report = judged(grader, code, suite_of("livecodebench", None, *ADD))
    assert report.verdict not in ("accepted", "judge_error"), report


def test_it_judges_python_alone(grader: Grader) -> None:
    report = judged(grader, "print(3)", suite_of("livecodebench", None, *ADD), language="bash")
    assert (report.verdict, "LiveCodeBench judges Python" in (report.reason or "")) == ("judge_error", True)
    with pytest.raises(ValueError, match='needs mode "stdio" or "function"'):
        Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": ""}], "rules": "livecodebench"})
