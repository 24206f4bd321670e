"""LiveCodeBench's test output prediction: a model completes an assertion about a function that it does not see.

From LiveCodeBench/LiveCodeBench, lcb_runner/prompts/test_output_prediction.py (MIT licence, copyright its authors),
utils/extraction_utils.py and evaluation/compute_test_output_prediction_metrics.py. There the predicted text is
evaluated by the evaluator itself; here it runs in the sandbox, as a function that returns it.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import Any

from evaluator.schema import Suite
from trainer_client.benchmarks.task import BenchmarkTask, Question

_SYSTEM = (
    "You are a helpful programming assistant and an expert Python programmer. You are helping a user to write a "
    "test case to help to check the correctness of the function. The user has written a input for the testcase. "
    "You will calculate the output of the testcase and write the whole assertion statement in the markdown code "
    "block with the correct output."
)
_BEFORE, _AFTER = "def answer():\n    return (", "\n)\n"
_LIMITS = {"cpu_s": 6.0, "memory_mb": 1024}
_MAX_STATEMENT = 10_000
"""Characters of a statement that is parsed here."""


def task(row: Mapping[str, Any]) -> BenchmarkTask:
    """A task of livecodebench/test_generation's.

    Raises:
        KeyError, ValueError: it is none.
    """
    tests = json.loads(row["test"]) if isinstance(row["test"], str) else row["test"]
    arguments, expected = str(tests[0]["input"]), json.loads(tests[0]["output"])
    reference = f"{_BEFORE}{expected!r}{_AFTER}"
    program = {"test_code": f"assert answer() == {expected!r}\n", "reference": reference}
    call = f"assert {row['function_name']}({', '.join(arguments.splitlines())}) == # TODO"
    user = (
        f"Problem:\n{row['question_content']}Function:\n```\n{row['starter_code']}\n```\n"
        f"Please complete the following test case:\n\n```\n{call}\n```\n"
    )
    return BenchmarkTask(
        f"{row['question_id']}_{row['test_id']}",
        Suite.model_validate({"mode": "program", "program": program, "limits": _LIMITS}),
        Question(user, _SYSTEM, prompt=f"{_SYSTEM}\n{user}"),
        kind=str(row.get("difficulty") or ""),
        before=_BEFORE,
        after=_AFTER,
        reference=reference,
        find=prediction,
        date=str(row.get("contest_date") or "")[:10],
    )


def prediction(answer: str) -> str:
    """Return the predicted output of an answer: the right side of its last assertion, else the text of its first fenced
    block."""
    lines = answer.split("\n")
    asserted = [line for line in lines if line.startswith("assert")]
    if asserted:
        return _right_side(asserted[-1])
    fences = [number for number, line in enumerate(lines) if "```" in line]
    python = next((number for number in fences if "```python" in lines[number].lower()), None)
    if python is not None:
        fences = [number for number in fences if number >= python]
    block = lines[fences[0] + 1 : fences[1]] if len(fences) > 1 else []
    statement = next((line for line in block if "assert" in line and not line.startswith("#")), None)
    return _right_side(statement.strip()) if statement and len(block) > 1 else "\n".join(block).strip()


def _right_side(statement: str) -> str:
    """The expression behind ``==``; text that is no such assertion as it is, which then is no value."""
    try:
        tree = ast.parse(statement) if len(statement) <= _MAX_STATEMENT else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return statement
    match tree and tree.body:
        case [ast.Assert(test=ast.Compare(ops=[ast.Eq(), *_], comparators=[right, *_]))]:
            return ast.get_source_segment(statement, right) or statement
    return statement
