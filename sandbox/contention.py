"""Shared and exclusive use of a machine by all the processes that run programs on it.

A program takes more CPU time when others run at the same time (a shared core, cache and memory bus). If it ends a
little over its limit while it shares the machine, it runs again exclusively before it counts as too slow: verdicts must
not move with the load.

The locks are those of flock(2) on two files. Everybody passes the gate one after the other; exclusive use keeps it shut
until it is over. Since everybody else waits meanwhile, no key holder has exclusive use for more than a share of the
time: a token bucket in a third file, which is read and written while the gate is shut.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

_POLL_S = 0.002


class AllowanceShare(NamedTuple):
    """``of_time`` is what comes back each second, ``most_s`` what is there when nothing was used for long."""

    of_time: float
    most_s: float


OF_HOST = AllowanceShare(of_time=0.2, most_s=30.0)
OF_HOLDER = AllowanceShare(of_time=0.05, most_s=15.0)
_HOST_NAME = ""
"""In the place of a holder's name, and the holder of all that comes without a key."""
_MAX_STATE_BYTES = 1 << 20


class Allowance:
    """Seconds of exclusive use that each holder has left, and the host. A balance may fall below zero: then nothing is
    covered until it has grown back."""

    def __init__(self, file: int, now: Callable[[], float] = time.monotonic) -> None:
        """``file`` is a descriptor, which stays the caller's. Its processes have one monotonic clock."""
        self._file, self._now = file, now

    def covers(self, holder: str, seconds: float) -> bool:
        """Tell whether holder and host both have so much left."""
        left = self._read()
        return all(left.get(name, share.most_s) >= seconds for name, share in _shares(holder))

    def charge(self, holder: str, seconds: float) -> None:
        """Take it from the holder's balance and from the host's."""
        left = self._read()
        for name, share in _shares(holder):
            left[name] = left.get(name, share.most_s) - seconds
        self._write(left)

    def _read(self) -> dict[str, float]:
        """Seconds left, of those that have used any lately."""
        # A power cut may have left half of it.
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
            state = json.loads(os.pread(self._file, _MAX_STATE_BYTES, 0))
            past_s = self._now() - state["at"]
            if past_s >= 0:  # else the machine has been started anew
                grown = ((name, left_s, _share_of(name)) for name, left_s in state["left_s"].items())
                now_left = {name: left_s + share.of_time * past_s for name, left_s, share in grown}
                return {name: left_s for name, left_s in now_left.items() if left_s < _share_of(name).most_s}
        return {}

    def _write(self, left: dict[str, float]) -> None:
        data = json.dumps({"at": self._now(), "left_s": left}).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, data, 0)


class MachineLock:
    """One process's part of the lock that all processes with the same directory share. Not for use from several
    threads."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._gate, self._running, self._spent = (
            os.open(directory / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            for name in ("gate", "running", "spent")
        )
        self._allowance = Allowance(self._spent)
        self.waited_s = 0.0
        """Seconds for which ``shared`` has waited so far, for those that had the machine exclusively."""

    def close(self) -> None:
        """Give up every lock."""
        for descriptor in (self._gate, self._running, self._spent):
            os.close(descriptor)

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Share the machine with others."""
        began = time.monotonic()
        with _locked(self._gate, fcntl.LOCK_EX):
            fcntl.flock(self._running, fcntl.LOCK_SH)
        self.waited_s += time.monotonic() - began
        try:
            yield
        finally:
            fcntl.flock(self._running, fcntl.LOCK_UN)

    @contextlib.contextmanager
    def exclusive(self, holder: str, seconds: float) -> Iterator[bool]:
        """Have the machine exclusively, once those that run now have ended.

        ``seconds`` is the longest that the caller needs it, and the longest that it waits for the others. All the time
        for which the gate is shut is charged to ``holder``.

        Yields:
            Whether it is granted. It is not if ``holder`` has too little allowance left, or if the others take longer.
        """
        with contextlib.ExitStack() as locks:
            locks.enter_context(_locked(self._gate, fcntl.LOCK_EX))
            granted = self._allowance.covers(holder, seconds)
            if granted:
                locks.callback(self._charge, holder, time.monotonic())
                granted = self._outwaits_others(locks, time.monotonic() + seconds)
            if not granted:
                locks.close()
            yield granted

    @contextlib.contextmanager
    def exclusive_if_idle(self) -> Iterator[bool]:
        """Have the machine exclusively if nobody runs at this moment. Yields whether it is granted."""
        with contextlib.ExitStack() as locks:
            try:
                for descriptor in (self._gate, self._running):
                    locks.enter_context(_locked(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    def _outwaits_others(self, locks: contextlib.ExitStack, deadline: float) -> bool:
        """Poll the lock, since flock(2) has no timeout. While the gate is shut nobody new starts."""
        while True:
            with contextlib.suppress(BlockingIOError):
                locks.enter_context(_locked(self._running, fcntl.LOCK_EX | fcntl.LOCK_NB))
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)

    def _charge(self, holder: str, since: float) -> None:
        self._allowance.charge(holder, time.monotonic() - since)


@contextlib.contextmanager
def _locked(descriptor: int, operation: int) -> Iterator[None]:
    fcntl.flock(descriptor, operation)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _share_of(name: str) -> AllowanceShare:
    return OF_HOST if name == _HOST_NAME else OF_HOLDER


def _shares(holder: str) -> Iterator[tuple[str, AllowanceShare]]:
    for name in {_HOST_NAME, holder}:
        yield name, _share_of(name)
