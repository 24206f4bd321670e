"""Who runs at the same time on a machine: many programs together, or one alone.

A program takes more CPU time beside others (a shared core, cache and memory bus) than alone. One that ends a little
over its limit beside others is therefore run again alone before it is too slow: verdicts must not move with the load.
Locks of flock(2) on two files: all pass the gate one after the other; who wants to be alone keeps it shut until it is
done. Since all others wait for that, nobody has the machine alone for more than a share of the time (``allowance``).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from sandbox.allowance import Allowance

_LOOK_EVERY_S = 0.002


class Turns:
    """One process's place among all that share a directory. Not for use from several threads."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._gate, self._running, self._spent = (
            os.open(directory / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            for name in ("gate", "running", "spent")
        )
        self._allowance = Allowance(self._spent)

    def close(self) -> None:
        """Nobody is kept waiting."""
        for descriptor in (self._gate, self._running, self._spent):
            os.close(descriptor)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Beside others."""
        with _locked(self._gate, fcntl.LOCK_EX):
            fcntl.flock(self._running, fcntl.LOCK_SH)
        try:
            yield
        finally:
            fcntl.flock(self._running, fcntl.LOCK_UN)

    @contextlib.contextmanager
    def alone(self, holder: str, seconds: float) -> Iterator[bool]:
        """Alone, after those that run now have ended, and before any other. ``seconds`` are what the caller needs at
        most, and how long it waits for the others. Yields whether it is alone: not where ``holder`` has no allowance
        left for it, nor where the others take longer. All the time for which the gate was shut is charged."""
        with contextlib.ExitStack() as held:
            held.enter_context(_locked(self._gate, fcntl.LOCK_EX))
            alone = self._allowance.covers(holder, seconds)
            if alone:
                held.callback(self._charge, holder, time.monotonic())
                alone = self._outwaits_others(held, time.monotonic() + seconds)
            if not alone:
                held.close()
            yield alone

    @contextlib.contextmanager
    def alone_if_idle(self) -> Iterator[bool]:
        """Alone if nobody runs at this moment; whether that is so."""
        with contextlib.ExitStack() as held:
            try:
                for descriptor in (self._gate, self._running):
                    held.enter_context(_locked(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    def _outwaits_others(self, held: contextlib.ExitStack, deadline: float) -> bool:
        """flock(2) has no timeout, so we ask again and again. With the gate shut there are only fewer of them."""
        while True:
            with contextlib.suppress(BlockingIOError):
                held.enter_context(_locked(self._running, fcntl.LOCK_EX | fcntl.LOCK_NB))
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_EVERY_S)

    def _charge(self, holder: str, since: float) -> None:
        self._allowance.charge(holder, time.monotonic() - since)


@contextlib.contextmanager
def _locked(descriptor: int, how: int) -> Iterator[None]:
    fcntl.flock(descriptor, how)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
