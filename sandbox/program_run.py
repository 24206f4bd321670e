"""One run of a program: handed over to a jail, watched, and read once it has ended."""

from __future__ import annotations

import math
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

from sandbox.calibrator import CpuCalibrator
from sandbox.enforcer import LimitEnforcer
from sandbox.execution import NO_NAMES, Executable, Execution, FilesRefused, Interrupted, Limit, Program, SlotFailed
from sandbox.jail import Jail
from sandbox.kernel import beneath
from sandbox.limits import RunLimits
from sandbox.monitor import Ends, RunMonitor
from sandbox.zygote import request
from sandbox.zygote.protocol import Word

_MAX_COLLECTED = 256
"""Files that are read of one directory, at most."""


@dataclass(frozen=True, slots=True)
class Streams:
    """Source of a run's input and destination of its output: descriptors that the run takes over and closes.

    Without ``stdout`` the output is kept in the ``Execution``, and compared with ``expected`` while it comes. ``until``
    stays the caller's: the run is ended as soon as the other end of that pipe is closed. ``partner_busy_s`` tells
    for how long whoever the program talks with used a CPU, waited for one or slept: time that it may have waited for.
    A program that has ended a test asks for others over ``answers``; its questions come out of ``questions``, which
    stays the caller's.
    """

    stdin: int
    stdout: int | None = None
    until: int | None = None
    partner_busy_s: Callable[[], float] | None = None
    expected: bytes = b""
    questions: socket.socket | None = None
    answers: socket.socket | None = None


class ProgramRun:
    """A program that a jail has: entered when it is handed over, left when it has ended and the jail is ready again.

    What breaks the jail meanwhile is raised on leaving, as ``SlotFailed``.
    """

    def __init__(
        self, jail: Jail, program: Program, limits: RunLimits, streams: Streams,
        calibrator: CpuCalibrator | None, interrupt: int | None,
    ) -> None:  # fmt: skip
        """Hand the program over to a jail that is ready. ``calibrator`` and ``interrupt`` are as of ``Slot``.

        Raises:
            SlotFailed: the jail broke.
        """
        self._jail, self._program, self._limits = jail, program, limits
        self._pipes = Descriptors()
        """The ends of pipes that the monitor reads."""
        try:
            # Ours no more: whoever reads what the program writes is to see its end.
            with Descriptors([streams.stdin]) as handed:
                if streams.stdout is not None:
                    handed.append(streams.stdout)
                jail.group.begin(limits)
                ends = self._hand_over(streams, handed, interrupt)
        except BaseException as error:
            self._pipes.close()
            if isinstance(error, OSError):
                raise broken(error) from error
            raise
        enforcer = LimitEnforcer(jail.group, jail.directory, limits, jail.init_pid, calibrator, streams.partner_busy_s)
        self.monitor = RunMonitor(enforcer, ends, streams.expected)
        self.monitor.inherited_bytes = jail.inherited_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.close(error)

    def close(self, error: BaseException | None = None) -> None:
        """Wait for the end of the program, then let the jail make ready for the next. ``error`` is why the run is left,
        if it is an exception.

        Raises:
            FilesRefused: the program's files do not fit into its directory.
            Interrupted: ``interrupt`` could be read.
            SlotFailed: the jail broke.
        """
        try:
            try:
                self.monitor.await_end()
            finally:
                self.monitor.close()  # left open, the jail could not be cleared
            self._jail.control.send(Word.CLEAR.to_bytes())
        except OSError as failure:
            raise broken(failure) from failure
        finally:
            self._jail.has_program = False
            self._pipes.close()
        if isinstance(error, OSError):
            raise broken(error) from error
        if error is None and self.monitor.interrupted:
            raise Interrupted
        if error is None and self.monitor.files_refused is not None:
            raise FilesRefused(self.monitor.files_refused)

    def execution(self) -> Execution:
        """Read what the program has done so far: all of it once it has ended."""
        monitor, enforcer = self.monitor, self.monitor.enforcer
        collected, oversize, refused = self._collect()
        # One that asks for more has ended its test well.
        code = os.waitstatus_to_exitcode(monitor.report.status if monitor.report else 0)
        stderr = monitor.stderr.whole()
        stopped_by = monitor.limit_reached()
        if code != 0 and stopped_by is None and self._program.says_out_of_memory(stderr):
            stopped_by = Limit.MEMORY
        late = monitor.report is not None and monitor.late
        return Execution(
            exit_code=code if code >= 0 else None,
            signal=-code if code < 0 else None,
            cpu_s=enforcer.test_cpu_s,
            wall_s=monitor.wall_s,
            ended=monitor.ended,
            peak_memory=monitor.peak_memory,
            stdout=monitor.stdout.whole(),
            stderr=stderr,
            stopped_by=stopped_by,
            late=late,
            slowdown=enforcer.slowdown if late else 1.0,
            idle_s=enforcer.idle_s(monitor.wall_s) if late else 0.0,
            syntax_error=self._syntax_error(code, stopped_by),
            collected=collected,
            oversize=oversize,
            refused=refused,
        )

    def _syntax_error(self, code: int, stopped_by: Limit | None) -> str | None:
        monitor = self.monitor
        if monitor.syntax_error is not None or monitor.started is not None or stopped_by is not None:
            return monitor.syntax_error
        return f"the parser was ended by signal {-code}" if code < 0 else f"the parser ended with code {code}"

    def _collect(self) -> tuple[dict[str, bytes], frozenset[str], frozenset[str]]:
        """Read the files to collect, as the program left them; absent where it left none of that name. Returns them,
        the names of those that are too large, and the names in whose place, or on the way to it, is anything else."""
        files: dict[str, bytes] = {}
        oversize, refused = set(), set()
        directory = self.monitor.directory
        if directory is None:  # it never started
            return files, NO_NAMES, NO_NAMES
        rest = self._limits.collect_bytes
        """Bytes that all files of directories may have together."""
        for name, listed in self._names(directory):
            max_bytes = rest if listed else self._limits.collect_bytes
            try:
                descriptor = beneath.open_file(directory, name, owner=self._jail.program_uid)
            except beneath.Refused:
                refused.add(name)
            except OSError:
                continue
            else:
                with open(descriptor, "rb") as file:
                    data = file.read(max_bytes + 1)
                if len(data) > max_bytes:
                    oversize.add(name)
                else:
                    files[name] = data
                    rest -= len(data) * listed
        return files, frozenset(oversize), frozenset(refused)

    def _names(self, directory: int) -> Iterator[tuple[str, bool]]:
        """Yield the names to collect, those of directories replaced by what lies in them, and whether they were."""
        for name in self._program.collect:
            if name.endswith("/"):
                for entry in beneath.list_directory(directory, name, _MAX_COLLECTED):
                    yield entry, True
            else:
                yield name, False

    def _hand_over(self, streams: Streams, handed: Descriptors, interrupt: int | None) -> Ends:
        """Send the request to the waiting child. ``handed`` takes the ends that the child has from now on."""
        jail, program, limits = self._jail, self._program, self._limits
        # The owner stops a program by the tree's CPU time; this is for one process when the owner is late.
        cpu_s = math.ceil(limits.cpu_stop_s) + 1
        bounds = request.ProcessBounds(cpu_s, limits.stack_bytes, limits.processes + jail.other_tasks())
        body = request.write_program(program, bounds, session=streams.answers is not None)
        handed.append(body)
        err, err_end = self._output_pipe(handed)
        out, out_end = (None, streams.stdout) if streams.stdout is not None else self._output_pipe(handed)
        more = [program.descriptor] if isinstance(program, Executable) and program.descriptor is not None else []
        if streams.answers is not None:
            handed.append(streams.answers.detach())
            more.append(handed[-1])
        socket.send_fds(jail.requests, [Word.RUN.to_bytes()], [streams.stdin, out_end, err_end, body, *more])
        jail.ready, jail.has_program = False, True
        return Ends(jail.control, jail.requests, out, err, streams.until, streams.questions, interrupt)

    def _output_pipe(self, handed: Descriptors) -> tuple[int, int]:
        """A pipe from the program to the monitor."""
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        self._pipes.append(ours)
        handed.append(theirs)
        os.fchmod(theirs, 0o666)  # so that a program of another user can open /dev/stdout
        return ours, theirs


def broken(error: OSError) -> SlotFailed:
    """The fault of a slot whose jail is of no further use."""
    return SlotFailed(f"the jail broke: {error}")


class Descriptors(list[int]):
    """Descriptors that are open until they are left, or closed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all. May be called again."""
        while self:
            os.close(self.pop())
