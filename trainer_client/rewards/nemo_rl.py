"""NeMo-RL: an environment of one turn, for those who do not train by NeMo-Gym, whose agents ask the service itself:

    ENVIRONMENT = "trainer_client.rewards.nemo_rl.CodeEnvironment"
    ACTOR_ENVIRONMENT_REGISTRY[ENVIRONMENT] = PY_EXECUTABLES.SYSTEM
    register_env("microcoder", ENVIRONMENT)

The tests are what the data processor puts into ``extra_env_info``: ``suite``, ``suite_id``, ``ground_truth``, ...
NeMo-RL has no way to leave a sample out: what was not judged raises, unless ``on_error`` is a number of your choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ray
import torch
from nemo_rl.environments.interfaces import EnvironmentInterface, EnvironmentReturn

from trainer_client.rewards.judge import OnError, RewardGrader, of_rows
from trainer_client.suites import read_row


@ray.remote  # type: ignore[untyped-decorator, unused-ignore]
class CodeEnvironment(EnvironmentInterface):  # type: ignore[misc, unused-ignore]
    """One program, one reward.

    Args:
        options: the environment's configuration: ``shape``, ``language``, ``on_error``, ``suite_fields``, ``min_bits``,
            ``thought``.
    """

    def __init__(self, options: dict[str, Any] | None = None) -> None:
        chosen = options or {}
        self._judge = RewardGrader.of_configuration(chosen)
        self._on_error: OnError = chosen.get("on_error", "raise")

    def step(
        self, message_log_batch: Sequence[Any], metadata: Sequence[Any], return_extracted_answer: bool = False
    ) -> Any:
        """Grade what the assistant wrote last in each conversation, of shape (B,). The verdict goes into the metadata.

        Raises:
            EvaluatorError: a program was not judged, and ``on_error`` is ``raise``.
            UnknownTests: a row holds no tests.
        """
        outcomes = self._judge.outcomes(message_log_batch, of_rows(read_row, metadata))
        rewards = torch.tensor([outcome.certain(self._on_error) for outcome in outcomes], dtype=torch.float32)
        return EnvironmentReturn(
            observations=[{"role": "environment", "content": outcome.verdict} for outcome in outcomes],
            metadata=[{**row, "verdict": each.verdict} for row, each in zip(metadata, outcomes, strict=True)],
            next_stop_strings=[None] * len(outcomes),
            rewards=rewards,
            terminateds=torch.ones_like(rewards),
            answers=[None] * len(outcomes) if return_extracted_answer else None,
        )

    def global_post_process_and_metrics(self, batch: Any) -> tuple[Any, dict[str, float]]:
        """The batch as it is, and which share of it was right."""
        return batch, {"accuracy": (batch["rewards"] == 1).float().mean().item()}

    def shutdown(self) -> None:
        """End nothing: the service is another process."""
