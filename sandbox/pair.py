"""Two programs that talk: the output of each is the input of the other, each in a slot of its own."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from sandbox.execution import Execution, Program
from sandbox.limits import Limits
from sandbox.slot import Slot, Streams

LetFinish = Callable[[Execution], bool]
"""Whether a program may go on to its own end, now that the judge's has ended like this."""


def run_pair(
    slot: Slot, program: Program, limits: Limits,
    judge_slot: Slot, judge: Program, judge_limits: Limits, let_finish: LetFinish,
) -> tuple[Execution, Execution]:  # fmt: skip
    """Run both to their ends. Returns the program's execution and the judge's.

    Raises:
        FilesRefused: the files of one do not fit into its directory.
        SlotFailed: a jail broke; neither slot is of further use.
    """
    with contextlib.ExitStack() as ours:
        program_stdin, judge_stdout = _pipe()
        judge_stdin, program_stdout = _pipe()
        end_program, program_may_run = _held_pipe(ours)
        end_judge, judge_may_run = _held_pipe(ours)

        def run_judge() -> Execution:
            streams = Streams(judge_stdin, judge_stdout, end_judge, slot.group.cpu_s)
            with _unless_let(program_may_run) as let:
                execution = judge_slot.run_connected(judge, judge_limits, streams)
                let.append(let_finish(execution))
            return execution

        with ThreadPoolExecutor(1, "judge") as pool:
            judging = pool.submit(run_judge)
            with _unless_let(judge_may_run) as let:
                streams = Streams(program_stdin, program_stdout, end_program, judge_slot.group.cpu_s)
                execution = slot.run_connected(program, limits, streams)
                let.append(True)
            return execution, judging.result()


@contextlib.contextmanager
def _unless_let(other_may_run: contextlib.ExitStack) -> Iterator[list[bool]]:
    """End the other program, unless told that it may go on."""
    let: list[bool] = []
    try:
        yield let
    finally:
        if True not in let:
            other_may_run.close()


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
    held = ours.enter_context(contextlib.ExitStack())
    held.callback(os.close, writing)
    return reading, held
