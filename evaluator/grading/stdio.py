"""stdio mode: the program is run as it is, on one input; what it writes is compared, or given to a checker."""

from __future__ import annotations

from evaluator.checking.registry import compare_output, first_match
from evaluator.grading.judge import Judge
from evaluator.grading.outcome import Outcome, failure
from evaluator.schema import Suite, TestCase
from sandbox.execution import Execution
from sandbox.sandbox import CompileFailed


def judged(execution: Execution, test: TestCase, suite: Suite, checker: Judge | None) -> Outcome:
    """The outcome of one run; by ``checker`` where a program decides.

    Raises:
        CompileFailed: Python's parser refused the program.
        JudgeBroken: the checker cannot judge.
        SlotFailed: a fault of ours.
    """
    if execution.syntax_error is not None:
        raise CompileFailed(execution.syntax_error, execution.cpu_s)
    if (failed := failure(execution)) is not None:
        return failed
    if checker is not None:
        match = checker.check(test, execution.stdout)
        expected: tuple[bytes, ...] = () if test.output is None else (test.expected,)
    else:
        expected = test.alternatives
        match = first_match([compare_output(suite.value_checker, execution.stdout, want) for want in expected])
    return Outcome.compared(execution, execution.stdout, match, strict=execution.stdout in expected)
