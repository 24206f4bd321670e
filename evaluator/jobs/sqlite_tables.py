"""The tables of jobs in SQLite, and what one transaction reads and writes in them."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence

from evaluator.errors import JobGone, UnknownJob
from evaluator.jobs.job import JobRecord, NewReport
from evaluator.schema import Verdict, Webhook

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
MIGRATIONS = (_SCHEMA, _OWNERS)
"""The statements that bring each version of the file to the next. Version 0 is an empty file."""


@contextlib.contextmanager
def transaction(database: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
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


def not_of(owners: Collection[str]) -> str:
    """Return a condition of SQL that excludes these owners; their names are its parameters."""
    return f"owner NOT IN ({', '.join('?' * len(owners))})"


def number_of(database: sqlite3.Connection, job_id: str) -> int:
    """Return the number under which the tables have a job.

    Raises:
        UnknownJob, JobGone: they do not have it, or not any more.
    """
    row = database.execute("SELECT number, gone, owner FROM job WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise UnknownJob(job_id)
    if row[1]:
        raise JobGone(job_id, row[2])
    number: int = row[0]
    return number


def read_job(database: sqlite3.Connection, job_id: str) -> JobRecord:
    """Read a job. Raises as ``number_of``."""
    number = number_of(database, job_id)
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


def newest_jobs(database: sqlite3.Connection, owner: str | None, limit: int) -> list[JobRecord]:
    """Read the newest jobs of an owner, or with None of all."""
    query = "SELECT id FROM job WHERE NOT gone AND (? IS NULL OR owner = ?) ORDER BY number DESC LIMIT ?"
    return [read_job(database, name) for (name,) in database.execute(query, (owner, owner, limit)).fetchall()]


def record_reports(job_id: str, reports: Sequence[NewReport], database: sqlite3.Connection) -> None:
    """Add reports, except those that are there already, and end the job with the last one. Raises as ``number_of``."""
    number, now = number_of(database, job_id), time.time()
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


def remove_job(database: sqlite3.Connection, number: int) -> None:
    """Remove a job, except for the note that it existed."""
    _drop_work(database, number)
    database.execute("DELETE FROM report WHERE job = ?", (number,))
    database.execute(
        "UPDATE job SET gone = 1, size = 0, holder = NULL, delivery_holder = NULL, webhook = NULL, idempotency = NULL"
        " WHERE number = ?",
        (number,),
    )


def size_of_jobs(database: sqlite3.Connection) -> int:
    """Return the bytes that all jobs take."""
    size: int = database.execute("SELECT coalesce(sum(size), 0) FROM job").fetchone()[0]
    return size
