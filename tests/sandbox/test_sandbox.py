"""The sandbox above its slots: what breaks is replaced, and counted."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.execution import Limit, Program
from sandbox.isolation import IsolationTooWeak, Tier
from sandbox.kernel import processes
from sandbox.limits import Limits
from sandbox.sandbox import Sandbox
from sandbox.slot import SlotFailed
from sandbox.toolchain import python_runtime
from sandbox.turns import Turns
from sandbox.yardstick import Yardstick

ONE = Program(("main.py",), {"main.py": b"print(1)"}, python=True)


def test_a_slot_that_breaks_is_thrown_away_and_counted(tmp_path: Path) -> None:
    before = processes.children(os.getpid())
    sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        assert sandbox.run(ONE, Limits()).stdout == b"1\n"
        assert sandbox.slots_discarded == 0
        for pid in processes.children(os.getpid()) - before:
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(SlotFailed):
            sandbox.run(ONE, Limits())
        assert sandbox.slots_discarded == 1
        assert sandbox.run(ONE, Limits()).stdout == b"1\n"
    finally:
        sandbox.close()
    assert processes.children(os.getpid()) - before == set()


SILENT = Program(("main.py",), {"main.py": b"input()"}, python=True)


def test_a_conversation_that_breaks_costs_both_slots(tmp_path: Path) -> None:
    sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        first = sandbox.converse(SILENT, Limits(), ONE, Limits(), lambda _: True)
        assert [execution.clean for execution in first[:2]] == [True, True]
        for pid in processes.children(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(SlotFailed):
            sandbox.converse(SILENT, Limits(), ONE, Limits(), lambda _: True)
        again = sandbox.converse(SILENT, Limits(), ONE, Limits(), lambda _: True)
        assert [execution.clean for execution in again[:2]] == [True, True]
    finally:
        sandbox.close()


BUSY = "import time\nwhile time.process_time() < {cpu_s}: pass\nprint('done')"


def busy(cpu_s: float) -> Program:
    return Program(("main.py",), {"main.py": BUSY.format(cpu_s=cpu_s).encode()}, python=True)


def test_a_program_that_ends_late_is_run_again_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    measured = iter([1.0])
    sandbox._yardstick = Yardstick(lambda: next(measured, 9.0))  # all of the grace is granted
    alone: list[None] = []
    turns = sandbox._turns
    real = turns.alone

    @contextlib.contextmanager
    def counted() -> Iterator[None]:
        alone.append(None)
        with real():
            yield

    monkeypatch.setattr(turns, "alone", counted)
    try:
        limits = Limits(cpu_s=0.5)
        assert sandbox.run(busy(0.1), limits).stopped_by is None
        assert alone == []
        late = sandbox.run(busy(0.6), limits)
        assert (late.stopped_by, late.late, len(alone)) == (Limit.CPU, False, 1)
        endless = sandbox.run(busy(100), limits)
        assert (endless.stopped_by, len(alone)) == (Limit.CPU, 1)
        assert 0.7 < endless.cpu_s < 2
    finally:
        sandbox.close()


@pytest.mark.parametrize(("slowed", "late"), [(1.0, False), (1.4, True)])
def test_a_program_is_let_run_on_only_as_far_as_others_slow_it_down(slowed: float, late: bool, tmp_path: Path) -> None:
    measured = iter([1.0])
    sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        slot = sandbox._program_slot()
        slot.yardstick = Yardstick(lambda: next(measured, slowed))
        slot.yardstick.learn()
        execution = slot.run(busy(1.45), Limits(cpu_s=1.0, cpu_grace=1.5))
        assert (execution.stopped_by, execution.late) == (Limit.CPU, late)
    finally:
        sandbox.close()


def test_a_yardstick_compares_with_the_fastest_it_saw() -> None:
    measured = iter([2.0, 3.0, 1.0, 4.0])
    yardstick = Yardstick(lambda: next(measured))
    with pytest.raises(RuntimeError, match="never measured"):
        yardstick.slowdown()
    yardstick.learn()
    assert [yardstick.slowdown() for _ in range(3)] == [1.5, 1.0, 4.0]


def test_the_yardstick_measures_something() -> None:
    yardstick = Yardstick()
    assert not yardstick.learnt
    yardstick.learn()
    assert yardstick.learnt
    assert yardstick.slowdown() >= 1


def test_who_wants_to_be_alone_at_once_is_told_where_others_run(tmp_path: Path) -> None:
    one, other = Turns(tmp_path), Turns(tmp_path)
    with one.together(), other.alone_if_idle() as alone:
        assert not alone
    with one.alone_if_idle() as alone, other.alone_if_idle() as too:
        assert (alone, too) == (True, False)
    with other.alone_if_idle() as alone:
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
        turns = Turns(tmp_path)
        with turns.together():
            entered.set()
            together.wait(20)
            order.append("beside")
        turns.close()

    def run_alone() -> None:
        turns = Turns(tmp_path)
        asked.set()
        with turns.alone():
            order.append("alone")
        turns.close()

    threads = [threading.Thread(target=run_beside), threading.Thread(target=run_alone)]
    threads[0].start()
    assert entered.wait(20)
    threads[1].start()
    assert asked.wait(20)
    together.set()
    for thread in threads:
        thread.join(20)
    assert order == ["beside", "alone"]
