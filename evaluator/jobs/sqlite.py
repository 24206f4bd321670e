"""Jobs in SQLite, for the processes of one host."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from evaluator.errors import IdempotencyKeyReused, StorageFailed, SuiteNotFound, TooManyJobs
from evaluator.jobs import sqlite_tables as tables
from evaluator.jobs.job import JobRecord, KeptReport, NewJob, NewReport
from evaluator.jobs.store import KEPT_GONE, Changes, HeldJobState, StoreBounds, StoreUnusable, state_of

_RECHECK_S, _SIBLINGS_RECHECK_S = 2.0, 0.2
"""Seconds between two rechecks: another process of this host may change a job without notice. It often does where the
service has several API processes."""
_BUSY_S = 30.0
R = TypeVar("R")


class SqliteJobStore:
    """A ``JobStore`` in a directory of this host, shared by processes. Not for network file systems.

    Each process holds a lock on a file of its name for as long as it lives. So another process learns from the kernel
    whether a holder is gone, and depends on no clock.
    """

    def __init__(self, directory: Path, bounds: StoreBounds, *, has_siblings: bool = False) -> None:
        self.changes = Changes(_SIBLINGS_RECHECK_S if has_siblings else _RECHECK_S)
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
        return await self._read(lambda database: tables.read_job(database, job_id))

    async def newest(self, owner: str | None, limit: int) -> list[JobRecord]:
        return await self._read(lambda database: tables.newest_jobs(database, owner, limit))

    async def reports(self, job_id: str, after: int, limit: int) -> list[KeptReport]:
        query = "SELECT number, place, body FROM report WHERE job = ? AND number > ? ORDER BY number LIMIT ?"
        return await self._read(
            lambda database: [
                KeptReport(*row) for row in database.execute(query, (tables.number_of(database, job_id), after, limit))
            ]
        )

    async def cancel(self, job_id: str) -> JobRecord:
        def cancelled(database: sqlite3.Connection) -> JobRecord:
            number = tables.number_of(database, job_id)
            database.execute("UPDATE job SET cancelled = 1 WHERE number = ? AND over_s IS NULL", (number,))
            return tables.read_job(database, job_id)

        return await self._write(cancelled, job_id)

    async def forget(self, job_id: str) -> None:
        await self._write(lambda database: tables.remove_job(database, tables.number_of(database, job_id)), job_id)

    async def take(self, holding: Collection[str], busy: Collection[str]) -> JobRecord | None:
        due = f"over_s IS NULL AND NOT gone AND (cancelled OR {tables.not_of(busy)}) ORDER BY cancelled DESC, number"
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
            lambda database: {place for (place,) in database.execute(query, (tables.number_of(database, job_id),))}
        )

    async def submissions(self, job_id: str, indexes: Sequence[int]) -> list[bytes]:
        def select(database: sqlite3.Connection) -> list[bytes]:
            number = tables.number_of(database, job_id)
            query = "SELECT body FROM submission WHERE job = ? AND place = ?"
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
        await self._write(partial(tables.record_reports, job_id, reports), job_id)

    async def take_delivery(self, holding: Collection[str], busy: Collection[str]) -> JobRecord | None:
        due = f"delivery = 'waiting' AND due_s <= ? AND over_s IS NOT NULL AND NOT gone AND {tables.not_of(busy)}"
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
            lambda database: database.execute(update, (state, due_s, tables.number_of(database, job_id))) and None,
            job_id,
        )

    async def sweep(self) -> None:
        await self._write(self._sweep)
        await self._write(lambda database: database.execute("PRAGMA incremental_vacuum").fetchall() and None, begin="")

    def _prepare(self) -> sqlite3.Connection:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = self._locked()
        database = self._connect()
        with tables.transaction(database):
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version > len(tables.MIGRATIONS):
                known = len(tables.MIGRATIONS)
                raise StoreUnusable(f"it was written by a newer version ({version}; this one knows {known})")
            for statement in ";".join(tables.MIGRATIONS[version:]).split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {len(tables.MIGRATIONS)}")
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
            with tables.transaction(self._writer, begin):
                return work(self._writer)

        result = await _answered(self._writing, done)
        if changed is not None:
            self.changes.tell(changed)
        return result

    async def _read(self, work: Callable[[sqlite3.Connection], R]) -> R:
        def done() -> R:
            with tables.transaction(self._reader, "BEGIN"):
                return work(self._reader)

        return await _answered(self._reading, done)

    def _add(self, new: NewJob, database: sqlite3.Connection) -> tuple[JobRecord, bool]:
        if new.idempotency is not None:
            query = "SELECT id, fingerprint FROM job WHERE idempotency = ?"
            row = database.execute(query, (new.idempotency.key,)).fetchone()
            if row is not None:
                if row[1] != new.idempotency.fingerprint:
                    raise IdempotencyKeyReused()
                return tables.read_job(database, row[0]), False
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
        return tables.read_job(database, job_id), True

    def _make_room(self, database: sqlite3.Connection, new: NewJob) -> None:
        self._bounds.check_size(new)
        query = "SELECT count(*), coalesce(sum(size), 0) FROM job WHERE over_s IS NULL AND NOT gone"
        waiting, _ = database.execute(query).fetchone()
        own, own_size = database.execute(f"{query} AND owner = ?", (new.owner,)).fetchone()
        self._bounds.check_open(new, waiting, own, own_size)
        self._evict(database, self._bounds.size - new.size, new.owner)
        if tables.size_of_jobs(database) + new.size > self._bounds.size:
            raise TooManyJobs(f"jobs that are not over yet take the room of {self._bounds.size} bytes")

    def _evict(self, database: sqlite3.Connection, most: int, owner: str) -> None:
        """Remove jobs that are over, the owner's own first, until all take at most ``most`` bytes or none is left."""
        size = tables.size_of_jobs(database)
        # Of each owner's, those with an undelivered webhook last: their clients may not know that they are over.
        query = (
            "SELECT number, size FROM job WHERE over_s IS NOT NULL AND NOT gone"
            " ORDER BY owner IS NOT ?, delivery IS 'waiting', over_s"
        )
        for number, freed in database.execute(query, (owner,)).fetchall() if size > most else ():
            if size <= most:
                return
            tables.remove_job(database, number)
            size -= freed

    def _sweep(self, database: sqlite3.Connection) -> None:
        oldest = time.time() - self._bounds.kept_s
        query = "SELECT number FROM job WHERE over_s <= ? AND NOT gone"
        for (number,) in database.execute(query, (oldest,)).fetchall():
            tables.remove_job(database, number)
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
            return tables.read_job(database, job_id)
        return None


async def _answered(thread: ThreadPoolExecutor, work: Callable[[], R]) -> R:
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, work)
    except sqlite3.Error as error:
        raise StorageFailed(str(error)) from error
