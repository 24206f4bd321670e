"""A look over a data set before training: which shapes its rows have, which rows cannot be used, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evaluator.schema import Report, Submission, Suite
from evaluator.schema.jsontext import wrong_fields
from trainer_client.dataset.records import BadSource, Record, files_of, records
from trainer_client.suites import RowTests, UnknownTests, read_row, references_of

_ROW_BYTES = 1 << 30
_ID_COLUMNS = ("id", "task_id", "question_id", "problem_id", "uid", "name")


@dataclass(frozen=True, slots=True)
class RowFinding:
    """The findings about one row. ``refusal`` says why it cannot be used, "" if it can."""

    number: int
    """Its place among all rows, from 1."""
    where: str
    id: str = ""
    shape: str = ""
    mode: str = ""
    language: str = ""
    tests: int = 0
    refusal: str = ""
    verdict: str = ""
    """The verdict on the row's reference; "" if the row has none, or it was not graded."""
    reason: str = ""
    """The reason of that verdict."""

    @property
    def name(self) -> str:
        """The row as messages name it."""
        return f"row {self.number} ({self.id})" if self.id else f"row {self.number}"


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row's findings, its tests, and its reference as a submission; None where there are none."""

    finding: RowFinding
    tests: RowTests | None = None
    reference: Submission | None = None

    def with_report(self, report: Report) -> RowFinding:
        """Return the findings with the verdict on the reference."""
        return replace(self.finding, verdict=str(report.verdict), reason=report.reason or "")


def look_over(files: Sequence[Path], *, column: str | None = None, limit: int | None = None) -> Iterator[CheckedRow]:
    """Yield what is found in each row.

    Args:
        column: the column that has the tests; by default the shape of the row says.
        limit: rows to read, at most.
    Raises:
        BadSource: a file cannot be read, or not on from a row.
    """
    number = 0
    for file in files_of(files):
        for record in records(file, _ROW_BYTES):
            number += 1
            if limit is not None and number > limit:
                return
            yield _checked(record, RowFinding(number, record.where), column)


def _checked(record: Record, finding: RowFinding, column: str | None) -> CheckedRow:
    if record.content is None:
        return CheckedRow(replace(finding, refusal=f"it has {record.size} bytes, more than is read"))
    try:
        row = record.content()
    except BadSource as error:
        return CheckedRow(replace(finding, refusal=str(error)))
    finding = replace(finding, id=_id_of(row))
    try:
        tests = _tests_of(row, column)
        finding = replace(finding, shape=tests.shape, language=tests.language or "python")
        if tests.suite_id is not None:
            return CheckedRow(finding, tests, _reference(row, tests, None))
        suite = tests.suite()
    except UnknownTests as error:
        return CheckedRow(replace(finding, refusal=str(error)))
    except ValidationError as error:
        return CheckedRow(replace(finding, refusal="; ".join(wrong_fields(error, 3))))
    finding = replace(finding, mode=suite.mode, tests=max(len(suite.tests), 1))
    return CheckedRow(finding, tests, _reference(row, tests, suite))


def _tests_of(row: Mapping[str, Any], column: str | None) -> RowTests:
    if column is None:
        return read_row(row)
    if row.get(column) is None:
        raise UnknownTests(f"there is nothing in the column {column}")
    return read_row(row[column], row)


def _reference(row: Mapping[str, Any], tests: RowTests, suite: Suite | None) -> Submission | None:
    """Return the first program that the row says is right, in the row's own language if there is one."""
    programs = references_of(row)
    own = [each for each in programs if each[0] in ("", tests.language or "python")]
    if not programs:
        return None
    language, code = (own or programs)[0]
    return Submission(code=code, language=language or tests.language or "python", suite=suite, suite_id=tests.suite_id)


def _id_of(row: Mapping[str, Any]) -> str:
    return next((f"{name} {row[name]!r}" for name in _ID_COLUMNS if isinstance(row.get(name), str | int)), "")
