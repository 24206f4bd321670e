"""An adapter from a client to the protocol ``Grader``."""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.schema import Report, Submission
from trainer_client.blocking import EvaluatorClient


class ClientGrader:
    """Grades by a client, outside of a data set's run."""

    def __init__(self, client: EvaluatorClient) -> None:
        self._client = client

    def grade(self, submissions: Sequence[Submission], *, repeat: int = 0) -> list[Report]:
        """Grade submissions. Returns the reports in their order.

        Raises:
            EvaluatorError: the service cannot be reached, or refuses the request.
        """
        return self._client.grade_many(submissions, timeout_s=None)
