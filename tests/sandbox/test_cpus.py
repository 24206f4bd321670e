"""The number of CPUs that we count on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.kernel import cgroup_v1, cpus

COUNT = "import sys, os; {first}from sandbox.kernel import cpus; print(cpus.usable())"


def count(first: str = "") -> int:
    answer = subprocess.run(
        [sys.executable, "-c", COUNT.format(first=first)], capture_output=True, text=True, check=True
    )
    return int(answer.stdout)


@pytest.fixture
def group() -> Iterator[Path]:
    """A group of version 1 of our own, with a quota of a CPU and a half."""
    try:
        path = cgroup_v1.own_directories(("cpu",))["cpu"] / f"microcoder-test-{os.getpid()}"
        path.mkdir()
    except (KeyError, OSError) as error:
        pytest.skip(f"no group of the cpu controller can be made here: {error}")
    try:
        (path / "cpu.cfs_period_us").write_text("100000")
        (path / "cpu.cfs_quota_us").write_text("150000")
        yield path
    finally:
        path.rmdir()


def test_it_is_never_more_than_the_affinity() -> None:
    assert 1 <= cpus.usable() <= len(os.sched_getaffinity(0))
    assert count(first="os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); ") == 1


def test_a_quota_counts(group: Path) -> None:
    (group / "cpu.cfs_quota_us").write_text("80000")
    assert count(first=f"f = open('{group}/cgroup.procs', 'w'); f.write('0'); f.close(); ") == 1
