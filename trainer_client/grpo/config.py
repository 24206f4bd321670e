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
from trainer_client.grpo.schedule import Schedule, ScheduledStage
from trainer_client.grpo.temperature import DIVERSE, PROBED
from trainer_client.rewards.unjudged import GIVE_UP_AFTER

__all__ = ["BadConfig", "TrainConfig", "load", "unknown"]

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]
Warmth = Annotated[float, Field(gt=0)]


class HubSource(Section):
    """A data set of the hub, or a folder laid out as one; ``datasets.load_dataset`` reads it."""

    id: str
    """Its name on the hub, or a folder."""
    config: str | None = None
    """The configuration, where it has several."""
    split: str = "train"
    """The split."""
    revision: str | None = None
    """The commit or tag; by default the newest."""


class RowColumns(Section):
    """Names of a row's columns, where they are not the usual ones."""

    id: str = "id"
    """The name of a problem; by default its place in the file."""
    prompt: str = "prompt"
    """A text, or a chat's messages."""
    tests: str | None = None
    """By default the first column of tests in a known shape (docs/data-sets.md)."""
    language: str = "language"
    """The programs' language; by default ``reward.language``."""
    difficulty: str = "difficulty"
    """Chosen by ``difficulties``."""
    pass_rate: str = "pass_rate"
    """Chosen by ``pass_rates``."""


class ProblemSource(Section):
    """Problems: which files, or which data set of the hub, and which of the problems in them."""

    files: tuple[Path, ...] = ()
    """JSON lines, JSON or Parquet, compressed or not, and folders of such files."""
    hub: HubSource | None = None
    format: Literal["rows", "jsonl", "livecodebench"] = "rows"
    """``livecodebench``: files of code_generation_lite. ``jsonl`` is the earlier name of ``rows``."""
    columns: RowColumns = RowColumns()
    difficulties: tuple[str, ...] = ()
    """Keep these alone, such as [medium, hard]; all if empty."""
    pass_rates: tuple[Share, Share] = (0, 1)
    """Keep rows whose ``pass_rate`` lies between; ends included."""
    limit: Positive | None = None
    """Keep the first so many."""
    max_prompt_tokens: Positive | None = None
    """Leave out problems whose prompts are longer, chat template included."""
    template: str | None = None
    """A text around prompts that are plain texts, with {prompt} in it."""
    system: str | None = None
    """A system message before prompts that are plain texts."""
    chat: bool | None = None
    """Make plain texts a user's message; by default for livecodebench."""

    @model_validator(mode="after")
    def _one_place(self) -> ProblemSource:
        if bool(self.files) == (self.hub is not None):
            raise ValueError("name either files or hub")
        if self.hub is not None and self.format == "livecodebench":
            raise ValueError("format: livecodebench is read from files")
        if self.template is not None and "{prompt}" not in self.template:
            raise ValueError("template: has no {prompt}, where the prompt goes")
        return self


class Data(Section):
    """The problems to train on, and those held out for evaluation."""

    train: ProblemSource
    """Problems to train on."""
    evaluation: ProblemSource | None = None
    """Problems to evaluate with, none of which is trained on."""


class Mask(Section):
    """The conditional truncation mask, for the preset that has one."""

    probability: Share = 0.2
    """rho: the chance that an eligible completion loses its advantage."""
    eligible: Eligible = Eligible.NOT_JUDGED_WRONG
    """Truncated completions that may be masked: ``not_judged_wrong``, ``accepted_only`` or ``any``."""
    repeat_window: Positive = REPEAT_WINDOW
    """m, tokens: a completion that ends in a repetition of so many is not masked."""
    any_period: bool = False
    """See every loop of up to m tokens, not only those whose period divides m."""


class StagesSettings(Section):
    """Temperatures by stage; ``controller.Stages`` has the rule."""

    temperatures: tuple[Warmth, ...] = Field(min_length=1)
    """The temperatures, rising."""
    floor: Share
    """The diversity below which the next one is due."""
    margin: Share = 0.02
    """Diversity above the floor from which on the count begins anew."""
    patience: Positive = 20
    """Steps below the floor before a change."""
    dwell: Annotated[int, Field(ge=0)] = 100
    """Steps between two changes, at least."""
    memory: Annotated[float, Field(ge=0, lt=1)] = 0.9
    """Weight of the past in the mean of diversity."""


class ScheduledSettings(Section):
    """A stage of the schedule; ``schedule.ScheduledStage`` has the rule."""

    step: Annotated[int, Field(ge=0)]
    """The step of the optimiser from which on it holds; 0 for the first."""
    length: Positive | None = None
    """Tokens of a completion, at most; by default as before."""
    temperature: Warmth | None = None
    """By default as before."""


class Lora(Section):
    """Train an adapter in place of all weights, by PEFT's ``LoraConfig``. What is saved is the adapter."""

    rank: Positive = 16
    """Its rank."""
    alpha: Warmth = 32
    """Its scale, over the rank."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0
    """Dropout on its input."""
    target_modules: str | tuple[str, ...] = "all-linear"
    """The layers that get one: their names, or ``all-linear``."""


class ProbeSettings(Section):
    """The probe that chooses the temperature before training; ``temperature.choose_temperature`` has the rule."""

    temperatures: tuple[Warmth, ...] = PROBED
    """Temperatures to try."""
    problems: Positive = 64
    """Problems to try them on, the first of the training data."""
    samples: Annotated[int, Field(ge=2)] = 8
    """Completions of each problem."""
    diversity: Share = DIVERSE
    """The diversity to reach."""


class Reward(Section):
    """Options of the reward; ``rewards.trl.CodeReward`` has their meanings."""

    shape: Literal["binary", "fraction", "weighted", "lcb_strict"] = "binary"
    """The reward for what passes: docs/trainers/README.md."""
    language: str = "python"
    """The language of programs whose rows name none."""
    on_error: Share | Literal["raise"] | None = None
    """The reward of a program that was not judged, or ``raise``; by default it is left out of its group."""
    give_up_after: Positive | None = GIVE_UP_AFTER
    """Batches in a row without any verdict after which the run ends; null: it goes on."""
    suite_fields: dict[str, Any] | None = None
    """Fields for every suite, such as {limits: {cpu_s: 10}}."""
    min_bits: Annotated[float, Field(ge=0)] = 0
    """Suites of mode program with fewer bits (``Report.trust``) give no reward."""
    stream: bool = True
    """Grade each completion as it ends, while others are generated: docs/train.md#streaming-rewards."""


class Evaluation(Section):
    """Held-out problems are tried ``samples`` times up to the longest length; the other scores are of the same
    completions cut there."""

    every: Positive = 20
    """Steps between evaluations; there is one before and one after training."""
    lengths: tuple[Positive, ...] = ()
    """Tokens; by default L and 2L, L being max_completion_length."""
    samples: Positive = 4
    """Completions of each problem."""
    temperature: Warmth = 1.0
    """Of these completions."""
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Of these completions."""
    batch_size: Positive = 64
    """Completions generated at once by each process."""
    seed: int = 77_000
    """Of these completions: the same weights write the same."""
    tolerant: bool = False
    """Find the programs of LiveCodeBench's problems as the service does for rewards, not by LiveCodeBench's rule: the
    last two fences."""
    keep_texts: bool = False
    """Write the completions beside their scores."""


class Service(Section):
    """The service that judges. Without any URL a service is started for the run, which then is one machine's."""

    url: str | None = None
    """Its URL; by default `MICROCODER_URL`."""
    workers: Positive | None = None
    """Workers of the service that is started; by default one for each CPU."""


class TrainConfig(Section):
    """Everything a run is told. ``trainer`` are fields of TRL's ``GRPOConfig``; those that the preset decides are not
    among them."""

    model: str
    """A folder, or a name on the hub."""
    chat_template: Path | None = None
    """A Jinja file in place of the model's chat template; its options are ``trainer.chat_template_kwargs``."""
    lora: Lora | None = None
    """An adapter to train."""
    data: Data
    """Problems."""
    preset: Literal["grpo", "dapo", "dapo_mask_all", "microcoder"] = "microcoder"
    """The algorithm: docs/grpo.md."""
    mask: Mask | None = None
    """The mask of preset ``microcoder``."""
    temperature: Warmth | Literal["probe"] | None = None
    """A number, or ``probe``: tried out before the first step. Required where neither stages nor schedule have one."""
    stages: StagesSettings | None = None
    """Temperatures that follow diversity."""
    schedule: tuple[ScheduledSettings, ...] = ()
    """Lengths and temperatures by step."""
    probe: ProbeSettings = ProbeSettings()
    """For ``temperature: probe``."""
    diversity_prefix: Positive = PREFIX
    """Tokens of a completion that diversity is measured on."""
    reward: Reward = Reward()
    """The reward."""
    evaluation: Evaluation = Evaluation()
    """Scores of held-out problems."""
    service: Service = Service()
    """The service that judges."""
    trainer: dict[str, Any]
    """Fields of TRL's ``GRPOConfig``; ``output_dir`` is required."""

    @model_validator(mode="after")
    def _agreeing(self) -> TrainConfig:
        if self.mask is not None and self.preset != "microcoder":
            raise ValueError(f'mask: preset "{self.preset}" has none; preset "microcoder" has')
        if self.stages is not None and self.temperature is not None:
            raise ValueError("temperature: the stages begin with theirs; leave it out")
        self._check_schedule()
        if self.stages is None and self.temperature is None and self.scheduled_temperature is None:
            raise ValueError('temperature: is required, a number or "probe", where there are no stages')
        if "output_dir" not in self.trainer:
            raise ValueError("trainer.output_dir is required: where checkpoints and results go")
        self.staged()
        return self

    def _check_schedule(self) -> None:
        schedule = self.scheduled()
        if schedule is None:
            return
        if schedule.lengths and "max_completion_length" in self.trainer:
            raise ValueError("trainer.max_completion_length: the schedule has lengths; leave it out")
        if schedule.lengths and self.schedule[0].length is None:
            raise ValueError("schedule: where there are lengths, the first stage has one")
        hot = any(stage.temperature is not None for stage in self.schedule)
        if hot and (self.scheduled_temperature is None or self.stages is not None or self.temperature is not None):
            raise ValueError("schedule: temperatures begin with the first stage, and exclude temperature and stages")

    @property
    def scheduled_temperature(self) -> float | None:
        """The schedule's first temperature."""
        return self.schedule[0].temperature if self.schedule else None

    def scheduled(self) -> Schedule | None:
        """The schedule, if there is one.

        Raises:
            ValueError: it has no meaning.
        """
        return Schedule(tuple(ScheduledStage(**each.model_dump()) for each in self.schedule)) if self.schedule else None

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
