"""The tests that refuse each wrong program: enough of them to choose a small suite, at little cost.

A wrong program is run with tests of a pool: one, then two more, then four. A program that stops at a limit is not run
further, since each test would cost that limit; nor is one that most tests refuse, since any choice of tests refuses it.
Only programs that the whole pool accepts are run with the other tests. Nothing here depends on the order in which the
service runs tests.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from evaluator.schema import Report, Suite, Verdict
from trainer_client.dataset.verify.table import ProgramText, size_of
from trainer_client.dataset.verify.work import Work
from trainer_client.limits import LIMIT_VERDICTS

_POOL_TESTS = 40
_EASY_SHARE, _EASY_TESTS = 0.5, 3
"""A program is not run further once at least so many tests were run and at least this share of them refuses it."""


def kills_of(work: Work, programs: Sequence[ProgramText], samples: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return the known tests that refuse each program, by the program's place; the set is empty if all accept it.
    Programs that could not be judged are left out.

    Raises:
        EvaluatorError: the service cannot be reached.
    """
    if not work.suite.tests:
        return _kills_of_one(work, programs)
    pool = _pool(work.suite, samples)
    kills: dict[int, frozenset[int]] = {place: frozenset() for place in range(len(programs))}
    running, done = list(kills), 0
    while done < len(pool):
        count = done + 1
        running = [
            place
            for place in _run(work, programs, running, pool[done : done + count], kills)
            if not _is_easy(len(kills[place]), done + count)
        ]
        done += count
    rest = sorted(set(range(len(work.suite.tests))) - set(pool))
    if rest:
        _run(work, programs, [place for place, tests in kills.items() if not tests], rest, kills)
    return kills


def _is_easy(refusing: int, tests: int) -> bool:
    return tests >= _EASY_TESTS and refusing >= _EASY_SHARE * tests


def _kills_of_one(work: Work, programs: Sequence[ProgramText]) -> dict[int, frozenset[int]]:
    """Return what ``kills_of`` returns for a suite of mode program that has one test code in place of tests."""
    reports = enumerate(work.grade(programs, policy="first_failure"))
    return {
        place: frozenset() if report.verdict is Verdict.ACCEPTED else frozenset({0})
        for place, report in reports
        if report.verdict.is_score
    }


def _pool(suite: Suite, samples: Sequence[int]) -> list[int]:
    """Return tests of all sizes, with the samples, in a mixed order."""
    by_size = sorted(range(len(suite.tests)), key=lambda place: (size_of(suite.tests[place]), place))
    step = max(1, len(by_size) // _POOL_TESTS)
    pool = sorted({*samples, *by_size[::step], *by_size[-1:]})
    random.Random(len(pool)).shuffle(pool)
    return pool


def _run(
    work: Work,
    programs: Sequence[ProgramText],
    running: Sequence[int],
    tests: Sequence[int],
    kills: dict[int, frozenset[int]],
) -> list[int]:
    """Run programs with some of the tests, and record which refuse them. Return the programs that were judged and did
    not stop at a limit."""
    part = work.suite.model_copy(update={"tests": tuple(work.suite.tests[test] for test in tests)})
    reports = dict(zip(running, work.grade([programs[place] for place in running], part), strict=True))
    further = []
    for place, report in reports.items():
        if not report.verdict.is_score:
            del kills[place]
            continue
        kills[place] |= _refusing(report, tests)
        if not _reached_limit(report):
            further.append(place)
    return further


def _refusing(report: Report, tests: Sequence[int]) -> frozenset[int]:
    """Return the tests that refuse a program: all of them if it does not compile."""
    if not report.tests:
        return frozenset(tests) if report.verdict is not Verdict.ACCEPTED else frozenset()
    return frozenset(tests[each.index] for each in report.tests if each.verdict is not Verdict.ACCEPTED)


def _reached_limit(report: Report) -> bool:
    return any(test.verdict in LIMIT_VERDICTS for test in report.tests)


def refused_by(work: Work, programs: Mapping[int, ProgramText], suite: Suite) -> dict[int, frozenset[int]]:
    """Return the tests of another suite that refuse each program, by the program's place."""
    reports = work.grade(list(programs.values()), suite)
    return {
        place: _refusing(report, range(len(suite.tests)))
        for place, report in zip(programs, reports, strict=True)
        if report.verdict.is_score
    }
