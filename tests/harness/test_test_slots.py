"""Slots that are warm for tests: in every tier, with and without the helper, beside others that stay as light."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator import harness
from sandbox.execution import PythonScript, SlotFailed
from sandbox.isolation import Tier
from sandbox.kernel.sampled import SampledTree
from sandbox.limits import MIB
from sandbox.sandbox import Sandbox
from sandbox.slot import Slot
from sandbox.toolchain import python_runtime
from tests.harness.conftest import LIMITS, delivered_program, python, read
from tests.sandbox.conftest import SLOTS

TEXT = """
import unittest
class T(unittest.TestCase):
    def test_0(self):
        _R_.site(0, (f(1),), ())
"""
TAKES = "def f(x):\n    return len(bytearray(({mib} << 20) - 1).strip(b'a')) > 0\n"


@pytest.fixture(scope="module", params=SLOTS.values(), ids=SLOTS)
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    tier, native = request.param
    opened = _opened(tier, native)
    yield opened
    opened.close()


def _opened(tier: Tier, native: bool) -> Slot:
    """A slot under the interpreter of submissions; under the system's where that lies in somebody's home."""
    refused = []
    for interpreter in (python(), "/usr/bin/python3"):
        try:
            return Slot(tier, harness.test_runtime(python_runtime(interpreter)), native=native)
        except (SlotFailed, OSError) as error:
            refused.append(str(error))
    pytest.skip(f"this host does not grant the tier: {'; '.join(refused)}")


def test_tests_run_in_each_tier(slot: Slot) -> None:
    for _ in range(3):
        ran = read(slot.run(delivered_program("def f(x): return x + 1\n", TEXT, "unittest"), LIMITS))
        assert ran.values == [[2]]
        assert ran.end["ok"], ran.records


def test_what_is_warm_is_no_program_s_memory(slot: Slot) -> None:
    limits = LIMITS._replace(memory_bytes=40 * MIB)
    ran = read(slot.run(delivered_program(TAKES.format(mib=16), TEXT, "unittest"), limits))
    assert ran.values == [[True]], ran.execution
    assert ran.execution.stopped_by is None
    assert ran.execution.peak_memory < 40 * MIB


def test_a_program_s_own_memory_counts(slot: Slot) -> None:
    ran = read(slot.run(delivered_program("x = bytearray(80 << 20)\nimport time\ntime.sleep(60)", TEXT, "unittest"), LIMITS._replace(memory_bytes=40 * MIB)))  # fmt: skip
    assert ran.execution.stopped_by == "memory", ran.execution


def test_where_there_are_no_groups_the_warm_heap_is_counted_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.jail.new_group", SampledTree)
    slot = Slot(Tier.NAMESPACES, harness.test_runtime(python_runtime(python())))
    try:
        code = TAKES.format(mib=16) + "import time\ntime.sleep(0.3)\n"
        ran = read(slot.run(delivered_program(code, TEXT, "unittest"), LIMITS._replace(memory_bytes=44 * MIB)))
        assert ran.execution.stopped_by is None, ran.execution
        code = "x = bytearray(80 << 20)\nimport time\ntime.sleep(60)\n"
        ran = read(slot.run(delivered_program(code, TEXT, "unittest"), LIMITS._replace(memory_bytes=40 * MIB)))
        assert ran.execution.stopped_by == "memory", ran.execution
    finally:
        slot.close()


def test_a_second_kind_is_made_when_it_is_needed_and_the_first_stays_as_it_is(tmp_path: Path) -> None:
    base = python_runtime(python(), harness.sources())
    light = PythonScript(
        ("main.py",), {"main.py": b"import sys\nprint('unittest' in sys.modules, 'pytest' in sys.modules)"}
    )
    runtimes = {"tests": harness.test_runtime(base)}
    sandbox = Sandbox(base, runtimes=runtimes, minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        assert sandbox.run(light, LIMITS).stdout == b"False False\n"
        assert len(sandbox._pool._slots) == 1
        assert read(sandbox.run(delivered_program("def f(x): return x\n", TEXT, "unittest"), LIMITS)).values == [[1]]
        assert sandbox.run(light, LIMITS).stdout == b"False False\n"
        assert len(sandbox._pool._slots) == 2
        author = read(sandbox.run_author(delivered_program("def f(x): return x\n", TEXT, "unittest"), LIMITS))
        assert author.values == [[1]]
        assert len(sandbox._pool._slots) == 3
    finally:
        sandbox.close()


def test_no_submission_is_found_in_the_process_that_forks(slot: Slot) -> None:
    secret = "never-to-be-seen-by-another"
    text = TEXT.replace("f(1)", f"f('{secret}')")
    assert read(slot.run(delivered_program("def f(x): return x\n", text, "unittest"), LIMITS)).values == [[secret]]
    look = """
import gc, sys
def f(x):
    wanted = "-".join(["never", "to", "be", "seen", "by", "another"])
    return [str(type(each)) for each in gc.get_objects() if type(each) is not str and wanted in repr(each)[:10_000] and 'frame' not in repr(type(each))][:3]
"""
    found = read(slot.run(delivered_program(look, TEXT, "unittest"), LIMITS._replace(cpu_s=30.0, wall_s=60.0)))
    assert found.values == [[[]]], found
