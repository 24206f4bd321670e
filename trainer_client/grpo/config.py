"""Configuration of a training run: one YAML file, and ``key.sub=value`` over it. Unknown keys are refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from trainer_client import configuration
from trainer_client.configuration import BadConfig, Section, unknown
from trainer_client.grpo.controller import Stages
from trainer_client.grpo.diversity import PREFIX
from trainer_client.grpo.mask import Eligible, TruncationMask
from trainer_client.grpo.presets import PRESETS, Preset
from trainer_client.grpo.repetition import REPEAT_WINDOW
from trainer_client.grpo.temperature import DIVERSE, PROBED

__all__ = ["BadConfig", "TrainConfig", "load", "unknown"]

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]
Warmth = Annotated[float, Field(gt=0)]


class ProblemSource(Section):
    """Problems: which files, and which of the problems in them."""

    files: tuple[Path, ...] = Field(min_length=1)
    format: Literal["jsonl", "livecodebench"] = "jsonl"
    difficulties: tuple[str, ...] = ()
    """Keep these alone, such as [medium, hard]; all if empty."""
    pass_rates: tuple[Share, Share] = (0, 1)
    """Keep rows whose ``pass_rate`` lies between; ends included."""
    limit: Positive | None = None
    """Keep the first so many."""
    system: str | None = None
    """A system message before prompts that are plain texts."""
    chat: bool | None = None
    """Make plain texts a user's message; by default for livecodebench."""


class Data(Section):
    """The problems to train on, and those held out for evaluation."""

    train: ProblemSource
    evaluation: ProblemSource | None = None


class Mask(Section):
    """The conditional truncation mask, for the preset that has one."""

    probability: Share = 0.2
    eligible: Eligible = Eligible.NOT_JUDGED_WRONG
    repeat_window: Positive = REPEAT_WINDOW
    any_period: bool = False


class StagesSettings(Section):
    """Temperatures by stage; ``controller.Stages`` has the rule."""

    temperatures: tuple[Warmth, ...] = Field(min_length=1)
    floor: Share
    margin: Share = 0.02
    patience: Positive = 20
    dwell: Annotated[int, Field(ge=0)] = 100
    memory: Annotated[float, Field(ge=0, lt=1)] = 0.9


class ProbeSettings(Section):
    """The probe that chooses the temperature before training; ``temperature.choose_temperature`` has the rule."""

    temperatures: tuple[Warmth, ...] = PROBED
    problems: Positive = 64
    samples: Annotated[int, Field(ge=2)] = 8
    diversity: Share = DIVERSE


class Reward(Section):
    """Options of the reward; ``rewards.trl.CodeReward`` has their meanings."""

    shape: Literal["binary", "fraction", "weighted", "lcb_strict"] = "binary"
    language: str = "python"
    on_error: Share | Literal["raise"] | None = None
    suite_fields: dict[str, Any] | None = None
    min_bits: Annotated[float, Field(ge=0)] = 0
    """Suites of mode program with fewer bits (``Report.trust``) give no reward."""


class Evaluation(Section):
    """Held-out problems are tried ``samples`` times up to the longest length; the other scores are of the same
    completions cut there."""

    every: Positive = 20
    """Steps between evaluations; there is one before and one after training."""
    lengths: tuple[Positive, ...] = ()
    """Tokens; by default L and 2L, L being max_completion_length."""
    samples: Positive = 4
    temperature: Warmth = 1.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    batch_size: Positive = 64
    """Completions generated at once by each process."""
    seed: int = 77_000
    keep_texts: bool = False
    """Write the completions beside their scores."""


class Service(Section):
    """The service that judges. Without a URL a service is started for the run, which then is one machine's."""

    url: str | None = None
    workers: Positive | None = None


class TrainConfig(Section):
    """Everything a run is told. ``trainer`` are fields of TRL's ``GRPOConfig``; those that the preset decides are not
    among them."""

    model: str
    """A folder, or a name on the hub."""
    data: Data
    preset: Literal["grpo", "dapo", "dapo_mask_all", "microcoder"] = "microcoder"
    mask: Mask | None = None
    temperature: Warmth | Literal["probe"] | None = None
    stages: StagesSettings | None = None
    probe: ProbeSettings = ProbeSettings()
    diversity_prefix: Positive = PREFIX
    """Tokens of a completion that diversity is measured on."""
    reward: Reward = Reward()
    evaluation: Evaluation = Evaluation()
    service: Service = Service()
    trainer: dict[str, Any]

    @model_validator(mode="after")
    def _agreeing(self) -> TrainConfig:
        if self.mask is not None and self.preset != "microcoder":
            raise ValueError(f'mask: preset "{self.preset}" has none; preset "microcoder" has')
        if self.stages is not None and self.temperature is not None:
            raise ValueError("temperature: the stages begin with theirs; leave it out")
        if self.stages is None and self.temperature is None:
            raise ValueError('temperature: is required, a number or "probe", where there are no stages')
        if "output_dir" not in self.trainer:
            raise ValueError("trainer.output_dir is required: where checkpoints and results go")
        self.staged()
        return self

    def algorithm(self) -> Preset:
        """The preset with this run's mask."""
        preset = PRESETS[self.preset]
        if preset.mask is None:
            return preset
        chosen = self.mask or Mask()
        mask = TruncationMask(chosen.probability, chosen.eligible, chosen.repeat_window, chosen.any_period)
        return Preset(preset.name, preset.clip_low, preset.clip_high, preset.aggregation, mask)

    def staged(self) -> Stages | None:
        """The stages, if there are any.

        Raises:
            ValueError: they have no meaning.
        """
        return Stages(**self.stages.model_dump()) if self.stages is not None else None


def load(file: Path, overrides: Sequence[str] = ()) -> TrainConfig:
    """A configuration from a YAML file and ``key.sub=value`` arguments, whose values are YAML too.

    Raises:
        BadConfig: the file cannot be read, or a key or a value is wrong.
    """
    return configuration.load(TrainConfig, file, overrides)
