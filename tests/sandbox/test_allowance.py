"""For how long programs may be alone: a share of the time, for each holder and for all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.contention import OF_HOLDER, OF_HOST, Allowance

Open = Callable[[], Allowance]


class Clock:
    """Stands still but for what the test adds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "spent", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def test_what_one_process_charges_another_sees(file: int, clock: Clock) -> None:
    one, other = Allowance(file, clock), Allowance(file, clock)
    assert other.covers("a", OF_HOLDER.most_s)
    one.charge("a", 1.0)
    assert not other.covers("a", OF_HOLDER.most_s)
    assert other.covers("a", OF_HOLDER.most_s - 1.0)


def test_a_holder_does_not_use_up_what_is_anothers(file: int, clock: Clock) -> None:
    allowance = Allowance(file, clock)
    allowance.charge("a", OF_HOLDER.most_s)
    assert not allowance.covers("a", 0.1)
    assert allowance.covers("b", OF_HOLDER.most_s)


def test_all_holders_together_have_no_more_than_the_hosts_share(file: int, clock: Clock) -> None:
    allowance = Allowance(file, clock)
    for name in ("a", "b"):
        allowance.charge(name, OF_HOLDER.most_s)
    assert not allowance.covers("c", 0.1)
    clock.now += 1 / OF_HOST.of_time
    assert allowance.covers("c", 1.0)


def test_what_comes_without_a_key_has_the_hosts_share(file: int, clock: Clock) -> None:
    allowance = Allowance(file, clock)
    assert allowance.covers("", OF_HOST.most_s)
    allowance.charge("", OF_HOST.most_s)
    clock.now += 1 / OF_HOST.of_time
    assert allowance.covers("", 1.0)
    assert not allowance.covers("", 1.1)


def test_what_was_used_comes_back_and_no_more_than_that(file: int, clock: Clock) -> None:
    allowance = Allowance(file, clock)
    allowance.charge("a", OF_HOLDER.most_s + 1.0)
    clock.now += 2 / OF_HOLDER.of_time
    assert allowance.covers("a", 1.0)
    assert not allowance.covers("a", 1.1)
    clock.now += 10 * OF_HOLDER.most_s / OF_HOLDER.of_time
    assert allowance.covers("a", OF_HOLDER.most_s)
    assert not allowance.covers("a", OF_HOLDER.most_s + 0.1)


def test_holders_whose_allowance_is_whole_take_no_room(file: int, clock: Clock) -> None:
    allowance = Allowance(file, clock)
    for number in range(100):
        allowance.charge(f"holder-{number}", 0.01)
        clock.now += 1.0
    assert os.fstat(file).st_size < 1000


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b'{"at": "x", "left_s": {}}', b'{"at": 1, "left_s": [1]}', b"\xff"])
def test_half_a_file_counts_for_nothing(left: bytes, file: int, clock: Clock) -> None:
    os.pwrite(file, left, 0)
    allowance = Allowance(file, clock)
    assert allowance.covers("a", OF_HOLDER.most_s)
    allowance.charge("a", 1.0)
    assert not allowance.covers("a", OF_HOLDER.most_s)


def test_what_was_used_before_the_machine_was_started_anew_is_forgotten(file: int, clock: Clock) -> None:
    Allowance(file, clock).charge("a", OF_HOLDER.most_s)
    clock.now = 1.0
    assert Allowance(file, clock).covers("a", OF_HOLDER.most_s)
