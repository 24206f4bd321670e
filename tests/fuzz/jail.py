"""Whatever comes out of a jail over the sockets of its own processes, the owner ends a run by a report or by
``RunFailed``, in time, and with no descriptor more than before."""

from __future__ import annotations

import contextlib
import json
import math
import os
import socket
import time
from collections import Counter
from typing import Any, NamedTuple

from hypothesis import strategies as st

from sandbox.enforcer import LimitEnforcer
from sandbox.kernel.cgroups import Group, new_group
from sandbox.limits import RunLimits
from sandbox.monitor import Ends, RunFailed, RunMonitor
from tests.fuzz.findings import Found, search

_LIMITS = RunLimits(cpu_s=1.0, wall_s=0.2)
_LONGEST_S = 5.0
_MOST_PASSED = 5


class Message(NamedTuple):
    """A message, and the number of descriptors that are passed along."""

    data: bytes
    descriptors: int


_NOW = time.monotonic()
_VALUES = st.one_of(
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.none(),
    st.lists(st.integers(), max_size=2),
    st.sampled_from([0, 9, 139, 256, 0x7F, 0xFFFF, 1 << 16, 1 << 40, -1, True, 1e308, _NOW, _NOW + 1e6, "x" * 300]),
)
_NAMES = ("failed", "syntax_error", "files_refused", "started", "status", "cpu_s", "peak_memory", "ended", "other")
_RIGHT = {"status": 0, "cpu_s": 0.1, "peak_memory": 4096, "ended": _NOW}
_OBJECTS = st.one_of(
    st.fixed_dictionaries({}, optional=dict.fromkeys(_NAMES, _VALUES)),
    st.sampled_from([{"started": _NOW}, _RIGHT, {**_RIGHT, "status": 9}]),
    st.tuples(st.just(_RIGHT), st.dictionaries(st.sampled_from(_NAMES), _VALUES, max_size=2)).map(
        lambda parts: parts[0] | parts[1]
    ),
)
_DATA = st.one_of(
    _OBJECTS.map(lambda said: json.dumps(said).encode()),
    st.binary(max_size=32),
    st.sampled_from([b"[" * 60_000, b'{"started": 1' + b"0" * 5000 + b"}", b"null", b"ready", b'{"failed": "\xc3']),
)
_MESSAGES = st.builds(Message, _DATA, st.integers(0, _MOST_PASSED))
_REPORTS = st.one_of(st.just([json.dumps(_RIGHT).encode()]), st.lists(_DATA, max_size=2))
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
        os.waitstatus_to_exitcode(int(run.report["status"]))
        run.limit_reached()
        assert run.late in (False, True)
        texts: list[Any] = [run.syntax_error, run.files_refused]
        assert all(text is None or isinstance(text, str) for text in texts)


def fuzz(seconds: float, seed: int) -> Found:
    """Say things for so long."""
    group = new_group()
    try:
        jail = Jail(group)
        tried, findings = search(_TRIALS, jail.holds, seconds, seed)
    finally:
        group.close()
    return Found(tried, findings, ", ".join(f"{count} {end}" for end, count in jail.ends.most_common()))
