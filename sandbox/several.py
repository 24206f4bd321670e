"""Several tests of a program in one process, the owner's side: what the process is given, and what it says of them.

The process asks over a socket of this run alone, since the program can do with it what it likes. What it claims is no
more than what the program answers: each claim is believed only as far as it cannot do harm.
"""

from __future__ import annotations

import contextlib
import math
import os
import socket
import struct
import time
from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from sandbox.execution import NO_NAMES, NOTHING, Execution, Input, Program
from sandbox.kernel import memory_file
from sandbox.limits import Limits
from sandbox.monitor import ASK, RunMonitor, has_unread
from sandbox.zygote import request


class Then(Enum):
    """What a process did after the tests that it tells of."""

    ASKS = b"next"
    """It asks for more: those that it was given and has not come to, or others."""
    ENDED = b"last"
    """It ended in the test after these."""
    GONE = b""
    """It ended without a word, or a limit ended it."""


class Told(NamedTuple):
    """What tests did, in order, of those that were given last."""

    done: list[Execution]
    then: Then
    begun: int
    """How many were begun, as the process has it: where it is gone, in the last of them."""
    slowest_s: float = 0.0
    """CPU time of the slowest in ``done``, as the process has it: whoever says something else of itself harms only
    itself."""
    imported: int = 0
    """How many modules the first test of the process imported, which the others find there."""
    longest_s: float = 0.0
    """By the clock, of the tests in ``done``, as the process has it: from outside nobody can tell them apart. It
    decides nothing but what to give next."""


class Given(NamedTuple):
    """The next tests for a process; none are the end of it. They are stopped once they took longer than this, whatever
    the limits grant."""

    inputs: Sequence[Input] = ()
    cpu_s: float = math.inf
    wall_s: float = math.inf


Following = Callable[[Told], Given]
"""Told of the tests that it gave last, it gives the next for the same process; one that asks for none gets none."""
_TURN_NS = 50_000_000
"""So long a process goes on with what it was given before it tells."""
_NS = 1e-9
_NUMBER_BYTES = 8


_Claim = tuple[int, ...]
"""What the process says of a test: where its output and its messages end, its CPU and wall time in ns; and for each
file to be collected where that ends, or -1."""
_CPU_NS, _WALL_NS = 2, 3


class Several:
    """The tests of one process after its first."""

    def __init__(self, program: Program, limits: Limits, following: Following) -> None:
        self._program, self._limits, self._following = program, limits, following
        self._closing = contextlib.ExitStack()
        self.asks, self.answers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        """Our end and the process's, which whoever starts it detaches."""
        self._closing.enter_context(self.asks)
        self._closing.enter_context(self.answers)
        self._streams: list[int] = []

    def close(self) -> None:
        """Let go of everything that is ours."""
        self._closing.close()

    def go_on(self, watch: RunMonitor, first: Callable[[], Execution]) -> Execution | None:
        """From the end of the first test to that of the last. Returns what the first did, or None where it ended its
        process. Whatever happens, the process is told that there are no more.
        """
        try:
            if (said := watch.until_asked()) is None:
                return None
            done = first()
            imported = int.from_bytes(said[len(ASK) :], "little", signed=True)
            told = Told([done], Then.ASKS, 1, done.cpu_s, imported, done.wall_s)
            # One that asks again and has not taken what it was given asks for nothing: it would fill the socket.
            while (given := self._following(told)).inputs and told.then is Then.ASKS and not has_unread(self.asks):
                watch.next_tests(self._limits, given.cpu_s, given.wall_s)
                self._give(given.inputs)
                said = watch.until_asked()
                claims, then = self._understood(said, len(given.inputs))
                done_now = self._done(claims, watch)
                told = Told(
                    done_now,
                    then if len(done_now) == len(claims) else Then.GONE,
                    min(self._begun(), len(given.inputs)),
                    max([execution.claimed_cpu_s or 0.0 for execution in done_now], default=0.0),
                    longest_s=max([claim[_WALL_NS] for claim in claims], default=0) * _NS,
                )
            return done
        finally:
            watch.no_more_tests()

    def _give(self, given: Sequence[Input]) -> None:
        """The next tests for a process that asked. One that is not there any more is seen to have ended."""
        sent = request.written_tests(given, _TURN_NS)
        try:
            streams = [] if self._streams else self._new_streams()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                socket.send_fds(self.asks, [b"go"], [sent, *streams])
        finally:
            os.close(sent)

    def _new_streams(self) -> list[int]:
        """Files in the place of the standard streams: what a test reads is put there, what it wrote found there; and
        one for the number of tests that were begun."""
        for name in ("stdin", "stdout", "stderr", "begun"):
            stream = memory_file.writable(name)
            self._closing.callback(os.close, stream)
            self._streams.append(stream)
        return self._streams

    def _begun(self) -> int:
        return int.from_bytes(os.pread(self._streams[-1], _NUMBER_BYTES, 0), "little")

    def _understood(self, said: bytes | None, given: int) -> tuple[list[_Claim], Then]:
        """What the process says of the tests that ended, in order, and what came then. One who says what cannot be is
        as good as gone."""
        if said is None:
            return [], Then.GONE
        word, numbers = said[: len(ASK)], said[len(ASK) :]
        of_each = struct.Struct(f"<{_WALL_NS + 1 + len(self._program.collect)}q")
        if len(numbers) % of_each.size or len(numbers) > given * of_each.size:
            return [], Then.GONE
        return list(of_each.iter_unpack(numbers)), Then(word)

    def _done(self, claims: list[_Claim], watch: RunMonitor) -> list[Execution]:
        """The tests' executions, as far as the claims can be. Of what all of them took each has an even share: what it
        says of itself could hide its time, or lay it on others."""
        out, err = (self._content(stream) for stream in self._streams[1:3])
        ended, peak_memory = time.monotonic(), watch.peak_memory
        took_s = watch.test_cpu_s
        cpu_s, wall_s = (whole / max(1, len(claims)) for whole in (took_s, watch.test_wall_s))
        claimed_ns = sum([claim[_CPU_NS] for claim in claims if claim[_CPU_NS] > 0])
        of_a_ns = took_s / claimed_ns if claimed_ns else 0.0
        done, out_at, err_at = [], 0, 0
        for out_end, err_end, cpu_ns, _, *files in claims:
            if not (out_at <= out_end <= len(out) and err_at <= err_end <= len(err)):
                break
            stdout, stderr, collected = out[out_at:out_end], err[err_at:err_end], NOTHING
            out_at, err_at = out_end, err_end
            if files:
                collected = {}
                for name, end in zip(self._program.collect, files, strict=True):
                    if end >= 0:
                        collected[name] = out[out_at:end]
                        out_at = max(out_at, end)
            ran = (0, None, cpu_s, wall_s, ended, peak_memory, stdout, stderr)
            claimed_cpu_s = cpu_ns * of_a_ns if cpu_ns > 0 else 0.0
            fields = (*ran, None, False, 1.0, 0.0, False, claimed_cpu_s, None, collected, NO_NAMES, NO_NAMES)
            done.append(Execution._make(fields))  # half as long as by their names, for every test
        return done

    def _content(self, stream: int) -> bytes:
        """All of a stream, nothing where it is more than one test may write."""
        size = os.fstat(stream).st_size
        return os.pread(stream, size, 0) if 0 < size <= self._limits.output_bytes else b""
