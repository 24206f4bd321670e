"""Jobs in SQLite, for the processes of one host."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from evaluator.errors import (
    IdempotencyKeyReused,
    JobGone,
    StorageFailed,
    SuiteNotFound,
    TooManyJobs,
    UnknownJob,
)
from evaluator.jobs.changes import Changes
from evaluator.jobs.job import JobRecord, KeptReport, NewJob, NewReport
from evaluator.jobs.store import KEPT_GONE, HeldJobState, StoreBounds, StoreUnusable, state_of
from evaluator.schema import Verdict, Webhook

_RECHECK_S = 2.0
"""Seconds between two rechecks: another process of this host may change a job without notice."""
_BUSY_S = 30.0
_SCHEMA = """
CREATE TABLE job (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    total INTEGER NOT NULL,
    size INTEGER NOT NULL,
    created_s REAL NOT NULL,
    started_s REAL,
    over_s REAL,
    cancelled INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    holder TEXT,
    webhook TEXT,
    delivery TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    delivery_holder TEXT,
    idempotency TEXT UNIQUE,
    fingerprint TEXT
);
CREATE INDEX job_open ON job (number) WHERE over_s IS NULL AND NOT gone;
CREATE INDEX job_over ON job (over_s) WHERE over_s IS NOT NULL AND NOT gone;
CREATE INDEX job_gone ON job (number) WHERE gone;
CREATE TABLE submission (job INTEGER, place INTEGER, body BLOB NOT NULL, PRIMARY KEY (job, place)) WITHOUT ROWID;
CREATE TABLE report (job INTEGER, place INTEGER, number INTEGER NOT NULL, verdict TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (job, place));
CREATE UNIQUE INDEX report_number ON report (job, number);
CREATE INDEX report_verdict ON report (job, verdict);
CREATE TABLE suite (id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE need (job INTEGER, suite TEXT, PRIMARY KEY (job, suite)) WITHOUT ROWID;
CREATE INDEX need_suite ON need (suite);
"""
_OWNERS = """
ALTER TABLE job ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN due_s REAL NOT NULL DEFAULT 0;
"""
_MIGRATIONS = (_SCHEMA, _OWNERS)
"""The statements that bring each version of the file to the next. Version 0 is an empty file."""
R = TypeVar("R")


class SqliteJobStore:
    """A ``JobStore`` in a directory of this host, shared by processes. Not for network file systems.

    Each process holds a lock on a file of its name for as long as it lives. So another process learns from the kernel
    whether a holder is gone, and depends on no clock.
    """

    def __init__(self, directory: Path, bounds: StoreBounds) -> None:
        self.changes = Changes(_RECHECK_S)
        self._directory, self._bounds = directory, bounds
        self._name = uuid.uuid4().hex
        self._lock = -1
        # One thread each: the writers of one process do not compete for the lock, and a long write delays no reader.
        self._writing, self._reading = (ThreadPoolExecutor(1, f"jobs-{what}") for what in ("write", "read"))
        self._writer: sqlite3.Connection
        self._reader: sqlite3.Connection

    async def open(self) -> None:
        """Open the file, and create or migrate it if needed.

        Raises:
            StoreUnusable: jobs cannot be stored there.
        """
        loop = asyncio.get_running_loop()
        try:
            self._writer = await loop.run_in_executor(self._writing, self._prepare)
            self._reader = await loop.run_in_executor(self._reading, self._connect)
        except (sqlite3.Error, OSError) as error:
            raise StoreUnusable(f"jobs cannot be kept in {self._directory}: {error}") from error

    async def close(self) -> None:
        """Release everything that this process holds."""
        if self._lock < 0:
            return
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._reading, self._reader.close)
        await loop.run_in_executor(self._writing, self._writer.close)
        self._path_of(self._name).unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = -1

    async def add(self, new: NewJob) -> tuple[JobRecord, bool]:
        return await self._write(partial(self._add, new))

    async def get(self, job_id: str) -> JobRecord:
        return await self._read(lambda database: _job(database, job_id))

    async def reports(self, job_id: str, after: int, limit: int) -> list[KeptReport]:
        query = "SELECT number, place, body FROM report WHERE job = ? AND number > ? ORDER BY number LIMIT ?"
        return await self._read(
            lambda database: [
                KeptReport(*row) for row in database.execute(query, (_number(database, job_id), after, limit))
            ]
        )

    async def cancel(self, job_id: str) -> JobRecord:
        def cancelled(database: sqlite3.Connection) -> JobRecord:
            number = _number(database, job_id)
            database.execute("UPDATE job SET cancelled = 1 WHERE number = ? AND over_s IS NULL", (number,))
            return _job(database, job_id)

        return await self._write(cancelled, job_id)

    async def forget(self, job_id: str) -> None:
        await self._write(lambda database: _remove(database, _number(database, job_id)), job_id)

    async def take(self, holding: Collection[str], busy: Collection[str]) -> JobRecord | None:
        due = f"over_s IS NULL AND NOT gone AND (cancelled OR {_not_of(busy)}) ORDER BY cancelled DESC, number"
        return await self._write(partial(self._take, "holder", due, (*busy,), frozenset(holding)))

    async def hold(self, job_id: str) -> HeldJobState:
        query = "SELECT cancelled FROM job WHERE id = ? AND holder = ? AND over_s IS NULL AND NOT gone"
        row = await self._read(lambda database: database.execute(query, (job_id, self._name)).fetchone())
        if row is None:
            return HeldJobState.LOST
        return HeldJobState.CANCELLED if row[0] else HeldJobState.GOING_ON

    async def release(self, job_id: str) -> None:
        update = "UPDATE job SET holder = NULL WHERE id = ? AND holder = ?"
        await self._write(lambda database: database.execute(update, (job_id, self._name)) and None)

    async def done(self, job_id: str) -> set[int]:
        query = "SELECT place FROM report WHERE job = ?"
        return await self._read(
            lambda database: {place for (place,) in database.execute(query, (_number(database, job_id),))}
        )

    async def submissions(self, job_id: str, indexes: Sequence[int]) -> list[bytes]:
        def select(database: sqlite3.Connection) -> list[bytes]:
            number, query = _number(database, job_id), "SELECT body FROM submission WHERE job = ? AND place = ?"
            rows = [database.execute(query, (number, place)).fetchone() for place in indexes]
            return [row[0] for row in rows if row is not None]

        return await self._read(select)

    async def suite(self, suite_id: str) -> bytes:
        def select(database: sqlite3.Connection) -> bytes:
            row = database.execute("SELECT body FROM suite WHERE id = ?", (suite_id,)).fetchone()
            if row is None:
                raise SuiteNotFound(suite_id)
            body: bytes = row[0]
            return body

        return await self._read(select)

    async def record(self, job_id: str, reports: Sequence[NewReport]) -> None:
        await self._write(partial(_record, job_id, reports), job_id)

    async def take_delivery(self, holding: Collection[str], busy: Collection[str]) -> JobRecord | None:
        due = f"delivery = 'waiting' AND due_s <= ? AND over_s IS NOT NULL AND NOT gone AND {_not_of(busy)}"
        values = (time.time(), *busy)
        return await self._write(
            partial(self._take, "delivery_holder", f"{due} ORDER BY due_s, number", values, frozenset(holding))
        )

    async def attempted(self, job_id: str, *, delivered: bool, again_s: float | None) -> None:
        state = state_of(delivered=delivered, again_s=again_s)
        due_s = time.time() + (again_s or 0)
        update = (
            "UPDATE job SET attempts = attempts + 1, delivery = ?, due_s = ?, delivery_holder = NULL WHERE number = ?"
        )
        await self._write(
            lambda database: database.execute(update, (state, due_s, _number(database, job_id))) and None, job_id
        )

    async def sweep(self) -> None:
        await self._write(self._sweep)
        await self._write(lambda database: database.execute("PRAGMA incremental_vacuum").fetchall() and None, begin="")

    def _prepare(self) -> sqlite3.Connection:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = self._locked()
        database = self._connect()
        with _transaction(database):
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version > len(_MIGRATIONS):
                known = len(_MIGRATIONS)
                raise StoreUnusable(f"it was written by a newer version ({version}; this one knows {known})")
            for statement in ";".join(_MIGRATIONS[version:]).split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
        return database

    def _connect(self) -> sqlite3.Connection:
        path = self._directory / "jobs.sqlite"
        os.close(os.open(path, os.O_CREAT | os.O_CLOEXEC, 0o600))
        database = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        database.execute("PRAGMA auto_vacuum = INCREMENTAL")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")  # an accepted job survives a power cut
        return database

    def _locked(self) -> int:
        path = self._path_of(self._name)
        while True:
            lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(lock), os.stat(path)):
                    return lock
            os.close(lock)  # another process has swept the file in between, as one of a dead process

    def _path_of(self, name: str) -> Path:
        return self._directory / f"{name}.lock"

    def _alive(self, name: str) -> bool:
        """Tell whether the process of this name is alive."""
        if name == self._name:
            return True
        try:
            lock = os.open(self._path_of(name), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    async def _write(
        self, work: Callable[[sqlite3.Connection], R], changed: str | None = None, begin: str = "BEGIN IMMEDIATE"
    ) -> R:
        def done() -> R:
            with _transaction(self._writer, begin):
                return work(self._writer)

        result = await _answered(self._writing, done)
        if changed is not None:
            self.changes.tell(changed)
        return result

    async def _read(self, work: Callable[[sqlite3.Connection], R]) -> R:
        def done() -> R:
            with _transaction(self._reader, "BEGIN"):
                return work(self._reader)

        return await _answered(self._reading, done)

    def _add(self, new: NewJob, database: sqlite3.Connection) -> tuple[JobRecord, bool]:
        if new.idempotency is not None:
            query = "SELECT id, fingerprint FROM job WHERE idempotency = ?"
            row = database.execute(query, (new.idempotency.key,)).fetchone()
            if row is not None:
                if row[1] != new.idempotency.fingerprint:
                    raise IdempotencyKeyReused()
                return _job(database, row[0]), False
        self._make_room(database, new)
        job_id, now, total = uuid.uuid4().hex, time.time(), len(new.submissions)
        cursor = database.execute(
            "INSERT INTO job (id, total, size, owner, created_s, over_s, webhook, delivery, idempotency,"
            " fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(job_id, total, new.size, new.owner, now, None if total else now),
                *((new.webhook.model_dump_json(), "waiting") if new.webhook else (None, None)),
                *((new.idempotency.key, new.idempotency.fingerprint) if new.idempotency else (None, None)),
            ),
        )
        number = cursor.lastrowid
        database.executemany(
            "INSERT INTO submission VALUES (?, ?, ?)", ((number, *each) for each in enumerate(new.submissions))
        )
        database.executemany("INSERT OR IGNORE INTO suite VALUES (?, ?)", new.suites.items())
        database.executemany("INSERT INTO need VALUES (?, ?)", ((number, name) for name in new.suites))
        return _job(database, job_id), True

    def _make_room(self, database: sqlite3.Connection, new: NewJob) -> None:
        self._bounds.check_size(new)
        query = "SELECT count(*), coalesce(sum(size), 0) FROM job WHERE over_s IS NULL AND NOT gone"
        (waiting, _), (own, own_size) = (
            database.execute(query).fetchone(),
            database.execute(f"{query} AND owner = ?", (new.owner,)).fetchone(),
        )
        self._bounds.check_open(new, waiting, own, own_size)
        self._evict(database, self._bounds.size - new.size, new.owner)
        if _size(database) + new.size > self._bounds.size:
            raise TooManyJobs(f"jobs that are not over yet take the room of {self._bounds.size} bytes")

    def _evict(self, database: sqlite3.Connection, most: int, owner: str) -> None:
        """Remove jobs that are over, the owner's own first, until all take at most ``most`` bytes or none is left."""
        size = _size(database)
        # Of each owner's, those with an undelivered webhook last: their clients may not know that they are over.
        query = (
            "SELECT number, size FROM job WHERE over_s IS NOT NULL AND NOT gone"
            " ORDER BY owner IS NOT ?, delivery IS 'waiting', over_s"
        )
        for number, freed in database.execute(query, (owner,)).fetchall() if size > most else ():
            if size <= most:
                return
            _remove(database, number)
            size -= freed

    def _sweep(self, database: sqlite3.Connection) -> None:
        oldest = time.time() - self._bounds.kept_s
        for (number,) in database.execute(
            "SELECT number FROM job WHERE over_s <= ? AND NOT gone", (oldest,)
        ).fetchall():
            _remove(database, number)
        self._evict(database, self._bounds.size, "")
        database.execute(
            "DELETE FROM job WHERE gone AND number <="
            " (SELECT number FROM job WHERE gone ORDER BY number DESC LIMIT 1 OFFSET ?)",
            (KEPT_GONE,),
        )
        for path in self._directory.glob("*.lock"):
            if not self._alive(path.stem):
                path.unlink(missing_ok=True)

    def _take(
        self, column: str, due: str, values: Sequence[Any], holding: frozenset[str], database: sqlite3.Connection
    ) -> JobRecord | None:
        for job_id, holder in database.execute(f"SELECT id, {column} FROM job WHERE {due}", values):
            if job_id in holding or (holder not in (None, self._name) and self._alive(holder)):
                continue
            database.execute(f"UPDATE job SET {column} = ? WHERE id = ?", (self._name, job_id))
            return _job(database, job_id)
        return None


async def _answered(thread: ThreadPoolExecutor, work: Callable[[], R]) -> R:
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, work)
    except sqlite3.Error as error:
        raise StorageFailed(str(error)) from error


@contextlib.contextmanager
def _transaction(database: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Run a ``with`` block as one transaction: all of it takes effect, or none."""
    database.execute(begin)
    try:
        yield
        if database.in_transaction:
            database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:  # on a full disk SQLite has rolled back by itself
            database.execute("ROLLBACK")
        raise


def _not_of(owners: Collection[str]) -> str:
    """Return a condition of SQL that excludes these owners; their names are its parameters."""
    return f"owner NOT IN ({', '.join('?' * len(owners))})"


def _number(database: sqlite3.Connection, job_id: str) -> int:
    row = database.execute("SELECT number, gone, owner FROM job WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise UnknownJob(job_id)
    if row[1]:
        raise JobGone(job_id, row[2])
    number: int = row[0]
    return number


def _job(database: sqlite3.Connection, job_id: str) -> JobRecord:
    number = _number(database, job_id)
    query = "SELECT verdict, count(*) FROM report WHERE job = ? GROUP BY verdict"
    verdicts = {Verdict(verdict): count for verdict, count in database.execute(query, (number,))}
    total, created_s, started_s, over_s, cancelled, webhook, delivery, attempts, owner = database.execute(
        "SELECT total, created_s, started_s, over_s, cancelled, webhook, delivery, attempts, owner FROM job"
        " WHERE number = ?",
        (number,),
    ).fetchone()
    return JobRecord(
        id=job_id,
        total=total,
        done=sum(verdicts.values()),
        verdicts=verdicts,
        created_s=created_s,
        started_s=started_s,
        over_s=over_s,
        cancelled=bool(cancelled),
        webhook=None if webhook is None else Webhook(**json.loads(webhook)),
        delivery=delivery,
        attempts=attempts,
        owner=owner,
    )


def _record(job_id: str, reports: Sequence[NewReport], database: sqlite3.Connection) -> None:
    number, now = _number(database, job_id), time.time()
    database.execute("UPDATE job SET started_s = coalesce(started_s, ?) WHERE number = ?", (now, number))
    (last,) = database.execute("SELECT coalesce(max(number), 0) FROM report WHERE job = ?", (number,)).fetchone()
    before, size = last, 0
    for report in reports:
        row = (number, report.index, last + 1, report.verdict.value, report.body)
        if database.execute("INSERT INTO report VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount:
            last, size = last + 1, size + len(report.body)
    if last == before:
        return
    database.execute("UPDATE job SET size = size + ? WHERE number = ?", (size, number))
    (total,) = database.execute("SELECT total FROM job WHERE number = ?", (number,)).fetchone()
    if last == total:
        _drop_work(database, number)
        database.execute(
            "UPDATE job SET over_s = ?, holder = NULL, size = (SELECT sum(length(body)) FROM report WHERE job = ?)"
            " WHERE number = ?",
            (now, number, number),
        )


def _drop_work(database: sqlite3.Connection, number: int) -> None:
    """Remove a job's submissions, and the suites that no other job needs."""
    database.execute("DELETE FROM submission WHERE job = ?", (number,))
    suites = database.execute("SELECT suite FROM need WHERE job = ?", (number,)).fetchall()
    database.execute("DELETE FROM need WHERE job = ?", (number,))
    query = "DELETE FROM suite WHERE id = ? AND NOT EXISTS (SELECT 1 FROM need WHERE suite = suite.id)"
    database.executemany(query, suites)


def _remove(database: sqlite3.Connection, number: int) -> None:
    """Remove a job, except for the note that it existed."""
    _drop_work(database, number)
    database.execute("DELETE FROM report WHERE job = ?", (number,))
    database.execute(
        "UPDATE job SET gone = 1, size = 0, holder = NULL, delivery_holder = NULL, webhook = NULL, idempotency = NULL"
        " WHERE number = ?",
        (number,),
    )


def _size(database: sqlite3.Connection) -> int:
    size: int = database.execute("SELECT coalesce(sum(size), 0) FROM job").fetchone()[0]
    return size
