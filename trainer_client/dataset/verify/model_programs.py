"""Programs that a language model writes for a step of ``verify``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evaluator.schema import ProgramChecker, Verdict
from trainer_client.dataset.config import LlmConfig
from trainer_client.dataset.row import Reference
from trainer_client.dataset.verify.work import Work

_MAX_STATEMENT_CHARACTERS = 20_000
_THOUGHT_END = "</think>"
_FENCED = re.compile(r"```(?:python|py)?\n(.*?)```", re.DOTALL)
_CHECKER_ATTEMPTS = 2
_CHECKER_PROMPT = """A programming problem has several right answers. Write a checker for it, in Python.

The checker is started as `python checker.py INPUT OUTPUT ANSWER`, with the paths of three files: a test's input, what a
contestant's program printed, and one right answer. It reads them, decides by the statement whether what was printed is
right, and ends with sys.exit(0) if it is and with sys.exit(1) if it is not. What was printed may be anything, such as
nothing, text in place of numbers, or too much of it: that is wrong, and must not make the checker fail. Where one
answer is better than another, compare with the right answer's value, but do not demand the same answer.

Answer with the whole program in one fenced block.

# The problem

{statement}
"""


def model_for(work: Work, step: str) -> LlmConfig | None:
    """Return the model's configuration, None if the model is not used for this step."""
    config = work.context.config.llm
    return config if work.context.llm is not None and config is not None and step in config.steps else None


def written_program(work: Work, prompt: str, repeat: int = 0) -> str | None:
    """Request a program, and return the last fenced one of the answer, None if there is none. ``{statement}`` in the
    prompt is replaced by the problem's.

    Raises:
        RunError: the endpoint cannot be reached.
    """
    assert work.context.llm is not None
    text = prompt.replace("{statement}", work.problem.statement[:_MAX_STATEMENT_CHARACTERS])
    answer = work.context.llm.ask(text, repeat=repeat) or ""
    blocks = _FENCED.findall(answer.rpartition(_THOUGHT_END)[2])
    return blocks[-1] if blocks else None


def checker_program(work: Work, references: Sequence[Reference]) -> ProgramChecker | None:
    """Request a checker for a problem with several right answers: one that accepts all references. It is trusted only
    as far as it was tested; later it must refuse every wrong program that the floor refuses. None if no model is
    configured for this step, or if no checker accepts them.

    Raises:
        RunError: the endpoint cannot be reached.
        EvaluatorError: the service cannot be reached.
    """
    if model_for(work, "checker") is None or work.suite.mode != "stdio":
        return None
    for attempt in range(_CHECKER_ATTEMPTS):
        code = written_program(work, _CHECKER_PROMPT, attempt)
        if code is None:
            continue
        checker = ProgramChecker.model_validate({"kind": "program", "code": code})
        suite = work.suite.model_copy(update={"checker": checker})
        if all(report.verdict is Verdict.ACCEPTED for report in work.grade(references, suite)):
            return checker
    return None
