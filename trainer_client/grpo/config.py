"""What a training run is told: one YAML file, and ``key.sub=value`` over it. Every key is known, or refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from trainer_client.grpo.controller import Stages
from trainer_client.grpo.diversity import PREFIX
from trainer_client.grpo.mask import Eligible, TruncationMask
from trainer_client.grpo.presets import PRESETS, Preset
from trainer_client.grpo.repetition import REPEAT_WINDOW
from trainer_client.grpo.temperature import PROBED

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]
Warmth = Annotated[float, Field(gt=0)]


class BadConfig(ValueError):
    """A configuration, or a data file that it names, is not usable; the message says where and why."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for name in given:
                if name not in cls.model_fields:
                    raise ValueError(unknown(str(name), cls.model_fields))
        return given


class Source(_Section):
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


class Data(_Section):
    """What is trained on, and what is held out for evaluation."""

    train: Source
    evaluation: Source | None = None


class Mask(_Section):
    """The conditional truncation mask, for the preset that has one."""

    probability: Share = 0.2
    eligible: Eligible = Eligible.NOT_JUDGED_WRONG
    repeat_window: Positive = REPEAT_WINDOW
    any_period: bool = False


class StagesSettings(_Section):
    """Temperatures by stage; ``controller.Stages`` has the rule."""

    temperatures: tuple[Warmth, ...] = Field(min_length=1)
    floor: Share
    margin: Share = 0.02
    patience: Positive = 20
    dwell: Annotated[int, Field(ge=0)] = 100
    memory: Annotated[float, Field(ge=0, lt=1)] = 0.9


class ProbeSettings(_Section):
    """The probe that chooses the temperature before training; ``temperature.choose_temperature`` has the rule."""

    temperatures: tuple[Warmth, ...] = PROBED
    problems: Positive = 64
    samples: Annotated[int, Field(ge=2)] = 8
    diversity: Share | None = None


class Reward(_Section):
    """How the service's verdict becomes a number; ``rewards.trl.CodeReward`` has the meanings."""

    shape: Literal["binary", "fraction", "weighted", "lcb_strict"] = "binary"
    language: str = "python"
    on_error: Share | Literal["raise"] | None = None
    suite_fields: dict[str, Any] | None = None
    min_bits: Annotated[float, Field(ge=0)] = 0
    """Suites of mode program with fewer bits (``Report.trust``) give no reward."""


class Evaluation(_Section):
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


class Service(_Section):
    """Where programs are judged. Without a URL a service is started for the run, which then is one machine's."""

    url: str | None = None
    workers: Positive | None = None


class TrainConfig(_Section):
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
    try:
        given = _parsed(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{file}: {error}") from error
    if not isinstance(given, dict):
        raise BadConfig(f"{file}: a configuration is a mapping of keys to values")
    for override in overrides:
        _override(given, override)
    try:
        return TrainConfig.model_validate(given)
    except ValidationError as error:
        lines = [
            f"  {'.'.join(map(str, e['loc'])) or 'document'}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        ]
        raise BadConfig(f"{file}: not a valid configuration\n" + "\n".join(lines)) from error


def unknown(name: str, known: Iterable[str]) -> str:
    """What to say about a key that nobody knows."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.0)
    return f"unknown key {name!r}; the nearest known one is {near[0]!r}" if near else f"unknown key {name!r}"


def _override(given: dict[str, Any], override: str) -> None:
    path, sign, text = override.partition("=")
    *sections, name = path.split(".")
    if not sign or not all((*sections, name)):
        raise BadConfig(f"{override!r} is no override; it must be like trainer.learning_rate=1e-6")
    inner = given
    for section in sections:
        if not isinstance(inner.get(section), dict):
            inner[section] = {}
        inner = inner[section]
    inner[name] = _parsed(text, override)


class _Yaml(yaml.SafeLoader):
    """YAML in which 1e-6 is a number, as in its version 1.2; in 1.1 it is a text."""


_Yaml.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)[eE][-+]?\d+$"), list("-+.0123456789")
)


def _parsed(text: str, where: str) -> Any:
    try:
        return yaml.load(text, _Yaml)
    except yaml.YAMLError as error:
        raise BadConfig(f"{where}: not YAML: {error}") from error
