"""Several tests of a program in one process: the caller asks for one batch after the other.

    with Session(slot, program, limits) as session:
        first = session.run(test)
        while session.alive and pending:
            result = session.run_batch(next_batch(pending, result))

The process tells of its tests over a socket of this run alone, since the program can do with it what it likes. What it
claims is no more than what the program answers: each claim is believed only as far as it cannot do harm.
"""

from __future__ import annotations

import contextlib
import math
import os
import socket
import struct
import time
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, Self

from sandbox.execution import NO_NAMES, NOTHING, Execution, Input, Program
from sandbox.kernel import memory_file
from sandbox.limits import RunLimits
from sandbox.monitor import RunMonitor, has_unread
from sandbox.program_run import Descriptors, ProgramRun, Streams, broken
from sandbox.slot import Slot
from sandbox.zygote import request
from sandbox.zygote.protocol import CLAIM, FILE_END, FIRST_TEST, PROGRESS, Word

_TURN_NS = 50_000_000
"""A process stops in the middle of a batch after so long, and asks for the rest anew."""
_NS = 1e-9


class BatchEnd(Enum):
    """The way in which a process came to the end of a batch."""

    ASKS = Word.MORE
    """The process asks for more tests: those of the batch that it has not come to, or others."""
    ENDED = Word.LAST
    """The process ended in the test after the last of ``BatchResult.executions``."""
    GONE = 0
    """The process ended without a word, or a limit ended it."""


class BatchRequest(NamedTuple):
    """Tests for a process to run. They are stopped once they took longer than this, whatever the limits grant."""

    inputs: Sequence[Input]
    cpu_s: float = math.inf
    wall_s: float = math.inf


class BatchResult(NamedTuple):
    """Executions of a batch's tests, in order; fewer than were requested where the process did not come to all."""

    executions: list[Execution]
    end: BatchEnd
    begun: int
    """Tests that were begun, as the process has it: where it is gone, it was in the last of them."""
    slowest_s: float = 0.0
    """CPU time of the slowest of ``executions``, as the process has it: whoever says something else of itself harms
    only itself."""
    longest_s: float = 0.0
    """Wall time of the longest of ``executions``, as the process has it: from outside nobody can tell them apart. It
    decides nothing but what to run next."""


_Claim = tuple[int, ...]
"""The process's claim about a test: ``CLAIM``, and a ``FILE_END`` for each file to be collected."""
_CPU_NS, _WALL_NS = map([*CLAIM.formats].index, ("cpu_ns", "wall_ns"))


class Session:
    """One process of a Python program, for as long as each test leaves it as it was and all tests together stay within
    the limits. Only for slots that are ``native``."""

    alive = False
    """True while the process asks for tests."""
    imported_modules = 0
    """Modules that the first test imported, as the process has it. The others find them there."""

    def __init__(self, slot: Slot, program: Program, limits: RunLimits) -> None:
        self._slot, self._program, self._limits = slot, program, limits
        self._batch_limits = limits._replace(cpu_grace=1.0)
        self._batch_files = Descriptors()
        self._open_run: ProgramRun | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._close(error)

    def run(self, test: Input, expected: bytes = b"", patience_s: float = math.inf) -> Execution:
        """Run the first test, which starts the process. ``expected`` as in ``Slot.run``. It is stopped after
        ``patience_s`` of CPU time, where that is below its limit.

        Raises:
            FilesRefused, Interrupted, SlotFailed: as in ``Slot.run``.
        """
        self._slot.refresh()
        run = self._start(test, expected)
        if patience_s < self._limits.cpu_s:
            run.monitor.lower(patience_s)
        try:
            question = run.monitor.await_question()
            if question is None:
                run.monitor.end_batches()
                run.monitor.await_end()
            execution = run.execution()
        except OSError as error:
            raise broken(error) from error
        if question is None:
            self._close()
        else:
            self.alive = True
            self.imported_modules = _imported_modules(question)
        return execution

    def run_batch(self, batch: BatchRequest) -> BatchResult:
        """Run more tests in the same process. Of them only what is accepted counts, since a program may have kept
        something from the tests before.

        Raises:
            SlotFailed: the jail broke; the slot is of no further use.
        """
        run = self._open_run
        assert run is not None
        monitor = run.monitor
        try:
            monitor.begin_batch(self._batch_limits, batch.cpu_s, batch.wall_s)
            self._send(batch.inputs)
            claims, end = self._claims(monitor.await_question(), len(batch.inputs))
            executions = self._executions(claims, monitor) if claims else []
            progress = os.pread(self._batch_files[-1], PROGRESS.size, 0)
            begun = int.from_bytes(progress, "little")
        except OSError as error:
            raise broken(error) from error
        if len(executions) < len(claims):
            end = BatchEnd.GONE
        # One that asks again and has not taken what it was sent asks for nothing: it would fill the socket.
        self.alive = end is BatchEnd.ASKS and not has_unread(self._questions)
        return BatchResult(
            executions,
            end,
            min(begun, len(batch.inputs)),
            max([execution.claimed_cpu_s or 0.0 for execution in executions], default=0.0),
            max([claim[_WALL_NS] for claim in claims], default=0) * _NS,
        )

    def _start(self, test: Input, expected: bytes) -> ProgramRun:
        self._program = program = self._program.with_files(test.files)
        self._questions, answers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with answers:
            try:
                stdin = memory_file.readable("stdin", [test.stdin])
                streams = Streams(stdin, expected=expected, questions=self._questions, answers=answers)
                self._open_run = run = self._slot.start(program, self._limits, streams)
            except BaseException:
                self._questions.close()
                raise
        return run

    def _close(self, error: BaseException | None = None) -> None:
        """End the process, if there is one."""
        self.alive = False
        run, self._open_run = self._open_run, None
        if run is None:
            return
        try:
            run.monitor.end_batches()
            run.close(error)
        finally:
            self._batch_files.close()

    def _send(self, inputs: Sequence[Input]) -> None:
        """Send tests to a process that asked. If it is gone meanwhile, its end shows that."""
        body = request.write_tests(inputs, _TURN_NS)
        try:
            files = [] if self._batch_files else self._new_files()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                socket.send_fds(self._questions, [Word.TESTS.to_bytes()], [body, *files])
        finally:
            os.close(body)

    def _new_files(self) -> Descriptors:
        """Files in the place of the standard streams: what a test reads is put there, what it wrote is found there; and
        one for the number of tests that were begun."""
        for name in ("stdin", "stdout", "stderr", "begun"):
            self._batch_files.append(memory_file.writable(name))
        return self._batch_files

    def _claims(self, question: bytes | None, requested: int) -> tuple[list[_Claim], BatchEnd]:
        """Parse what the process says of the tests that ended, in order, and what came then. One that says what cannot
        be is as good as gone."""
        if question is None:
            return [], BatchEnd.GONE
        word, numbers = question[0], question[1:]
        of_each = struct.Struct(f"<{CLAIM.codes}{FILE_END.codes * len(self._program.collect)}")
        if len(numbers) % of_each.size or len(numbers) > requested * of_each.size:
            return [], BatchEnd.GONE
        return list(of_each.iter_unpack(numbers)), BatchEnd(word)

    def _executions(self, claims: list[_Claim], monitor: RunMonitor) -> list[Execution]:
        """The tests' executions, as far as the claims can be. Of what all of them took each has an even share: what it
        says of itself could hide its time, or lay it on others."""
        out, err = (self._content(file) for file in self._batch_files[1:3])
        ended, peak_memory = time.monotonic(), monitor.peak_memory
        all_cpu_s = monitor.enforcer.test_cpu_s
        cpu_s, wall_s = (whole / len(claims) for whole in (all_cpu_s, monitor.batch_wall_s))
        claimed_ns = sum([claim[_CPU_NS] for claim in claims if claim[_CPU_NS] > 0])
        cpu_s_per_ns = all_cpu_s / claimed_ns if claimed_ns else 0.0
        executions, out_at, err_at = [], 0, 0
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
            claimed_cpu_s = cpu_ns * cpu_s_per_ns if cpu_ns > 0 else 0.0
            fields = (*ran, None, False, 1.0, 0.0, False, claimed_cpu_s, None, collected, NO_NAMES, NO_NAMES)
            executions.append(Execution._make(fields))  # half as long as by their names, for every test
        return executions

    def _content(self, file: int) -> bytes:
        """Read all of a stream; nothing where it is more than one test may write."""
        size = os.fstat(file).st_size
        return os.pread(file, size, 0) if 0 < size <= self._limits.output_bytes else b""


def _imported_modules(question: bytes) -> int:
    """Read a ``FIRST_TEST``, which the program may have written: 0 where it is none."""
    if len(question) != FIRST_TEST.size:
        return 0
    _, modules = FIRST_TEST.unpack_from(question)
    return int(modules)
