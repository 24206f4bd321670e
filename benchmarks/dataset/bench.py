"""The common part of the measurements of ``verify``: real sets as problems, a service, the stage for many problems."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from benchmarks.machine import RUN_ALL, facts, record
from benchmarks.resumable import Row, add_options, measure
from evaluator.local import local_service
from evaluator.schema import Report, Submission, Suite
from trainer_client import EvaluatorClient
from trainer_client.dataset import collect
from trainer_client.dataset.config import DatasetConfig, ServiceConfig
from trainer_client.dataset.judge import ServiceJudge
from trainer_client.dataset.process import ProcessStage
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.stage import Context
from trainer_client.dataset.store import SuiteFiles
from trainer_client.dataset.verify import VerifyStage

RESULTS = Path(__file__).with_name("RESULTS.md")
OLD_TRAIN, OLD_TEST, NEW_TEST = (
    f"LeetCodeDataset-{name}.jsonl.gz" for name in ("v0.2.0-train", "v0.2.0-test", "v0.3.1-test")
)
Outcome = Problem | Rejection
Item = TypeVar("Item")


class Bench:
    """Reads sets, and verifies problems against one service."""

    def __init__(self, judge: ServiceJudge, folder: Path, languages: Collection[str]) -> None:
        self.suites = SuiteFiles(folder)
        self.languages = languages
        """The languages that the service judges."""
        self._judge = judge

    def context(self, **verify: Any) -> Context:
        """A run's context, with these settings of ``verify``."""
        sources = {"sources": [{"format": "own", "files": ["none"]}]}
        config = DatasetConfig.model_validate({"collect": sources, "verify": verify})
        return Context(config, self.suites, self._judge)

    def collect(self, file: Path, kind: str, limit: int) -> list[Problem]:
        """Read the first problems of a set, as they are there. Their ids begin with the file's name."""
        source = {"format": kind, "files": [str(file)], "limit": limit, "name": file.name.partition(".jsonl")[0]}
        config = DatasetConfig.model_validate({"collect": {"sources": [source]}})
        outcomes = (collect.read(row, self.suites) for row in collect.rows(config.collect))
        return [each for each in outcomes if isinstance(each, Problem)]

    def process(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems that ``process`` lets through, as it changes them."""
        context = self.context()
        outcomes = (ProcessStage().apply(each, context) for each in problems)
        return [each for each in outcomes if isinstance(each, Problem)]

    def read(self, file: Path, kind: str, limit: int) -> list[Problem]:
        """Of the first problems of a set, those that ``process`` lets through."""
        return self.process(self.collect(file, kind, limit))

    def verify(self, problem: Problem, **settings: Any) -> Outcome:
        """Verify a problem with these settings of ``verify``."""
        outcome = VerifyStage().apply(problem, self.context(**settings))
        assert isinstance(outcome, Problem | Rejection)
        return outcome

    def grade(self, submissions: Sequence[Submission], *, repeat: int = 0) -> list[Report]:
        """Grade programs; anew for each ``repeat``."""
        return self._judge.grade(submissions, repeat=repeat)

    def with_suite(self, problem: Problem, suite: Suite, **changes: Any) -> Problem:
        """The problem with another suite."""
        suite_id, size = self.suites.put(suite)
        return problem.evolve(suite_id=suite_id, suite_bytes=size, tests_total=len(suite.tests), **changes)


@dataclass(frozen=True)
class Measurement(Generic[Item]):
    """A measurement that makes rows of each item, one after the other, and a report of all rows."""

    title: str
    description: str | None
    items: Callable[[Bench, argparse.Namespace], Sequence[Item]]
    name: Callable[[Item], str]
    rows: Callable[[Bench, Item], Iterable[Row]]
    report: Callable[[Sequence[Row]], Iterable[str]]
    limit: int
    """Items of each set, if the command does not say how many."""
    threads: int = 3
    """Items at a time."""

    def run(self) -> None:
        """Entry point: ``FOLDER [--limit N] [--seed S] [--skip TEXT …] [--minutes M] [--results FILE]
        [--record]``."""
        module = self.title.lower().replace(" ", "_")
        options = self._options(module)
        before = facts()
        with open_bench(options.python) as bench:
            items = [each for each in self.items(bench, options) if not any(s in self.name(each) for s in options.skip)]
            rows, left = measure(
                items,
                self.name,
                lambda item: self.rows(bench, item),
                options.results,
                options.minutes,
                self.threads,
            )
        if left:
            print(f"{left} are left: run it again")
            return
        lines = list(self.report(rows))
        print(before, *lines, sep="\n")
        if options.record:
            skip = f" --skip {' '.join(options.skip)}" if options.skip else ""
            command = (
                f"python -m benchmarks.dataset.{module} CORPUS --limit {options.limit} --seed {options.seed}{skip}"
            )
            record(self.title, command, before, lines, RESULTS)

    def _options(self, module: str) -> argparse.Namespace:
        parser = argparse.ArgumentParser(description=self.description)
        parser.add_argument("folder", type=Path, help="the folder of the corpus, with problem_sets in it")
        parser.add_argument("--limit", type=int, default=self.limit, help="items of each set")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--skip", nargs="*", default=[], help="leave items out whose names have one of these texts")
        add_options(parser, f"{module}.jsonl")
        return parser.parse_args()


@contextmanager
def open_bench(python: str | None = None) -> Iterator[Bench]:
    """Start a service, and make a folder for suites and answers, for the length of a block. ``python`` is the
    submissions' interpreter."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = RUN_ALL | ({"MICROCODER_PYTHON": python} if python else {})
        url = stack.enter_context(local_service(settings=settings)).url
        languages = {each.name for each in stack.enter_context(EvaluatorClient(url)).languages()}
        answers = folder / "answers.jsonl"
        judge = stack.enter_context(closing(ServiceJudge(lambda: nullcontext(url), ServiceConfig(), answers)))
        yield Bench(judge, folder / "suites", languages)
