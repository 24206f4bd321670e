"""Problems, suites and service answers as values, for stages that are tried alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evaluator.schema import Report, RunReport, RunRequest, Submission, Suite
from trainer_client import EvaluatorClient
from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.row import PassRate, Problem, Reference, Rejection, Verification
from trainer_client.dataset.stage import Context, RunView, StageCount
from trainer_client.dataset.store import SuiteFiles

SOURCES = {"collect": {"sources": [{"format": "own", "files": ["absent.jsonl"]}]}}


def config(**sections: Any) -> DatasetConfig:
    """A configuration of whose sources nothing is read."""
    return DatasetConfig.model_validate({**SOURCES, **sections})


@dataclass(frozen=True)
class Listed:
    """Problems in memory."""

    problems: Sequence[Problem]

    def __len__(self) -> int:
        return len(self.problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)


@dataclass
class ServiceJudge:
    """The real service."""

    client: EvaluatorClient
    submissions: list[Submission] = field(default_factory=list)

    def grade(self, submissions: Sequence[Submission], *, repeat: int = 0) -> list[Report]:
        self.submissions += submissions
        return self.client.grade_many(submissions)

    def run(self, request: RunRequest, *, repeat: int = 0) -> RunReport:
        return self.client.run(request)


class Unused:
    """No program is run here."""

    def grade(self, submissions: Sequence[Submission], *, repeat: int = 0) -> list[Report]:
        assert not submissions
        return []

    def run(self, request: RunRequest, *, repeat: int = 0) -> RunReport:
        raise AssertionError("no program was to be run")


def context(folder: Path, judge: Any = None, llm: Any = None, **sections: Any) -> Context:
    """Make a problem as a stage is handed it."""
    return Context(config(**sections), SuiteFiles(folder / "suites"), judge or Unused(), llm)


def stored(problem: Problem, suite: Suite, suites: SuiteFiles) -> Problem:
    """The problem with its tests in the store."""
    name, size = suites.put(suite)
    count = len(suite.tests)
    return problem.evolve(suite_id=name, suite_bytes=size, tests_total=count, tests_kept=count)


def varied(count: int, seed: int = 1) -> list[Problem]:
    """Problems that differ in everything that a card counts."""
    rng = random.Random(seed)
    return [_varied(number, rng) for number in range(count)]


def _varied(number: int, rng: random.Random) -> Problem:
    hardness = rng.random()
    solved = sum(rng.random() > hardness for _ in range(8))
    return Problem(
        id=f"set/{number:04d}",
        source=rng.choice(("leetcode", "contests")),
        license=rng.choice(("MIT", "MIT", "CC-BY-4.0", "LicenseRef-unknown")),
        date=f"{rng.randint(2019, 2025)}-{rng.randint(1, 12):02d}-01",
        statement=f"Problem {number} asks for something that takes {int(10 ** (1 + 5 * hardness))} steps or so. " * 3,
        io_mode=rng.choice(("stdio", "function")),
        source_difficulty="easy" if hardness < 0.4 else "medium" if hardness < 0.7 else "hard",
        suite_bytes=int(10 ** rng.uniform(2.5, 6.5)),
        tests_total=20,
        tests_kept=rng.randint(3, 15),
        checker_json={"kind": rng.choice(("tokens", "tokens", "lines", "float", "unordered"))},
        checker_status=rng.choice(("proven", "proven", "inferred", "cue_only")),
        limit_origin=rng.choice(("stated", "calibrated")),
        references=(Reference("pass\n" * int(2 + 40 * hardness), verdict="accepted"),),
        decontamination_json={"max16": round(rng.betavariate(1, 30), 4)},
        verification=Verification(True, rng.random() < 0.8, rng.uniform(0.9, 1), rng.betavariate(9, 1), True),
        passes=(PassRate("model-4b", 8, solved),),
    )


def view(problems: Sequence[Problem], folder: Path, rejections: Sequence[Rejection] = (), **sections: Any) -> RunView:
    """A run as outputs see it."""
    reasons: dict[str, int] = {}
    for each in rejections:
        reasons[each.reason] = reasons.get(each.reason, 0) + 1
    every = len(problems) + len(rejections)
    funnel = [
        StageCount("collect", every + 60, every + 60, {}, {}),
        StageCount("process", every + 60, every + 40, {"error_outputs": 12, "no_tests": 8}, {}),
        StageCount("verify", every + 40, every + 15, {"reference_failed": 17, "weak_tests": 8}, {}),
        StageCount("deduplicate", every + 15, every + 4, {"exact_duplicate": 9, "same_behaviour": 2}, {}),
        StageCount("decontaminate", every + 4, every, {"ngrams": 4}, {}),
        StageCount("filter", every, len(problems), reasons, {}),
    ]
    lock = {"command": "microcoder dataset run --config dataset.yaml", "packages": {"pyarrow": "26.0.1"}}
    run = config(**sections)
    return RunView(run, SuiteFiles(folder / "suites"), Listed(problems), rejections, funnel, lock, "ab" * 32)
