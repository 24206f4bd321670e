"""What it means when a comparison itself fails."""

from __future__ import annotations

import logging
from collections.abc import Callable

from evaluator.checking.match import Match
from evaluator.grading.outcome import JudgeBroken

_log = logging.getLogger(__name__)


def failed_comparison(error: Exception, compare_reference: Callable[[], Match]) -> Match:
    """The result of a comparison that raised ``error``.

    The expected output is compared with itself: if it is accepted, the fault is in what the program answered, so that
    is wrong. No program can make a comparison fail to escape its verdict.

    Raises:
        JudgeBroken: the expected output cannot be compared either.
    """
    _log.warning("a comparison failed", exc_info=error)
    try:
        reference = compare_reference()
    except Exception as broken:
        raise JudgeBroken(f"the expected output cannot be compared: {type(broken).__name__}: {broken}") from broken
    if not reference.accepted:
        raise JudgeBroken(f"the checker refuses the expected output itself: {reference.reason}")
    return Match.no(f"the output cannot be compared: {type(error).__name__}")
