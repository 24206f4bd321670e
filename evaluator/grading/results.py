"""Reports kept by what was graded: a program that comes again for the same suite is not run again.

In SQLite and not in files, which every submission would pay for with ten times as much: one to be made, renamed and,
once there are many, looked through for what to throw away.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from evaluator.engine import ENGINE
from evaluator.schema import Report, Submission
from sandbox.sources import Sources

_log = logging.getLogger(__name__)
_R = TypeVar("_R")
_BUSY_S = 5.0
_SCHEMA = "CREATE TABLE IF NOT EXISTS report (number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, body BLOB NOT NULL)"
"""Numbers grow: the lowest was used least lately."""
_PUT = "INSERT OR REPLACE INTO report (key, body) VALUES (?, ?)"
_GET = "SELECT body FROM report WHERE key = ?"
_OLDEST = "DELETE FROM report WHERE number IN (SELECT number FROM report ORDER BY number LIMIT ?)"
_WRITES_BETWEEN_CHECKS = 64
_THROWN_AWAY = 2 * _WRITES_BETWEEN_CHECKS


class Results:
    """Keeps only what another run would say too: no fault of ours, and nothing that rests on the wall clock or on what
    ran beside it. Shared by the processes of one host; a file that cannot be read or written costs a line in the log,
    and no verdict."""

    def __init__(self, path: Path | None, max_bytes: int = 0) -> None:
        """Keep at most ``max_bytes`` in that file: what was used longest ago goes. Without ``path`` keep nothing."""
        self._max_bytes, self._writes = max_bytes, 0
        self._database = None if path is None else self._tried(lambda: _opened(path))
        if self._database is not None:
            self._tried(self._bound)

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def may_have(self, submission: Submission) -> bool:
        """Tell whether reports of such a submission are kept. A suite that came with it has no name to find it by."""
        return self._database is not None and submission.suite_id is not None

    def get(self, submission: Submission, sources: Sources, judge: tuple[str, ...]) -> Report | None:
        """The report of the same program for the same suite, judged in the same way (``judge``: the engine's tier and
        toolchain)."""
        if self._database is None or not self.may_have(submission):
            return None
        key, database = _key(submission, sources, judge), self._database
        row = self._tried(lambda: database.execute(_GET, (key,)).fetchone())
        if row is None:
            return None
        self._keep(key, row[0])
        return Report.model_validate_json(row[0]).model_copy(update={"id": submission.id, "cached": True})

    def put(self, submission: Submission, sources: Sources, judge: tuple[str, ...], report: Report) -> None:
        """Keep a report, if it will do for others."""
        if not self.may_have(submission):
            return
        if report.repeatable:
            self._keep(_key(submission, sources, judge), report.model_dump_json().encode())

    def _keep(self, key: bytes, body: bytes) -> None:
        assert self._database is not None
        database = self._database
        self._tried(lambda: database.execute(_PUT, (key, body)))
        self._writes += 1
        if self._writes % _WRITES_BETWEEN_CHECKS == 0:
            self._tried(self._bound)

    def _bound(self) -> None:
        """Throw away what was used least lately."""
        assert self._database is not None
        while self._used_bytes() > self._max_bytes:
            if self._database.execute(_OLDEST, (_THROWN_AWAY,)).rowcount == 0:
                return

    def _used_bytes(self) -> int:
        assert self._database is not None
        pages, free, size = (
            self._database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def _tried(self, work: Callable[[], _R]) -> _R | None:
        try:
            return work()
        except (sqlite3.Error, OSError) as error:
            _log.error("kept reports cannot be used", extra={"reason": str(error)})
            return None


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(path.parent):  # who makes it write ahead waits for nobody, and fails where two do so at once
        os.close(os.open(path, os.O_CREAT | os.O_CLOEXEC, 0o600))
        database = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost the latest reports, and breaks nothing
        database.execute(_SCHEMA)
    return database


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _key(submission: Submission, sources: Sources, judge: tuple[str, ...]) -> bytes:
    digest = hashlib.sha256()
    for part in (ENGINE, *judge, submission.suite_id or "", submission.policy, submission.detail):
        digest.update(b"%d:%b" % (len(part), part.encode()))
    for data in sources.parts:
        digest.update(b"%d:%b" % (len(data), data))
    return digest.digest()
