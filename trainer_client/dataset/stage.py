"""The kinds of stages, and the context that they receive.

There are three kinds. A ``Stage`` processes one problem at a time, in several threads; a ``SetStage``, such as
deduplication, needs the whole set; an ``Output`` writes files for the reader of the data set. Each is pure in its key:
name, version, its settings, the problem (or the set), and the answers of the service and the model. So a stage must not
use the time, random numbers without a seed from the settings or the order of another run's dict, and must not write a
measurement into a row (``row.cpu_bound_s``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from evaluator.schema import Report, RunReport, RunRequest, Submission, Suite
from trainer_client.configuration import Section
from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.row import Json, Problem, Rejection

Outcome: TypeAlias = Problem | Rejection
StageResult: TypeAlias = Problem | Rejection | Sequence[Problem | Rejection]


class SuiteArchive(Protocol):
    """Suites by their name, on disk. A suite may be of 200 MB: hold no more of them than you need."""

    def get(self, suite_id: str) -> Suite:
        """A suite.

        Raises:
            RunError: there is none.
        """

    def put(self, suite: Suite) -> tuple[str, int]:
        """Store a suite, unless it is there. Return its name (``Suite.id``) and the bytes of its canonical form."""

    def path(self, name: str) -> Path:
        """Return the path of a suite or of raw tests, even if it does not exist yet: ``ab/<sha256>.json.zst``."""

    def get_raw(self, name: str) -> Any:
        """Tests as their source wrote them, of a ``suite_id`` with ``RAW_TESTS_PREFIX``.

        Raises:
            RunError: there are none.
        """

    def put_raw(self, tests: Any) -> tuple[str, int]:
        """Store tests as their source wrote them, as JSON. Return their name and bytes."""


class Judge(Protocol):
    """The service, asked with patience: an answer of 503 or a lost connection is asked again, a ``judge_error`` is
    tried ``service.judge_retries`` more times. Answers that another run would repeat are kept in ``verdicts.jsonl`` by
    the request's digest, so an interrupted run does not ask twice. Safe to use from several threads."""

    def grade(self, submissions: Sequence[Submission], *, repeat: int = 0) -> list[Report]:
        """Reports in the order of the submissions. One with verdict ``judge_error`` says nothing about the program:
        the problem is then unverified, never bad. ``repeat`` counts runs of one submission that must not be answered
        from ``verdicts.jsonl``.

        Raises:
            EvaluatorError: the service cannot be reached for longer than it is waited for, or refuses the request.
        """

    def run(self, request: RunRequest, *, repeat: int = 0) -> RunReport:
        """Run a program without judging it.

        Raises:
            EvaluatorError: as of ``grade``.
        """


class LanguageModel(Protocol):
    """An OpenAI-compatible endpoint, answers kept in ``llm.jsonl`` by the request's digest. Safe to use from several
    threads."""

    def ask(self, prompt: str, *, system: str = "", repeat: int = 0, schema: Json | None = None) -> str | None:
        """The model's text. ``repeat`` counts answers to one prompt; ``schema`` is the JSON schema that it should
        follow. Null where the endpoint refuses this prompt for good.

        Raises:
            RunError: the endpoint cannot be reached, or refuses everything (a wrong key, an unknown model).
        """


@dataclass(frozen=True, slots=True)
class Context:
    """The context of stages, beside the problems. ``llm`` is None if none is configured: steps with it are optional."""

    config: DatasetConfig
    suites: SuiteArchive
    judge: Judge
    llm: LanguageModel | None = None


class Problems(Protocol):
    """A set of problems, sorted by id, read from disk anew by each iteration."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Problem]: ...


class Step:
    """The part that all stages and outputs have in common."""

    name: str
    version: str
    """Raised whenever the step would come to another result: it is part of the key."""

    def settings(self, config: DatasetConfig) -> Section:
        """The part of the configuration that it depends on: the section of its name."""
        section: Section = getattr(config, self.name)
        return section


class Stage(Step, ABC):
    """One problem at a time. ``apply`` runs in several threads at once.

    An exception ends the run with a sentence that names the problem; what cannot be done for one problem alone is a
    ``Rejection`` with evidence, or a quarantine.
    """

    @abstractmethod
    def apply(self, problem: Problem, context: Context) -> StageResult:
        """Process one problem."""


class SetStage(Step, ABC):
    """The whole set at once. The outcome must not depend on the order of the problems in their files."""

    @abstractmethod
    def apply_all(self, problems: Problems, context: Context) -> Iterable[Outcome]:
        """Process all problems. Yields one outcome for each id, in any order."""


@dataclass(frozen=True, slots=True)
class StageCount:
    """A step of the funnel."""

    name: str
    problems_in: int
    problems_out: int
    rejections: Json
    """The number of rejections by reason."""
    quarantine: Json
    """The number of problems that go on in quarantine, by reason."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as outputs see it. ``problems`` are those that passed the last stage, quarantine included."""

    config: DatasetConfig
    suites: SuiteArchive
    problems: Problems
    rejections: Sequence[Rejection]
    funnel: Sequence[StageCount]
    lock: Json
    """The content of ``config.lock.json``, and ``command``, which makes the data set again."""
    files_sha256: str
    """Over the names and hashes of the files that are written already."""


class Output(Step, ABC):
    """Files for the reader of the data set. They are written to an empty folder, which takes the old one's place once
    all of them are there."""

    @abstractmethod
    def write(self, run: RunView, folder: Path) -> None:
        """Write the files. Equal runs must write equal bytes: no times, no versions of the machine."""


class Progress(Protocol):
    """The receiver of a run's progress. Its methods are called from the run's main thread."""

    def begin(self, stage: str, total: int | None, done: int) -> None:
        """Begin a stage. ``done`` of its ``total`` problems are in the journal already; ``total`` may be unknown."""

    def advance(self, rejected: int) -> None:
        """Count one more problem that is done; ``rejected`` is 1 if it was rejected."""

    def end(self, stage: str, problems_out: int, rejected: int) -> None:
        """End a stage. Called for stages of earlier runs too."""


class Silence:
    """A ``Progress`` that shows nothing."""

    def begin(self, *_: Any, **__: Any) -> None:
        """Show nothing."""

    advance = end = begin
