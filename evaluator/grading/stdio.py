"""stdio mode: the program is run as it is, on one input; what it writes is compared."""

from __future__ import annotations

from evaluator.checking import text
from evaluator.checking.registry import compare_output
from evaluator.grading.outcome import Outcome, failure
from evaluator.schema import CheckerSpec, TestCase
from sandbox.execution import Program
from sandbox.limits import Limits
from sandbox.sandbox import CompileFailed, Sandbox


def run_test(sandbox: Sandbox, program: Program, test: TestCase, checker: CheckerSpec, limits: Limits) -> Outcome:
    """Run and judge one test.

    Raises:
        CompileFailed: Python's parser refused the program.
        SlotFailed: a fault of ours.
    """
    execution = sandbox.run(program, limits, test.stdin)
    if execution.syntax_error is not None:
        raise CompileFailed(execution.syntax_error, execution.cpu_s)
    if (failed := failure(execution)) is not None:
        return failed
    match = compare_output(checker, execution.stdout, test.expected)
    strict = text.exact(execution.stdout, test.expected).accepted
    return Outcome.compared(execution, execution.stdout, match, strict=strict)
