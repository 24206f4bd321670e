"""Limits by what right programs need."""

from __future__ import annotations

import pytest

from trainer_client.limits import LimitRule


@pytest.mark.parametrize(
    ("slowest_s", "limit_s"), [(0.0, 1.0), (0.2, 1.0), (0.21, 1.1), (1.0, 5.0), (1.234, 6.2), (1000.0, 600.0)]
)
def test_five_times_the_slowest_and_a_second_at_least(slowest_s: float, limit_s: float) -> None:
    assert LimitRule().limit_s(slowest_s) == limit_s


def test_a_program_that_should_be_too_slow_presses_the_limit_down() -> None:
    assert LimitRule().limit_below_s(0.5, []) == 2.5
    assert LimitRule().limit_below_s(0.5, [2.0]) == 1.6
    assert LimitRule().limit_below_s(0.5, [9.0]) == 2.5


def test_not_below_twice_the_slowest_reference() -> None:
    assert LimitRule().limit_below_s(0.5, [0.6]) == 1.0


def test_flips_are_references_that_the_others_would_have_failed() -> None:
    assert LimitRule().flips([0.1, 0.1, 0.9]) == 0
    assert LimitRule().flips([0.1, 0.1, 1.1]) == 1
    assert LimitRule().flips([3.0]) == 0
