"""Duplicates among 2,090 real problems and copies injected into them: are they found, and nothing else?

``python -m benchmarks.dataset.deduplication SETS [--copies 200] [--record]``, SETS being the folder of whole problem
sets (LeetCodeDataset v0.2.0). Each kind of change is tried by itself.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.dataset import injection, injection_run
from benchmarks.dataset.injection_run import Change
from benchmarks.dataset.intervals import share
from benchmarks.dataset.real_sets import TEST, TRAIN, MemorySuites, ServiceGrader, read
from trainer_client.dataset.config import DeduplicateConfig
from trainer_client.dataset.deduplicate import deduplicate
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.stage import Outcome

CHANGES: dict[str, tuple[Change, float]] = {
    "exact": (lambda problem, rng, _: injection.exact(problem, rng), 1.0),
    "markup and case": (lambda problem, rng, _: injection.markup(problem, rng), 0.99),
    "renamed identifiers": (injection.renamed, 0.95),
    "another story, same tests": (injection.other_story, 0.90),
}
"""Changes, and which share of the copies must be found."""
SEQUEL_JACCARD = 0.8


def main() -> None:
    injection_run.run("deduplication", __doc__, measure, copies=200)


def measure(sets: Path, grader: ServiceGrader, copies: int, seed: int) -> Iterable[str]:
    """The lines of the result."""
    suites = MemorySuites()
    problems = read(sets, TRAIN, TEST, suites=suites)
    yield from _as_they_are(problems, suites, grader)
    yield from [
        "",
        "| change | copies | found | must | wrongly dropped | precision | programs run | s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind, (change, least) in CHANGES.items():
        rng = random.Random(f"{seed} {kind}")
        chosen = rng.sample(problems, copies)
        injected = [change(each, rng, suites) for each in chosen]
        began, graded = time.monotonic(), grader.graded
        outcomes = _run([*problems, *injected], suites, grader)
        took_s = time.monotonic() - began
        found = {each.id for each in chosen if _found(each.id, outcomes)}
        wrong = [each for each in outcomes if isinstance(each, Rejection) and not _is_copy(each)]
        dropped = sum(isinstance(each, Rejection) for each in outcomes)
        names = ", ".join(each.id for each in wrong) or "none"
        yield (
            f"| {kind} | {copies} | {share(len(found), copies)} | {least:.0%} | {names} | "
            f"{share(dropped - len(wrong), dropped)} | {grader.graded - graded} | {took_s:.0f} |"
        )
        missed = sorted({each.id for each in chosen} - found)
        if missed:
            yield f"|  | missed: {', '.join(missed[:12])} |||||||"


def _as_they_are(problems: Sequence[Problem], suites: MemorySuites, grader: ServiceGrader) -> Iterable[str]:
    outcomes = _run(problems, suites, grader)
    rejected = [each for each in outcomes if isinstance(each, Rejection)]
    variants = [each for each in outcomes if isinstance(each, Problem) and each.relation]
    sequels = [each for each in variants if each.notes_json["deduplicate"]["jaccard"] >= SEQUEL_JACCARD]
    yield f"{len(problems)} problems as they are: {len(rejected)} dropped, {len(variants)} grouped as variants."
    yield f"Pairs with a Jaccard of {SEQUEL_JACCARD} and more: {len(sequels)}, all grouped: " + ", ".join(
        f"{each.id} ({each.relation})" for each in sorted(sequels, key=lambda each: each.id)
    )
    yield from (f"Dropped: {each.id} for {each.evidence['kept']} ({each.reason})" for each in rejected)


def _run(problems: Sequence[Problem], suites: MemorySuites, grader: ServiceGrader) -> list[Outcome]:
    return list(deduplicate(problems, suites, grader, DeduplicateConfig()))


def _found(of: str, outcomes: Sequence[Outcome]) -> bool:
    """The copy went for the original, or the original for the copy."""
    pair = {of, f"copy/{of}"}
    return any(isinstance(each, Rejection) and {each.id, each.evidence["kept"]} == pair for each in outcomes)


def _is_copy(rejection: Rejection) -> bool:
    kept = str(rejection.evidence["kept"])
    return rejection.id.removeprefix("copy/") == kept.removeprefix("copy/")


if __name__ == "__main__":
    main()
