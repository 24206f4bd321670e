"""The stage ``verify``: proof by the service of references, second opinions, comparisons, wrong programs, limits, and a
small strong suite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evaluator.schema import Verdict
from trainer_client.dataset.row import Problem, Rejection, cpu_bound_s
from trainer_client.dataset.stage import Context, Stage, StageResult
from trainer_client.dataset.verify.attempts import keep_attempts, try_attempts
from trainer_client.dataset.verify.comparison import prove_comparison, settle_comparison
from trainer_client.dataset.verify.minimise import keep_few_tests
from trainer_client.dataset.verify.references import choose_candidates, prove_references, seek_second_opinion
from trainer_client.dataset.verify.work import STAGE, Work
from trainer_client.dataset.verify.wrong import gather_wrong, measure_kills
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


def weigh_trust(work: Work) -> None:
    """Mode program: add the proven reference to the suite, and store the trust that the service reports. With fewer
    bits than the configuration requires, the row says weak."""
    spec = work.suite.program
    if spec is None or not work.in_python:
        return
    filled = spec.model_copy(update={"reference": work.in_python[0].code})
    work.suite = work.suite.model_copy(update={"program": filled})
    [report] = work.grade(work.in_python[:1])
    trust: Any = getattr(report, "trust", None)
    if trust is None:
        return
    facts = trust.model_dump(mode="json")
    if trust.bits < work.config.trust_min_bits:
        facts["level"] = "weak"
        work.set_apart("weak_trust")
    work.problem = work.problem.evolve(trust_json=facts)


_STEPS: tuple[Callable[[Work], Problem | Rejection | None], ...] = (
    choose_candidates,
    settle_comparison,
    prove_references,
    try_attempts,
    seek_second_opinion,
    calibrate_limits,
    gather_wrong,
    measure_kills,
    keep_attempts,
    prove_comparison,
    weigh_trust,
    keep_few_tests,
)
"""The steps of the stage. Each may end the work with an outcome for the problem."""


class VerifyStage(Stage):
    """References, comparison, limits and tests of one problem at a time. Thread-safe: it keeps nothing."""

    name = STAGE
    version = "5"

    def apply(self, problem: Problem, context: Context) -> StageResult:
        """Verify a problem. Returns it with its proofs, in quarantine if one is missing, or a rejection if it is wrong.

        Raises:
            EvaluatorError: the service cannot be reached.
            RunError: the problem's suite is not in the store.
        """
        work = Work.of(problem, context)
        for step in _STEPS:
            outcome = step(work)
            if outcome is not None:
                return outcome
        return _stored(work)


def _stored(work: Work) -> Problem:
    """Store the suite, and return the problem with its new facts."""
    suite_id, size = work.context.suites.put(work.suite)
    checker = work.suite.checker
    verified = work.finished()
    return verified.evolve(
        suite_id=suite_id,
        suite_bytes=size,
        tests_total=work.tests_total,
        tests_kept=len(work.suite.tests) or verified.tests_kept,
        checker_json=None if checker is None else checker.model_dump(mode="json", exclude_defaults=True),
        known_wrong=tuple(work.wrong),
    )
