"""A batch as GRPO makes it, of real programs, and the same with calibrated limits."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.accuracy.labelled import load
from evaluator.schema import Report, Submission, Suite, Verdict
from trainer_client.limits import LimitRule, slowest_s, with_limit
from trainer_client.uploads import SuiteNames

PROBLEMS, SAMPLES = 64, 8
Batch = Callable[[int], Sequence[Submission]]
"""Submissions of a round, by its number: no two rounds have the same texts."""


def grpo(corpus: Path, too_slow: bool = True) -> Batch:
    """Programs of the corpus with all their tests, grouped by problem, the labels' own mix."""
    by_suite: dict[str, list[Submission]] = defaultdict(list)
    for name in ("lcb_full_official", "lcb_samples"):
        for item in load(corpus / f"{name}.jsonl"):
            if item.language == "python" and (too_slow or Verdict.TIME_LIMIT_EXCEEDED not in item.expected):
                submission = Submission.model_validate(item.submission)
                assert submission.suite is not None
                by_suite[submission.suite.id].append(submission)
    problems = sorted(by_suite.values(), key=len, reverse=True)[:PROBLEMS]

    def batch(number: int) -> Sequence[Submission]:
        # Where a problem has fewer than 8 programs they come again, each time as another text.
        return [
            submission.model_copy(update={"code": f"{submission.code}\n# {number} {place}"})
            for group in problems
            for place, submission in enumerate(itertools.islice(itertools.cycle(group), SAMPLES))
        ]

    return batch


class CalibratedSuites:
    """Suites with limits by the slowest program of theirs that was accepted, one object for all submissions of one."""

    def __init__(self, submissions: Sequence[Submission], reports: Sequence[Report]) -> None:
        self._names = SuiteNames()
        self._slowest_s: dict[str, float] = {}
        self._suites: dict[str, Suite] = {}
        for submission, report in zip(submissions, reports, strict=True):
            needed_s = slowest_s(report)
            if needed_s is not None:
                name = self._names.of(suite_of(submission))
                self._slowest_s[name] = max(needed_s, self._slowest_s.get(name, 0.0))

    def of(self, submission: Submission) -> Submission:
        """Return the submission with its suite's limit, which is never above the data set's."""
        suite = suite_of(submission)
        name = self._names.of(suite)
        if name not in self._suites:
            needed_s = self._slowest_s.get(name)
            limit_s = suite.limits.cpu_s if needed_s is None else LimitRule().limit_s(needed_s)
            self._suites[name] = with_limit(suite, min(limit_s, suite.limits.cpu_s))
        return submission.model_copy(update={"suite": self._suites[name]})


def suite_of(submission: Submission) -> Suite:
    """Return the suite that the submission carries."""
    assert submission.suite is not None
    return submission.suite
