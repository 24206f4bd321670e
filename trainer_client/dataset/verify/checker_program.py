"""A checker program by a language model, for problems with several right answers.

It is trusted only as far as it was tested: it must accept all references, and later refuse every wrong program that the
floor refuses.
"""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.schema import ProgramChecker, Verdict
from trainer_client.dataset.row import Reference
from trainer_client.dataset.verify.model_programs import model_for, written_program
from trainer_client.dataset.verify.work import Work

_STEP = "checker"
_ATTEMPTS = 2
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
    """Request a checker that accepts all references. None if no model is configured for this step, or if none does.

    Raises:
        RunError: the endpoint cannot be reached.
        EvaluatorError: the service cannot be reached.
    """
    if model_for(work, _STEP) is None or work.suite.mode != "stdio":
        return None
    for attempt in range(_ATTEMPTS):
        code = written_program(work, _PROMPT, attempt)
        if code is None:
            continue
        checker = ProgramChecker.model_validate({"kind": "program", "code": code})
        suite = work.suite.model_copy(update={"checker": checker})
        if all(report.verdict is Verdict.ACCEPTED for report in work.grade(references, suite)):
            return checker
    return None
