"""Retries of tasks whose attempts failed by no fault that a worker could report: it died, or lost what it needed."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from evaluator.engine import ENGINE
from evaluator.errors import JudgeFault
from evaluator.queueing.messages import GradeTask
from evaluator.queueing.pending import PendingTask
from evaluator.schema import Report, Submission, Verdict
from evaluator.written_report import WrittenReport

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Up to ``max_attempts`` attempts at a task. The queue with its own workers and the one of many machines have the
    same policy, so a program that ends its worker gets the same answer from both."""

    max_attempts: int = 3

    def retry(self, task: PendingTask, reason: str, worker: int | str | None = None) -> PendingTask | None:
        """Count a failed attempt. Return the task for the next attempt, or answer it and return None after the last.

        Args:
            reason: the cause of the failure, for the log.
            worker: the name or number of the worker that failed, if it is known.
        """
        task.attempts += 1
        extra = {"worker": worker, "attempt": task.attempts, "request_id": task.request_id, "reason": reason}
        if task.attempts < self.max_attempts:
            _log.error("an attempt failed; trying again", extra=extra)
            return task
        _log.error("the last attempt failed; giving up", extra=extra)
        self.give_up(task)
        return None

    def give_up(self, task: PendingTask) -> None:
        """Answer a task that no worker survives: a fault of ours, never the program's."""
        reason = f"gave up after {self.max_attempts} attempts: each time, the worker process died while it judged this"
        if isinstance(task.task, GradeTask):
            task.resolve(WrittenReport.of(_judge_error(task.task.submission, reason)))
        else:
            task.fail(JudgeFault(reason))


def _judge_error(submission: Submission, reason: str) -> Report:
    return Report(
        id=submission.id,
        verdict=Verdict.JUDGE_ERROR,
        score=None,
        passed=0,
        total=len(submission.suite.tests) if submission.suite else 0,
        reason=reason,
        engine=ENGINE,
    )
