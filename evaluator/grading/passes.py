"""Tests for which the program runs several times: the ICPC validator or interactor that judges a run asks for the next
one, by accepting and leaving its input (problem package format, "multi-pass validation").

Limits hold for each run. A validator that asks for more runs than it may has refused: what it asks may depend on the
submission, which must not get around its verdict in this way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from evaluator.grading.author_program import FEEDBACK, Pass
from evaluator.grading.outcome import JudgeBroken, TestOutcome
from evaluator.schema import TestCase, Verdict
from sandbox.execution import Execution

RunPass = Callable[[Pass], tuple[TestOutcome, Execution | None]]
"""Runs the program once. Returns its outcome and the judge's execution, None if that came to no decision."""
_NEXT_INPUT = f"{FEEDBACK}nextpass.in"


def run_passes(test: TestCase, passes: int, run: RunPass) -> TestOutcome:
    """Run a program until its judge asks for no other run, ``passes`` times at most.

    Raises:
        JudgeBroken: the judge left more than can be handed to it again, or as ``run``.
    """
    current, outcomes = Pass.first(test, of_several=True), []
    for _ in range(passes):
        outcome, judging = run(current)
        outcomes.append(outcome)
        following = _following(current, judging) if outcome.accepted and judging is not None else None
        if following is None:
            return _last(outcomes)
        current = following
    reason = f'the judge asks for another pass after {passes}, which are all that the suite\'s "passes" allows'
    return _last(outcomes)._replace(verdict=Verdict.WRONG_ANSWER, reason=reason, matched_by=None, strict=False)


def _following(current: Pass, judging: Execution) -> Pass | None:
    """Return the next run, None if the judge asked for none."""
    if judging.oversize:
        raise JudgeBroken(f"the judge left too much in {FEEDBACK}: {min(judging.oversize)} does not fit")
    feedback = dict(judging.collected)
    stdin = feedback.pop(_NEXT_INPUT, None)
    return None if stdin is None else replace(current, stdin=stdin, feedback=feedback)


def _last(outcomes: list[TestOutcome]) -> TestOutcome:
    """Return the last run's outcome, with the times of all runs together."""
    last, executions = outcomes[-1], [outcome.execution for outcome in outcomes]
    together = last.execution._replace(
        cpu_s=sum(each.cpu_s for each in executions),
        wall_s=sum(each.wall_s for each in executions),
        peak_memory=max(each.peak_memory for each in executions),
    )
    return last._replace(execution=together)
