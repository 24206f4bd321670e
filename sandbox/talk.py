"""A program that talks with us: its output is what we hear, and what we say its input."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sandbox.execution import Execution, Program
from sandbox.limits import RunLimits
from sandbox.pair import ALL_READ_IDLE_S, ProgramUsage, connect, held_pipe, until_idle, was_over
from sandbox.program_run import Streams
from sandbox.slot import Slot

_READ_BYTES = 1 << 16
_END_CPU_S = 0.2
"""CPU time in which a program that hears nothing more may end by itself, and write what it has not yet written."""
T = TypeVar("T")


class HungUp(Exception):
    """The program has ended, or closed its end."""


class Line:
    """Our end of a conversation. It waits for as long as the program may run."""

    def __init__(self, hearing: int, speaking: int) -> None:
        self._hearing = hearing
        self._speaking: int | None = speaking
        self._buffer = bytearray()
        self._began = time.monotonic()
        self._waited_s = 0.0
        self._waits_since: float | None = None

    def say(self, data: bytes) -> None:
        """Write all of it.

        Raises:
            HungUp: nobody reads.
        """
        assert self._speaking is not None
        with self._waiting():
            try:
                while data:
                    data = data[os.write(self._speaking, data) :]
            except BrokenPipeError:
                raise HungUp from None

    def hear(self, size: int) -> bytes:
        """Read so many bytes.

        Raises:
            HungUp: there are fewer.
        """
        with self._waiting():
            while len(self._buffer) < size:
                data = os.read(self._hearing, _READ_BYTES)
                if not data:
                    raise HungUp
                self._buffer += data
        message = bytes(self._buffer[:size])
        del self._buffer[:size]
        return message

    def hang_up(self) -> None:
        """Let the program see the end of its input. May be called again."""
        if self._speaking is not None:
            os.close(self._speaking)
            self._speaking = None

    def busy_s(self) -> float:
        """Seconds for which the program had to wait for us."""
        now, since = time.monotonic(), self._waits_since
        waits_s = 0.0 if since is None else now - since
        return max(0.0, now - self._began - self._waited_s - waits_s)

    @contextlib.contextmanager
    def _waiting(self) -> Iterator[None]:
        self._waits_since = began = time.monotonic()
        try:
            yield
        finally:
            self._waits_since, self._waited_s = None, self._waited_s + time.monotonic() - began


Talk = Callable[[Line], T]


def run_talk(slot: Slot, program: Program, limits: RunLimits, talk: Talk[T]) -> tuple[Execution, T]:
    """Run a program, and ``talk`` with it meanwhile; what that returns comes along. Then the program sees the end of
    its input, and is ended if it does not end: a limit that it reached after the talk does not count.

    Raises:
        FilesRefused: the program's files do not fit into its directory.
        SlotFailed: the jail broke; the slot is of no further use.
    """
    slot.refresh()
    with contextlib.ExitStack() as ours:
        stdin, speaking = connect()
        hearing, stdout = connect()
        ours.callback(os.close, hearing)
        line = Line(hearing, speaking)
        ours.callback(line.hang_up)
        end_program, program_may_run = held_pipe(ours)
        with ThreadPoolExecutor(1, "talk") as pool, program_may_run:
            running = pool.submit(slot.run_connected, program, limits, Streams(stdin, stdout, end_program, line.busy_s))
            result = talk(line)
            usage, ended = ProgramUsage.of(slot.group), time.monotonic()
            line.hang_up()
            until_idle(running, slot, ALL_READ_IDLE_S, _END_CPU_S)
            program_may_run.close()
            execution = running.result()
    if ended < execution.ended and not was_over(usage, limits, execution, ended):
        execution = execution._replace(stopped_by=None, late=False)
    return execution, result
