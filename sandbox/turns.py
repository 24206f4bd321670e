"""Who runs at the same time on a machine: many programs together, or one alone.

A program takes more CPU time beside others (a shared core, cache and memory bus) than alone. One that ends a little
over its limit beside others is therefore run again alone before it is too slow: verdicts must not move with the load.
Locks of flock(2) on two files: all pass the gate one after the other; who wants to be alone keeps it shut until it is
done.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class Turns:
    """One process's place among all that share a directory. Not for use from several threads."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._gate, self._running = (
            os.open(directory / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for name in ("gate", "running")
        )

    def close(self) -> None:
        """Nobody is kept waiting."""
        os.close(self._gate)
        os.close(self._running)

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
    def alone(self) -> Iterator[None]:
        """After those that run now, and before any other."""
        with _locked(self._gate, fcntl.LOCK_EX), _locked(self._running, fcntl.LOCK_EX):
            yield

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


@contextlib.contextmanager
def _locked(descriptor: int, how: int) -> Iterator[None]:
    fcntl.flock(descriptor, how)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
