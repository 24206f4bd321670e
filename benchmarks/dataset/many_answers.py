"""Problems with several right answers: a relaxed checker that is proven, or quarantine; and no relaxation elsewhere.

``python -m benchmarks.dataset.many_answers CORPUS [--limit 100] [--record]``. The ICPC problems are taken without their
validators: only their programs show what may differ.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from benchmarks.dataset.bench import NEW_TEST, OLD_TRAIN, Bench, Outcome, run
from benchmarks.dataset.intervals import share
from benchmarks.dataset.labelled_problems import ICPC_FILES, LabelledProblem, labelled_problems
from evaluator.schema import IcpcDefaultChecker, ProgramChecker, Suite
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.verify.cues import cues_of

_PLAIN = ("exact", "lines", "tokens", "json")
_ALL = 10_000
_REFERENCES = 4


def measure(bench: Bench, options: argparse.Namespace) -> Iterator[str]:
    """The lines of the result."""
    sets = options.folder / "problem_sets"
    rows = [each for name in (NEW_TEST, OLD_TRAIN) for each in bench.read(sets / name, "leetcodedataset", _ALL)]
    with_cue = [each for each in rows if cues_of(each.statement)][: options.limit]
    without = [each for each in rows if not cues_of(each.statement)][: options.limit]
    yield from _told("Statements that allow several answers", bench.verify(with_cue))
    yield from _elsewhere(bench.verify(without))
    yield from _icpc(bench, options)


def _told(title: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """An outcome is right where the checker is relaxed by proof, or the problem is kept apart."""
    rows = [each for each in outcomes if isinstance(each, Problem)]
    proven = [each for each in rows if _is_relaxed(each) and each.checker_status == "proven"]
    by_cue = [each for each in rows if _is_relaxed(each) and each.checker_status != "proven" and not each.quarantine]
    apart = [each for each in rows if each not in proven and each.quarantine]
    exact = [each for each in rows if not _is_relaxed(each) and not each.quarantine]
    rejected = [each for each in outcomes if isinstance(each, Rejection)]
    settled = len(proven) + len(apart) + len(rejected)
    yield f"- {title}: {share(settled, len(outcomes))} with a proven relaxed checker ({len(proven)}), in quarantine "
    yield f"  ({len(apart)}) or rejected ({len(rejected)}); relaxed by the statement alone: {len(by_cue)}"
    yield f"  - admitted with plain comparison: {len(exact)}" + "".join(f"; {each.id}" for each in exact)


def _elsewhere(outcomes: Sequence[Outcome]) -> Iterator[str]:
    rows = [each for each in outcomes if isinstance(each, Problem)]
    relaxed = [each for each in rows if _is_relaxed(each)]
    names = "".join(f"; {each.id}: {each.notes_json['verify'].get('checker')}" for each in relaxed)
    yield f"- Elsewhere relaxed: {share(len(relaxed), len(rows))}{names}"


def _icpc(bench: Bench, options: argparse.Namespace) -> Iterator[str]:
    with_checker = labelled_problems(bench, options.folder, ICPC_FILES, references=_REFERENCES)
    validated = {each.problem.id for each in with_checker if _has_validator(each.suite)}
    bare = labelled_problems(bench, options.folder, ICPC_FILES, references=_REFERENCES, checker=False)
    chosen: list[LabelledProblem] = [each for each in bare if each.problem.id in validated][: options.limit]
    outcomes = bench.verify([each.problem for each in chosen])
    yield from _told("ICPC problems with validators, taken without them", outcomes)
    for each in outcomes:
        why = each.reason if isinstance(each, Rejection) else each.notes_json["verify"].get("checker", "")
        yield f"  - {each.id}: {why}"


def _has_validator(suite: Suite) -> bool:
    """Tell whether the source compares in another way than token by token."""
    checker = suite.checker
    return isinstance(checker, ProgramChecker) or (isinstance(checker, IcpcDefaultChecker) and bool(checker.args))


def _is_relaxed(problem: Problem) -> bool:
    return problem.checker_json is not None and problem.checker_json["kind"] not in _PLAIN


if __name__ == "__main__":
    run("Many answers", __doc__, measure)
