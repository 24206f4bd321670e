"""One file for each mode. Each has ``grade``: a submission in, its report out.

Every ``grade`` raises ``CompileFailed`` for a submission that does not compile, ``JudgeBroken`` for a suite that cannot
judge, ``FilesRefused`` for files that do not fit into a jail, and ``SlotFailed`` for a fault of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evaluator.grading.context import GradingContext, GradingTask
from evaluator.grading.modes import function, interactive, livecodebench, program, stdio
from evaluator.schema import Mode, Report, Suite

Grade = Callable[[GradingContext, GradingTask], Report]
_GRADE: Mapping[Mode, Grade] = {
    "stdio": stdio.grade,
    "function": function.grade,
    "program": program.grade,
    "interactive": interactive.grade,
}


def grade_of(suite: Suite) -> Grade:
    """Return the function that grades submissions against a suite."""
    return _GRADE[suite.mode] if suite.rules == "own" else livecodebench.grade
