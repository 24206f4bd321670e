"""The stage ``verify``: the service tests every claim of a row."""

from __future__ import annotations

from collections.abc import Callable

from trainer_client.configuration import Section
from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.stage import Context, StageResult
from trainer_client.dataset.verify.attempts import keep_attempts, try_attempts
from trainer_client.dataset.verify.calibration import calibrate_limits
from trainer_client.dataset.verify.comparison import prove_comparison, settle_comparison
from trainer_client.dataset.verify.references import choose_candidates, prove_references, seek_second_opinion
from trainer_client.dataset.verify.small_suite import keep_few_tests
from trainer_client.dataset.verify.trust import weigh_trust
from trainer_client.dataset.verify.work import STAGE, Work
from trainer_client.dataset.verify.wrong import gather_wrong, measure_kills

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


class VerifyStage:
    """References, comparison, limits and tests of one problem at a time. Thread-safe: it keeps nothing."""

    name = STAGE
    version = "5"

    def settings(self, config: DatasetConfig) -> Section:
        """The part of the configuration that it depends on."""
        return config.verify

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
