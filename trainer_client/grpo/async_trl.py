"""The conditional truncation mask on TRL's experimental AsyncGRPOTrainer (trl >= 1.15, < 1.17).

    trainer = AsyncGRPOTrainer(model, reward_funcs=[CodeReward()], args=AsyncGRPOConfig(..., epsilon_high=0.28), ...)
    mask_rollouts(trainer, TruncationMask(0.2))
    trainer.train()

That trainer generates, asks for rewards and makes advantages in a process of its own, beside training; so the mask is
put in there, behind TRL's own scoring of a group. The loop that it is put in is private, hence the range of versions.
TRL divides by the deviation of the population there, and not by that of the sample as ``GRPOTrainer``.
"""

from __future__ import annotations

import random
from typing import Any

from trl.experimental.async_grpo import async_rollout_worker

from trainer_client.grpo.mask import NoVerdicts, TruncationMask, truncated
from trainer_client.grpo.trl_internals import TrlChanged, require_known_version

VERDICTS = "verdict"
END_IDS = "eos_token_ids"
"""The loop's argument with the tokens that end a completion."""


def mask_rollouts(trainer: Any, mask: TruncationMask, *, seed: int = 0) -> None:
    """Have a trainer's rollouts masked; before ``trainer.train()``. Logged besides TRL's metrics: ``mask/share`` and
    ``mask/truncated``.

    Args:
        trainer: an ``AsyncGRPOTrainer`` with TRL's own rollout worker, whose reward function gives verdicts
            (``rewards.trl.CodeReward``).
        mask: its settings.
        seed: of the draws, which hang on it and on the group's number alone, so a resumed run draws the same.
    Raises:
        TrlChanged: TRL's version is outside the range.
        ValueError: the model calls tools, so that the length of a completion is not that of an answer.
    """
    require_known_version()
    worker = trainer.rollout_worker
    if worker is None:  # in the processes beside the main one, which generate nothing
        return
    if END_IDS not in getattr(worker, "_loop_kwargs", {}):
        raise TrlChanged("AsyncGRPOTrainer's rollouts are masked from TRL 1.15 on, with TRL's own rollout worker")
    if worker._loop_kwargs.get("tools") or worker._loop_kwargs.get("environment_factory"):
        raise ValueError("tools, environment_factory: completions of several turns are not masked")
    worker._loop_cls = MaskedRolloutLoop
    worker._loop_kwargs |= {"mask": mask, "mask_seed": seed}


class MaskedRolloutLoop(async_rollout_worker._AsyncRolloutLoop):  # type: ignore[misc]  # Any to the checker
    """TRL's loop, with a mask behind the scoring of a group."""

    def __init__(self, *, mask: TruncationMask, mask_seed: int, **others: Any) -> None:
        super().__init__(**others)
        self._mask, self._mask_seed = mask, mask_seed

    async def _score_group(self, group: Any) -> list[Any]:
        verdicts: list[str] = []

        def log_extra(column: str, values: list[Any]) -> None:
            if column == VERDICTS:
                verdicts[:] = values

        # TRL hands all of these to the reward functions; this trainer has no log_extra of its own.
        group.reward_kwargs["log_extra"] = log_extra
        samples: list[Any] = await super()._score_group(group)
        completions = {id(each): number for number, each in enumerate(group.completions)}
        keeps = self._keeps(group, verdicts)
        for sample in samples:
            sample.advantage *= keeps[completions[id(sample.completion)]]
        return samples

    def _keeps(self, group: Any, verdicts: list[str]) -> list[bool]:
        ids, ends = group.completions_ids, self.eos_token_ids
        if len(verdicts) != len(ids):
            raise NoVerdicts(
                f"{len(ids)} completions need as many verdicts, by one reward function's log_extra({VERDICTS!r}, ...); "
                f"there are {len(verdicts)}"
            )
        draws = random.Random(f"{self._mask_seed} {group.group_id}")
        keeps = self._mask.keeps(ids, verdicts, max_length=self.max_tokens, eos_ids=ends, rng=draws)
        cut = sum(truncated(each, self.max_tokens, ends) for each in ids)
        self._push_metrics({"mask/share": (keeps.count(False), len(ids)), "mask/truncated": (cut, len(ids))})
        return keeps
