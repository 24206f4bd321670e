"""Suites' ids on the client's side: computed once for each suite, which is not kept for that."""

from __future__ import annotations

import gc
import weakref

import pytest

from evaluator.schema import Suite
from trainer_client.uploads import SuiteNames


def _suite(number: int) -> Suite:
    return Suite.model_validate({"mode": "stdio", "tests": [{"input": str(number), "output": ""}]})


def test_each_of_many_suites_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    suites = [_suite(number) for number in range(300)]
    expected = [suite.id for suite in suites]
    hashed: list[Suite] = []
    canonical = Suite.canonical

    def counted(suite: Suite) -> bytes:
        hashed.append(suite)
        return canonical(suite)

    monkeypatch.setattr(Suite, "canonical", counted)
    names = SuiteNames()
    for _ in range(3):
        assert [names.of(suite) for suite in suites] == expected
    assert len(hashed) == len(suites)


def test_a_suite_is_not_kept_and_its_place_in_memory_can_be_another_suites() -> None:
    names = SuiteNames()
    for number in range(300):  # many of these lie where one before them lay
        suite = _suite(number)
        assert names.of(suite) == suite.id
    gone = weakref.ref(suite)
    del suite
    gc.collect()
    assert gone() is None
