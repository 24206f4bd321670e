"""The sandbox above its slots: what breaks is replaced, and counted."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from sandbox.calibrator import CpuCalibrator
from sandbox.contention import MachineLock
from sandbox.enforcer import LimitEnforcer
from sandbox.execution import Execution, Input, Limit, Program, PythonScript, SlotFailed
from sandbox.isolation import IsolationTooWeak, Tier
from sandbox.kernel import processes
from sandbox.kernel.idleness import CpuReading, Idleness
from sandbox.limits import RunLimits
from sandbox.sandbox import Sandbox
from sandbox.toolchain import python_runtime
from tests.waiting import until

ONE = PythonScript(("main.py",), {"main.py": b"print(1)"})


def kill(slots: set[int]) -> None:
    """Kill a slot with the child that waits in it: that could still run a program before it hears of the slot's end."""
    for pid in slots:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_slot_that_breaks_is_thrown_away_and_counted(tmp_path: Path) -> None:
    before = processes.descendants(os.getpid())
    sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        assert sandbox.run(ONE, RunLimits()).stdout == b"1\n"
        assert sandbox.slots_discarded == 0
        kill(processes.descendants(os.getpid()) - before)
        with pytest.raises(SlotFailed):
            sandbox.run(ONE, RunLimits())
        assert sandbox.slots_discarded == 1
        assert sandbox.run(ONE, RunLimits()).stdout == b"1\n"
    finally:
        sandbox.close()
    until(lambda: processes.descendants(os.getpid()) <= before, "nothing of it is left")


SILENT = PythonScript(("main.py",), {"main.py": b"input()"})


def test_a_conversation_that_breaks_costs_both_slots(tmp_path: Path) -> None:
    sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        first = sandbox.converse(SILENT, RunLimits(), ONE, RunLimits(), lambda _: True)
        assert [execution.clean for execution in first[:2]] == [True, True]
        kill(processes.descendants(os.getpid()))
        with pytest.raises(SlotFailed):
            sandbox.converse(SILENT, RunLimits(), ONE, RunLimits(), lambda _: True)
        again = sandbox.converse(SILENT, RunLimits(), ONE, RunLimits(), lambda _: True)
        assert [execution.clean for execution in again[:2]] == [True, True]
    finally:
        sandbox.close()


BUSY = "import time\nwhile time.process_time() < {cpu_s}: pass\nprint('done')"


def busy(cpu_s: float) -> Program:
    return PythonScript(("main.py",), {"main.py": BUSY.format(cpu_s=cpu_s).encode()})


def told_alone(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long programs were alone, one entry for each time, from now on."""
    lasted: list[float] = []
    real = sandbox._machine.exclusive

    @contextlib.contextmanager
    def told(holder: str, seconds: float) -> Iterator[bool]:
        with real(holder, seconds) as alone:
            began = time.monotonic()
            yield alone
            if alone:
                lasted.append(time.monotonic() - began)

    monkeypatch.setattr(sandbox._machine, "exclusive", told)
    return lasted


@pytest.fixture
def slowed(tmp_path: Path) -> Iterator[Callable[[float], Sandbox]]:
    """A sandbox whose programs are slowed down by others so many times, as far as it can see."""
    opened: list[Sandbox] = []

    def open_one(times: float) -> Sandbox:
        sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
        opened.append(sandbox)
        measured = iter([1.0])
        sandbox._pool.calibrator = CpuCalibrator(lambda: next(measured, times))
        return sandbox

    yield open_one
    for sandbox in opened:
        sandbox.close()


SLEEPS = BUSY + "\ntime.sleep({sleep_s})"


def run_until_alone(sandbox: Sandbox, program: Program, limits: RunLimits, alone: list[float]) -> Execution:
    """Run a program that ends late until it ran again alone: one that waited long for others need not."""

    def run() -> Execution | None:
        execution = sandbox.run(program, limits)
        return execution if alone else None

    execution: Execution = until(run, "a late program ran again alone")
    return execution


def sleepy(cpu_s: float, sleep_s: float) -> Program:
    return PythonScript(("main.py",), {"main.py": SLEEPS.format(cpu_s=cpu_s, sleep_s=sleep_s).encode()})


def test_nobody_waits_for_a_program_that_sleeps(
    slowed: Callable[[float], Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = slowed(1.2)
    alone = told_alone(sandbox, monkeypatch)
    execution = sandbox.run(sleepy(cpu_s=0.65, sleep_s=1.5), RunLimits(cpu_s=0.5))
    assert (execution.stopped_by, alone) == (Limit.CPU, [])


def test_a_program_is_alone_for_no_longer_than_its_limit_and_a_tenth(
    slowed: Callable[[float], Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = slowed(1.4)
    alone = told_alone(sandbox, monkeypatch)

    def run(limits: RunLimits) -> tuple[Execution, None]:
        program = sleepy(cpu_s=0.0, sleep_s=1000.0) if limits.exclusive else busy(0.55)
        return sandbox._pool.of_program(program).run(program, limits), None

    def run_late() -> Execution | None:
        execution, _ = sandbox._scheduler.run(RunLimits(cpu_s=0.5), run)
        return execution if alone else None

    execution = until(run_late, "a late program ran again alone")
    assert len(alone) == 1
    assert 0.55 <= alone[0] < 100  # twice 0.55, and what a busy machine adds
    assert (execution.stopped_by, execution.beside_others) == (None, True)


@pytest.mark.parametrize(("times", "cpu_s", "stopped_by"), [(1.4, 1.05, None), (1.2, 1.21, Limit.CPU)])
def test_what_cannot_be_alone_is_judged_without_what_others_slow_it_down(
    times: float, cpu_s: float, stopped_by: Limit | None, slowed: Callable[[float], Sandbox]
) -> None:
    sandbox = slowed(times)
    sandbox._machine._allowance.charge("", 1000)
    execution = sandbox.run(busy(cpu_s), RunLimits(cpu_s=1.0))
    assert execution.stdout == b"done\n"
    assert (execution.stopped_by, execution.beside_others, execution.late) == (stopped_by, True, False)


def test_a_submission_of_many_late_tests_is_alone_for_a_bounded_time(
    slowed: Callable[[float], Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.scheduler._EXCLUSIVE_S_PER_SUBMISSION", 0.6)
    sandbox = slowed(9.0)
    alone = told_alone(sandbox, monkeypatch)
    late, limits = busy(0.6), RunLimits(cpu_s=0.5)
    for _ in range(2):  # another submission has its own
        with sandbox.of_submission("somebody"):
            run_until_alone(sandbox, late, limits, alone)
            assert sandbox.run(late, limits).beside_others
        assert len(alone) == 1  # a second turn takes 0.55 s too
        alone.clear()


@pytest.fixture
def no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No program reaches its wall limit: who is alone here is not alone on the machine."""
    monkeypatch.setattr(LimitEnforcer, "_wall_deadline", lambda *_: math.inf)


@pytest.mark.usefixtures("no_clock")
def test_a_program_that_ends_late_is_run_again_alone(
    slowed: Callable[[float], Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = slowed(1.4)
    alone = told_alone(sandbox, monkeypatch)
    limits = RunLimits(cpu_s=0.5)
    assert sandbox.run(busy(0.1), limits).stopped_by is None
    assert alone == []
    assert run_until_alone(sandbox, busy(0.65), limits, alone).stopped_by is Limit.CPU
    turns = len(alone)
    assert turns in (1, 2)  # in the first it may end before anybody looks
    endless = sandbox.run(busy(1000), limits)
    assert (endless.stopped_by, endless.late, len(alone)) == (Limit.CPU, False, turns)
    assert 0.7 < endless.cpu_s < 10


@pytest.mark.usefixtures("no_clock")
def test_a_session_s_first_test_that_ends_late_is_run_again_alone(
    slowed: Callable[[float], Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = slowed(1.4)
    if not sandbox.can_share:
        pytest.skip("the helper in C was not built")
    alone = told_alone(sandbox, monkeypatch)

    def run_late() -> Execution | None:
        with sandbox.session(busy(0.65), RunLimits(cpu_s=0.5)) as session:
            execution = session.run(Input())
            assert not session.alive
        return execution if alone else None

    assert until(run_late, "a late test ran again alone").stopped_by is Limit.CPU
    turns = len(alone)
    assert turns in (1, 2)  # in the first it may end before anybody looks
    with sandbox.session(busy(0.1), RunLimits(cpu_s=0.5)) as session:
        assert session.run(Input()).clean
        assert session.alive
    assert len(alone) == turns


@pytest.mark.parametrize(("slowed", "busy_s", "late"), [(1.0, 5.0, False), (10.0, 0.6, True)])
def test_a_program_is_let_run_on_only_as_far_as_others_slow_it_down(
    slowed: float, busy_s: float, late: bool, tmp_path: Path
) -> None:
    """By 1.15, or by 11.5: the program ends far from either."""
    measured = iter([1.0])
    sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        slot = sandbox._pool.of_program(busy(busy_s))
        slot.calibrator = CpuCalibrator(lambda: next(measured, slowed))
        slot.calibrator.calibrate()
        execution = slot.run(busy(busy_s), RunLimits(cpu_s=0.5, cpu_grace=20.0))
        assert (execution.stopped_by, execution.late) == (Limit.CPU, late)
    finally:
        sandbox.close()


@pytest.mark.parametrize(("idle", "busy_s", "late"), [(True, 3.0, False), (False, 0.6, True)])
def test_a_program_with_the_machine_for_itself_is_not_let_run_on_for_neighbours(
    idle: bool, busy_s: float, late: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By little more than 1.1 in the end, or by 8: the program ends far from either."""
    measured = iter([1.0])
    monkeypatch.setattr("sandbox.enforcer._SLOWDOWN_MARGIN", 7.5)
    monkeypatch.setattr("sandbox.enforcer.Idleness", partial(Idleness, lambda: reading(idle=idle)))
    sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        slot = sandbox._pool.of_program(busy(busy_s))
        slot.calibrator = CpuCalibrator(lambda: next(measured, 1.08))
        slot.calibrator.calibrate()
        execution = slot.run(busy(busy_s), RunLimits(cpu_s=0.5, cpu_grace=20.0))
        assert (execution.stopped_by, execution.late) == (Limit.CPU, late)
    finally:
        sandbox.close()


def reading(*, idle: bool) -> CpuReading:
    """The counters of a machine on which nobody, or everybody, does anything."""
    now_s, cpus = time.monotonic(), os.cpu_count() or 1
    return CpuReading(now_s, now_s * cpus if idle else 0.0, now_s * cpus)


def test_a_calibrator_compares_with_the_fastest_it_saw() -> None:
    measured = iter([2.0, 3.0, 1.0, 4.0])
    calibrator = CpuCalibrator(lambda: next(measured))
    with pytest.raises(RuntimeError, match="never calibrated"):
        calibrator.slowdown()
    calibrator.calibrate()
    assert [calibrator.slowdown() for _ in range(3)] == [1.5, 1.0, 4.0]


def test_the_calibrator_measures_something() -> None:
    calibrator = CpuCalibrator()
    assert not calibrator.is_calibrated
    calibrator.calibrate()
    assert calibrator.is_calibrated
    assert calibrator.slowdown() >= 1


def test_who_wants_to_be_alone_at_once_is_told_where_others_run(tmp_path: Path) -> None:
    one, other = MachineLock(tmp_path), MachineLock(tmp_path)
    with one.shared(), other.exclusive_if_idle() as alone:
        assert not alone
    with one.exclusive_if_idle() as alone, other.exclusive_if_idle() as too:
        assert (alone, too) == (True, False)
    with other.exclusive_if_idle() as alone:
        assert alone
    one.close()
    other.close()


def test_a_sandbox_that_cannot_be_made_keeps_nothing_open(tmp_path: Path) -> None:
    runtime = dataclasses.replace(python_runtime(None), python="/nonexistent/python")
    before = sorted(os.listdir("/proc/self/fd"))
    with pytest.raises(IsolationTooWeak):
        Sandbox(runtime, minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    assert sorted(os.listdir("/proc/self/fd")) == before


def test_who_is_alone_waits_for_the_others_and_keeps_them_waiting(tmp_path: Path) -> None:
    order: list[str] = []
    together, entered, asked = threading.Event(), threading.Event(), threading.Event()

    def run_beside() -> None:
        lock = MachineLock(tmp_path)
        with lock.shared():
            entered.set()
            together.wait(20)
            order.append("beside")
        lock.close()

    def run_alone() -> None:
        lock = MachineLock(tmp_path)
        asked.set()
        with lock.exclusive("", 20) as alone:
            assert alone
            order.append("alone")
        lock.close()

    threads = [threading.Thread(target=run_beside), threading.Thread(target=run_alone)]
    threads[0].start()
    assert entered.wait(20)
    threads[1].start()
    assert asked.wait(20)
    together.set()
    for thread in threads:
        thread.join(20)
    assert order == ["beside", "alone"]


def test_who_wants_to_be_alone_waits_for_the_others_only_so_long(tmp_path: Path) -> None:
    one, other = MachineLock(tmp_path), MachineLock(tmp_path)
    with one.shared():
        began = time.monotonic()
        with other.exclusive("somebody", 0.2) as alone:
            assert not alone
            with one.exclusive_if_idle():
                pass  # the gate is open again
        assert 0.2 <= time.monotonic() - began < 60
        spent = json.loads((tmp_path / "spent").read_bytes())["left_s"]
        assert spent.keys() == {"", "somebody"}, "that the gate was shut was charged"
    one.close()
    other.close()
