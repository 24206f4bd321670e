"""The protocol of readers of public problem sets, and the data that they make of a row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from evaluator.schema import Suite
from evaluator.schema.shapes import NoTests, RawTests, UnknownTests, read_row
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.records import BadSource, Record, files_of, records
from trainer_client.dataset.row import Problem


@dataclass(frozen=True, slots=True)
class Collected:
    """A problem and its tests, None if the row has no tests."""

    problem: Problem
    tests: RawTests | Suite | None


class RowFault(Exception):
    """A row cannot become a problem. ``reason`` is the word of its rejection: ``missing_column``, ``bad_tests`` …"""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class ProblemReader(Protocol):
    """Reads one kind of public problem set. Add your own to ``sources.SOURCES``."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that every row must have. If the first row lacks one, the file has another format."""

    def records(self, config: SourceConfig, row_bytes: int) -> Iterator[Record]:
        """Yield the rows one by one.

        Raises:
            BadSource: a file cannot be read.
        """

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        """Make a problem of a row. The caller fills in ``id``, ``source``, ``provenance_sha256`` and the like, from
        ``source_id``.

        Raises:
            RowFault: it cannot be a problem.
            KeyError: a column is missing.
        """


class TableSource:
    """A base of sources whose problems are the records of files."""

    columns: tuple[str, ...] = ()

    def records(self, config: SourceConfig, row_bytes: int) -> Iterator[Record]:
        for file in files_of(config.files):
            yield from records(file, row_bytes)


def tests_in(row: Mapping[str, Any]) -> RawTests | None:
    """Return the inputs and outputs that some columns of a row hold, None if they hold none.

    Raises:
        RowFault: they cannot be read.
    """
    try:
        content = read_row(row).content
    except NoTests:
        return None
    except UnknownTests as error:
        raise RowFault("bad_tests", str(error)) from error
    if not isinstance(content, RawTests):
        raise RowFault("bad_tests", "the tests are not pairs of inputs and outputs")
    return content


def json_column(row: Mapping[str, Any], name: str) -> Any:
    """Return the value of a column with JSON text, or with the value itself. None if it is absent or empty.

    Raises:
        RowFault: it is not JSON.
    """
    value = row.get(name)
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise RowFault("bad_tests", f"column {name!r} is not JSON: {error}") from error


def text(row: Mapping[str, Any], name: str) -> str:
    """Return a column's text, "" if it is absent or null."""
    value = row.get(name)
    return "" if value is None else str(value)


def texts(value: Any) -> tuple[str, ...]:
    """Return a list's texts, without empty ones."""
    return tuple(str(each) for each in value if each) if isinstance(value, list | tuple) else ()


def existing(paths: Sequence[Path]) -> None:
    """Check that paths exist.

    Raises:
        BadSource: one does not.
    """
    for path in paths:
        if not path.exists():
            raise BadSource(f"{path}: does not exist")
