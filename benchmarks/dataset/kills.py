"""Do suites that were cut to one test fail the kill gate, and do minimised ones refuse what the whole suite refuses?

``python -m benchmarks.dataset.kills CORPUS [--limit 100] [--minutes M] [--record]``. Half of the wrong programs are
seen when the tests are chosen; the other half are not.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.dataset.bench import NEW_TEST, Bench, Measurement
from benchmarks.dataset.intervals import share
from benchmarks.resumable import Row
from evaluator.schema import Suite, Verdict
from trainer_client.dataset.mutants import mutants
from trainer_client.dataset.row import KnownWrong, Problem, Rejection
from trainer_client.dataset.verify.minimise import TestFacts, minimised
from trainer_client.dataset.verify.table import size_of, submission
from trainer_client.limits import with_limit

_MUTANTS = 40
"""Half of them are as many as the pipeline makes by default."""
_TESTS = 15
_CPU_S = 1.0
_GATES = {"with cheats": True, "mutants alone": False}
"""Cheats always win against one test, so it is also measured how the gate does without them."""


def items(bench: Bench, options: argparse.Namespace) -> list[Problem]:
    """The problems with more tests than are kept."""
    read = bench.read(options.folder / "problem_sets" / NEW_TEST, "leetcodedataset", 2 * options.limit)
    return [each for each in read if len(bench.suites.get(each.suite_id).tests) > _TESTS][: options.limit]


def rows(bench: Bench, problem: Problem) -> Iterator[Row]:
    """Put a suite of one test before the gate, and find the tests that refuse wrong programs."""
    suite = bench.suites.get(problem.suite_id)
    cut = bench.with_suite(problem, suite.model_copy(update={"tests": suite.tests[:1]}), samples=())
    for title, cheats in _GATES.items():
        outcome = bench.verify(cut, second_opinion="ignore", references_max=1, cheats=cheats)
        apart = [outcome.reason] if isinstance(outcome, Rejection) else list(outcome.quarantine)
        kill = None if isinstance(outcome, Rejection) else outcome.verification.program_kill
        yield {"id": problem.id, "case": title, "apart": apart, "kill": kill}
    kills = [sorted(tests) for tests in _kills(bench, problem, suite)]
    yield {"id": problem.id, "case": "few tests", "sizes": [size_of(test) for test in suite.tests], "kills": kills}


def _kills(bench: Bench, problem: Problem, suite: Suite) -> list[frozenset[int]]:
    """Return the tests that refuse each wrong program, of programs that some test refuses. Those that stop at a limit
    are left out: each test would cost that limit."""
    short = with_limit(suite, _CPU_S)
    made = [KnownWrong(each.code) for each in mutants(problem.references[0].code, _MUTANTS, seed=1)]
    first = bench.grade([submission(each, short, policy="first_failure") for each in made])
    left = [each for each, report in zip(made, first, strict=True) if report.verdict is Verdict.WRONG_ANSWER]
    reports = bench.grade([submission(each, short) for each in left])
    return [frozenset(test.index for test in report.tests if test.verdict != Verdict.ACCEPTED) for report in reports]


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the result."""
    for title, cheats in _GATES.items():
        cut = [row for row in rows if row["case"] == title and "unverified" not in row["apart"]]
        judged = [row for row in cut if row["kill"] is not None]
        weak = [row for row in judged if "weak_tests" in row["apart"]]
        yield f"- Suites cut to one test, {title}: {share(len(weak), len(judged))} fail the gate"
        if cheats:
            yield f"  - pass it: {', '.join(row['id'] for row in judged if row not in weak) or 'none'}"
        yield from (f"  - without wrong programs: {row['id']}, {row['apart']}" for row in cut if row["kill"] is None)
    yield from _few_tests([row for row in rows if row["case"] == "few tests"])


def _few_tests(rows: Sequence[Row]) -> Iterator[str]:
    """Of the programs that the whole suite refuses, those that the tests chosen refuse, and the longest ones."""
    total = Counter[str]()
    for row in rows:
        kills = [frozenset(tests) for tests in row["kills"]]
        parts = {"seen": kills[::2], "unseen": kills[1::2]}
        for part, programs in parts.items():
            total[part] += len(programs)
            for title, tests in _choices(row["sizes"], parts["seen"]).items():
                total[f"{title}, {part}"] += sum(bool(each & tests) for each in programs)
    for title in ("minimised", "the longest"):
        both = total[f"{title}, seen"] + total[f"{title}, unseen"]
        yield f"- {title} {_TESTS} tests of {len(rows)} problems: {share(both, total['seen'] + total['unseen'])}"
        yield f"  of what the whole suite refuses; of those unseen {share(total[f'{title}, unseen'], total['unseen'])}"


def _choices(sizes: Sequence[int], seen: Sequence[frozenset[int]]) -> dict[str, set[int]]:
    kills = {str(number): tests for number, tests in enumerate(seen)}
    chosen = minimised([TestFacts(size) for size in sizes], kills, most=_TESTS)
    longest = sorted(range(len(sizes)), key=lambda place: (-sizes[place], place))[:_TESTS]
    return {"minimised": set(chosen), "the longest": set(longest)}


if __name__ == "__main__":
    Measurement("Kills", __doc__, items, lambda problem: problem.id, rows, report, limit=100).run()
