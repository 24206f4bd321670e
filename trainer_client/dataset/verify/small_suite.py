"""The few tests that a row's suite keeps; the whole suite stays in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evaluator.schema import Report, TestCase, Verdict
from trainer_client.dataset.row import KnownWrong, cpu_bound_s
from trainer_client.dataset.verify.minimise import TestFacts, minimised
from trainer_client.dataset.verify.references import sample_places
from trainer_client.dataset.verify.work import Work

_POOL_TESTS = 40
"""Of how many tests it is known which wrong programs each refuses: enough to choose a few of."""
_TESTS_AT_A_TIME = 10


def keep_few_tests(work: Work) -> None:
    """Choose the tests that refuse the wrong programs that the whole suite refuses."""
    most = work.config.tests_max
    work.tests_total = len(work.suite.tests)
    if not most or len(work.suite.tests) <= most:
        return
    facts = _facts(work)
    samples = sample_places(work.suite, work.problem.samples)
    pool = _pool(facts, [*samples, *(test for wrong in work.wrong for test in wrong.killed_by)])
    _fill_kills(work, pool)
    kept = _chosen(work, facts, pool, samples)
    whole_id, _ = work.context.suites.put(work.suite)
    work.problem = work.problem.evolve(whole_suite_id=whole_id)
    place_of = {test: place for place, test in enumerate(kept)}
    work.wrong = [replace(each, killed_by=_placed(each, place_of)) for each in work.wrong]
    work.suite = work.suite.model_copy(update={"tests": tuple(work.suite.tests[place] for place in kept)})


def _pool(facts: Sequence[TestFacts], wanted: Sequence[int]) -> list[int]:
    """Return the tests among which to choose: the wanted ones, and as many of every size."""
    by_size = sorted(range(len(facts)), key=lambda place: (facts[place].size, place))
    step = max(1, len(by_size) // _POOL_TESTS)
    return sorted({*wanted, by_size[-1], *by_size[::step]})


def _fill_kills(work: Work, pool: Sequence[int]) -> None:
    """Run the wrong programs that some test lets through with the whole pool, a few tests at a time: one that stops at
    a limit is run no further, for each test would cost it that."""
    running = [place for place, wrong in enumerate(work.wrong) if wrong.killed_by and wrong.code in work.hard]
    refusing = {place: set(work.wrong[place].killed_by) for place in running}
    for start in range(0, len(pool), _TESTS_AT_A_TIME):
        tests = pool[start : start + _TESTS_AT_A_TIME]
        part = work.suite.model_copy(update={"tests": tuple(work.suite.tests[test] for test in tests)})
        reports = work.grade([work.wrong[place] for place in running], part)
        for place, report in zip(running, reports, strict=True):
            refusing[place] |= {tests[each.index] for each in report.tests if each.verdict is not Verdict.ACCEPTED}
        stopped = {place for place, report in zip(running, reports, strict=True) if _reached_limit(report)}
        running = [place for place in running if place not in stopped]
    for place, places in refusing.items():
        work.wrong[place] = replace(work.wrong[place], killed_by=tuple(sorted(places)))


def _reached_limit(report: Report) -> bool:
    return any(test.verdict is Verdict.TIME_LIMIT_EXCEEDED for test in report.tests)


def _chosen(work: Work, facts: Sequence[TestFacts], pool: Sequence[int], samples: Sequence[int]) -> list[int]:
    place_of = {test: place for place, test in enumerate(pool)}
    kills = {str(n): frozenset(place_of[test] for test in each.killed_by) for n, each in enumerate(work.wrong)}
    kept = minimised([facts[test] for test in pool], kills, [place_of[test] for test in samples], work.config.tests_max)
    return [pool[place] for place in kept]


def _facts(work: Work) -> list[TestFacts]:
    """Return each test's size and the step of CPU seconds that the slowest reference took for it."""
    seconds = [0.0] * len(work.suite.tests)
    for report in work.reports:
        for test in report.tests:
            if test.index < len(seconds):
                seconds[test.index] = max(seconds[test.index], test.cpu_s or 0.0)
    return [TestFacts(_size(test), cpu_bound_s(each)) for test, each in zip(work.suite.tests, seconds, strict=True)]


def _size(test: TestCase) -> int:
    value: Any = test.input if test.input is not None else test.test_code
    return len(value if isinstance(value, str) else repr(value))


def _placed(wrong: KnownWrong, place_of: dict[int, int]) -> tuple[int, ...]:
    return tuple(sorted(place_of[test] for test in wrong.killed_by if test in place_of))
