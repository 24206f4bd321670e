"""function mode: the jail calls the submission's function; its result crosses as plain JSON and is compared here.

The harness is assumed hostile once the submission is loaded: whatever it hands back is only what the program
answers, and no expected value is ever in its reach.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from evaluator.checking import value
from evaluator.checking.registry import compare_value
from evaluator.grading.outcome import Outcome, failure
from evaluator.schema import CheckerSpec, FunctionSpec, TestCase, Verdict
from sandbox.execution import Execution, Limit, Program
from sandbox.limits import Limits
from sandbox.sandbox import CompileFailed, Sandbox

HARNESS = "function_harness"
"""The name under which the sandbox compiles the harness when it starts."""

RESULT = "result.json"
_SOLUTION = "solution.py"
_CALL = "call.json"


def harness_source() -> str:
    """The program that runs in the jail."""
    return Path(__file__).with_name("function_harness.py").read_text()


def build(code: bytes, function: FunctionSpec) -> Program:
    """The harness with the submission beside it; ``for_test`` adds the arguments."""
    files = {_SOLUTION: code, _CALL: function.name.encode()}
    return Program((HARNESS,), files, python=True, preloaded=True, collect=(RESULT,))


def run_test(sandbox: Sandbox, program: Program, test: TestCase, checker: CheckerSpec, limits: Limits) -> Outcome:
    """Run and judge one test.

    Raises:
        CompileFailed: Python's parser refused the program.
        SlotFailed: a fault of ours.
    """
    call = {"name": program.files[_CALL].decode(), "arguments": test.input}
    execution = sandbox.run(
        dataclasses.replace(program, files={**program.files, _CALL: json.dumps(call).encode()}), limits
    )
    result = execution.collected.get(RESULT, b"")
    if len(result) > limits.output_bytes:
        return Outcome.stopped(execution, Limit.OUTPUT)
    answer = _parsed(result)
    if "syntax_error" in answer:
        raise CompileFailed(str(answer["syntax_error"]), execution.cpu_s)
    if (failed := failure(execution)) is not None:
        return failed
    if "value" not in answer:
        return _without_value(execution, answer)
    got: JsonValue = answer["value"]
    match = compare_value(checker, got, test.output)
    return Outcome.compared(execution, got, match, strict=value.equal_values(got, test.output).accepted)


def _parsed(result: bytes) -> dict[str, Any]:
    """What the harness wrote; nothing where a program wrote nonsense in its place."""
    try:
        answer = json.loads(result)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _without_value(execution: Execution, answer: dict[str, Any]) -> Outcome:
    if "not_plain" in answer:
        return Outcome(Verdict.WRONG_ANSWER, execution, f"the result holds a {answer['not_plain']}", strict=False)
    if "missing" in answer:
        return Outcome(Verdict.RUNTIME_ERROR, execution, f"no function or method {answer['missing']} is defined")
    return Outcome(Verdict.RUNTIME_ERROR, execution, "the program ended before the function returned")
