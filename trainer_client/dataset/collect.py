"""The stage ``collect``: turns rows of sources into problems, and puts their tests into the store. Rows are streamed. A
row that is too large, has no tests or is not a problem is rejected with its file and number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.schema import Suite, well_formed
from trainer_client.dataset.config import CollectConfig, SourceConfig
from trainer_client.dataset.records import Record
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.sources import SOURCES, BadSource, ProblemReader, RowFault
from trainer_client.dataset.stage import Outcome, SuiteArchive

NAME, VERSION = "collect", "2"
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a source before it is read."""

    source: SourceConfig
    number: int
    record: Record


def rows(config: CollectConfig) -> Iterator[Row]:
    """Yield the rows of all sources.

    Raises:
        BadSource: a file cannot be read, or its kind is not the one of the source's format.
    """
    for source in config.sources:
        records = SOURCES[source.format].records(source, config.row_mb * _MIB)
        for number, record in enumerate(records, 1):
            if source.limit is not None and number > source.limit:
                break
            yield Row(source, number, record)


def read(row: Row, suites: SuiteArchive) -> Outcome:
    """Make a problem of a row, or a rejection with the reason why it is not one.

    Raises:
        BadSource: the first row of a source lacks a column, or the row is no JSON.
    """
    name = row.source.name or row.source.format
    record = row.record
    if record.content is None:
        evidence = {"where": record.where, "bytes": record.size, "say": "raise collect.row_mb to take it"}
        return Rejection(f"{name}/row-{row.number}", NAME, "row_too_large", evidence)
    content, reader = record.content(), SOURCES[row.source.format]
    if missing := [column for column in reader.columns if column not in content]:
        return _missing(row, name, missing, content)
    try:
        return _problem(row, name, reader, content, suites)
    except RowFault as fault:
        return _rejection(row, name, fault.reason, str(fault))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return _rejection(row, name, "bad_row", f"{type(error).__name__}: {error}")


def _problem(row: Row, name: str, reader: ProblemReader, content: Mapping[str, Any], suites: SuiteArchive) -> Outcome:
    collected = reader.problem(content, row.source)
    problem = collected.problem
    identity = well_formed(f"{name}/{problem.source_id or f'row-{row.number}'}")
    if collected.tests is None:
        return Rejection(identity, NAME, "no_tests", {"where": row.record.where})
    if isinstance(collected.tests, Suite):
        suite_id, size = suites.put(collected.tests)
    else:
        suite_id, size = suites.put_raw(collected.tests.to_json())
    stated = problem.license != Problem("").license
    return _utf8(problem).evolve(
        id=identity,
        source=name,
        suite_id=suite_id,
        suite_bytes=size,
        license=problem.license if stated else row.source.license or problem.license,
        license_origin=problem.license_origin if stated else row.source.license_origin,
        split=problem.split or row.source.split,
        provenance_sha256=row.record.digest,
    )


def _utf8(problem: Problem) -> Problem:
    """Replace halves of surrogate pairs in a problem, which Arrow cannot store."""
    texts = {name: well_formed(value) for name in problem.__slots__ if isinstance(value := getattr(problem, name), str)}
    return problem.evolve(**texts)


def _missing(row: Row, name: str, missing: list[str], content: Mapping[str, Any]) -> Rejection:
    message = f"no column {', '.join(map(repr, missing))} of format {row.source.format}; it has {sorted(content)[:20]}"
    if row.number == 1:
        raise BadSource(f"{row.record.where}: {message}")
    return _rejection(row, name, "missing_column", message)


def _rejection(row: Row, name: str, reason: str, message: str) -> Rejection:
    return Rejection(f"{name}/row-{row.number}", NAME, reason, {"where": row.record.where, "message": message[:1000]})
