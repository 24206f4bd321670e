"""Reduction of a row's suite to a few tests; the whole suite stays in the store."""

from __future__ import annotations

from dataclasses import replace

from trainer_client.dataset.row import KnownWrong, cpu_bound_s
from trainer_client.dataset.verify.minimise import TestFacts, minimised
from trainer_client.dataset.verify.references import sample_places
from trainer_client.dataset.verify.table import size_of
from trainer_client.dataset.verify.work import Work


def keep_few_tests(work: Work) -> None:
    """Keep tests that refuse all wrong programs which the whole suite refuses."""
    most = work.config.tests_max
    work.tests_total = len(work.suite.tests)
    if not most or len(work.suite.tests) <= most:
        return
    kills = {str(place): frozenset(wrong.killed_by) for place, wrong in enumerate(work.wrong)}
    places = minimised(_facts(work), kills, sample_places(work.suite, work.problem.samples), most)
    whole_id, _ = work.context.suites.put(work.suite)
    work.problem = work.problem.evolve(whole_suite_id=whole_id)
    place_of = {test: place for place, test in enumerate(places)}
    work.wrong = [replace(each, killed_by=_placed(each, place_of)) for each in work.wrong]
    work.suite = work.suite.model_copy(update={"tests": tuple(work.suite.tests[place] for place in places)})


def _facts(work: Work) -> list[TestFacts]:
    """Return each test's size and the step of CPU seconds that the slowest reference took for it."""
    seconds = [0.0] * len(work.suite.tests)
    for report in work.reports:
        for test in report.tests:
            if test.index < len(seconds):
                seconds[test.index] = max(seconds[test.index], test.cpu_s or 0.0)
    return [TestFacts(size_of(test), cpu_bound_s(each)) for test, each in zip(work.suite.tests, seconds, strict=True)]


def _placed(wrong: KnownWrong, place_of: dict[int, int]) -> tuple[int, ...]:
    return tuple(sorted(place_of[test] for test in wrong.killed_by if test in place_of))
