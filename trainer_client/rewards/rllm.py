"""rLLM: ``code_reward_fn`` is a ``RewardFunction``: ``(task_info, action) -> RewardOutput``.

The tests are ``task_info``'s ``suite``, ``suite_id``, ``ground_truth``, ... The verdict is in the output's metadata.
rLLM has no way to leave a sample out: what was not judged raises, unless ``on_error`` is a number of your choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Unpack

from trainer_client.rewards.judge import GraderOptions, OnError, RewardGrader
from trainer_client.suites import read_row


@dataclass(slots=True, kw_only=True)
class RewardOutput:
    """rLLM's, field by field: its agents read these names."""

    reward: float
    metadata: dict[str, Any] = field(default_factory=dict)
    is_correct: bool | None = None


class CodeReward:
    """A reward function of rLLM's, with options."""

    def __init__(self, *, on_error: OnError = "raise", **options: Unpack[GraderOptions]) -> None:
        self._judge = RewardGrader.of(**options)
        self._on_error = on_error

    def __call__(self, task_info: Mapping[str, Any], action: Any) -> RewardOutput:
        """The reward of an agent's answer: a text, or an ``Action`` that holds one.

        Raises:
            EvaluatorError: it was not judged, and ``on_error`` is ``raise``.
            UnknownTests: the task has no tests.
        """
        text = getattr(action, "action", action)
        [outcome] = self._judge.outcomes([text], [read_row(task_info)])
        reward = outcome.certain(self._on_error)
        correct = outcome.verdict == "accepted" if outcome.reward is not None else None
        return RewardOutput(
            reward=reward, metadata={"verdict": outcome.verdict, "weak_suite": outcome.weak}, is_correct=correct
        )


code_reward_fn = CodeReward()
