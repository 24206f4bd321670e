"""Problems with several right answers: a relaxed checker that is proven, or quarantine; and no relaxation elsewhere.

``python -m benchmarks.dataset.many_answers CORPUS [--limit 200] [--minutes M] [--record]``. The ICPC problems are taken
without their validators: only their programs show what may differ.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence

from benchmarks.dataset.bench import NEW_TEST, OLD_TEST, OLD_TRAIN, Bench, Measurement
from benchmarks.dataset.intervals import share
from benchmarks.dataset.labelled_problems import ICPC_FILES, labelled_problems
from benchmarks.resumable import Row
from evaluator.schema import IcpcDefaultChecker, ProgramChecker, Suite
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.verify.cues import cues_of

_PLAIN = ("exact", "lines", "tokens", "json")
_ALL = 10_000
_REFERENCES = 4
_ICPC = "ICPC problems with validators, taken without them"
_CUE = "Statements that allow several answers"
_ELSEWHERE = "elsewhere"
Item = tuple[str, Problem]


def items(bench: Bench, options: argparse.Namespace) -> list[Item]:
    """The problems of each group: with validators, with a cue in the statement, and a sample of the others."""
    sets = options.folder / "problem_sets"
    names = (NEW_TEST, OLD_TEST, OLD_TRAIN)
    rows = [each for name in names for each in bench.collect(sets / name, "leetcodedataset", _ALL)]
    random.Random(options.seed).shuffle(rows)
    with_cue = bench.process([each for each in rows if cues_of(each.statement)][: options.limit])
    without = bench.process([each for each in rows if not cues_of(each.statement)][: options.limit])
    groups = {_ICPC: _icpc(bench, options), _CUE: with_cue, _ELSEWHERE: without}
    return [(group, problem) for group, problems in groups.items() for problem in problems]


def _icpc(bench: Bench, options: argparse.Namespace) -> list[Problem]:
    with_checker = labelled_problems(bench, options.folder, ICPC_FILES, references=_REFERENCES)
    validated = {each.problem.id for each in with_checker if _has_validator(each.suite)}
    bare = labelled_problems(bench, options.folder, ICPC_FILES, references=_REFERENCES, checker=False)
    return [each.problem for each in bare if each.problem.id in validated][: options.limit]


def _has_validator(suite: Suite) -> bool:
    """Tell whether the source compares in another way than token by token."""
    checker = suite.checker
    return isinstance(checker, ProgramChecker) or (isinstance(checker, IcpcDefaultChecker) and bool(checker.args))


def rows(bench: Bench, item: Item) -> Iterator[Row]:
    """Verify a problem."""
    group, problem = item
    outcome = bench.verify(problem)
    row: Row = {"id": problem.id, "group": group}
    if isinstance(outcome, Rejection):
        yield row | {"rejected": outcome.reason}
        return
    notes = outcome.notes_json["verify"]
    yield row | {
        "relaxed": outcome.checker_json is not None and outcome.checker_json["kind"] not in _PLAIN,
        "status": outcome.checker_status,
        "apart": list(outcome.quarantine),
        "cues": cues_of(problem.statement).names,
        "why": notes.get("checker", ""),
    }


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the result."""
    for group in (_CUE, _ICPC):
        yield from _settled(group, [row for row in rows if row["group"] == group])
    others = [row for row in rows if row["group"] == _ELSEWHERE and "rejected" not in row]
    relaxed = [row for row in others if row["relaxed"]]
    yield f"- Elsewhere relaxed: {share(len(relaxed), len(others))}"
    yield from (f"  - {row['id']}, {row['status']}, {row['apart'] or 'admitted'}: {row['why']}" for row in relaxed)


def _settled(title: str, rows: Sequence[Row]) -> Iterator[str]:
    """A problem is settled where the checker is relaxed by proof, or where it is kept apart."""
    made = [row for row in rows if "rejected" not in row]
    proven = [row for row in made if row["relaxed"] and row["status"] == "proven"]
    apart = [row for row in made if row not in proven and row["apart"]]
    admitted = [row for row in made if row not in proven and row not in apart]
    rejected = len(rows) - len(made)
    settled = len(proven) + len(apart) + rejected
    yield f"- {title}: {share(settled, len(rows))} with a proven relaxed checker ({len(proven)}), in quarantine "
    yield f"  ({len(apart)}) or rejected ({rejected})."
    yield f"  - admitted otherwise: {len(admitted)}"
    yield from (f"    - {row['id']}: {row['cues']}, {row['status']}, {row['why']}" for row in admitted)


if __name__ == "__main__":
    Measurement("Many answers", __doc__, items, lambda item: f"{item[0]}: {item[1].id}", rows, report, limit=200).run()
