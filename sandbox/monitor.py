"""Watching one run from outside the jail: draining its output and stopping it at its limits."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import statistics
import sys
import termios
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from sandbox.calibrator import CpuCalibrator
from sandbox.execution import Limit
from sandbox.kernel import processes
from sandbox.kernel.cgroups import Group
from sandbox.kernel.disk import BoundedDirectory
from sandbox.limits import Limits
from sandbox.output import Output

_READ_BYTES = 1 << 20
_LITTLE_BYTES, _CALM_MS = 16 * 1024, 2
"""At first, and after so little output, the pipe, which has four times as much room, is left alone for so long: many
programs have ended by then, and one that writes line by line would wake us for each."""
_SHORTEST_LOOK_S = 0.002
_KILL_TIMEOUT_S = 30.0
_MESSAGE_BYTES = 64 * 1024
_SHOWN = 200
_ENDED: Mapping[str, Any] = {"failed": "the jail ended"}
_TEXTS = frozenset({"failed", "syntax_error", "files_refused"})
_TIMES = frozenset({"started", "ended"})
_NUMBERS = frozenset({int, float})
_ROUNDED_S = 1e-6
"""A time is said in microseconds, and may be rounded up."""
_REPORT = frozenset({"status", "cpu_s", "peak_memory", "ended"})
"""All of what the jail's init says once a run is over."""
ASK, LAST = b"next", b"last"
"""What a program says when it has ended its tests and would take others, or ends in the next; what it says of them
follows."""
_MOST_WAITING = 10
"""A runnable program may be kept waiting for a CPU, unpunished, for so many times its wall limit."""
_SAMPLES = 10
"""So often, over its CPU limit, it is measured by how much a program is slowed down."""
_MARGIN = 1.15
"""A program may be slowed down by so much more than the calibrator, which does other work."""


class RunFailed(OSError):
    """The jail could not run the program: a fault of ours."""


class Ends(NamedTuple):
    """Our ends of a run's sockets and pipes. ``out`` is absent where the output goes to another program; the run is
    ended when ``until`` or ``interrupt`` can be read, or its other end is closed. Over ``asks`` a program that has
    ended one test asks for the next."""

    control: socket.socket
    requests: socket.socket
    out: int | None
    err: int
    until: int | None
    partner_busy_s: Callable[[], float] | None
    asks: socket.socket | None = None
    interrupt: int | None = None


class RunMonitor:
    """What is known of one run while it lasts, and after."""

    def __init__(
        self, group: Group, directory: BoundedDirectory | None, limits: Limits, ends: Ends, root: int,
        calibrator: CpuCalibrator | None, expected: bytes,
    ) -> None:  # fmt: skip
        self.stdout, self.stderr = Output(expected), Output()
        self.stopped_by: Limit | None = None
        self.interrupted = False
        self.started: float | None = None
        self._stopped_at: float | None = None
        self.syntax_error: str | None = None
        self.files_refused: str | None = None
        self.directory: int | None = None
        """A descriptor of the program's working directory, from which files are collected; None until it has come."""
        self.inherited_bytes = 0
        """Of the memory that ``report`` has, what the program only shares with the process that it is a fork of."""
        self.report: Mapping[str, Any] = {}
        """What the jail's init says once the run is over: status, ended, cpu_s, peak_memory."""
        self._group, self._limits, self._control, self._requests = group, limits, ends.control, ends.requests
        self._bounded = directory
        self._look_at_box_every_s = directory.look_every_s if directory else float("inf")
        self._streams = {ends.err: self.stderr} | ({} if ends.out is None else {ends.out: self.stdout})
        self._until, self._partner_busy_s, self._interrupt = ends.until, ends.partner_busy_s, ends.interrupt
        self._root = root
        self._calibrator = calibrator if limits.cpu_grace > _MARGIN else None
        self._slowdowns: list[float] = []
        self._waited_s = 0.0
        self._sent = time.monotonic()
        self._cores = len(os.sched_getaffinity(0))
        self._next_look = self._sent + self._interval(0.0, limits.wall_s)
        self._give_up: float | None = None
        self._kill_when_taken = False
        self._asks: socket.socket | None = ends.asks
        self._said: bytes | None = None
        self._cpu_before = 0.0
        self._final_cpu_s: float | None = None
        self._poller, self._without_streams = select.poll(), select.poll()
        self._calm = True
        others = [end.fileno() for end in (ends.control, ends.asks) if end is not None]
        ending = [end for end in (self._until, self._interrupt) if end is not None]
        for descriptor in (*self._streams, *others, *ending):
            self._poller.register(descriptor, select.POLLIN)
        for descriptor in (*others, *ending):
            self._without_streams.register(descriptor, select.POLLIN)

    def close(self) -> None:
        """Let go of the working directory. May be called again."""
        if self.directory is not None:
            os.close(self.directory)
            self.directory = None

    def until_asked(self) -> bytes | None:
        """Wait until the program has ended its tests and asks for more. Returns what it says; None where nothing it
        says counts: it has ended without a word, been stopped, or gone over a limit.

        Raises:
            RunFailed: the jail ended, or could not start the program.
        """
        while self._said is None and (not self.report or self._streams):
            self._step()
        self._hear()
        said, self._said = self._said, None
        if said is None:
            return None
        self._drain_all()  # what it wrote went into the pipes before the question
        over = self._group.cpu_s() > self._limits.cpu_s or self._group.over_memory()
        return None if over or self.interrupted or self.stopped_by is not None else said

    def next_tests(self, limits: Limits, cpu_s: float, wall_s: float) -> None:
        """From now on the CPU time is that of other tests. ``limits`` are still those of all together; these may take
        ``cpu_s`` and ``wall_s`` of them."""
        self._cpu_before = self._group.cpu_s()
        cpu_s = min(limits.cpu_s, self._cpu_before + cpu_s)
        limits = self._limits = limits._replace(cpu_s=cpu_s, wall_s=min(limits.wall_s, wall_s))
        self._calibrator = None  # only a first test's time is measured to the full
        self._calm = True
        self.started = time.monotonic()
        self._next_look = self.started + self._interval(self._cpu_before, limits.wall_s)

    def no_more_tests(self) -> None:
        """The program is told by the end of the socket, and ends."""
        if self._asks is not None:
            with contextlib.suppress(KeyError):
                self._forget(self._asks)
            self._asks.close()

    def until_ended(self) -> None:
        """Wait for the end of the program and of everything it started.

        Raises:
            RunFailed: the jail ended, or could not start the program.
        """
        while not self.report or self._streams:
            self._step()
        self._hear()

    def _step(self) -> None:
        """Take note of whatever happens next, and of the limits."""
        pause = max(0.0, self._next_look - time.monotonic())
        happened = self._without_streams.poll(_CALM_MS) if self._calm and not self.report else []
        self._calm = False
        for descriptor, _ in happened or self._poller.poll(pause * 1000):
            if descriptor in self._streams:
                self._drain(descriptor)
            elif descriptor in (self._until, self._interrupt):
                self.interrupted = descriptor == self._interrupt
                self._forget(descriptor)
                self._kill()
            elif descriptor != self._control.fileno() and self._asks is not None:
                self._listen(self._asks)
            else:
                self._end()
        if not self.report:
            self._enforce()

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the tree, for all tests."""
        return self._group.cpu_s() if self._final_cpu_s is None else self._final_cpu_s

    @property
    def test_cpu_s(self) -> float:
        """CPU seconds of the tree since the last tests began."""
        return max(0.0, self.cpu_s - self._cpu_before)

    @property
    def test_wall_s(self) -> float:
        """Seconds since the last tests began."""
        return time.monotonic() - (self.started or self._sent)

    @property
    def peak_memory(self) -> int:
        return self._group.peak_memory() or max(0, int(self.report.get("peak_memory", 0)) - self.inherited_bytes)

    @property
    def ended(self) -> float:
        """When the program ended, or a limit made us end it."""
        if self._stopped_at is not None:
            return self._stopped_at
        return float(self.report.get("ended", time.monotonic()))

    @property
    def late(self) -> bool:
        """Whether the program ended by itself, over its CPU limit."""
        ended_by_itself = self.stopped_by is None and not os.WIFSIGNALED(int(self.report["status"]))
        return ended_by_itself and self._limits.cpu_grace > 1 and self.verdict_of_limits() is Limit.CPU

    @property
    def wall_s(self) -> float:
        return float(self.report.get("ended", time.monotonic())) - (self.started or self._sent)

    @property
    def slowdown(self) -> float:
        """How many times as long as alone others made it take, on average; 1 where that was not measured."""
        return statistics.fmean(self._slowdowns) if self._slowdowns else 1.0

    @property
    def idle_s(self) -> float:
        """For how long it neither ran nor waited for a CPU or its partner, about."""
        partner_s = self._partner_busy_s() if self._partner_busy_s is not None else 0.0
        return max(0.0, self.wall_s - self.cpu_s - self._waited_s - partner_s)

    def verdict_of_limits(self) -> Limit | None:
        """Which limit ended the run, by the final readings."""
        if self._group.over_memory():
            return Limit.MEMORY
        if self.stopped_by is not None:
            return self.stopped_by
        status = int(self.report.get("status", 0))
        too_late = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
        return Limit.CPU if too_late or self.cpu_s > self._limits.cpu_s else None

    def _drain_all(self) -> None:
        """Take all that is in the pipes."""
        for descriptor in tuple(self._streams):
            while descriptor in self._streams and self._drain(descriptor):
                pass

    def _drain(self, descriptor: int) -> bool:
        """Take what is in a pipe. Returns whether anything was, or its end."""
        try:
            data = os.read(descriptor, _READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self._poller.unregister(descriptor)
            del self._streams[descriptor]
        elif self.stopped_by is not Limit.OUTPUT:
            self._streams[descriptor].add(data)
            self._calm = len(data) < _LITTLE_BYTES
            excess = len(self.stdout) + len(self.stderr) - self._limits.output_bytes
            if excess > 0:
                self._streams[descriptor].cut(excess)
                self._stop(Limit.OUTPUT)
        return True

    def _forget(self, end: socket.socket | int) -> None:
        """Nothing that happens there matters any more."""
        self._poller.unregister(end)
        self._without_streams.unregister(end)

    def _hear(self) -> None:
        """What the child has said before it became the program: that can wait until there is something else to do."""
        with contextlib.suppress(BlockingIOError):
            while True:
                data, descriptors, _, _ = socket.recv_fds(self._requests, _MESSAGE_BYTES, 1)
                if descriptors:
                    self.close()
                    self.directory = descriptors[0]
                message = _message(data) if data else _ENDED
                if "failed" in message:
                    raise RunFailed(message["failed"])
                self.syntax_error = message.get("syntax_error")
                self.files_refused = message.get("files_refused")
                self.started = message.get("started")

    def _listen(self, asks: socket.socket) -> None:
        """The program may say anything here: what is no question ends it, and what it passes along is not taken."""
        try:
            message = asks.recv(_MESSAGE_BYTES)
        except ConnectionResetError:  # it ended without having read what we sent
            message = b""
        if message[: len(ASK)] in (ASK, LAST) and self._said is None:
            self._said = message
            return
        self._forget(asks)
        if message:
            self._kill()

    def _end(self) -> None:
        data = self._control.recv(_MESSAGE_BYTES)
        if not data:
            raise RunFailed("the jail ended in the middle of a run")
        if has_unread(self._requests):
            raise RunFailed("the program's process ended before it took its program")
        report = _message(data)
        if not report.keys() >= _REPORT or not _is_exit_status(report["status"]):
            raise RunFailed(f"the jail said what is no report: {data[:_SHOWN]!r}")
        self.report = report
        self._final_cpu_s = self._group.final_cpu_s(float(self.report["cpu_s"]))
        self._drain_all()  # nobody is left who could write

    def _enforce(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        if self._give_up is not None:
            if now > self._give_up:
                raise RunFailed("the jail did not end the program")
            self._next_look = self._give_up
            return
        if self._kill_when_taken:
            self._kill()
            return
        if self.started is None:
            self._hear()
        used = self._group.cpu_s()
        if self._calibrator is not None and used > len(self._slowdowns) * self._sample_s:
            self._slowdowns.append(self._calibrator.slowdown())
        if self._limits.cpu_grace > 1 and used > self._limits.cpu_s / 2:  # it may come to be late
            self._waited_s = self._waited()
        if self._group.over_memory():
            self._stop(Limit.MEMORY)
        elif used > self._cpu_stop_s:
            self._stop(Limit.CPU)
        elif self._bounded is not None and self._bounded.is_over():
            self._stop(Limit.OUTPUT)
        elif (left := self._wall_deadline(now) - now) < 0:
            self._stop(Limit.WALL)
        else:
            self._next_look = now + self._interval(used, left)

    @property
    def _cpu_stop_s(self) -> float:
        """CPU seconds at which the program is stopped: at its limit, and as much later as others slow it down."""
        if not self._slowdowns:
            return self._limits.cpu_stop_s
        slowed = _MARGIN * self.slowdown
        return self._limits.cpu_s * min(slowed, self._limits.cpu_grace)

    @property
    def _sample_s(self) -> float:
        """CPU seconds from one measurement of the slowdown to the next."""
        return self._limits.cpu_s / _SAMPLES

    def _interval(self, used_cpu_s: float, wall_left_s: float) -> float:
        """Seconds until a limit can be reached at the earliest, or the slowdown is to be measured again."""
        cpu = self._cpu_stop_s - used_cpu_s
        if self._calibrator is not None:
            cpu = min(cpu, self._sample_s)
        look_every_s = min(self._look_at_box_every_s, self._group.look_every_s)
        return max(_SHORTEST_LOOK_S, min(cpu / self._cores, wall_left_s, look_every_s))

    def _wall_deadline(self, now: float) -> float:
        """When the wall limit is over. Time that the program waited for a busy machine, or for the program that
        it talks with, is not its fault."""
        deadline = (self.started or self._sent) + self._limits.wall_s
        if now <= deadline:
            return deadline
        if self._limits.alone:
            return deadline + min(self._waited_for_strangers(), self._limits.wall_s)
        if self._partner_busy_s is not None:
            deadline += self._partner_busy_s()
        return deadline + min(self._waited(), _MOST_WAITING * self._limits.wall_s)

    def _waited(self) -> float:
        return processes.waited_for_cpu_s(self._root)

    def _waited_for_strangers(self) -> float:
        """How long it waited for a CPU, without the time in which others of its own may have had it."""
        return max(0.0, processes.wanted_cpu_s(self._root) - self._group.cpu_s())

    def _stop(self, limit: Limit) -> None:
        self.stopped_by, self._stopped_at = limit, time.monotonic()
        self._kill()

    def _kill(self) -> None:
        """A child that has not taken its request yet is let take it first: the next child would get it otherwise."""
        if has_unread(self._requests):
            self._kill_when_taken, self._next_look = True, time.monotonic() + _SHORTEST_LOOK_S
            return
        self._control.send(b"kill")
        self._give_up = self._next_look = time.monotonic() + _KILL_TIMEOUT_S


def has_unread(end: socket.socket) -> bool:
    """Whether something that was sent from this end still lies in the socket (unix(7), SIOCOUTQ)."""
    unread = fcntl.ioctl(end, termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(unread, sys.byteorder) > 0


def _message(data: bytes) -> Mapping[str, Any]:
    """What the jail said: texts, and numbers that are finite and no time to come.

    Raises:
        RunFailed: it is none of ours.
    """
    try:
        # A name of a file in it may be cut in the middle of a character.
        message = json.loads(data.decode(errors="replace"))
        now = time.monotonic() + _ROUNDED_S
        for name, value in message.items():
            if name in _TEXTS:
                known = isinstance(value, str)
            else:
                known = type(value) in _NUMBERS and 0 <= value <= (now if name in _TIMES else sys.float_info.max)
            if not known:
                raise ValueError(name)
    except (ValueError, AttributeError, RecursionError) as error:
        raise RunFailed(f"the jail said what is no message: {data[:_SHOWN]!r}") from error
    return cast("Mapping[str, Any]", message)


def _is_exit_status(status: float) -> bool:
    """Whether a process can have ended so: waitpid(2) says the same of one that was stopped."""
    return isinstance(status, int) and status < 1 << 16 and (os.WIFEXITED(status) or os.WIFSIGNALED(status))
