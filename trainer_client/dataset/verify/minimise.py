"""Reduction of a suite to a few tests that refuse all programs which the whole suite refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from trainer_client.dataset.row import cpu_bound_s
from trainer_client.dataset.verify.references import sample_places
from trainer_client.dataset.verify.table import size_of
from trainer_client.dataset.verify.work import Work

_DECILES = 10
_FADING = 0.5
"""The worth of one more test that refuses the same program, as a factor on that of the one before."""


@dataclass(frozen=True, slots=True)
class TestFacts:
    """A test's input bytes, and a step of the CPU seconds that it costs."""

    __test__ = False

    size: int
    cost_s: float = 1.0


def keep_few_tests(work: Work) -> None:
    """Keep tests that refuse all wrong programs which the whole suite refuses. The whole suite stays in the store."""
    most = work.config.tests_max
    work.tests_total = len(work.suite.tests)
    if not most or len(work.suite.tests) <= most:
        return
    kills = {str(place): frozenset(wrong.killed_by) for place, wrong in enumerate(work.wrong)}
    places = minimised(_facts(work), kills, sample_places(work.suite, work.problem.samples), most)
    whole_id, _ = work.context.suites.put(work.suite)
    work.problem = work.problem.evolve(whole_suite_id=whole_id)
    place_of = {test: place for place, test in enumerate(places)}
    work.wrong = [
        replace(each, killed_by=tuple(sorted(place_of[test] for test in each.killed_by if test in place_of)))
        for each in work.wrong
    ]
    work.suite = work.suite.model_copy(update={"tests": tuple(work.suite.tests[place] for place in places)})


def _facts(work: Work) -> list[TestFacts]:
    """Return each test's size and the step of CPU seconds that the slowest reference took for it."""
    seconds = [0.0] * len(work.suite.tests)
    for report in work.reports:
        for test in report.tests:
            if test.index < len(seconds):
                seconds[test.index] = max(seconds[test.index], test.cpu_s or 0.0)
    return [TestFacts(size_of(test), cpu_bound_s(each)) for test, each in zip(work.suite.tests, seconds, strict=True)]


def minimised(
    tests: Sequence[TestFacts], kills: Mapping[str, Set[int]], samples: Sequence[int] = (), most: int = 15
) -> tuple[int, ...]:
    """Choose at most ``most`` tests, by their places, in their order.

    First comes a greedy set cover: every program that any test refuses is refused by a chosen one, cheaply. Then come
    the statement's samples, the largest input and one input of each decile of size. The remaining places go to tests
    that refuse programs which few tests refuse: those catch most of the programs that nobody has seen yet.

    Args:
        kills: the tests that refuse each wrong program.
        samples: places of the statement's samples.
    """
    if len(tests) <= most:
        return tuple(range(len(tests)))
    chosen: dict[int, None] = {}
    for place in _candidates(tests, kills, samples, chosen):
        chosen.setdefault(place)
        if len(chosen) == most:
            break
    return tuple(sorted(chosen))


def _candidates(
    tests: Sequence[TestFacts], kills: Mapping[str, Set[int]], samples: Sequence[int], chosen: Mapping[int, None]
) -> Iterator[int]:
    """Yield tests in order of preference. The caller adds them to ``chosen`` meanwhile."""
    yield from cover(tests, kills)
    yield from samples
    by_size = sorted(range(len(tests)), key=lambda place: (tests[place].size, place))
    yield by_size[-1]
    yield from _of_deciles(by_size, chosen)
    while len(chosen) < len(tests):
        yield _hardest(tests, kills, chosen)


def cover(tests: Sequence[TestFacts], kills: Mapping[str, Set[int]]) -> Iterator[int]:
    """Yield tests until each program that can be refused is. Tests that refuse most programs per second come first."""
    left = {name: places for name, places in kills.items() if places}
    while left:
        best = max(
            range(len(tests)),
            key=lambda place: (
                sum(place in places for places in left.values()) / tests[place].cost_s,
                -tests[place].size,
                -place,
            ),
        )
        yield best
        left = {name: places for name, places in left.items() if best not in places}


def _of_deciles(by_size: Sequence[int], chosen: Mapping[int, None]) -> Iterator[int]:
    """Yield, for each decile of size without a chosen test, the test in its middle. The one that refuses most programs
    would refuse what the cover refuses already."""
    for decile in range(_DECILES):
        part = by_size[decile * len(by_size) // _DECILES : (decile + 1) * len(by_size) // _DECILES]
        if part and not any(place in chosen for place in part):
            yield part[len(part) // 2]


def _hardest(tests: Sequence[TestFacts], kills: Mapping[str, Set[int]], chosen: Mapping[int, None]) -> int:
    """Return the test that adds most to the chosen ones."""
    worth = dict.fromkeys((place for place in range(len(tests)) if place not in chosen), 0.0)
    for places in kills.values():
        weight = _FADING ** sum(place in places for place in chosen) / max(1, len(places))
        for place in places:
            if place in worth:
                worth[place] += weight
    return max(worth, key=lambda place: (worth[place] / tests[place].cost_s, tests[place].size, -place))
