"""Two programs that talk: what the machine does to one of them makes no difference."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.execution import Execution, Limit, Program, PythonScript
from sandbox.kernel import processes
from sandbox.limits import MIB, RunLimits
from sandbox.pair import Conversation, ProgramUsage, run_pair, run_unanswered, was_over
from sandbox.slot import Slot
from tests.sandbox.conftest import SLOTS, open_slot

LIMITS = RunLimits(cpu_s=2.0, wall_s=20.0, memory_bytes=256 * MIB)
JUDGE_LIMITS = LIMITS._replace(cpu_s=30.0, wall_s=60.0)
FROZEN_S = 0.3
"""Six times as long as an interactor may be idle before it is taken to have read everything."""
DECIDES = "import sys\nsys.exit({'right': 42, 'wrong': 43}.get(sys.stdin.readline().strip(), 1))"

Converse = Callable[..., Conversation]


@pytest.fixture(scope="module", params=SLOTS.values(), ids=SLOTS)
def slots(request: pytest.FixtureRequest) -> Iterator[tuple[Slot, Slot]]:
    """One for the program and one for the judge's, of each tier."""
    program, judge = open_slot(*request.param), open_slot(*request.param)
    yield program, judge
    program.close()
    judge.close()


@pytest.fixture
def converse(slots: tuple[Slot, Slot]) -> Converse:
    def run(code: str, judge: str, limits: RunLimits = LIMITS, finish: bool = True) -> Conversation:
        return run_pair(slots[0], python(code), limits, slots[1], python(judge), JUDGE_LIMITS, lambda _: finish)

    return run


def python(code: str) -> Program:
    return PythonScript(("main.py",), {"main.py": code.encode()})


def freeze(slot: Slot) -> threading.Timer:
    """Stop all that runs in a slot, as a machine does that has no time for it; it goes on after a while."""
    frozen = processes.descendants(slot.pid)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)

    def thaw() -> None:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)

    timer = threading.Timer(FROZEN_S, thaw)
    timer.start()
    return timer


@pytest.mark.parametrize(("word", "decision"), [("right", 42), ("wrong", 43)])
def test_a_judge_that_gets_no_cpu_time_has_not_read_everything(
    slots: tuple[Slot, Slot], converse: Converse, word: str, decision: int
) -> None:
    frozen = freeze(slots[1])
    talked = converse(f"import sys\nprint('{word}', flush=True)\nsys.exit(3)", DECIDES)
    frozen.join()
    assert (talked.judge.exit_code, talked.program.exit_code, talked.left) == (decision, 3, False)


def test_a_program_that_ends_while_the_judge_waits_for_more_has_left(converse: Converse) -> None:
    talked = converse("import sys\nsys.exit(3)", DECIDES)
    assert (talked.judge.exit_code, talked.program.exit_code, talked.left) == (1, 3, True)


def test_a_judge_that_ends_first_was_not_left(converse: Converse) -> None:
    talked = converse("input()", "")
    assert talked.judge.clean
    assert not talked.left


def test_time_for_which_the_judge_sleeps_is_not_the_programs(slots: tuple[Slot, Slot], converse: Converse) -> None:
    if not may_see_where_threads_are_blocked(slots[1]):
        pytest.skip("the kernel does not tell here in what a program is blocked")
    sleeps = "import time\ntime.sleep(0.8)\nprint('now', flush=True)\n"
    brief = LIMITS._replace(wall_s=0.5)
    talked = converse("input()\nprint('right', flush=True)", sleeps + DECIDES, brief)
    assert (talked.judge.exit_code, talked.program.stopped_by) == (42, None)
    talked = converse("import time\ntime.sleep(1.5)\nprint('right', flush=True)", DECIDES, brief)
    assert talked.program.stopped_by is Limit.WALL


def may_see_where_threads_are_blocked(slot: Slot) -> bool:
    """``wchan`` is 0 to those who may not trace the process."""
    place = Path(f"/proc/{min(processes.below(slot.pid) | {slot.pid})}/wchan")
    return place.exists() and place.read_text() not in ("", "0")


AFTERWARDS = {
    "memory": "x = bytearray(1 << 30)",
    "CPU time": "while True: pass",
    "errors": "while True: print('more', file=sys.stderr)",
}


@pytest.mark.parametrize("what", AFTERWARDS)
def test_a_limit_that_is_reached_after_the_judge_has_ended_does_not_count(converse: Converse, what: str) -> None:
    code = f"import sys, time\nprint('right', flush=True)\nsys.stdin.read()\ntime.sleep(0.5)\n{AFTERWARDS[what]}"
    talked = converse(code, DECIDES, LIMITS._replace(cpu_s=0.5, output_bytes=1 << 20))
    assert talked.judge.exit_code == 42
    assert talked.program.stopped_by is None
    assert not talked.program.late


BEFORE = {Limit.MEMORY: "x = bytearray(1 << 30)", Limit.CPU: "while time.process_time() < 0.8: pass"}


@pytest.mark.parametrize("limit", BEFORE)
def test_a_limit_that_was_reached_before_the_judge_has_ended_counts(converse: Converse, limit: Limit) -> None:
    code = f"import time\n{BEFORE[limit]}\nprint('right', flush=True)\ninput()"
    talked = converse(code, DECIDES, LIMITS._replace(cpu_s=0.5, cpu_grace=4.0))
    assert talked.program.stopped_by is limit


ENDED = Execution(exit_code=0, signal=None, cpu_s=0.1, wall_s=1, ended=10.0, peak_memory=0, stdout=b"", stderr=b"")


@pytest.mark.parametrize(
    ("program", "cpu_s", "over_memory", "counts"),
    [
        ({"ended": 10.4, "cpu_s": 0.7}, 0.7, False, False),
        ({"ended": 10.4, "cpu_s": 1.1}, 1.1, False, True),
        ({"ended": 10.4, "cpu_s": 1.1}, 0.0, False, True),
        ({"ended": 12.0, "cpu_s": 2.1}, 0.7, False, False),
        ({"ended": 12.0, "cpu_s": 2.1}, 1.1, False, True),
        ({"ended": 10.4, "signal": signal.SIGKILL}, 0.1, True, False),
        ({"ended": 10.4}, 0.1, True, True),
        ({"ended": 12.0, "signal": signal.SIGKILL}, 0.1, True, True),
        ({"ended": 12.0, "signal": signal.SIGKILL}, 0.1, False, False),
    ],
)
def test_what_a_program_may_have_used_since_the_judge_has_ended_does_not_count(
    program: dict[str, Any], cpu_s: float, over_memory: bool, counts: bool
) -> None:
    usage = ProgramUsage(at=10.5, cpu_s=cpu_s, over_memory=over_memory)
    assert was_over(usage, RunLimits(cpu_s=0.5), ENDED._replace(**program), ENDED.ended) is counts


def test_a_judge_that_computes_on_when_a_limit_stopped_the_program_is_ended(converse: Converse) -> None:
    talked = converse("while True: pass", "while True: pass", LIMITS._replace(cpu_s=0.1))
    assert talked.program.stopped_by is Limit.CPU
    assert talked.judge.stopped_by is None


@pytest.mark.parametrize(
    ("code", "ended"),
    [
        ("input()", None),
        ("print('first', flush=True)\ninput()", None),
        ("import sys\nwhile True: sys.stdout.write('x' * 1000)", None),
        ("import time\nwhile time.process_time() < 1.2: pass\nraise SystemExit(3)", 3),
        ("raise SystemExit(3)", 3),
    ],
)
def test_a_program_that_is_told_nothing_runs_until_it_waits_for_input(
    slots: tuple[Slot, Slot], code: str, ended: int | None
) -> None:
    execution = run_unanswered(slots[1], python(code), LIMITS)
    assert (execution and execution.exit_code) == ended


def test_a_program_that_gets_no_cpu_time_does_not_wait_for_input(slots: tuple[Slot, Slot]) -> None:
    frozen = freeze(slots[1])
    execution = run_unanswered(slots[1], python("raise SystemExit(3)"), LIMITS)
    frozen.join()
    assert execution is not None
    assert execution.exit_code == 3
