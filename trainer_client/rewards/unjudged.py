"""Batches of which no program was judged: when to give up."""

from __future__ import annotations

from collections.abc import Sequence

from trainer_client.errors import Unreachable
from trainer_client.rewards.judge import NotJudged, Outcome

GIVE_UP_AFTER = 5
"""Batches in a row without a verdict after which training stops. While the service is out of reach each of them takes
a minute (``patience_s``)."""


HINT = "start it by `microcoder serve`, or say where it is by MICROCODER_URL"


class UnjudgedBatches:
    """Counts the batches in a row without any verdict. A trainer that leaves them out would go on, and learn nothing.

    Args:
        most: the batch in a row at which to give up; None never gives up, once the service was reached.
    Raises:
        ValueError: ``most`` is less than one.
    """

    def __init__(self, most: int | None = GIVE_UP_AFTER) -> None:
        if most is not None and most < 1:
            raise ValueError(f"give_up_after must be at least 1, or None, not {most}")
        self._most, self._in_a_row, self._reached = most, 0, False

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Take note of a batch.

        Raises:
            Unreachable: the service was never reached.
            NotJudged: there were too many such batches in a row.
        """
        if any(outcome.report is not None for outcome in outcomes):
            self._reached = True
        if not outcomes or any(map(_is_judged, outcomes)):
            self._in_a_row = 0
            return
        self._in_a_row += 1
        error = outcomes[0].error
        if isinstance(error, Unreachable) and not self._reached:
            raise Unreachable(f"the first batch was not judged, since the service was never reached: {error}; {HINT}")
        if self._in_a_row == self._most:
            raise NotJudged(
                f"no program of {self._in_a_row} batches in a row was judged (give_up_after); "
                f"the last: {outcomes[0].reason}"
            )


def _is_judged(outcome: Outcome) -> bool:
    return outcome.report is not None and outcome.report.verdict.is_score
