"""The sandbox above its slots: what breaks is replaced, and counted."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from sandbox.execution import Program
from sandbox.isolation import Tier
from sandbox.kernel import processes
from sandbox.limits import Limits
from sandbox.sandbox import Sandbox
from sandbox.slot import SlotFailed
from sandbox.toolchain import python_runtime

ONE = Program(("main.py",), {"main.py": b"print(1)"}, python=True)


def test_a_slot_that_breaks_is_thrown_away_and_counted(tmp_path: Path) -> None:
    before = processes.children(os.getpid())
    sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path)
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
    sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path)
    try:
        first = sandbox.converse(SILENT, Limits(), ONE, Limits(), lambda _: True)
        assert [execution.clean for execution in first] == [True, True]
        for pid in processes.children(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(SlotFailed):
            sandbox.converse(SILENT, Limits(), ONE, Limits(), lambda _: True)
        again = sandbox.converse(SILENT, Limits(), ONE, Limits(), lambda _: True)
        assert [execution.clean for execution in again] == [True, True]
    finally:
        sandbox.close()
