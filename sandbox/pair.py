"""Two programs that talk: the output of each is the input of the other, each in a slot of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from sandbox.execution import Execution, Program
from sandbox.kernel import processes
from sandbox.kernel.cgroups import Group
from sandbox.limits import RunLimits
from sandbox.program_run import Streams
from sandbox.slot import Slot

LetFinish = Callable[[Execution], bool]
"""Tells whether a program may go on to its own end, now that the judge's has ended like this."""
_PARTNER_GONE_IDLE_S = 2.0
"""Idle time after which a program whose partner has ended is ended too; CPU time, where it can change nothing more."""
ALL_READ_IDLE_S = 0.05
"""Idle time after which the interactor is taken to have read everything."""
_AWAITS_INPUT_IDLE_S = 1.0
"""Idle time after which a program to which nobody says anything is taken to wait for input."""
_LOOKS_PER_IDLE_TIME = 5
"""Looks at a tree in the time after which it counts as idle."""
_SLEEP_LOOK_S = 0.05
"""Time from one look at whether the judge's program sleeps to the next."""
_BUSY_CPU_SHARE = 0.02
"""A tree that uses less than this share of a CPU may be idle: the threads of a virtual machine wake up now and then."""


class Conversation(NamedTuple):
    """The ends of both programs. ``left``: True if the program ended while the interactor was still running."""

    program: Execution
    judge: Execution
    left: bool


class JudgeSleep:
    """Counts the time for which the judge's program slept, so that nobody is blamed who waits for it meanwhile. A
    program that sleeps itself does not wait for it."""

    def __init__(self, slot: Slot, waiting: Slot) -> None:
        self._slot, self._waiting = slot, waiting
        self._looked, self._slept_s = time.monotonic(), 0.0

    def look(self) -> None:
        """Count the time since the last look, if it sleeps now."""
        before, self._looked = self._looked, time.monotonic()
        if self._sleeps(self._slot) and not self._sleeps(self._waiting):
            self._slept_s += self._looked - before

    @staticmethod
    def _sleeps(slot: Slot) -> bool:
        return slot.has_program and processes.is_asleep(slot.pid)

    def busy_s(self) -> float:
        """Seconds for which the judge's program used a CPU, waited for one, or slept."""
        return self._slot.busy_s() + self._slept_s


class ProgramUsage(NamedTuple):
    """A program's use at one time."""

    at: float
    cpu_s: float
    over_memory: bool

    @classmethod
    def of(cls, group: Group) -> ProgramUsage:
        cpu_s, over_memory = group.cpu_s(), group.over_memory()
        return cls(time.monotonic(), cpu_s, over_memory)


def run_pair(
    slot: Slot, program: Program, limits: RunLimits,
    judge_slot: Slot, judge: Program, judge_limits: RunLimits, let_finish: LetFinish,
) -> Conversation:  # fmt: skip
    """Run both programs to their ends.

    When one has ended, the other may go on until it is idle: the program only where ``let_finish`` says so of the
    judge's execution. A limit that the program reached after the judge's end does not count.

    Raises:
        FilesRefused: the files of one do not fit into its directory.
        SlotFailed: a jail broke; neither slot is of further use.
    """
    slot.refresh()
    judge_slot.refresh()
    with contextlib.ExitStack() as ours:
        program_stdin, judge_stdout = connect()
        judge_stdin, program_stdout = connect()
        # Held open, so that the judge's sees the end of its input when we say so.
        judge_may_read = _hold(os.dup(program_stdout))
        end_program, program_may_run = held_pipe(ours)
        end_judge, judge_may_run = held_pipe(ours)
        sleep = JudgeSleep(judge_slot, slot)
        of_program = Streams(program_stdin, program_stdout, end_program, sleep.busy_s)
        of_judge = Streams(judge_stdin, judge_stdout, end_judge, slot.busy_s)
        with ThreadPoolExecutor(2, "pair") as pool, program_may_run, judge_may_run, judge_may_read:
            running = pool.submit(slot.run_connected, program, limits, of_program)
            judging = pool.submit(judge_slot.run_connected, judge, judge_limits, of_judge)
            while not wait((running, judging), _SLEEP_LOOK_S, FIRST_COMPLETED).done:
                sleep.look()
            usage, left = ProgramUsage.of(slot.group), False
            if running.done():
                stopped = running.result().stopped_by is not None
                if not (stopped or running.result().clean):  # will the judge's end for what it was told, or for this?
                    until_idle(judging, judge_slot, ALL_READ_IDLE_S)
                left = not judging.done()
                judge_may_read.close()
                if stopped:  # nothing that the judge's does can change the verdict
                    until_idle(judging, judge_slot, ALL_READ_IDLE_S, _PARTNER_GONE_IDLE_S)
                else:
                    until_idle(judging, judge_slot, _PARTNER_GONE_IDLE_S)
                judge_may_run.close()
            else:
                if let_finish(judging.result()):
                    until_idle(running, slot, _PARTNER_GONE_IDLE_S)
                program_may_run.close()
            execution, judged = running.result(), judging.result()
    if judged.ended < execution.ended:
        left = False  # a run is done a little after its program's end
        if not was_over(usage, limits, execution, judged.ended):
            execution = execution._replace(stopped_by=None, late=False)
    return Conversation(execution, judged, left)


def run_unanswered(slot: Slot, program: Program, limits: RunLimits) -> Execution | None:
    """Run a program to which nobody says anything. Return how it ended, or None if it was idle and had to be ended.

    Raises:
        FilesRefused: its files do not fit into its directory.
        SlotFailed: the jail broke; the slot is of no further use.
    """
    slot.refresh()
    with contextlib.ExitStack() as ours:
        stdin, writer = connect()
        reader, stdout = connect()
        ours.callback(os.close, reader)
        ours.callback(os.close, writer)
        end, may_run = held_pipe(ours)
        with ThreadPoolExecutor(1, "unanswered") as pool, may_run:
            running = pool.submit(slot.run_connected, program, limits, Streams(stdin, stdout, end))
            until_idle(running, slot, _AWAITS_INPUT_IDLE_S)
            ended = running.done()
            may_run.close()
            execution = running.result()
    return execution if ended else None


def was_over(usage: ProgramUsage, limits: RunLimits, execution: Execution, ended: float) -> bool:
    """Return whether a program was over a limit when its partner ``ended``. ``usage`` was read a little later: what the
    program may have used since then does not count."""
    had_ended = execution.ended <= usage.at
    cpu_s = execution.cpu_s if had_ended else usage.cpu_s
    killed_since = had_ended and execution.signal == signal.SIGKILL
    since_s = min(usage.at, execution.ended) - ended
    return cpu_s - since_s > limits.cpu_s or (usage.over_memory and not killed_since)


def until_idle(run: Future[Execution], slot: Slot, patience_s: float, cpu_s: float = float("inf")) -> None:
    """Wait until a run has ended, has used ``cpu_s`` more, or all of its threads have been blocked for so long.

    A thread that waits for a CPU is not blocked, nor is a program that was not handed over yet, so a busy machine makes
    no difference. A run that is never idle is ended by its own limits.
    """
    since, used_s = time.monotonic(), slot.group.cpu_s()
    most_s = used_s + cpu_s
    while not wait((run,), patience_s / _LOOKS_PER_IDLE_TIME).done:
        now, now_used_s = time.monotonic(), slot.group.cpu_s()
        blocked = slot.has_program and processes.is_blocked(slot.pid)
        if not blocked or now_used_s - used_s > _BUSY_CPU_SHARE * patience_s:
            since, used_s = now, now_used_s
        elif now - since >= patience_s:
            return
        if now_used_s > most_s:
            return


def connect() -> tuple[int, int]:
    """Make a pipe that a program of any user may open again by name (/dev/stdin, /dev/stdout)."""
    reading, writing = os.pipe()
    os.fchmod(reading, 0o666)
    os.fchmod(writing, 0o666)
    return reading, writing


def held_pipe(ours: contextlib.ExitStack) -> tuple[int, contextlib.ExitStack]:
    """Return the end to watch, and a stack whose closing is seen there."""
    reading, writing = os.pipe()
    ours.callback(os.close, reading)
    return reading, _hold(writing)


def _hold(descriptor: int) -> contextlib.ExitStack:
    """Return a stack whose closing closes the descriptor."""
    stack = contextlib.ExitStack()
    stack.callback(os.close, descriptor)
    return stack
