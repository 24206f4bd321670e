"""Whatever a process in the jail says, passes along and leaves, its owner comes to a verdict. ``python -m
benchmarks.fuzz_wall`` goes on for longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.execution import SlotFailed
from sandbox.isolation import Tier
from tests.fuzz import jail, owner, results
from tests.fuzz.findings import LEAST
from tests.sandbox.conftest import SLOTS

SECONDS = (2, 5)
"""The longer time is left to ``make matrix``."""


@pytest.mark.parametrize(("tier", "native"), SLOTS.values(), ids=SLOTS)
def test_a_hostile_process_has_a_verdict_and_costs_its_owner_nothing(tmp_path: Path, tier: Tier, native: bool) -> None:
    try:
        found = owner.fuzz(tmp_path, seconds=5, seed=1, tier=tier, native=native)
    except SlotFailed as error:
        pytest.skip(f"this host does not grant the tier: {error}")
    assert found.findings == []
    assert found.executions >= LEAST


@pytest.mark.parametrize("seconds", SECONDS)
def test_whatever_a_program_leaves_as_its_result_is_judged_and_soon(seconds: int) -> None:
    found = results.fuzz(seconds=seconds, seed=1)
    assert found.findings == []
    assert found.executions >= LEAST


@pytest.mark.parametrize("seconds", SECONDS)
def test_what_no_jail_says_ends_a_run_as_a_fault_and_leaves_nothing_open(seconds: int) -> None:
    found = jail.fuzz(seconds=seconds, seed=1)
    assert found.findings == []
    assert found.executions >= LEAST
