"""MicroCoder-GRPO on TRL's GRPOTrainer (trl >= 1.0, < 1.17).

    from trainer_client.grpo.trl import MicroCoderTrainer, options
    from trainer_client.rewards.trl import CodeReward

    MicroCoderTrainer(
        model, reward_funcs=[CodeReward()], args=GRPOConfig("out", temperature=1.2, **options(MICROCODER)), ...
    ).train()

TRL has the clipped loss, the groups and the sampling; added here are the conditional truncation mask and a temperature
that may change between two rollouts. What is touched of TRL is private (``trl_internals``), hence the range of
versions: a temperature is checked by scoring a few tokens with it, at training's start and after each change. Without
any private part: one run per stage, each with a configuration of its own that resumes the one before.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import gather_object
from torch.utils.data import Sampler
from transformers import TrainerCallback
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR
from trl import GRPOTrainer

from trainer_client.grpo.controller import Stages, TemperatureController
from trainer_client.grpo.diversity import PREFIX, distinct_diversity, pair_diversity
from trainer_client.grpo.gathering import GatheredRollout, RolloutObserver, rows_of
from trainer_client.grpo.importance import TOKEN_RATIOS, weight_by_length
from trainer_client.grpo.mask import NoVerdicts, truncated
from trainer_client.grpo.presets import MICROCODER, Preset
from trainer_client.grpo.schedule import Schedule
from trainer_client.grpo.trl_internals import (
    TrlChanged,
    end_ids_of,
    refuse_fixed_temperature,
    require_known_version,
    temperature_cells,
    thoughts_of,
    tokenizer_of,
)
from trainer_client.rewards.trl import THOUGHT_COLUMN

VERDICTS, STRICT = "verdict", "strict"
"""The columns of ``log_extra`` that a reward function gives the service's verdicts in, and whether accepted programs
pass exact comparison too, as ``CodeReward`` does."""
_SCORED_TOKENS = 16
_TOLERANCE = {torch.float32: 1e-3, torch.float16: 3e-2, torch.bfloat16: 2e-1}


def options(preset: Preset) -> dict[str, Any]:
    """The fields of ``GRPOConfig`` that make TRL compute a preset's loss."""
    return {
        "beta": 0.0,
        "epsilon": preset.clip_low,
        "epsilon_high": preset.clip_high,
        "loss_type": {"token": "dapo", "sequence": "grpo"}[preset.aggregation],
        "scale_rewards": "group",
        "mask_truncated_completions": preset.filter_truncated,
        "vllm_importance_sampling_mode": TOKEN_RATIOS,
    }


class MicroCoderTrainer(GRPOTrainer):  # type: ignore[misc]  # GRPOTrainer is Any to the checker
    """GRPOTrainer with a preset's mask and staged temperatures.

    Logged besides TRL's metrics: ``mask/share`` (of all completions), ``mask/advantage`` (mean of what was taken from
    them), ``diversity/pair`` and ``diversity/distinct`` (of token ids), ``temperature``, ``max_length``,
    ``weight/shortest_quarter`` and ``weight/longest_quarter`` (with vLLM: the mean weight of completions, by length),
    ``reward/seconds`` (of a rollout's rewards) and ``reward/time_share`` (of the time of the steps, this process's).

    Prompts are shuffled anew in each epoch, by seed and epoch alone: so that a run that is resumed sees the order that
    it would have seen.

    Args:
        preset: must agree with ``args``; ``options`` makes them agree.
        stages: when to change the temperature; the first must be ``args.temperature``. None: it stays, and a run may
            resume one of another temperature.
        schedule: lengths and temperatures by step; its temperatures exclude stages.
        mask_seed: of the mask's draws; each process draws on its own.
        diversity_prefix: tokens of a completion that diversity is measured on.
        on_rollout: is called in the main process with each rollout of training (``diagnosis.live``); all processes need
            one, or none of them.
        others: as GRPOTrainer.
    Raises:
        TrlChanged: TRL's version is outside the range, or tokens are scored at another temperature than they should.
        ValueError: preset, stages and ``args`` disagree.
    """

    def __init__(
        self,
        *args: Any,
        preset: Preset = MICROCODER,
        stages: Stages | None = None,
        schedule: Schedule | None = None,
        mask_seed: int = 0,
        diversity_prefix: int = PREFIX,
        on_rollout: RolloutObserver | None = None,
        **kwargs: Any,
    ) -> None:
        require_known_version()
        super().__init__(*args, **kwargs)
        for name, value in options(preset).items():
            if getattr(self.args, name) != value:
                raise ValueError(f"preset {preset.name} needs {name}={value!r}, not {getattr(self.args, name)!r}")
        self.preset, self._staged = preset, stages is not None
        self.controller = TemperatureController(stages or Stages((self.temperature,), floor=0.0))
        if self.controller.temperature != self.temperature:
            raise ValueError(f"the first stage is {self.controller.temperature}, args.temperature {self.temperature}")
        self._schedule = schedule
        self._draws = random.Random(mask_seed + 1_000_003 * self.accelerator.process_index)
        self._rolled_out: tuple[list[list[int]], list[str] | None] = [], None
        self._diversity_prefix, self._reward_s = diversity_prefix, 0.0
        self._on_rollout, self._last_rewards = on_rollout, torch.empty(0)
        self._strict: list[Any] | None = None
        self.rollout_rows: list[dict[str, Any]] | None = None
        """The rows of the batch that is being generated, for a rollout function (``streaming.RewardStream``)."""
        self._is_prepared = False
        self.add_callback(_BeginOnceReady(self))

    def begin(self) -> None:
        """Check the scoring, now that the model lies where it is trained: before, it may be sharded or elsewhere.

        Raises:
            TrlChanged: it scores at another temperature than it should.
        """
        self._is_prepared = True
        self.check_scoring()

    def start_at(self, temperature: float) -> None:
        """Train at a temperature that was found with the model at hand; before the first step, and without stages.

        Raises:
            TrlChanged: it did not take effect.
            ValueError: there are stages.
        """
        if self._staged:
            raise ValueError("the stages say at which temperature to start")
        self.controller = TemperatureController(Stages((temperature,), floor=0.0))
        self.set_temperature(temperature)

    def set_temperature(self, temperature: float) -> None:
        """Sample and score at another temperature from the next rollout on; not to be called within one.

        Raises:
            TrlChanged: it did not take effect.
        """
        self.temperature = self.args.temperature = temperature
        if self.use_vllm:
            self.vllm_generation.temperature = temperature
        else:
            self.generation_config.temperature = self.generation_kwargs["temperature"] = temperature
        refuse_fixed_temperature(self)
        for cell in temperature_cells(self.accelerator.unwrap_model(self.model)):
            cell.cell_contents = temperature
        if self._is_prepared:
            self.check_scoring()

    def set_length(self, length: int) -> None:
        """Let completions have up to so many tokens from the next rollout on; not to be called within one."""
        self.max_completion_length = self.args.max_completion_length = length
        if self.use_vllm:
            self.vllm_generation.max_completion_length = length
        else:
            self.generation_config.max_new_tokens = self.generation_kwargs["max_new_tokens"] = length

    def check_scoring(self) -> None:
        """Score a few tokens and compare with log_softmax(logits / temperature).

        Raises:
            TrlChanged: they differ.
        """
        ids = torch.arange(_SCORED_TOKENS, device=self.accelerator.device)[None] % tokenizer_of(self).vocab_size
        here = torch.ones_like(ids)
        training = self.model.training
        self.model.eval()
        try:
            with torch.no_grad(), self.accelerator.autocast():
                scored, *_ = self._get_per_token_logps_and_entropies(self.model, ids, here, _SCORED_TOKENS - 1)
                logits = self.model(input_ids=ids, attention_mask=here).logits
        finally:
            self.model.train(training)
        expected = (logits.float()[:, :-1] / self.temperature).log_softmax(-1).gather(2, ids[:, 1:, None]).squeeze(2)
        error = (scored.float() - expected).abs().max().item()
        if not error <= _TOLERANCE.get(logits.dtype, 1e-3):
            raise TrlChanged(f"log-probabilities are off by {error:.3g} from those at temperature {self.temperature}")

    def _calculate_rewards(self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any) -> Any:
        started = time.perf_counter()
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
        if self.model.training:
            seconds = time.perf_counter() - started
            self._reward_s += seconds
            self._metrics["train"]["reward/seconds"].append(seconds)
        # TRL empties its table of extra columns once it has logged them.
        verdicts = self._pending_extra_logs.get(VERDICTS)
        self._rolled_out = completion_ids_list, list(verdicts) if verdicts is not None else None
        strict = self._pending_extra_logs.get(STRICT)
        self._last_rewards, self._strict = rewards, list(strict) if strict is not None else None
        return rewards

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        thoughts = thoughts_of(self, [row["prompt"] for row in inputs])
        inputs = [{**row, THOUGHT_COLUMN: thought} for row, thought in zip(inputs, thoughts, strict=True)]
        self.rollout_rows = inputs
        if not self.model.training:
            return super()._generate_and_score_completions(inputs)
        self._begin_rollout()
        output = super()._generate_and_score_completions(inputs)
        completion_ids, verdicts = self._rolled_out
        self._mask(output, completion_ids, verdicts)
        self._note_weights(output)
        self._observe(completion_ids)
        self._show(completion_ids, verdicts)
        return output

    def _begin_rollout(self) -> None:
        """Change length and temperature where they are due: nothing that was sampled before is left to be scored."""
        length, temperature = None, None
        if self._schedule is not None:
            step = self.state.global_step
            length, temperature = self._schedule.length_at(step), self._schedule.temperature_at(step)
        if length is not None and length != self.max_completion_length:
            self.set_length(length)
        if (temperature := temperature or self.controller.temperature) != self.temperature:
            self.set_temperature(temperature)

    def _mask(self, output: Any, completion_ids: list[list[int]], verdicts: list[str] | None) -> None:
        if self.preset.mask is None:
            return
        if verdicts is None or len(verdicts) != len(completion_ids):
            raise NoVerdicts(
                f"{len(completion_ids)} completions need as many verdicts, by one reward function's "
                f"log_extra({VERDICTS!r}, ...); there are {len(verdicts or [])}"
            )
        length, ends = self.max_completion_length, end_ids_of(self)
        keeps = self.preset.mask.keeps(completion_ids, verdicts, max_length=length, eos_ids=ends, rng=self._draws)
        advantages = output["advantages"]
        keeps_tensor = torch.tensor(keeps, device=advantages.device)
        masked = advantages[~keeps_tensor]
        output["advantages"] = advantages * keeps_tensor
        self._note("mask/share", 1 - sum(keeps) / max(len(keeps), 1))
        self._note_mean("mask/advantage", masked)
        cut = [truncated(ids, length, ends) for ids in completion_ids]
        self._note("mask/truncated", sum(cut) / max(len(cut), 1))

    def _note_weights(self, output: Any) -> None:
        """Log what weight completions have by their length, where TRL corrects for vLLM's probabilities."""
        ratios = output.get("importance_sampling_ratio")
        if ratios is None:
            return
        tokens = output["completion_mask"]
        lengths = tokens.sum(1)
        weights = (ratios * tokens).sum(1) / lengths.clamp(min=1)
        short, long = weight_by_length(weights.tolist(), lengths.tolist())
        self._note("weight/shortest_quarter", short)
        self._note("weight/longest_quarter", long)

    def _observe(self, completion_ids: list[list[int]]) -> None:
        """Diversity over all processes, so that all of them change their temperature together."""
        prefixes, size = (
            gather_object([list(ids[: self._diversity_prefix]) for ids in completion_ids]),
            self.num_generations,
        )
        groups = [prefixes[start : start + size] for start in range(0, len(prefixes), size)]
        diversity = pair_diversity(groups, prefix=self._diversity_prefix)
        self._metrics["train"]["diversity/pair"].append(diversity)
        self._metrics["train"]["diversity/distinct"].append(distinct_diversity(groups, prefix=self._diversity_prefix))
        self._metrics["train"]["temperature"].append(self.temperature)
        self._metrics["train"]["max_length"].append(self.max_completion_length)
        self.controller.observe(diversity)

    def _show(self, completion_ids: list[list[int]], verdicts: list[str] | None) -> None:
        """Hand the rollout to its observer."""
        if self._on_rollout is None:
            return
        cut = [truncated(ids, self.max_completion_length, end_ids_of(self)) for ids in completion_ids]
        rows = rows_of(completion_ids, cut, verdicts, self._strict, self._diversity_prefix)
        gathered = gather_object(rows)
        if self.accelerator.is_main_process:
            # A reward that no function gives is NaN: nobody judged that completion.
            weighted = self._last_rewards * self.reward_weights.to(self._last_rewards.device)
            rewards = [None if each.isnan().all() else each.nansum().item() for each in weighted]
            updates = self.args.steps_per_generation * self.num_iterations / self.args.gradient_accumulation_steps
            figures = {"temperature": self.temperature, "max_length": self.max_completion_length, "updates": updates}
            completions = [row | {"reward": reward} for row, reward in zip(gathered, rewards, strict=True)]
            self._on_rollout(GatheredRollout(self.state.global_step, self.num_generations, completions, figures))

    def _note(self, name: str, value: float) -> None:
        here = torch.tensor(value, dtype=torch.float32, device=self.accelerator.device)
        self._metrics["train"][name].append(self.accelerator.gather(here).mean().item())

    def _note_mean(self, name: str, values: Any) -> None:
        """Log the mean over all processes, and nothing where there are no values."""
        total = torch.stack([values.sum(), torch.tensor(float(values.numel()), device=values.device)])
        sums, counts = self.accelerator.gather(total[None]).unbind(1)
        if counts.sum() > 0:
            self._metrics["train"][name].append((sums.sum() / counts.sum()).item())

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log as TRL does, with the share of the steps' time that rewards took since the last log."""
        if self.model.training and (times := self._metrics["train"].get("step_time")):
            self._metrics["train"]["reward/time_share"].append(self._reward_s / sum(times))
            self._reward_s = 0.0
        super().log(logs, start_time)

    def _get_train_sampler(self, dataset: Any = None) -> Any:
        return _ByEpoch(super()._get_train_sampler(dataset), self.args.seed, lambda: self.state.epoch or 0.0)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        folder = Path(self._get_output_dir(trial=trial), f"{PREFIX_CHECKPOINT_DIR}-{self.state.global_step}")
        state = {
            "controller": self.controller.state_dict() if self._staged else None,
            "draws": self._draws.getstate(),
            "processes": self.accelerator.num_processes,
        }
        # The last that is written: its presence says that the checkpoint is whole.
        unfinished = self._state_file(folder).with_suffix(".part")
        unfinished.write_text(json.dumps(state))
        unfinished.rename(self._state_file(folder))

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        super()._load_optimizer_and_scheduler(checkpoint)
        if checkpoint is None:
            return
        saved, here = processes_of(Path(checkpoint)), self.accelerator.num_processes
        if saved != here:
            if not saved:
                raise ValueError(f"{checkpoint} was not saved by MicroCoderTrainer, or not to its end")
            raise ValueError(f"{checkpoint} was saved by {saved} processes, and this run has {here}")
        state = json.loads(self._state_file(Path(checkpoint)).read_text())
        if self._staged:
            self.controller.load_state_dict(state["controller"] or {})
        version, numbers, gauss = state["draws"]
        self._draws.setstate((version, tuple(numbers), gauss))

    def _state_file(self, folder: Path) -> Path:
        return state_file(folder, self.accelerator.process_index)


def state_file(checkpoint: Path, process: int) -> Path:
    """File of this module's state in a checkpoint, one for each process; it exists once the checkpoint is whole."""
    return checkpoint / f"microcoder_{process}.json"


def processes_of(checkpoint: Path) -> int:
    """Return how many processes saved a checkpoint; 0 if it is not whole, or another trainer's."""
    first = state_file(checkpoint, 0)
    if not first.exists():
        return 0
    files = sorted(checkpoint.glob("microcoder_*.json"))
    processes = int(json.loads(first.read_text()).get("processes") or len(files))
    return processes if all(state_file(checkpoint, rank).exists() for rank in range(processes)) else 0


class _BeginOnceReady(TrainerCallback):  # type: ignore[misc]  # Any to the checker
    """Tells the trainer that its model is prepared."""

    def __init__(self, trainer: MicroCoderTrainer) -> None:
        self._trainer = trainer

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Begin, as a ``TrainerCallback`` does."""
        self._trainer.begin()


class _ByEpoch(Sampler):  # type: ignore[misc]  # Any to the checker
    """TRL's sampler, begun anew in each epoch. Left alone it goes on from the epoch before, and one that is made for a
    run that is resumed has none before it."""

    def __init__(self, sampler: Any, seed: int, epoch: Callable[[], float]) -> None:
        self._sampler, self._seed, self._epoch = sampler, seed, epoch

    def __iter__(self) -> Iterator[int]:
        if self._sampler.shuffle:
            # A run within its third epoch says 2.4, one at its end 2.9999999.
            self._sampler.generator.manual_seed(self._seed + int(self._epoch() + 1e-6))
        return iter(self._sampler)

    def __len__(self) -> int:
        return len(self._sampler)
