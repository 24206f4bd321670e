"""The common part of the measurements of ``verify``: real sets as problems, a service, the stage for many problems."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from evaluator.schema import Report, Submission, Suite
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
_THREADS = 3
Outcome = Problem | Rejection


class Bench:
    """Reads sets, and verifies problems against one service."""

    def __init__(self, judge: ServiceJudge, folder: Path) -> None:
        self.suites = SuiteFiles(folder)
        self._judge = judge

    def context(self, **verify: Any) -> Context:
        """A run's context, with these settings of ``verify``."""
        sources = {"sources": [{"format": "own", "files": ["none"]}]}
        config = DatasetConfig.model_validate({"collect": sources, "verify": verify})
        return Context(config, self.suites, self._judge)

    def read(self, file: Path, kind: str, limit: int) -> list[Problem]:
        """The first problems of a set that ``process`` lets through."""
        source = {"format": kind, "files": [str(file)], "limit": limit}
        config = DatasetConfig.model_validate({"collect": {"sources": [source]}})
        context = Context(config, self.suites, self._judge)
        collected = (collect.read(row, self.suites) for row in collect.rows(config.collect))
        return [
            processed
            for problem in collected
            if isinstance(problem, Problem) and isinstance(processed := ProcessStage().apply(problem, context), Problem)
        ]

    def verify(self, problems: Iterable[Problem], **settings: Any) -> list[Outcome]:
        """Verify problems, and return the outcomes in their order."""
        context = self.context(**settings)
        with ThreadPoolExecutor(_THREADS) as threads:
            return list(threads.map(lambda problem: _one(problem, context), problems))

    def grade(self, submissions: Sequence[Submission], *, repeat: int = 0) -> list[Report]:
        """Grade programs; anew for each ``repeat``."""
        return self._judge.grade(submissions, repeat=repeat)

    def with_suite(self, problem: Problem, suite: Suite, **changes: Any) -> Problem:
        """The problem with another suite."""
        suite_id, size = self.suites.put(suite)
        return problem.evolve(suite_id=suite_id, suite_bytes=size, tests_total=len(suite.tests), **changes)


def _one(problem: Problem, context: Context) -> Outcome:
    outcome = VerifyStage().apply(problem, context)
    assert isinstance(outcome, Problem | Rejection)
    return outcome


@contextmanager
def bench(work: Path | None = None) -> Iterator[Bench]:
    """A service of its own, and a folder for suites and answers: a measurement that was stopped goes on with those."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = work or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        with ServiceJudge(_service, ServiceConfig(), folder / "answers.jsonl") as judge:
            yield Bench(judge, folder / "suites")


@contextmanager
def _service() -> Iterator[str]:
    with local_service(settings=RUN_ALL) as service:
        yield service.url


def run(title: str, description: str | None, measure: Callable[[Bench, argparse.Namespace], Iterable[str]]) -> None:
    """Entry point of a measurement: ``FOLDER [--limit N] [--seed S] [--work FOLDER] [--record]``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", type=Path, help="the folder of the corpus, with problem_sets in it")
    parser.add_argument("--limit", type=int, default=20, help="problems")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="keep answers of the service here, to go on after an interruption")
    parser.add_argument("--record", action="store_true", help="add the result to benchmarks/dataset/RESULTS.md")
    options = parser.parse_args()
    before, lines = facts(), []
    print(before)
    with bench(options.work) as opened:
        for line in measure(opened, options):
            lines.append(line)
            print(line, flush=True)
    if options.record:
        module = title.lower().replace(" ", "_")
        command = f"python -m benchmarks.dataset.{module} CORPUS --limit {options.limit} --seed {options.seed}"
        record(title, command, before, lines, RESULTS)
