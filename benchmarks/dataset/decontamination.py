"""Decontamination of 2,090 real problems: the overlap that is there, and problems of the benchmarks injected into them.

``python -m benchmarks.dataset.decontamination SETS [--copies 100] [--record]``, SETS being the folder of whole problem
sets, beside ``humaneval.jsonl``. The benchmarks are LeetCodeDataset v0.3.1's test set, and the prose of HumanEval's
docstrings, of which many have fewer than 16 words.
"""

from __future__ import annotations

import ast
import json
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.dataset import injection, injection_run
from benchmarks.dataset.injection_run import Change
from benchmarks.dataset.intervals import share
from benchmarks.dataset.real_sets import LATER, TEST, TRAIN, MemorySuites, ServiceGrader, read
from trainer_client.dataset.config import DecontaminateConfig
from trainer_client.dataset.decontaminate import decontaminate
from trainer_client.dataset.decontaminate.benchmarks import BenchmarkProblem
from trainer_client.dataset.row import Problem, Reference, Rejection
from trainer_client.dataset.similarity import words

SHORT_WORDS = 16
CHANGES: dict[str, tuple[Change, float]] = {
    "verbatim": (injection.verbatim, 1.0),
    "halved": (injection.halved, 1.0),
    "embedded": (injection.embedded, 0.95),
    f"under {SHORT_WORDS} words": (injection.verbatim, 1.0),
    "solution only": (injection.solution_only, 0.90),
}
"""Changes, and which share of the copies must be found."""
NEAR_COPY = "construct-string-with-minimum-cost"
"""Of v0.2.0; v0.3.1 has it with smaller limits."""


def main() -> None:
    injection_run.run("decontamination", __doc__, measure, copies=100)


def measure(sets: Path, grader: ServiceGrader, copies: int, seed: int) -> Iterable[str]:
    """The lines of the result."""
    suites = MemorySuites()
    problems = read(sets, TRAIN, TEST, suites=suites)
    later = read(sets, LATER, suites=suites)
    short = [each for each in _docstrings(sets.parent / "humaneval.jsonl") if len(words(each.statement)) < SHORT_WORDS]
    items = [
        *(BenchmarkProblem("LeetCodeDataset v0.3.1", each) for each in later),
        *(BenchmarkProblem("HumanEval", each) for each in short),
    ]
    natural = _run(problems, items, suites, grader)
    yield from _natural(problems, natural, {each.id for each in later})
    yield from ["", "| change | copies | found | must | precision | s |", "|---|---|---|---|---|---|"]
    there = {each.id for each in problems}
    for kind, (change, least) in CHANGES.items():
        rng = random.Random(f"{seed} {kind}")
        pool = short if kind.startswith("under") else [each for each in later if each.id not in there]
        chosen = rng.sample(pool, min(copies, len(pool)))
        began = time.monotonic()
        rejected = _run([*problems, *(change(each, rng, suites) for each in chosen)], items, suites, grader)
        took_s = time.monotonic() - began
        found = {each.id.removeprefix("copy/") for each in rejected if each.id.startswith("copy/")}
        right = sum(_is_right(each, there & {each.id for each in later}) for each in rejected)
        yield (
            f"| {kind} | {len(chosen)} | {share(len(found), len(chosen))} | {least:.0%} "
            f"| {share(right, len(rejected))} | {took_s:.0f} |"
        )
        missed = sorted({each.id for each in chosen} - found)
        if missed:
            yield f"| | missed: {', '.join(missed[:12])} | | | | |"


def _natural(problems: Sequence[Problem], rejected: Sequence[Rejection], later: set[str]) -> Iterator[str]:
    same = {each.id for each in problems} & later
    names = {each.id for each in rejected}
    others = sorted(names - same - {NEAR_COPY})
    yield f"{len(problems)} problems as they are: {len(same & names)} of the {len(same)} with the same id found, "
    yield f"near copy found: {NEAR_COPY in names}, others rejected: {', '.join(others) or 'none'}."
    yield from (f"- {each.id}: {each.reason}, {json.dumps(dict(each.evidence))}" for each in rejected)


def _run(
    problems: Sequence[Problem], items: Sequence[BenchmarkProblem], suites: MemorySuites, grader: ServiceGrader
) -> list[Rejection]:
    outcomes = decontaminate(problems, items, suites, grader, DecontaminateConfig())
    return [each for each in outcomes if isinstance(each, Rejection)]


def _is_right(rejection: Rejection, same: set[str]) -> bool:
    """A copy for its original, a problem with the same id, or the near copy."""
    if rejection.id.startswith("copy/"):
        return True
    return rejection.id in same or rejection.id == NEAR_COPY


def _docstrings(file: Path) -> Iterator[Problem]:
    """HumanEval's problems as prose: each one's docstring up to its examples."""
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        functions = [node for node in ast.parse(row["code"]).body if isinstance(node, ast.FunctionDef)]
        prose = next((ast.get_docstring(node) for node in reversed(functions) if ast.get_docstring(node)), "") or ""
        statement = prose.partition(">>>")[0].strip()
        if statement:
            yield Problem(row["id"], statement=statement, io_mode="program", references=(Reference(row["code"]),))


if __name__ == "__main__":
    main()
