"""Tinker cookbook: ``reward_fn=CodeReward(row)`` of ``build_agent_tool_env``, in place of the recipe's
``DeepcoderReward``.

The tests are the row's ``suite``, ``suite_id``, ``tests``, ... A program that was not judged raises: that stops the
training, or has Tinker try the rollout again (``rollout_error_tolerance``). ``on_error`` may be a number instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from trainer_client.rewards.judge import GraderOptions, OnError, RewardGrader
from trainer_client.suites import read_row


class CodeReward:
    """The grader of one episode.

    Args:
        row: the data set's row, or the tests alone.
    Raises:
        UnknownTests: it has no tests.
    """

    def __init__(self, row: Any, *, on_error: OnError = "raise", **options: Unpack[GraderOptions]) -> None:
        self._tests = read_row(row)
        self._judge = RewardGrader.of(**options)
        self._on_error = on_error

    async def __call__(self, history: Sequence[Mapping[str, Any]]) -> tuple[float, dict[str, float]]:
        """Return the reward in [0, 1] of what the assistant wrote last, and metrics.

        Raises:
            EvaluatorError: it was not judged, and ``on_error`` is ``raise``.
        """
        [outcome] = await self._judge.outcomes_async([list(history)], [self._tests])
        metrics = {
            "correct": float(outcome.verdict == "accepted"),
            "no_code": float(outcome.verdict == "no_code"),
            "not_judged": float(outcome.reward is None),
            "weak_suite": float(outcome.weak),
        }
        return outcome.certain(self._on_error), metrics
