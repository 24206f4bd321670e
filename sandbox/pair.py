"""Two programs that talk: the output of each is the input of the other, each in a slot of its own."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from sandbox.execution import Execution, Program
from sandbox.limits import Limits
from sandbox.slot import Slot, Streams

LetFinish = Callable[[Execution], bool]
"""Whether a program may go on to its own end, now that the judge's has ended like this."""
_ALONE_S = 2.0
"""Whoever is left alone is ended once it has been idle for so long."""
_HEARD_S = 0.05
"""Whoever has been idle for so long has heard all that was said."""
_BUSY = 0.02
"""Whoever uses less than this share of a CPU is idle."""


class Conversation(NamedTuple):
    """How both ended. ``left``: the program had ended when the judge's went on, which saw the end of its input then and
    not before."""

    program: Execution
    judge: Execution
    left: bool


def run_pair(
    slot: Slot, program: Program, limits: Limits,
    judge_slot: Slot, judge: Program, judge_limits: Limits, let_finish: LetFinish,
) -> Conversation:  # fmt: skip
    """Run both to their ends.

    Whoever is left alone goes on for as long as it computes; the program only where ``let_finish`` says so. A limit
    that the program reached after the judge's end is not told.

    Raises:
        FilesRefused: the files of one do not fit into its directory.
        SlotFailed: a jail broke; neither slot is of further use.
    """
    with contextlib.ExitStack() as ours:
        program_stdin, judge_stdout = _pipe()
        judge_stdin, program_stdout = _pipe()
        # Held open, so that the judge's sees the end of its input when we say so.
        judge_may_read = _held(os.dup(program_stdout))
        end_program, program_may_run = _held_pipe(ours)
        end_judge, judge_may_run = _held_pipe(ours)
        of_program = Streams(program_stdin, program_stdout, end_program, judge_slot.group.cpu_s)
        of_judge = Streams(judge_stdin, judge_stdout, end_judge, slot.group.cpu_s)
        with ThreadPoolExecutor(2, "pair") as pool, program_may_run, judge_may_run, judge_may_read:
            running = pool.submit(slot.run_connected, program, limits, of_program)
            judging = pool.submit(judge_slot.run_connected, judge, judge_limits, of_judge)
            wait((running, judging), return_when=FIRST_COMPLETED)
            if running.done():
                execution = running.result()
                if not execution.clean:  # did the judge's end for what it was told, or for this?
                    _await(judging, judge_slot, _HEARD_S)
                left = not judging.done()
                judge_may_read.close()
                _await(judging, judge_slot, _ALONE_S)
                judge_may_run.close()
                return Conversation(execution, judging.result(), left)
            within_limits = slot.group.cpu_s() <= limits.cpu_s and not slot.group.over_memory()
            if let_finish(judging.result()):
                _await(running, slot, _ALONE_S)
            program_may_run.close()
            execution, judged = running.result(), judging.result()
            if within_limits and judged.ended < execution.ended:
                execution = execution._replace(stopped_by=None, late=False)
            return Conversation(execution, judged, left=False)


def _await(run: Future[Execution], slot: Slot, patience_s: float) -> None:
    """Wait until a run has ended, or has been idle for so long."""
    used_s = slot.group.cpu_s()
    while not wait((run,), patience_s).done:
        before_s, used_s = used_s, slot.group.cpu_s()
        if used_s - before_s < _BUSY * patience_s:
            return


def _pipe() -> tuple[int, int]:
    """A pipe that a program of any user may open again by name (/dev/stdin, /dev/stdout)."""
    reading, writing = os.pipe()
    os.fchmod(reading, 0o666)
    os.fchmod(writing, 0o666)
    return reading, writing


def _held_pipe(ours: contextlib.ExitStack) -> tuple[int, contextlib.ExitStack]:
    """The end to watch, and a stack whose closing is seen there."""
    reading, writing = os.pipe()
    ours.callback(os.close, reading)
    return reading, _held(writing)


def _held(descriptor: int) -> contextlib.ExitStack:
    """A stack whose closing closes the descriptor."""
    held = contextlib.ExitStack()
    held.callback(os.close, descriptor)
    return held
