"""Do suites that were cut to one test fail the kill gate, and do minimised ones refuse what the whole suite refuses?

``python -m benchmarks.dataset.kills CORPUS [--limit 60] [--record]``. Half of the wrong programs are seen when the
tests are chosen; the other half, mutants of another seed, are not.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.dataset.bench import NEW_TEST, Bench, run
from benchmarks.dataset.intervals import share
from evaluator.schema import Suite, Verdict
from trainer_client.dataset.mutants import mutants
from trainer_client.dataset.row import KnownWrong, Problem, Rejection
from trainer_client.dataset.verify.minimise import TestFacts, minimised
from trainer_client.dataset.verify.table import submission
from trainer_client.limits import with_limit

_MUTANTS = 30
_TESTS = 15
_CPU_S = 1.0


def measure(bench: Bench, options: argparse.Namespace) -> Iterator[str]:
    """The lines of the result."""
    read = bench.read(options.folder / "problem_sets" / NEW_TEST, "leetcodedataset", 2 * options.limit)
    whole = [each for each in read if len(bench.suites.get(each.suite_id).tests) > _TESTS][: options.limit]
    yield from _cut(bench, whole)
    yield from _minimised(bench, whole)


def _cut(bench: Bench, problems: Sequence[Problem]) -> Iterator[str]:
    """One test each. Cheats always win there, so it is also said how the gate does without them."""
    cut = [_with_one_test(bench, problem) for problem in problems]
    for title, cheats in (("with cheats", True), ("mutants alone", False)):
        outcomes = bench.verify(cut, second_opinion="ignore", references_max=1, cheats=cheats)
        judged = [each for each in outcomes if isinstance(each, Problem) and "unverified" not in each.quarantine]
        weak = sum("weak_tests" in each.quarantine for each in judged)
        yield f"- Suites cut to one test, {title}: {share(weak, len(judged))} fail the gate"
        yield from (f"  - rejected: {each.id}, {each.reason}" for each in outcomes if isinstance(each, Rejection))


def _with_one_test(bench: Bench, problem: Problem) -> Problem:
    suite = bench.suites.get(problem.suite_id)
    return bench.with_suite(problem, suite.model_copy(update={"tests": suite.tests[:1]}), samples=())


@dataclass(frozen=True, slots=True)
class _Kills:
    seen: dict[str, frozenset[int]]
    unseen: dict[str, frozenset[int]]

    def count(self, tests: Sequence[int], programs: dict[str, frozenset[int]]) -> int:
        return sum(bool(places & set(tests)) for places in programs.values())


def _minimised(bench: Bench, problems: Sequence[Problem]) -> Iterator[str]:
    kept = {"minimised": [0, 0], "the longest": [0, 0]}
    total = [0, 0]
    for problem in problems:
        suite = with_limit(bench.suites.get(problem.suite_id), _CPU_S)
        kills = _kills(bench, problem, suite)
        sizes = [len(str(test.input)) for test in suite.tests]
        longest = sorted(range(len(sizes)), key=lambda place: (-sizes[place], place))[:_TESTS]
        chosen = minimised([TestFacts(size) for size in sizes], kills.seen, most=_TESTS)
        for place, programs in enumerate((kills.seen, kills.unseen)):
            total[place] += len(programs)
            kept["minimised"][place] += kills.count(chosen, programs)
            kept["the longest"][place] += kills.count(longest, programs)
    for title, (seen, unseen) in kept.items():
        yield f"- {title} {_TESTS} tests: {share(seen + unseen, sum(total))} of what the whole suite refuses; " + (
            f"of those unseen {share(unseen, total[1])}"
        )


def _kills(bench: Bench, problem: Problem, suite: Suite) -> _Kills:
    """Return the tests that refuse each wrong program, of programs that some test refuses. Those that stop at a limit
    are left out: each test would cost that limit."""
    reference = problem.references[0]
    made = [KnownWrong(each.code, origin=each.name) for each in mutants(reference.code, _MUTANTS, seed=1)]
    first = bench.grade([submission(each, suite, policy="first_failure") for each in made])
    left = [each for each, report in zip(made, first, strict=True) if report.verdict is Verdict.WRONG_ANSWER]
    reports = bench.grade([submission(each, suite) for each in left])
    places = {
        f"{number} {each.origin}": frozenset(test.index for test in report.tests if test.verdict != Verdict.ACCEPTED)
        for number, (each, report) in enumerate(zip(left, reports, strict=True))
    }
    names = list(places)
    return _Kills({name: places[name] for name in names[::2]}, {name: places[name] for name in names[1::2]})


if __name__ == "__main__":
    run("Kills", __doc__, measure)
