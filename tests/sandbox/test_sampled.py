"""CPU time where there are no control groups: all of it is charged, whoever waits for whom."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import pytest

from sandbox.execution import Limit, PythonScript
from sandbox.kernel.sampled import SampledTree
from sandbox.limits import RunLimits
from sandbox.slot import Slot
from tests.sandbox.conftest import SLOTS, open_slot
from tests.waiting import until

USED_S = 1.0
"""The least that each of these programs uses."""
_BURN = """
import ctypes, mmap, os, signal, time
def burn(seconds):
    began = time.process_time()
    while time.process_time() < began + seconds: pass
"""
_DEAF = "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
_WITHOUT_ZOMBIES = """
class Action(ctypes.Structure):
    _fields_ = [("handler", ctypes.c_void_p), ("mask", ctypes.c_ulong * 16), ("flags", ctypes.c_int), ("restorer", ctypes.c_void_p)]
assert ctypes.CDLL(None).sigaction(signal.SIGCHLD, ctypes.byref(Action(flags=2)), None) == 0  # SA_NOCLDWAIT
"""
_WAIT = """
def gone():
    try:
        while True: os.wait()
    except ChildProcessError: pass
"""
_ONE = "if os.fork() == 0:\n    burn(1.0)\n    os._exit(0)\ngone()\n"
_SLICES = """
for _ in range({count}):
    if os.fork() == 0:
        burn({slice_s})
        os._exit(0)
    gone()
"""
_ASLEEP = """
import sys
reading, writing = zip(*(os.pipe() for _ in range(20)))
for _ in range(10):
    for number in range(20):
        if os.fork() == 0:
            os.read(reading[number], 1)
            burn(0.005)
            os._exit(0)
    time.sleep(0.05)
    for number in range(20):
        os.write(writing[number], b"x")
        time.sleep(0.005)
    gone()
"""
_KILLED = """
import threading
for _ in range(5):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        threads = [threading.Thread(target=burn, args=(9.0,)) for _ in range(4)]
        for thread in threads: thread.start()
        burn(0.2)
        os.write(writing, b"x")
        time.sleep(9)
    os.read(reading, 1)
    os.kill(child, 9)
    gone()
"""
_LEFT = """
reading, writing = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        burn(1.0)
        os._exit(0)
    os._exit(0)
os.close(writing)
os.wait()
os.read(reading, 1)
"""
_BELOW = f"""
if os.fork() == 0:
    {_DEAF.strip()}
    if os.fork() == 0:
        burn(1.0)
        os._exit(0)
    try: os.wait()
    except ChildProcessError: os._exit(0)
os.wait()
"""
_TELLS = "print(sum(os.times()[:4]))\n"
"""CPU seconds of it and its children, by the kernel's own sums."""
HIDDEN = {
    "SIGCHLD ignored": _DEAF + _WAIT + _ONE,
    "SA_NOCLDWAIT": _WITHOUT_ZOMBIES + _WAIT + _ONE,
    "slices of 5 ms": _DEAF + _WAIT + _SLICES.format(count=200, slice_s=0.005),
    "slices of 1 ms": _DEAF + _WAIT + _SLICES.format(count=400, slice_s=0.001),
    "slices of 30 ms": _DEAF + _WAIT + _SLICES.format(count=33, slice_s=0.03),
    "forked beforehand": _DEAF + _WAIT + _ASLEEP,
    "threads of a child that is killed": _DEAF + _WAIT + _KILLED,
    "grandchildren": _BELOW,
    "left to the first process": _LEFT,
}
WAITED_FOR = {
    "one process": "burn(1.0)\n",
    "one child": "if os.fork() == 0:\n    burn(1.0)\n    os._exit(0)\nos.wait()\n",
    "many children": _SLICES.format(count=200, slice_s=0.005).replace("gone()", "os.wait()"),
    "children now and then": _SLICES.format(count=100, slice_s=0.01).replace("gone()", "os.wait(); time.sleep(0.01)"),
}


ROOTS = {name: SLOTS[name] for name in ("namespaces", "process")}
"""Return the root of the tree: the jail's first process, or the zygote, as in ``landlock``. All else is the same."""


@pytest.fixture(scope="module", params=ROOTS.values(), ids=ROOTS)
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    """One for each, as where no control group can be made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sandbox.jail.new_group", SampledTree)
        opened = open_slot(*request.param)
    yield opened
    opened.close()


@pytest.mark.parametrize("code", HIDDEN.values(), ids=HIDDEN)
def test_time_of_children_that_nobody_waits_for_is_charged(slot: Slot, code: str) -> None:
    program = PythonScript(("main.py",), {"main.py": (_BURN + code).encode()})
    execution = slot.run(program, RunLimits(cpu_s=20.0, wall_s=60.0))
    assert (execution.exit_code, execution.stderr) == (0, b"")
    assert execution.cpu_s > 0.4 * USED_S


@pytest.mark.parametrize("way", ["SIGCHLD ignored", "slices of 5 ms", "forked beforehand"])
def test_a_program_is_stopped_by_the_time_of_such_children(slot: Slot, way: str) -> None:
    again_and_again = f"while True:\n{textwrap.indent(HIDDEN[way], '    ')}"
    program = PythonScript(("main.py",), {"main.py": (_BURN + again_and_again).encode()})
    assert slot.run(program, RunLimits(cpu_s=0.25, wall_s=60.0)).stopped_by is Limit.CPU


@pytest.mark.parametrize("code", WAITED_FOR.values(), ids=WAITED_FOR)
def test_children_that_are_waited_for_are_charged_once(slot: Slot, code: str) -> None:
    program = PythonScript(("main.py",), {"main.py": (_BURN + code + _TELLS).encode()})

    def is_once() -> bool:
        """Run it: on a busy machine what is seen of short children is taken for more now and then."""
        execution = slot.run(program, RunLimits(cpu_s=20.0, wall_s=60.0))
        assert (execution.exit_code, execution.stderr) == (0, b"")
        assert execution.cpu_s > 0.95 * USED_S
        return execution.cpu_s < 1.9 * float(execution.stdout)

    until(is_once, "it is charged what it used")
