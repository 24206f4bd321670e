"""Calibration of a suite's limits by its references."""

from __future__ import annotations

from evaluator.schema import Verdict
from trainer_client.dataset.row import cpu_bound_s
from trainer_client.dataset.verify.work import Work
from trainer_client.limits import LimitRule, slowest_s, with_limit

STATED, CALIBRATED, DEFAULT = "stated", "calibrated", "default"
_NARROW_FACTOR = 2.0
"""Factor on the slowest reference's time, if a program that should be too slow would pass a wider limit."""


def calibrate_limits(work: Work) -> None:
    """Keep a stated limit; else set a multiple of the time of the slowest accepted reference in Python, the language of
    the training. References in faster languages are not used."""
    origin = work.problem.limit_origin or DEFAULT
    if origin != STATED and work.in_python:
        origin = CALIBRATED
        slowest = max(_steps(work))
        limit_s = LimitRule(work.config.cpu_floor_s, work.config.cpu_factor).limit_s(slowest)
        work.suite = with_limit(work.suite, limit_s)
        if _too_slow_passes(work):
            narrow = LimitRule(slowest, _NARROW_FACTOR).limit_s(slowest)
            work.suite = with_limit(work.suite, min(limit_s, narrow))
            work.note(limit="narrowed, since a program that should be too slow passed")
    work.problem = work.problem.evolve(limits_json=work.suite.limits.model_dump(mode="json"), limit_origin=origin)


def _steps(work: Work) -> list[float]:
    """Return the CPU time of each reference in Python, rounded to steps so that two runs set the same limit."""
    pairs = zip(work.references, work.reports, strict=True)
    return [cpu_bound_s(slowest_s(report) or 0.0) for reference, report in pairs if reference in work.in_python]


def _too_slow_passes(work: Work) -> bool:
    too_slow = [each for each in work.problem.known_wrong if each.label == Verdict.TIME_LIMIT_EXCEEDED]
    reports = work.grade(too_slow, policy="first_failure")
    return any(report.verdict is Verdict.ACCEPTED for report in reports)
