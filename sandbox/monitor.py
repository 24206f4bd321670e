"""One run from outside the jail: its output is drained, it is stopped at its limits, and its end is noted."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import socket
import sys
import termios
import time
from typing import NamedTuple

from sandbox.enforcer import LimitEnforcer
from sandbox.execution import Limit
from sandbox.limits import RunLimits
from sandbox.output import OutputBuffer
from sandbox.zygote.protocol import REPORT, STARTED, Word

_READ_BYTES = 1 << 16
"""As much as a pipe holds. Room for more would be mapped and unmapped with each read."""
_LITTLE_BYTES, _CALM_MS = 16 * 1024, 2
"""Bytes of little output, and milliseconds for which the pipe is left alone after it, and at first: the pipe has four
times as much room, many programs have ended by then, and one that writes line by line would wake us for each."""
_RETRY_KILL_S = 0.002
_KILL_TIMEOUT_S = 30.0
_MESSAGE_BYTES = 64 * 1024
_MAX_QUOTE_BYTES = 200
_NS = 1e-9
_QUESTIONS = (Word.MORE, Word.LAST)
"""Words of a program that has ended its tests and would take others, or that ends in the next test."""


class RunFailed(OSError):
    """The jail could not run the program: a fault of ours."""


class JailReport(NamedTuple):
    """Words of the jail's init once a run is over. ``ended`` is of ``time.monotonic``."""

    status: int
    cpu_s: float
    peak_memory: int
    ended: float


class Ends(NamedTuple):
    """Our ends of a run's sockets and pipes. ``out`` is absent where the output goes to another program; the run is
    ended when ``until`` or ``interrupt`` can be read, or its other end is closed. Over ``questions`` a program that has
    ended one test asks for the next."""

    control: socket.socket
    requests: socket.socket
    out: int | None
    err: int
    until: int | None
    questions: socket.socket | None = None
    interrupt: int | None = None


class RunMonitor:
    """Drains and watches one run, and says what came of it."""

    def __init__(self, enforcer: LimitEnforcer, ends: Ends, expected: bytes = b"") -> None:
        self.stdout, self.stderr = OutputBuffer(expected), OutputBuffer()
        self.stopped_by: Limit | None = None
        self.interrupted = False
        self.started: float | None = None
        """The time at which the program, or its last batch of tests, began; None until it has."""
        self._stopped_at: float | None = None
        self.syntax_error: str | None = None
        self.files_refused: str | None = None
        self.directory: int | None = None
        """A descriptor of the program's working directory, from which files are collected; None until it has come."""
        self.inherited_bytes = 0
        """Of the memory that ``report`` has, what the program only shares with the process that it is a fork of."""
        self.report: JailReport | None = None
        """None until the run is over."""
        self.enforcer, self._control, self._requests = enforcer, ends.control, ends.requests
        self._streams = {ends.err: self.stderr} | ({} if ends.out is None else {ends.out: self.stdout})
        self._until, self._interrupt, self._questions = ends.until, ends.interrupt, ends.questions
        self._sent = time.monotonic()
        self._next_look = self._sent + enforcer.interval_s(0.0, enforcer.limits.wall_s)
        self._give_up: float | None = None
        self._kill_when_taken = False
        self._question: bytes | None = None
        self._is_over = False
        self._calm = True
        self._poller, self._without_streams = select.poll(), select.poll()
        others = [end.fileno() for end in (ends.control, ends.questions) if end is not None]
        ending = [end for end in (ends.until, ends.interrupt) if end is not None]
        for descriptor in (*self._streams, *others, *ending):
            self._poller.register(descriptor, select.POLLIN)
        for descriptor in (*others, *ending):
            self._without_streams.register(descriptor, select.POLLIN)

    def close(self) -> None:
        """Let go of the working directory. May be called again."""
        if self.directory is not None:
            os.close(self.directory)
            self.directory = None

    def await_question(self) -> bytes | None:
        """Wait until the program has ended its tests and asks for more. Returns what it says; None where nothing it
        says counts: it has ended without a word, been stopped, or gone over a limit.

        Raises:
            RunFailed: the jail ended, or could not start the program.
        """
        while self._question is None and (not self.report or self._streams):
            self._step()
        self._hear()
        question, self._question = self._question, None
        if question is None:
            return None
        self._drain_all()  # what it wrote went into the pipes before the question
        group = self.enforcer.group
        over = group.cpu_s() > self.enforcer.limits.cpu_s or group.over_memory()
        return None if over or self.interrupted or self.stopped_by is not None else question

    def lower(self, cpu_s: float) -> None:
        """Stop the program as ``LimitEnforcer.lower`` has it. Before anything else."""
        self.enforcer.lower(cpu_s)
        self._next_look = self._sent + self.enforcer.interval_s(0.0, self.enforcer.limits.wall_s)

    def begin_batch(self, limits: RunLimits, cpu_s: float, wall_s: float) -> None:
        """Watch other tests from now on, as ``LimitEnforcer.begin_batch`` has it."""
        enforcer = self.enforcer
        used_s = enforcer.begin_batch(limits, cpu_s, wall_s)
        self._calm = True
        self.started = time.monotonic()
        self._next_look = self.started + enforcer.interval_s(used_s, enforcer.limits.wall_s)

    def end_batches(self) -> None:
        """Let the program end: the end of the socket tells it that there are no more tests. May be called again."""
        if self._questions is not None:
            with contextlib.suppress(KeyError):
                self._forget(self._questions)
            self._questions.close()
            self._questions = None

    def await_end(self) -> None:
        """Wait for the end of the program and of everything it started. May be called again.

        Raises:
            RunFailed: the jail ended, or could not start the program.
        """
        if self._is_over:
            return
        while not self.report or self._streams:
            self._step()
        self._hear()
        self._is_over = True

    def _step(self) -> None:
        """Take note of whatever happens next, and of the limits."""
        pause = max(0.0, self._next_look - time.monotonic())
        events = self._without_streams.poll(_CALM_MS) if self._calm and not self.report else []
        self._calm = False
        for descriptor, _ in events or self._poller.poll(pause * 1000):
            if descriptor in self._streams:
                self._drain(descriptor)
            elif descriptor in (self._until, self._interrupt):
                self.interrupted = descriptor == self._interrupt
                self._forget(descriptor)
                self._kill()
            elif descriptor != self._control.fileno() and self._questions is not None:
                self._listen(self._questions)
            else:
                self._end()
        if not self.report:
            self._enforce()

    @property
    def ended(self) -> float:
        """The time at which the program ended, or a limit made us end it."""
        if self._stopped_at is not None:
            return self._stopped_at
        return self.report.ended if self.report else time.monotonic()

    @property
    def late(self) -> bool:
        """True if the program ended by itself, over its CPU limit but within the grace."""
        ended_by_itself = self.stopped_by is None and self.report is not None and not os.WIFSIGNALED(self.report.status)
        has_grace = self.enforcer.limits.cpu_grace > 1
        return ended_by_itself and has_grace and self.limit_reached() is Limit.CPU

    @property
    def wall_s(self) -> float:
        """Seconds from the program's start to its end."""
        return (self.report.ended if self.report else time.monotonic()) - (self.started or self._sent)

    @property
    def batch_wall_s(self) -> float:
        """Seconds since the last tests began."""
        return time.monotonic() - (self.started or self._sent)

    @property
    def peak_memory(self) -> int:
        """Bytes that the tree had at most."""
        reported = self.report.peak_memory if self.report else 0
        return self.enforcer.group.peak_memory() or max(0, reported - self.inherited_bytes)

    def limit_reached(self) -> Limit | None:
        """The limit that ended the run, by the final readings."""
        if self.enforcer.group.over_memory():
            return Limit.MEMORY
        if self.stopped_by is not None:
            return self.stopped_by
        status = self.report.status if self.report else 0
        too_late = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
        return Limit.CPU if too_late or self.enforcer.cpu_s > self.enforcer.limits.cpu_s else None

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
            excess = len(self.stdout) + len(self.stderr) - self.enforcer.limits.output_bytes
            if excess > 0:
                self._streams[descriptor].cut(excess)
                self._stop(Limit.OUTPUT)
        return True

    def _forget(self, end: socket.socket | int) -> None:
        """Ignore an end from now on."""
        self._poller.unregister(end)
        self._without_streams.unregister(end)

    def _hear(self) -> None:
        """Read what the child said before it became the program: that can wait until there is nothing else to do."""
        with contextlib.suppress(BlockingIOError):
            while True:
                data, descriptors, _, _ = socket.recv_fds(self._requests, _MESSAGE_BYTES, 1)
                if descriptors:
                    self.close()
                    self.directory = descriptors[0]
                self._note(data)

    def _note(self, message: bytes) -> None:
        """Take note of one thing that the child said."""
        if not message:
            raise RunFailed("the jail ended")
        text = message[1:].decode(errors="replace")  # a name of a file in it may be cut in the middle of a character
        match message[0]:
            case Word.DIRECTORY if not text:
                pass
            case Word.STARTED if len(message) == STARTED.size:
                _, at_ns = STARTED.unpack_from(message)
                self.started = _past(at_ns, message)
            case Word.SYNTAX_ERROR:
                self.syntax_error = text
            case Word.FILES_REFUSED:
                self.files_refused = text
            case Word.FAILED:
                raise RunFailed(text)
            case _:
                raise _nonsense(message)

    def _listen(self, questions: socket.socket) -> None:
        """Take a question. The program may say anything here: what is no question ends it, and what it passes along is
        not taken."""
        try:
            message = questions.recv(_MESSAGE_BYTES)
        except ConnectionResetError:  # it ended without having read what we sent
            message = b""
        if message and message[0] in _QUESTIONS and self._question is None:
            self._question = message
            return
        self._forget(questions)
        if message:
            self._kill()

    def _end(self) -> None:
        data = self._control.recv(_MESSAGE_BYTES)
        if not data:
            raise RunFailed("the jail ended in the middle of a run")
        if has_unread(self._requests):
            self._is_over = True  # the ends of its pipes lie there too, so that they never end
            self._hear()  # it may have said what failed
            status = os.waitstatus_to_exitcode(_report(data).status)
            raise RunFailed(f"the program's process ended before it took its program (status {status})")
        self.report = _report(data)
        self.enforcer.finish(self.report.cpu_s)
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
        limit, self._next_look = self.enforcer.look(now, self.started or self._sent)
        if limit is not None:
            self._stop(limit)

    def _stop(self, limit: Limit) -> None:
        self.stopped_by, self._stopped_at = limit, time.monotonic()
        self._kill()

    def _kill(self) -> None:
        """Have the jail kill the program. A child that has not taken its request yet is let take it first: the next
        child would get it otherwise."""
        if has_unread(self._requests):
            self._kill_when_taken, self._next_look = True, time.monotonic() + _RETRY_KILL_S
            return
        self._control.send(b"kill")
        self._give_up = self._next_look = time.monotonic() + _KILL_TIMEOUT_S


def has_unread(end: socket.socket) -> bool:
    """Return whether something that was sent from this end still lies in the socket (unix(7), SIOCOUTQ)."""
    unread = fcntl.ioctl(end, termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(unread, sys.byteorder) > 0


def _report(message: bytes) -> JailReport:
    """Parse what the jail's init said.

    Raises:
        RunFailed: it is no report.
    """
    if len(message) != REPORT.size or message[0] != Word.REPORT:
        raise _nonsense(message)
    _, status, cpu_ns, peak_memory, ended_ns = REPORT.unpack_from(message)
    if not _is_exit_status(status):
        raise _nonsense(message)
    return JailReport(status, cpu_ns * _NS, peak_memory, _past(ended_ns, message))


def _past(at_ns: int, message: bytes) -> float:
    """Return a time of the monotonic clock in seconds.

    Raises:
        RunFailed: it is yet to come.
    """
    if at_ns > time.monotonic_ns():
        raise _nonsense(message)
    return at_ns * _NS


def _nonsense(message: bytes) -> RunFailed:
    return RunFailed(f"the jail said what is no message: {message[:_MAX_QUOTE_BYTES]!r}")


def _is_exit_status(status: int) -> bool:
    """Return whether a process can have ended so: waitpid(2) says the same of one that was stopped."""
    return 0 <= status < 1 << 16 and (os.WIFEXITED(status) or os.WIFSIGNALED(status))
