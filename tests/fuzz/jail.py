"""Whatever comes out of a jail over the sockets of its own processes, the owner ends a run by a report or by
``RunFailed``, in time, and with no descriptor more than before."""

from __future__ import annotations

import contextlib
import math
import os
import socket
import time
from collections import Counter
from typing import NamedTuple

from hypothesis import strategies as st

from sandbox.enforcer import LimitEnforcer
from sandbox.kernel.cgroups import Group, new_group
from sandbox.limits import RunLimits
from sandbox.monitor import Ends, RunFailed, RunMonitor
from sandbox.zygote.protocol import REPORT, STARTED, Word
from tests.fuzz.findings import Found, search

_LIMITS = RunLimits(cpu_s=1.0, wall_s=0.2)
_LONGEST_S = 20.0
"""Less than the owner waits for a jail that does not end a program."""
_MOST_PASSED = 5


class Message(NamedTuple):
    """A message, and the number of descriptors that are passed along."""

    data: bytes
    descriptors: int


_NOW_NS = time.monotonic_ns()
_TIMES = st.one_of(st.integers(0, (1 << 64) - 1), st.sampled_from([0, _NOW_NS, _NOW_NS + 10**15, (1 << 64) - 1]))
_STATUSES = st.one_of(
    st.integers(-(1 << 31), (1 << 31) - 1), st.sampled_from([0, 9, 139, 256, 0x7F, 0xFFFF, 1 << 16, -1])
)
_WORDS = st.one_of(st.sampled_from(Word), st.integers(0, 255))
_RIGHT = REPORT.pack(Word.REPORT, 0, 10**8, 4096, _NOW_NS)
_RECORDS = st.one_of(
    st.just(_RIGHT),
    st.just(STARTED.pack(Word.STARTED, _NOW_NS)),
    st.builds(STARTED.pack, st.just(Word.STARTED), _TIMES),
    st.builds(REPORT.pack, st.just(Word.REPORT), _STATUSES, _TIMES, _TIMES, _TIMES),
    st.builds(REPORT.pack, _WORDS, _STATUSES, _TIMES, _TIMES, st.just(_NOW_NS)),
)
_DATA = st.one_of(
    _RECORDS,
    st.tuples(_WORDS, st.binary(max_size=32)).map(lambda parts: bytes([parts[0]]) + parts[1]),
    st.tuples(_RECORDS, st.integers(0, 32)).map(lambda parts: parts[0][: parts[1]]),
    st.tuples(_RECORDS, st.binary(max_size=8)).map(b"".join),
    st.binary(max_size=32),
    st.sampled_from([b"[" * 60_000, Word.DIRECTORY.to_bytes(), Word.FILES_REFUSED.to_bytes() + b"\xc3"]),
)
_MESSAGES = st.builds(Message, _DATA, st.integers(0, _MOST_PASSED))
_REPORTS = st.one_of(st.just([_RIGHT]), st.lists(_DATA, max_size=2))
_TRIALS = st.tuples(st.lists(_MESSAGES, max_size=3), _REPORTS)


def monitor(group: Group, ours: contextlib.ExitStack, requests: list[Message], reports: list[bytes]) -> RunMonitor:
    """The monitor of a run whose jail has said that: its child, with descriptors, and its init, which is gone since.
    ``ours`` are the ends that are the owner's."""
    control, its_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    asked, its_requests = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.enter_context(control)
    ours.enter_context(asked)
    ours.enter_context(its_requests)  # which the jail's init keeps open
    asked.setblocking(False)
    err, its_err = os.pipe()
    ours.callback(os.close, err)
    os.close(its_err)
    with its_control:
        for data, descriptors in requests:
            if data:
                socket.send_fds(its_requests, [data], [0] * descriptors)
        for data in filter(None, reports):
            its_control.send(data)
    group.begin(_LIMITS)
    enforcer = LimitEnforcer(group, None, _LIMITS, os.getpid(), None, None)
    return RunMonitor(enforcer, Ends(control, asked, None, err, None))


class Jail:
    """The other ends of a run's sockets."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._open = len(os.listdir("/proc/self/fd"))
        self.ends: Counter[str] = Counter()

    def holds(self, trial: tuple[list[Message], list[bytes]]) -> None:
        """Say all of it, and leave.

        Raises:
            AssertionError: the owner took too long, believes what cannot be, or left a descriptor open.
        """
        started = time.monotonic()
        with contextlib.ExitStack() as ours:
            run = monitor(self._group, ours, *trial)
            try:
                run.await_end()
                self._require_sense(run)
                self.ends["report"] += 1
            except RunFailed:
                self.ends["RunFailed"] += 1
            finally:
                run.close()
        assert time.monotonic() - started < _LONGEST_S
        assert len(os.listdir("/proc/self/fd")) == self._open

    def _require_sense(self, run: RunMonitor) -> None:
        now = time.monotonic()
        assert run.ended <= now + 1e-3
        assert math.isfinite(run.wall_s)
        assert run.peak_memory >= 0
        assert 0 <= run.enforcer.cpu_s < math.inf
        assert run.report is not None
        os.waitstatus_to_exitcode(run.report.status)
        run.limit_reached()
        assert run.late in (False, True)
        assert all(text is None or text.encode() is not None for text in (run.syntax_error, run.files_refused))


def fuzz(seconds: float, seed: int) -> Found:
    """Say things for so long."""
    group = new_group()
    try:
        jail = Jail(group)
        tried, findings = search(_TRIALS, jail.holds, seconds, seed)
    finally:
        group.close()
    return Found(tried, findings, ", ".join(f"{count} {end}" for end, count in jail.ends.most_common()))
