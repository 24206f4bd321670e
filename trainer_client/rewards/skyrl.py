"""SkyRL: an environment of one turn.

    skyrl_gym.register(id="microcoder", entry_point="trainer_client.rewards.skyrl:CodeEnv")

The tests are ``reward_spec.ground_truth`` of the data set's row. The verdict is in the step's metadata. SkyRL has no
way to leave a sample out: what was not judged raises, unless ``on_error`` of the environment's configuration is a
number of your choice.
"""

from __future__ import annotations

from typing import Any

from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput

from trainer_client.rewards.judge import OnError, Outcome, RewardGrader
from trainer_client.suites import read_row


class CodeEnv(BaseTextEnv):  # type: ignore[misc, unused-ignore]
    """One program, one reward.

    Args:
        env_config: a mapping, or an object with ``get``: ``shape``, ``language``, ``on_error``, ``suite_fields``,
            ``min_bits``, ``thought``.
        extras: the row: ``{"reward_spec": {"ground_truth": tests}}``.
    Raises:
        ValueError: ``extras`` has no tests.
    """

    def __init__(self, env_config: Any = None, extras: dict[str, Any] | None = None) -> None:
        super().__init__()
        row = extras or {}
        if (row.get("reward_spec") or {}).get("ground_truth") is None:
            raise ValueError("extras hold no tests: give {'reward_spec': {'ground_truth': ...}}")
        self._tests = read_row(row)
        options = env_config if env_config is not None else {}
        self._judge = RewardGrader.of_configuration(options)
        self._on_error: OnError = options.get("on_error", "raise")
        self._outcome: Outcome | None = None

    def step(self, action: str) -> BaseTextEnvStepOutput:
        """Grade the model's text.

        Raises:
            EvaluatorError: it was not judged, and ``on_error`` is ``raise``.
        """
        [outcome] = self._judge.outcomes([action], [self._tests])
        self._outcome = outcome
        metadata = {"verdict": outcome.verdict, "judged": outcome.reward is not None}
        reward = outcome.certain(self._on_error)
        return BaseTextEnvStepOutput(observations=[], reward=reward, done=True, metadata=metadata)

    def get_metrics(self) -> dict[str, Any]:
        """Return the figures for SkyRL's logs."""
        outcome = self._outcome
        if outcome is None:
            return {}
        return {
            "accepted": float(outcome.verdict == "accepted"),
            "no_code": float(outcome.verdict == "no_code"),
            "not_judged": float(outcome.reward is None),
            "weak_suite": float(outcome.weak),
        }
