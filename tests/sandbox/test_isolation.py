"""User ids of slots."""

from __future__ import annotations

import contextlib

import pytest

from sandbox.isolation import spare_uid


def test_no_two_slots_of_a_process_share_a_user_however_many_there_were_before() -> None:
    with spare_uid() as first:
        for _ in range(200):
            with spare_uid() as second:
                assert abs(second - first) >= 2, "each has the next id too"


def test_a_process_that_has_lent_all_its_ids_says_so() -> None:
    def lend_all() -> None:
        for _ in range(200):
            stack.enter_context(spare_uid())

    with contextlib.ExitStack() as stack, pytest.raises(OSError, match="too many slots"):
        lend_all()
    with spare_uid() as uid:
        assert uid > 0
