"""The conditional truncation mask on verl (0.9), for many machines: examples/grpo/verl/microcoder.yaml.

    actor_rollout_ref.rollout.agent.agent_loop_manager_class=trainer_client.grpo.verl.AgentLoops
    +microcoder.probability=0.2                       # and the other fields of ``VerlConfig``; all may be left out

verl has the groups, the clipped loss and the sampling, by its own configuration, and asks the reward function of
``trainer_client.rewards.verl`` for each sample. It names no place for what is added to advantages. So this stands for
its manager of agent loops, which is made in the process that trains: it makes verl's, and wraps the function that
computes advantages. Both trainers are known, the one of ``trainer.use_v1`` (the default) and the older one.

A temperature stays for a run, as each of verl's workers holds its own copy of it: one run for each stage, resumed from
the one before. ``microcoder/diversity/pair`` says when.
"""

from __future__ import annotations

import functools
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any

from pydantic import Field

from trainer_client.grpo.config import Mask
from trainer_client.grpo.diversity import PREFIX, pair_diversity
from trainer_client.grpo.mask import NOT_JUDGED, NoVerdicts, TruncationMask, truncated

VERDICT = "verdict"
"""Name of the service's verdict among the reward function's values."""
_UNMASKED = "unmasked"
"""Attribute in which a wrapped function keeps verl's own, so that a second run in a process has one mask, not two."""


class VerlConfig(Mask):
    """The section ``microcoder`` of verl's configuration."""

    seed: int = 0
    """Of the mask's draws; the newer trainer's hang on it and on the step alone, so a resumed run draws the same."""
    diversity_prefix: int = Field(default=PREFIX, ge=1)
    """Tokens of a completion that diversity is measured on."""


class AgentLoops:
    """Makes verl's own manager of agent loops, and puts the mask in."""

    @classmethod
    def create(cls, config: Any, **others: Any) -> Any:
        """Make the agent loops; verl calls it with its whole configuration.

        Raises:
            ValidationError: the section ``microcoder`` is wrong.
        """
        newer = config.trainer.get("use_v1", False)
        masking = _from(config)
        if newer:
            from verl.trainer.ppo.v1 import AgentLoopManagerTQ as Manager
            from verl.trainer.ppo.v1 import trainer_base

            mask_v1(trainer_base, masking)
        else:
            from verl.experimental.agent_loop import AgentLoopManager as Manager
            from verl.trainer.ppo import ray_trainer

            mask_legacy(ray_trainer, masking)
        return Manager.create(config=config, **others)


class Masking:
    """Decides, for a batch, which completions keep their advantage.

    Args:
        settings: of the mask.
        max_length: L_max, tokens.
        eos_ids: tokens that end a completion.
    """

    def __init__(self, settings: VerlConfig, max_length: int, eos_ids: Sequence[int]) -> None:
        self.settings, self._max_length, self._eos_ids = settings, max_length, frozenset(eos_ids)
        self._mask = TruncationMask(**settings.model_dump(include=set(Mask.model_fields)))

    def keeps(
        self, responses: Sequence[Sequence[int]], verdicts: Sequence[Any], rng: random.Random
    ) -> tuple[list[bool], dict[str, float]]:
        """Return which keep their advantage, shape (B,), and the metrics of the mask. A completion that was not judged
        has none to keep, whatever number the reward function gave it; its group's mean still counts that number.

        Args:
            responses: token ids without padding, shape (B, ragged).
            verdicts: the service's, shape (B,).
            rng: the draws.
        Raises:
            NoVerdicts: of one or more completions.
            ValueError: a completion is longer than ``max_length``.
        """
        unknown = sum(not isinstance(verdict, str) for verdict in verdicts)
        if unknown or len(verdicts) != len(responses):
            raise NoVerdicts(
                f"{unknown} of {len(responses)} completions have no verdict: custom_reward_function must be one of "
                "trainer_client.rewards.verl, without plain"
            )
        masked = self._mask.keeps(responses, verdicts, max_length=self._max_length, eos_ids=self._eos_ids, rng=rng)
        judged = [verdict not in NOT_JUDGED for verdict in verdicts]
        cut = [truncated(ids, self._max_length, self._eos_ids) for ids in responses]
        noted = {
            "microcoder/mask/share": 1 - sum(masked) / max(len(masked), 1),
            "microcoder/mask/truncated": sum(cut) / max(len(cut), 1),
            "microcoder/not_judged": 1 - sum(judged) / max(len(judged), 1),
        }
        return [keep and known for keep, known in zip(masked, judged, strict=True)], noted

    def diversity(self, responses: Sequence[Sequence[int]], prompts: Sequence[Any]) -> dict[str, float]:
        """Return the diversity of completions of these prompts; nothing where no prompt has two."""
        groups: dict[Any, list[Sequence[int]]] = defaultdict(list)
        for prompt, ids in zip(prompts, responses, strict=True):
            groups[prompt].append(ids)
        if all(len(group) < 2 for group in groups.values()):
            return {}
        prefix = self.settings.diversity_prefix
        return {"microcoder/diversity/pair": pair_diversity(list(groups.values()), prefix=prefix)}


def mask_v1(trainer_base: Any, masking: Masking) -> None:
    """Wrap ``PPOTrainer._compute_advantage`` of ``verl.trainer.ppo.v1.trainer_base``.

    A batch lies in the transfer queue, under keys; advantages are read from there and written back.
    """
    trainer = trainer_base.PPOTrainer
    compute = getattr(trainer._compute_advantage, _UNMASKED, trainer._compute_advantage)

    @functools.wraps(compute)
    def masked(self: Any, batch: Any, metrics: dict[str, Any]) -> Any:
        queue, torch = trainer_base.tq, trainer_base.torch
        batch = compute(self, batch, metrics)
        where = {"keys": batch.keys, "partition_id": batch.partition_id}
        data = queue.kv_batch_get(**where, select_fields=["uid", "responses", "extra_fields", "advantages"])
        # verl fills a batch up with rows that count for nothing.
        real = [not tag.get("is_padding", False) for tag in batch.tags]
        responses = [ids.tolist() for ids in compress(data["responses"].unbind(), real)]
        verdicts = [_verdict(_plain(fields)) for fields in compress(data["extra_fields"], real)]
        rng = random.Random(f"{masking.settings.seed} {self.global_steps} {self.local_trigger_step}")
        keeps, noted = masking.keeps(responses, verdicts, rng)
        metrics |= noted | masking.diversity(responses, list(map(_plain, compress(data["uid"], real))))
        each = iter(keeps)
        factors = [next(each) if is_real else True for is_real in real]
        rows = [row * factor for row, factor in zip(data["advantages"].unbind(), factors, strict=True)]
        written = {"advantages": torch.nested.as_nested_tensor(rows, layout=torch.jagged)}
        return queue.kv_batch_put(**where, fields=trainer_base.TensorDict(written, batch_size=len(rows)))

    setattr(masked, _UNMASKED, compute)
    trainer._compute_advantage = masked


def mask_legacy(ray_trainer: Any, masking: Masking) -> None:
    """Wrap ``compute_advantage`` of ``verl.trainer.ppo.ray_trainer``, which gets and gives a ``DataProto``. Nothing is
    logged, for it is not given verl's metrics, and a resumed run draws from the start."""
    compute = getattr(ray_trainer.compute_advantage, _UNMASKED, ray_trainer.compute_advantage)
    rng = random.Random(masking.settings.seed)

    @functools.wraps(compute)
    def masked(data: Any, *args: Any, **kwargs: Any) -> Any:
        data = compute(data, *args, **kwargs)
        batch = data.batch
        present = batch["attention_mask"][:, -batch["responses"].shape[1] :] > 0
        responses = [ids[here].tolist() for ids, here in zip(batch["responses"], present, strict=True)]
        keeps, _ = masking.keeps(responses, list(data.non_tensor_batch.get(VERDICT, ())), rng)
        advantages = batch["advantages"]
        batch["advantages"] = advantages * advantages.new_tensor(keeps)[:, None]
        return data

    setattr(masked, _UNMASKED, compute)
    ray_trainer.compute_advantage = masked


def _from(config: Any) -> Masking:
    from omegaconf import OmegaConf
    from verl.utils.config import omega_conf_to_dataclass

    section = config.get("microcoder")
    settings = VerlConfig.model_validate({} if section is None else OmegaConf.to_container(section, resolve=True))
    model = omega_conf_to_dataclass(config.actor_rollout_ref.model)
    ends = model.generation_config.eos_token_id if model.generation_config is not None else None
    eos_ids = {model.tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])} - {None}
    return Masking(settings, config.actor_rollout_ref.rollout.response_length, sorted(eos_ids))


def _plain(value: Any) -> Any:
    """An object that the queue has handed out, wrapped or not, by the version."""
    return getattr(value, "data", value)


def _verdict(fields: Any) -> Any:
    extra = fields.get("reward_extra_info") if isinstance(fields, Mapping) else None
    return (extra or {}).get(VERDICT)
