"""The configuration of a data set's run: one YAML file, and overrides ``key.sub=value``. docs/dataset.md has the keys.

Each stage has a section; a section is part of the stage's key, so changing it runs that stage and those after it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import Field, model_validator

from trainer_client.configuration import BadConfig, Section, load

__all__ = ["BadConfig", "DatasetConfig", "read_config"]

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]

SourceFormat = Literal[
    "own",
    "folders",
    "livecodebench",
    "apps",
    "taco",
    "codecontests",
    "open_r1",
    "prime",
    "deepcoder",
    "leetcodedataset",
    "kodcode",
    "humaneval",
    "mbpp",
    "icpc",
]
ExportFormat = Literal["trl", "verl", "openrlhf", "prime_rl", "skyrl", "slime", "rllm", "livecodebench", "problems"]
EXPORTS: tuple[ExportFormat, ...] = get_args(ExportFormat)


class SourceConfig(Section):
    """A source of problems."""

    format: SourceFormat
    """The format of its rows; docs/dataset.md has the list."""
    files: tuple[Path, ...] = Field(min_length=1)
    """Files or folders; a relative one begins at the configuration's folder."""
    name: str = ""
    """The value of ``source``, and the beginning of ids; by default the format."""
    license: str = ""
    """SPDX, where the rows do not say it themselves."""
    license_origin: str = ""
    """The place that states the license. A repository's license need not be that of the problems in it."""
    limit: Positive | None = None
    """Take the first so many rows."""
    split: str = ""
    """The value of the rows' ``split`` if the source has none."""


class CollectConfig(Section):
    """Reading the sources."""

    sources: tuple[SourceConfig, ...] = Field(min_length=1)
    """In the order in which an id that comes twice is decided: the first has it."""
    row_mb: Positive = 256
    """A row above this goes aside by name."""


class ProcessConfig(Section):
    """Clean texts and one form of tests."""

    statement_min_chars: Count = 40
    """A shorter statement says too little."""
    error_outputs: Literal["reject", "drop"] = "reject"
    """The treatment of a problem some of whose expected outputs are texts of errors. Its reference failed on those
    tests, so the other outputs are in doubt too. ``drop`` goes on without the tests."""
    bad_tests_max: Share = 0.5
    """A problem goes aside where a larger share of its tests cannot be used."""
    samples_as_tests: bool = True
    """Add the statement's samples to the tests."""


class VerifyConfig(Section):
    """Proof by the service."""

    repeats: Positive = 3
    """Runs of each reference, the order of tests and PYTHONHASHSEED varied."""
    references_max: Positive = 4
    """References that are run; the first ones."""
    second_opinion: Literal["quarantine", "reject", "ignore"] = "quarantine"
    """The treatment of a problem whose outputs come from a single reference."""
    cue_only: Literal["quarantine", "admit"] = "quarantine"
    """The treatment of a problem whose comparison is relaxed for no other reason than a sentence of its statement."""
    mutants_max: Count = 20
    """Mutants of the references, at most."""
    cheats: bool = True
    """Add programs that print constants or the samples."""
    kill_min: Share = 0.8
    """A suite that refuses a smaller share of wrong programs is weak."""
    generate_inputs: Count = 24
    """Inputs to generate for a weak suite, at most."""
    tests_max: Count = 15
    """Tests after minimising; 0 keeps all."""
    cpu_floor_s: Annotated[float, Field(gt=0)] = 1.0
    """No calibrated limit is lower."""
    cpu_factor: Annotated[float, Field(ge=1)] = 5.0
    """Calibrated limit: max(floor, factor × slowest accepted reference)."""
    trust_min_bits: Annotated[float, Field(ge=0)] = 8.0
    """Mode program: a suite of less trust is weak."""
    seed: int = 0
    """Of mutants, orders of tests and generated inputs."""


class DeduplicateConfig(Section):
    """Copies, near copies, and problems that ask the same in other words."""

    jaccard: Share = 0.8
    """Texts as alike as this are one group, whatever their behaviour says."""
    candidate_jaccard: Share = 0.4
    """Texts as alike as this are worth asking the service about."""
    shingle_words: Positive = 5
    """Words that are compared as one."""
    permutations: Positive = 128
    """Of the sketches that find candidates."""
    behaviour: bool = True
    """Run each one's reference on the other's tests."""
    seed: int = 1
    """Of the sketches."""


class BenchmarkConfig(Section):
    """A benchmark that training data must not hold."""

    format: SourceFormat
    """As a source's."""
    files: tuple[Path, ...] = Field(min_length=1)
    """As a source's."""
    name: str = ""
    """Its name in rows and card; by default the format."""


class DecontaminateConfig(Section):
    """Keep benchmarks' problems out."""

    benchmarks: tuple[BenchmarkConfig, ...] = ()
    ngram_words: Positive = 16
    """Words of an n-gram."""
    share: Share = 0.22
    """N-grams that a benchmark's statement and ours may have in common, of either."""
    short_words: Positive = 32
    """Below it n-grams say nothing: exact hash and containment decide."""
    solutions: bool = True
    """Compare solutions too."""
    behaviour: bool = True
    """Run our references on the benchmark's samples."""


class RubricConfig(Section):
    """Difficulty by an LLM."""

    repeats: Positive = 3
    """Answers for each problem."""


class FilterConfig(Section):
    """Difficulty, and which problems to keep by it."""

    band: tuple[Share, Share] = (0.0, 1.0)
    """Keep where the pass rate lies in it with probability ``confidence``; ends included."""
    confidence: Share = 0.5
    """The probability that the band asks for."""
    easy_quota: Share = 1.0
    """Share of the kept that may be easier than the band."""
    pass_rates: tuple[Path, ...] = ()
    """JSONL with ``id``, ``model``, ``k`` and ``c``."""
    attempts_min: Positive = 4
    """Pass rates of fewer attempts calibrate nothing."""
    rubric: RubricConfig = RubricConfig()
    quarantine: Literal["drop", "keep"] = "drop"
    """The treatment of problems in quarantine: ``drop`` rejects each with its reason."""
    seed: int = 0
    """Of folds and the easy quota."""


class ExportConfig(Section):
    """Files for trainers."""

    formats: tuple[ExportFormat, ...] = EXPORTS
    """Trainers and readers to write files for."""
    license: Literal["any", "permissive"] = "any"
    """``permissive``: only rows whose license is SPDX and permissive."""
    inline_kb: Count = 256
    """Larger suites go by ``suite_id``; ``microcoder dataset push-suites`` uploads them."""
    evaluation_share: Share = 0.0
    """Share of the problems that is held out for evaluation."""
    seed: int = 0
    """Of that choice."""


class CardConfig(Section):
    """The data set's README and plots."""

    title: str = "Data set"
    """The card's heading."""
    plots: bool = True
    """Draw the card's plots."""


class ServiceConfig(Section):
    """The service that judges programs. Without a URL, one is started for the run."""

    url: str | None = None
    """Of a service that runs."""
    workers: Positive | None = None
    """Of the service that is started; by default one for each CPU."""
    concurrency: Positive = 4
    """Problems at a time."""
    judge_retries: Count = 8
    """More tries after a ``judge_error``."""
    patience_s: Annotated[float, Field(gt=0)] = 300.0
    """For how long an absent or overloaded service is waited for."""


class LlmConfig(Section):
    """An OpenAI-compatible endpoint, for the steps that want one."""

    url: str
    """Such as http://127.0.0.1:8001/v1."""
    model: str
    """The name that it is asked by."""
    key_variable: str = ""
    """The environment variable with the key."""
    temperature: Annotated[float, Field(ge=0)] = 0.6
    """Of every answer."""
    max_tokens: Positive = 4096
    """Of an answer."""
    attempts: Positive = 4
    """Solutions that the step `attempts` asks for."""
    steps: frozenset[Literal["translate", "normalise", "rubric", "checker", "generator", "validator", "attempts"]] = (
        frozenset({"rubric"})
    )
    """The steps that use it: translate, normalise, rubric, checker, generator, validator, attempts."""


class DatasetConfig(Section):
    """Everything a run is told."""

    run: Path = Path("run")
    """The run's folder: journals, parts, suites, answers."""
    dataset: Path = Path("dataset")
    """The folder to write the data set to."""
    collect: CollectConfig
    process: ProcessConfig = ProcessConfig()
    verify: VerifyConfig = VerifyConfig()
    deduplicate: DeduplicateConfig = DeduplicateConfig()
    decontaminate: DecontaminateConfig = DecontaminateConfig()
    filter: FilterConfig = FilterConfig()
    export: ExportConfig = ExportConfig()
    card: CardConfig = CardConfig()
    service: ServiceConfig = ServiceConfig()
    llm: LlmConfig | None = None

    @model_validator(mode="after")
    def _apart(self) -> DatasetConfig:
        if self.run.resolve() == self.dataset.resolve():
            raise ValueError("run and dataset: give each a folder of its own")
        names = [source.name or source.format for source in self.collect.sources]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"collect.sources: two are called {twice!r}, with which ids begin: give each a name")
        return self


_Files = TypeVar("_Files", SourceConfig, BenchmarkConfig)


def read_config(file: Path, overrides: Sequence[str] = ()) -> DatasetConfig:
    """A configuration from a YAML file and ``key.sub=value`` arguments. Relative paths of sources, benchmarks and pass
    rates begin at the file's folder, ``run`` and ``dataset`` at the current one.

    Raises:
        BadConfig: the file cannot be read, or a key or a value is wrong.
    """
    config = load(DatasetConfig, file, overrides)
    home = file.parent
    sources = tuple(_at(home, each) for each in config.collect.sources)
    benchmarks = tuple(_at(home, each) for each in config.decontaminate.benchmarks)
    rates = tuple(home / each for each in config.filter.pass_rates)
    return config.model_copy(
        update={
            "collect": config.collect.model_copy(update={"sources": sources}),
            "decontaminate": config.decontaminate.model_copy(update={"benchmarks": benchmarks}),
            "filter": config.filter.model_copy(update={"pass_rates": rates}),
        }
    )


def _at(home: Path, section: _Files) -> _Files:
    return section.model_copy(update={"files": tuple(home / each for each in section.files)})
