"""LiveCodeBench's own rule, in modes stdio and function: all tests in one process, run as its evaluator runs them
(``evaluator.harness.livecodebench``), in order up to the first that fails. Outputs are compared here.

For scores that are compared with published ones. It accepts more than the service's rule, and refuses honest programs.
"""

from __future__ import annotations

import json
from typing import Any

from evaluator.checking.match import Match
from evaluator.checking.registry import compare_output, compare_value
from evaluator.grading.context import GradingContext, GradingTask, report_of
from evaluator.grading.outcome import JudgeBroken, TestOutcome, unclean
from evaluator.harness.livecodebench import CALLS, RESULTS
from evaluator.schema import LcbChecker, Report, Verdict
from sandbox.execution import Execution, Program, PythonModule

_HARNESS = "evaluator.harness.livecodebench"
_LCB = LcbChecker(kind="lcb")
_SPARE_S = 5.0
_REASON_CHARACTERS = 300
CLOCK, EQUALITY = "clock", "equality"
"""Differences that remain and can be seen: a test that would be too late there by the clock, a result of a class whose
own ``__eq__`` would decide there."""


def grade(context: GradingContext, task: GradingTask) -> Report:
    """Grade a submission in Python by LiveCodeBench's rule.

    Raises:
        JudgeBroken: it is in another language.
    """
    if task.language.name != "python":
        raise JudgeBroken(f'rules "{task.suite.rules}": LiveCodeBench judges Python, and this is {task.language.name}')
    count = len(task.suite.tests)
    whole_s = (task.limits.cpu_s + 1) * (count + 1) + _SPARE_S
    limits = task.limits._replace(cpu_s=whole_s, wall_s=2 * whole_s)
    execution = context.sandbox.run(_program(task), limits)
    records = _records(execution)
    outcomes: dict[int, TestOutcome] = {}
    for number in range(count):
        record = records[number] if number < len(records) else {}
        outcomes[number] = _outcome(task, number, record, execution)
        if not outcomes[number].accepted:
            break
    report = report_of(task, outcomes, None)
    return report.model_copy(update={"otherwise": _differences(task, records, outcomes)})


def _program(task: GradingTask) -> Program:
    suite = task.suite
    is_function = suite.function is not None
    calls = {
        "function": suite.function.name if suite.function is not None else None,
        "inputs": [test.input if is_function else test.stdin.decode("utf-8", "replace") for test in suite.tests],
        "cpu_s": task.limits.cpu_s,
        "buffer": suite.rules == "livecodebench",
    }
    files = {"solution.py": task.code, CALLS: json.dumps(calls).encode()}
    return PythonModule((_HARNESS,), files, collect=(RESULTS,))


def _records(execution: Execution) -> list[dict[str, Any]]:
    """Parse what the harness wrote, up to what is none of its: a program may have written there."""
    records = []
    for line in execution.collected.get(RESULTS, b"").splitlines():
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            break
        if not isinstance(record, dict):
            break
        records.append(record)
    return records


def _outcome(task: GradingTask, number: int, record: dict[str, Any], execution: Execution) -> TestOutcome:
    """Judge one test by its record; one that has none ended the process."""
    ran = execution._replace(cpu_s=_seconds(record, "cpu_s", execution.cpu_s), wall_s=_seconds(record, "wall_s", 0.0))
    if "failure" in record:
        is_late = record["failure"] == "timeout"
        verdict = Verdict.TIME_LIMIT_EXCEEDED if is_late else Verdict.RUNTIME_ERROR
        return TestOutcome(verdict, ran, str(record.get("reason"))[:_REASON_CHARACTERS])
    if "output" in record or "value" in record:
        return _compared(task, number, record, ran)
    if "not_plain" in record:
        return TestOutcome.compared(ran, None, Match.no(f"the result holds a {record['not_plain']}"), strict=False)
    if not execution.clean:
        return unclean(execution)
    return TestOutcome(Verdict.RUNTIME_ERROR, ran, "the program ended its process, and with it all tests")


def _compared(task: GradingTask, number: int, record: dict[str, Any], ran: Execution) -> TestOutcome:
    test = task.suite.tests[number]
    if "value" in record:
        match = compare_value(_LCB, record["value"], test.output)
        return TestOutcome.compared(ran, None, match, strict=match.accepted)
    output = str(record["output"]).encode("utf-8", "surrogatepass")
    return TestOutcome.compared(
        ran, output, compare_output(_LCB, output, test.expected), strict=output == test.expected
    )


def _seconds(record: dict[str, Any], name: str, default: float) -> float:
    value = record.get(name)
    return float(value) if isinstance(value, int | float) else default


def _differences(task: GradingTask, records: list[dict[str, Any]], outcomes: dict[int, TestOutcome]) -> tuple[str, ...]:
    """Return why LiveCodeBench itself may judge this submission otherwise, as far as that can be seen."""
    limit_s = task.suite.limits.cpu_s
    clock = any(_seconds(record, "wall_s", 0.0) > limit_s and outcomes[number].accepted
                for number, record in enumerate(records[: len(outcomes)]))  # fmt: skip
    equality = any("own_equality" in record for record in records[: len(outcomes)])
    return (*((CLOCK,) if clock else ()), *((EQUALITY,) if equality else ()))
