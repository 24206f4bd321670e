"""CRUXEval: what a function returns (``cruxeval-o``), or with which arguments it returns something (``cruxeval-i``).

By facebookresearch/cruxeval (data/cruxeval.jsonl, evaluation/utils_general.py). There ``assert output == answer`` is
run beside the function. Here an answer is an expression in a program of its own, without the function: one that calls
it does not predict.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Literal

from evaluator.schema import Suite
from trainer_client.benchmarks.task import BenchmarkTask, Question

Side = Literal["input", "output"]
_LIMITS = {"cpu_s": 3.0, "memory_mb": 1024}
"""CRUXEval's seconds."""
_MAX_EXPRESSION = 10_000
"""Characters of a statement that is parsed here."""
_BEFORE = {
    "output": "def answer():\n    return (",
    "input": "def arguments():\n    def f(*values, **named):\n        return values, named\n\n    return (",
}
_QUESTIONS = {
    "output": "What does f({input}) return? Answer with a Python literal between [ANSWER] and [/ANSWER].",
    "input": "With which arguments does it return {output}? Answer with a call of it, such as f(1, 2), between "
    "[ANSWER] and [/ANSWER].",
}


def task(row: Mapping[str, Any], side: Side) -> BenchmarkTask:
    """A task of CRUXEval's, that asks for one side of a call.

    Raises:
        KeyError: a field is missing.
    """
    code, arguments, output = str(row["code"]), str(row["input"]), str(row["output"])
    if side == "output":
        test_code, expression = f"assert answer() == {output}\n", output
    else:
        test_code = f"{code}\n\nassert f(*arguments()[0], **arguments()[1]) == {output}\n"
        expression = f"f({arguments})"
    reference = f"{_BEFORE[side]}{expression}\n)\n"
    suite = {"mode": "program", "program": {"test_code": test_code, "reference": reference}, "limits": _LIMITS}
    question = f"```python\n{code}\n```\n\n{_QUESTIONS[side].format(input=arguments, output=output)}"
    return BenchmarkTask(
        str(row["id"]),
        Suite.model_validate(suite),
        Question(question, prompt=question + "\n[ANSWER]", stop=("[/ANSWER]",)),
        before=_BEFORE[side],
        after="\n)\n",
        reference=reference,
        find=prediction if side == "output" else call,
    )


def prediction(answer: str) -> str:
    """Return the expression in an answer: between the tags, and of an assertion its right side."""
    return _side(_between_tags(answer), 1)


def call(answer: str) -> str:
    """Return the call in an answer: between the tags, and of an assertion its left side."""
    return _side(_between_tags(answer), 0)


def _between_tags(answer: str) -> str:
    _, tag, behind = answer.rpartition("[ANSWER]")
    return (behind if tag else answer).partition("[/ANSWER]")[0].strip()


def _side(text: str, place: int) -> str:
    """Return one side of ``[assert] a == b``; other text as it is."""
    try:
        tree = ast.parse(text) if len(text) <= _MAX_EXPRESSION else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    match tree and tree.body:
        case [ast.Assert(test=ast.Compare() as equation)] | [ast.Expr(value=ast.Compare() as equation)]:
            if [type(each) for each in equation.ops] == [ast.Eq]:
                return ast.get_source_segment(text, (equation.left, *equation.comparators)[place]) or text
    return text
