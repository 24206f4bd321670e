"""Counts that all API processes of a service share, so that a limit holds for them together."""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from enum import IntEnum
from functools import partial

from evaluator.errors import NotReady

_WORD = 8
_NAME_BYTES = 80
_TOKENS, _TOKENS_AT = 10, 11
"""Places of the two numbers of a row's token bucket, in words, behind the name."""
_COUNTS = 12
_ROWS = 4096


class Kind(IntEnum):
    """The things that a row counts. A gauge says how much there is now: of a process that ended, nothing is left."""

    RUNNING = 0
    REQUESTS = 1
    OLDEST_MS = 2
    REFUSED_RATE = 3
    REFUSED_CONCURRENCY = 4
    REFUSED_REQUESTS = 5


_GAUGES = (Kind.RUNNING, Kind.REQUESTS, Kind.OLDEST_MS)


class CountRow:
    """The counts of one name: for each kind, one column for each process, and one for processes that ended. A process
    writes its own column alone and reads the sum, so that only a check before an addition needs the lock."""

    def __init__(self, memory: memoryview, columns: int, own: int, lock: Callable[[], AbstractContextManager[None]]):
        self._counts = memory.cast("q")
        self._numbers = memory.cast("d")
        self._columns, self._own = columns, own
        self.lock = lock

    def total(self, kind: Kind) -> int:
        """Return the count of all processes."""
        start = self._start(kind)
        return sum(self._counts[start : start + self._columns])

    def most(self, kind: Kind) -> int:
        """Return the largest count of any process."""
        start = self._start(kind)
        return max(self._counts[start : start + self._columns])

    def add(self, kind: Kind, count: int) -> None:
        """Add to this process's count."""
        self._counts[self._start(kind) + self._own] += count

    def write(self, kind: Kind, count: int) -> None:
        """Replace this process's count."""
        self._counts[self._start(kind) + self._own] = count

    @property
    def tokens(self) -> float:
        """The tokens of a bucket, as they were at the time ``tokens_at``."""
        return self._numbers[_TOKENS]

    @property
    def tokens_at(self) -> float:
        return self._numbers[_TOKENS_AT]

    def set_tokens(self, tokens: float, at: float) -> None:
        """Write the bucket. Hold the lock."""
        self._numbers[_TOKENS], self._numbers[_TOKENS_AT] = tokens, at

    def end(self, column: int) -> None:
        """Settle the counts of a process that has ended."""
        for kind in Kind:
            start = self._start(kind)
            if kind not in _GAUGES:
                self._counts[start + self._columns - 1] += self._counts[start + column]
            self._counts[start + column] = 0

    def _start(self, kind: Kind) -> int:
        return _COUNTS + kind * self._columns


class Counts:
    """Rows by name, of a service with one API process."""

    def __init__(self) -> None:
        self._rows: dict[str, CountRow] = {}

    def row(self, name: str) -> CountRow:
        """Return the row of a name, with zeros if it is new.

        Raises:
            NotReady: there is no room for more names.
        """
        if name not in self._rows:
            self._rows[name] = self._new_row(name)
        return self._rows[name]

    def _new_row(self, name: str) -> CountRow:
        return CountRow(memoryview(bytearray(_row_bytes(2))), 2, 0, nullcontext)


class SharedCounts(Counts):
    """Rows in memory that the processes have in common, by a descriptor that they inherit."""

    def __init__(self, descriptor: int, processes: int, own: int) -> None:
        """``own`` is this process's number, from 0 on. The process that starts the others takes no part itself."""
        super().__init__()
        self._descriptor, self._columns, self._own = descriptor, processes + 1, own
        self._row_bytes = _row_bytes(self._columns)
        self._memory = memoryview(mmap.mmap(descriptor, _ROWS * self._row_bytes))

    @classmethod
    def create(cls, processes: int) -> SharedCounts:
        """Make the memory. It is gone once no process has its descriptor."""
        descriptor = os.memfd_create("microcoder-counts")
        os.ftruncate(descriptor, _ROWS * _row_bytes(processes + 1))
        return cls(descriptor, processes, processes)

    def fileno(self) -> int:
        """Return the descriptor to hand to the processes."""
        return self._descriptor

    def end(self, process: int) -> None:
        """Settle the counts of a process that has ended, by its number."""
        for index in range(_ROWS):
            if not self._name_at(index):
                return
            self._at(index).end(process)

    def _new_row(self, name: str) -> CountRow:
        written = name.encode()
        with self._locked(_ROWS):
            for index in range(_ROWS):
                if (known := self._name_at(index)) == written:
                    return self._at(index)
                if not known:
                    start = index * self._row_bytes
                    self._memory[start : start + len(written)] = written
                    return self._at(index)
        raise NotReady("more keys have come and gone than the service can count: restart it")

    def _name_at(self, index: int) -> bytes:
        start = index * self._row_bytes
        return bytes(self._memory[start : start + _NAME_BYTES]).rstrip(b"\0")

    def _at(self, index: int) -> CountRow:
        start = index * self._row_bytes
        return CountRow(
            self._memory[start : start + self._row_bytes], self._columns, self._own, partial(self._locked, index)
        )

    @contextlib.contextmanager
    def _locked(self, index: int) -> Iterator[None]:
        """Keep the other processes from this row. The kernel ends the lock of a process that dies."""
        fcntl.lockf(self._descriptor, fcntl.LOCK_EX, 1, index)
        try:
            yield
        finally:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, index)


def _row_bytes(columns: int) -> int:
    return _WORD * (_COUNTS + len(Kind) * columns)
