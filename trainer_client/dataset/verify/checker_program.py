"""A checker program by a language model, for problems with several right answers.

It is believed as far as it was tried: it accepts all references, and later it must refuse every wrong program that the
floor refuses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from evaluator.schema import ProgramChecker, Verdict
from trainer_client.dataset.row import Reference
from trainer_client.dataset.verify.work import Work

_STEP = "checker"
_ATTEMPTS = 2
_MAX_STATEMENT_CHARACTERS = 20_000
_FENCED = re.compile(r"```(?:python|py)?\n(.*?)```", re.DOTALL)
_PROMPT = """A programming problem has several right answers. Write a checker for it, in Python.

The checker is started as `python checker.py INPUT OUTPUT ANSWER`, with the paths of three files: a test's input, what a
contestant's program printed, and one right answer. It reads them, decides by the statement whether what was printed is
right, and ends with sys.exit(0) if it is and with sys.exit(1) if it is not. What was printed may be anything, such as
nothing, text in place of numbers, or too much of it: that is wrong, and must not make the checker fail. Where one
answer is better than another, compare with the right answer's value, but do not demand the same answer.

Answer with the whole program in one fenced block.

# The problem

{statement}
"""


def checker_program(work: Work, references: Sequence[Reference]) -> ProgramChecker | None:
    """Ask for a checker that accepts all references. None where no model is configured for it, or none was found.

    Raises:
        OSError: the endpoint cannot be reached.
        EvaluatorError: the service cannot be reached.
    """
    config, model = work.context.config.llm, work.context.llm
    if config is None or model is None or _STEP not in config.steps or work.suite.mode != "stdio":
        return None
    prompt = _PROMPT.format(statement=work.problem.statement[:_MAX_STATEMENT_CHARACTERS])
    for attempt in range(_ATTEMPTS):
        answer = model.ask(prompt, repeat=attempt)
        blocks = _FENCED.findall(answer or "")
        if not blocks:
            continue
        checker = ProgramChecker.model_validate({"kind": "program", "code": blocks[-1]})
        suite = work.suite.model_copy(update={"checker": checker})
        if all(report.verdict is Verdict.ACCEPTED for report in work.grade(references, suite)):
            return checker
    return None
