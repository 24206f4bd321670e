"""Plug-ins for evaluation harnesses: their own scorers and sandboxes, on this service.

Here is what all share: from a report to a sentence, and an error where there is no verdict.
"""

from __future__ import annotations

from evaluator.schema import Report, Verdict
from trainer_client.errors import EvaluatorError


def is_accepted(report: Report) -> bool:
    """Tell if a program was accepted.

    Raises:
        EvaluatorError: it was not judged. That is no verdict about the program, so that it must not count as a failure.
    """
    if not report.verdict.is_score:
        raise EvaluatorError(f"{report.verdict}: {reason_of(report) or 'the program was not judged'}")
    return report.verdict is Verdict.ACCEPTED


def reason_of(report: Report) -> str:
    """The cause of another verdict than accepted, in one sentence; empty of an accepted program."""
    failure = report.first_failure
    return report.reason or (failure.reason if failure is not None else None) or ""
