"""LiveCodeBench's self-repair: a model sees its program and how it failed, and answers once more.

From LiveCodeBench/LiveCodeBench, lcb_runner/prompts/self_repair.py, the generic template (MIT licence, copyright its
authors). The first attempts and why they failed are those of an ``_eval_all.json``, LiveCodeBench's or ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer_client.benchmarks.livecodebench import LiveCodeBenchProblem
from trainer_client.benchmarks.task import BadFile, BenchmarkProgram, BenchmarkTask, Question

_SYSTEM = (
    "You are a helpful programming assistant and an expert Python programmer. You are helping a user write a "
    "program to solve a problem. The user has written some code, but it has some errors and is not passing the "
    "tests. You will help the user by first giving a concise (at most 2-3 sentences) textual explanation of what "
    "is wrong with the code. After you have pointed out what is wrong with the code, you will then generate a "
    "fixed version of the program. You must put the entired fixed program within code delimiters only for once."
)  # their spelling
_FORM = (
    "### Format: Read the inputs from stdin solve the problem and write the answer to stdout (do not directly "
    "test on the sample inputs). Enclose your code within delimiters as follows.\n```python\n# YOUR CODE "
    "HERE\n```\n\n### Answer: (use the provided format with backticks)\n\n"
)
_REPEAT = (
    "First reason about the code providing a textual explanation of what is wrong with the code and then "
    "generate a fixed of the program enclosed code delimiters."
)
_FEEDBACK = {
    -1: "The above code is incorrect and got the following compilation error.\n{error}",
    -2: "The above code is incorrect and got a wrong answer.\nInput: {inputs}\nGenerated Output: {output}\n"
    "Expected: {expected}",
    -3: "The above code is incorrect and got time limit exceeded.\n{error}\nInput: {inputs}\nExpected: {expected}",
    -4: "The above code is incorrect and got a runtime error.\nInput: {inputs}\nExpected: {expected}\n{error}",
}
"""By LiveCodeBench's ``error_code``."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A first program, and LiveCodeBench's remarks on it."""

    code: str
    accepted: bool
    facts: Mapping[str, Any]


def read_attempts(file: Path, problems: Sequence[LiveCodeBenchProblem]) -> dict[str, list[Attempt]]:
    """The first attempts at problems, from an ``_eval_all.json``.

    Raises:
        BadFile: it is none, or lacks a problem.
    """
    try:
        attempts = {
            str(row["question_id"]): [
                Attempt(str(code), bool(right), json.loads(facts) if isinstance(facts, str) else dict(facts or {}))
                for code, right, facts in zip(row["code_list"], row["graded_list"], row["metadata"], strict=True)
            ]
            for row in json.loads(file.read_text(encoding="utf-8"))
        }
    except (ValueError, KeyError, TypeError) as error:
        raise BadFile(f"{file} is no _eval_all.json with metadata: {error!r}") from error
    missing = [problem.id for problem in problems if not attempts.get(problem.id)]
    if missing:
        raise BadFile(f"{file} has no attempts at {len(missing)} problems; the first is {missing[0]}")
    return {problem.id: attempts[problem.id] for problem in problems}


def name(problem: str, number: int) -> str:
    """The name of a repair in a file of generations."""
    return f"{problem}#{number}"


def tasks(problems: Sequence[LiveCodeBenchProblem], attempts: Mapping[str, Sequence[Attempt]]) -> list[BenchmarkTask]:
    """One task for each attempt that failed."""
    return [
        BenchmarkTask(name(problem.id, number), problem.suite, question(problem, attempt))
        for problem in problems
        for number, attempt in enumerate(attempts[problem.id])
        if not attempt.accepted
    ]


def question(problem: LiveCodeBenchProblem, attempt: Attempt) -> Question:
    """Ask for a repair, as LiveCodeBench does."""
    user = (
        f"### Question:\n{problem.row['question_content']}\n\n### Answer:\n```python\n{attempt.code}\n```\n\n"
        f"{feedback(attempt.facts)}\n{_FORM}"
    )
    return Question(f"{user}\n\n{_REPEAT}", _SYSTEM, prompt=f"{_SYSTEM}\n{user}")


def feedback(facts: Mapping[str, Any]) -> str:
    """Say how a program failed; nothing where the remarks have no code."""
    form = _FEEDBACK.get(facts.get("error_code", 0), "")
    return form.format_map({key: facts.get(key, "") for key in ("error", "inputs", "output", "expected")})


def repaired(
    attempts: Mapping[str, Sequence[Attempt]],
    answers: Mapping[str, Sequence[str]],
    program: Callable[[str], BenchmarkProgram],
) -> dict[str, list[BenchmarkProgram]]:
    """Return each problem's programs after the repair: those that were right stay, as LiveCodeBench has it."""
    return {
        problem: [
            BenchmarkProgram(attempt.code) if attempt.accepted else program(answers[name(problem, number)][0])
            for number, attempt in enumerate(each)
        ]
        for problem, each in attempts.items()
    }
