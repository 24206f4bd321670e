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
    "dmoj",
    "polygon",
]
PERMISSIVE = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "ISC", "MIT",
     "MIT-0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"}
)  # fmt: skip
"""Licenses, by their SPDX names, that allow use, change and distribution, and require attribution at most."""
ExportFormat = Literal["trl", "verl", "openrlhf", "prime_rl", "skyrl", "slime", "rllm", "livecodebench", "problems"]
EXPORTS: tuple[ExportFormat, ...] = get_args(ExportFormat)


class SourceConfig(Section):
    """A source of problems."""

    format: SourceFormat
    """The format of its rows; docs/dataset.md has the list."""
    files: tuple[Path, ...] = Field(min_length=1)
    """Files or folders. A relative path starts at the configuration's folder."""
    name: str = ""
    """The value of ``source``, and the beginning of ids; by default the format."""
    license: str = ""
    """The license by its SPDX name, if the rows do not have it."""
    license_origin: str = ""
    """The place that states the license. A repository's license need not be that of the problems in it."""
    limit: Positive | None = None
    """Rows to take, from the first on; by default all."""
    split: str = ""
    """The value of the rows' ``split`` if the source has none."""


class CollectConfig(Section):
    """Reading the sources."""

    sources: tuple[SourceConfig, ...] = Field(min_length=1)
    """The sources in order of precedence: of two problems with one id, that of the earlier source gets it."""
    row_mb: Positive = 256
    """Size of a row in MiB, at most. A larger one is rejected."""


class ProcessConfig(Section):
    """Cleaning of texts, and conversion of tests to one form."""

    statement_min_chars: Count = 40
    """Characters of a statement, at least. A shorter one is rejected."""
    error_outputs: Literal["reject", "drop"] = "reject"
    """The treatment of a problem some of whose expected outputs are texts of errors. Its reference failed on those
    tests, so the other outputs are in doubt too. ``drop`` goes on without the tests."""
    bad_tests_max: Share = 0.5
    """The share of unusable tests, at most. A problem with more is rejected."""
    samples_as_tests: bool = True
    """Add the statement's samples to the tests."""


class VerifyConfig(Section):
    """Proof by the service."""

    repeats: Positive = 3
    """Runs of each reference, with different orders of tests and different values of PYTHONHASHSEED."""
    references_max: Positive = 4
    """References to run, from the first on, at most."""
    second_opinion: Literal["quarantine", "reject", "ignore"] = "quarantine"
    """The treatment of a problem whose outputs come from a single reference."""
    cue_only: Literal["quarantine", "admit"] = "quarantine"
    """The treatment of a problem whose comparison is relaxed for no other reason than a sentence of its statement."""
    mutants_max: Count = 20
    """Mutants of the references, at most."""
    cheats: bool = True
    """Add programs that print constants or the samples."""
    kill_min: Share = 0.8
    """The share of wrong programs that a suite refuses, at least. Below it the suite is weak."""
    generate_inputs: Count = 24
    """Inputs to generate for a weak suite, at most."""
    tests_max: Count = 15
    """Tests after minimising; 0 keeps all."""
    cpu_floor_s: Annotated[float, Field(gt=0)] = 1.0
    """The lowest calibrated limit, in CPU seconds."""
    cpu_factor: Annotated[float, Field(ge=1)] = 5.0
    """Calibrated limit: max(floor, factor × slowest accepted reference)."""
    trust_min_bits: Annotated[float, Field(ge=0)] = 8.0
    """The bits of trust of a suite in mode program, at least. Below it the suite is weak."""
    seed: int = 0
    """The seed of mutants, orders of tests and generated inputs."""


class DeduplicateConfig(Section):
    """Removal of copies, and grouping of problems that ask the same in other words."""

    jaccard: Share = 0.8
    """The similarity from which texts are one group, whatever the behaviour of their programs shows."""
    candidate_jaccard: Share = 0.4
    """The similarity from which two problems' programs are compared by the service."""
    shingle_words: Positive = 5
    """Words in one shingle of the comparison."""
    permutations: Positive = 128
    """Permutations of MinHash, which finds candidates."""
    behaviour: bool = True
    """Run the reference of each problem on the tests of the other."""
    seed: int = 1
    """The seed of MinHash."""


class BenchmarkConfig(Section):
    """A benchmark whose problems training data must not contain."""

    format: SourceFormat
    """The format of its rows, as for a source."""
    files: tuple[Path, ...] = Field(min_length=1)
    """Its files, as for a source."""
    name: str = ""
    """Its name in rows and card; by default the format."""


class DecontaminateConfig(Section):
    """Removal of benchmarks' problems."""

    benchmarks: tuple[BenchmarkConfig, ...] = ()
    ngram_words: Positive = 16
    """Words of an n-gram."""
    share: Share = 0.22
    """The share of the n-grams of either statement that a benchmark's and ours may have in common."""
    short_words: Positive = 32
    """Words below which a statement is too short for n-grams: equal text and containment decide."""
    solutions: bool = True
    """Compare solutions too."""
    behaviour: bool = True
    """Run our problems' references on the benchmark's samples."""


class RubricConfig(Section):
    """Rating of difficulty by a language model."""

    repeats: Positive = 3
    """Answers of the model for each problem."""


class FilterConfig(Section):
    """Estimation of difficulty, and selection by it."""

    band: tuple[Share, Share] = (0.0, 1.0)
    """The pass rates to keep, ends included: a problem is kept if its rate lies in the band with ``confidence``."""
    confidence: Share = 0.5
    """The probability with which a kept problem's pass rate lies in the band."""
    easy_quota: Share = 1.0
    """The share of kept problems that may be easier than the band."""
    pass_rates: tuple[Path, ...] = ()
    """JSONL files of pass rates, with ``id``, ``model``, ``k`` and ``c``."""
    attempts_min: Positive = 4
    """Attempts of a pass rate, at least, to be used for calibration."""
    rubric: RubricConfig = RubricConfig()
    quarantine: Literal["drop", "keep"] = "drop"
    """The treatment of problems in quarantine: ``drop`` rejects each with its reason."""
    seed: int = 0
    """The seed of folds and of the easy quota."""


class ExportConfig(Section):
    """Files for trainers."""

    formats: tuple[ExportFormat, ...] = EXPORTS
    """Trainers and readers to write files for."""
    license: Literal["any", "permissive"] = "any"
    """``permissive``: only rows with a permissive license that has an SPDX name."""
    inline_kb: Count = 256
    """Size of a suite inside a row, in KiB, at most. Rows have only the ``suite_id`` of a larger one; ``microcoder
    dataset push-suites`` uploads it."""
    evaluation_share: Share = 0.0
    """The share of problems that is held out for evaluation."""
    seed: int = 0
    """The seed of that choice."""

    def admits(self, license_name: str) -> bool:
        """Tell whether rows with a license are exported. A LicenseRef, which stands for an unknown license or for one
        without an SPDX name, is not permissive."""
        return self.license == "any" or license_name in PERMISSIVE


class CardConfig(Section):
    """The data set's README and plots."""

    title: str = "Data set"
    """The card's heading."""
    plots: bool = True
    """Draw the card's plots."""


class ServiceConfig(Section):
    """The service that judges programs. Without any URL, one is started for the run."""

    url: str | None = None
    """The URL of a running service; by default `MICROCODER_URL`, for `microcoder dataset`."""
    workers: Positive | None = None
    """Workers of the service that is started; by default one for each CPU."""
    concurrency: Positive = 4
    """Problems to process at a time."""
    judge_retries: Count = 8
    """Retries after a ``judge_error``."""
    patience_s: Annotated[float, Field(gt=0)] = 300.0
    """Seconds to wait for an absent or overloaded service."""


class LlmConfig(Section):
    """An OpenAI-compatible endpoint for the steps that use a language model."""

    url: str
    """The base URL, such as http://127.0.0.1:8001/v1."""
    model: str
    """The model's name in requests."""
    key_variable: str = ""
    """The name of the environment variable with the API key."""
    temperature: Annotated[float, Field(ge=0)] = 0.6
    """The temperature of every answer."""
    max_tokens: Positive = 4096
    """Tokens of an answer, at most."""
    attempts: Positive = 4
    """Solutions that the step ``attempts`` requests."""
    steps: frozenset[Literal["translate", "normalise", "rubric", "checker", "generator", "validator", "attempts"]] = (
        frozenset({"rubric"})
    )
    """The steps that use it: translate, normalise, rubric, checker, generator, validator, attempts."""


class DatasetConfig(Section):
    """The whole configuration of a run."""

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
    """Read a configuration from a YAML file and ``key.sub=value`` arguments. Relative paths of sources, benchmarks and
    pass rates start at the file's folder; ``run`` and ``dataset`` start at the current folder.

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
