"""The CPU time that others had, and when the machine's counters are not believed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.kernel.idleness import CpuReading, Idleness

CPUS = os.cpu_count() or 1


def share(own_s: float, *readings: CpuReading | None) -> float | None:
    read = iter(readings)
    return Idleness(lambda: next(read)).others_share(own_s)


@pytest.mark.parametrize(
    ("idle_s", "own_s", "others"),
    [(10 * CPUS, 0.0, 0.0), (10 * CPUS - 9, 9.0, 0.0), (10 * CPUS - 9, 4.0, 0.498), (0, 0.0, CPUS - 0.002)],
)
def test_what_is_neither_idle_nor_ones_own_is_others(idle_s: float, own_s: float, others: float) -> None:
    found = share(own_s, CpuReading(100.0, 50.0, 70.0), CpuReading(110.0, 50.0 + idle_s, 70.0 + 10 * CPUS))
    assert found == pytest.approx(others)


@pytest.mark.parametrize(
    "readings",
    [
        (None, CpuReading(1.0, 1.0, 1.0)),
        (CpuReading(1.0, 1.0, 1.0), None),
        (CpuReading(0.0, 0.0, 0.0), CpuReading(10.0, 0.0, 0.0)),  # they stand still
        (CpuReading(0.0, 0.0, 0.0), CpuReading(10.0, 30.0 * CPUS, 30.0 * CPUS)),  # of another number of CPUs
    ],
)
def test_counters_that_cannot_be_are_not_believed(readings: Sequence[CpuReading | None]) -> None:
    assert share(0.0, *readings) is None


def test_counters_of_another_file_system_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = tmp_path / "stat"
    stat.write_bytes(Path("/proc/stat").read_bytes())
    monkeypatch.setattr("sandbox.kernel.idleness._STAT", str(stat))
    assert Idleness().others_share(0.0) is None


def test_a_busy_neighbour_is_seen() -> None:
    neighbour = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        idleness, own_s = Idleness(), time.process_time()
        time.sleep(1.0)
        others = idleness.others_share(time.process_time() - own_s)
    finally:
        neighbour.kill()
        neighbour.wait()
    if others is None:
        pytest.skip("the counters of this machine cannot be believed")
    assert others > 0.3
