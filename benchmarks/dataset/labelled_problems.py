"""The corpus's labelled programs as problems: some accepted ones are references, the others judge the outcome."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy.labelled import Labelled, load
from benchmarks.dataset.bench import Bench
from evaluator.schema import Suite
from trainer_client.dataset.row import Problem, Reference

LCB_FILES = ("lcb_full_official.jsonl", "lcb_full_thirdparty.jsonl")
ICPC_FILES = ("icpc_gcpc_nwerc.jsonl", "icpc_kodsport.jsonl")
OTHER_FILES = ("quixbugs.jsonl", "refactory_students.jsonl")


@dataclass(frozen=True, slots=True)
class LabelledProblem:
    """A problem, and the labelled programs that are not its references."""

    problem: Problem
    suite: Suite
    others: tuple[Labelled, ...]


def labelled_problems(
    bench: Bench, folder: Path, files: Sequence[str], *, references: int, checker: bool = True
) -> list[LabelledProblem]:
    """Problems of the corpus that have an accepted program: the first ``references`` of those, in Python where there
    are any, are references. Programs in languages that are not here are left out. ``checker`` is whether the source's
    own checker is kept."""
    made = []
    for name, every in sorted(_by_problem(folder, files).items()):
        programs = [each for each in every if each.language in bench.languages]
        accepted = [each for each in programs if each.expected == ("accepted",)]
        accepted.sort(key=lambda each: each.language != "python")
        if accepted:
            made.append(_problem(bench, name, programs, accepted[:references], checker=checker))
    return made


def _problem(
    bench: Bench, name: str, programs: Sequence[Labelled], references: Sequence[Labelled], *, checker: bool
) -> LabelledProblem:
    fields = dict(references[0].submission["suite"])
    if not checker:
        fields.pop("checker", None)
    suite = Suite.model_validate(fields)
    problem = Problem(
        name,
        io_mode=suite.mode,
        references=tuple(Reference(each.submission["code"], each.language, each.id) for each in references),
    )
    others = tuple(each for each in programs if each not in references and not each.disputed)
    return LabelledProblem(bench.with_suite(problem, suite), suite, others)


def _by_problem(folder: Path, files: Sequence[str]) -> dict[str, list[Labelled]]:
    """The programs of each problem: those that share their tests."""
    found: dict[str, list[Labelled]] = defaultdict(list)
    for file in files:
        for item, line in zip(load(folder / file), _lines(folder / file), strict=True):
            row = json.loads(line)
            found[row.get("tests_ref") or "/".join(item.id.split("/")[:2])].append(item)
    return found


def _lines(file: Path) -> Iterator[str]:
    return (line for line in file.read_text(encoding="utf-8").split("\n") if line)
