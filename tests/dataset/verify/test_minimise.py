"""Few tests that refuse what all of them refuse."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from trainer_client.dataset.verify.minimise import TestFacts, minimised

FACTS = [TestFacts(size) for size in range(100)]


def test_every_program_that_is_refused_stays_refused() -> None:
    kills = {"a": {3}, "b": {40, 50}, "c": {50, 60}, "d": set[int]()}
    kept = minimised(FACTS, kills, most=15)
    assert len(kept) == 15
    assert {3, 50} <= set(kept)


def test_samples_the_largest_and_every_decile_are_kept() -> None:
    kept = minimised(FACTS, {"a": {3}}, samples=[7, 8], most=15)
    assert {3, 7, 8, 99} <= set(kept)
    assert {place // 10 for place in kept} == set(range(10))


def test_a_cheap_test_is_preferred() -> None:
    facts = [TestFacts(1, 4.0), TestFacts(1, 0.25), TestFacts(1, 0.25), TestFacts(1, 0.25)]
    assert 1 in minimised(facts, {"a": {0, 1}, "b": {0, 1}}, most=2)
    assert 0 not in minimised(facts, {"a": {0, 1}, "b": {0, 1}}, most=2)


def test_a_small_suite_stays_whole() -> None:
    assert minimised(FACTS[:15], {"a": {1}}) == tuple(range(15))


@given(st.dictionaries(st.text(max_size=3), st.sets(st.integers(0, 59)), max_size=12), st.integers(12, 30))
def test_a_cover_as_large_as_the_programs_always_fits(kills: dict[str, set[int]], most: int) -> None:
    kept = set(minimised(FACTS[:60], kills, most=most))
    assert len(kept) == most
    assert all(kept & places for places in kills.values() if places)


def test_unseen_wrong_programs_are_refused_better_than_by_the_longest_tests() -> None:
    """Programs that fail on a few tests of one kind; half of them are seen when the tests are chosen."""
    draw = random.Random(5)
    families = [draw.sample(range(100), 12) for _ in range(12)]
    programs = {f"{n}": set(draw.sample(draw.choice(families), 5)) for n in range(200)}
    seen = dict(list(programs.items())[:100])
    unseen = list(programs.values())[100:]
    kept, longest = set(minimised(FACTS, seen, most=15)), set(range(85, 100))
    assert sum(bool(kept & places) for places in unseen) > sum(bool(longest & places) for places in unseen)
