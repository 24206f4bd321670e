"""JSONL files: read with the place of every line, and written so that what was cut off in the middle does no harm."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Self

from pydantic_core import from_json

from evaluator.schema import write_json
from trainer_client.benchmarks.task import BadFile


def rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a file, each with where it stands: of JSON lines, which may be compressed (``.gz``) and are read
    line by line, of a JSON list, or of Parquet.

    Raises:
        BadFile: a row is no object, or a package is missing.
    """
    if file.suffix == ".parquet":
        yield from _of_parquet(file)
        return
    with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
        if file.name.removesuffix(".gz").endswith(".json"):
            yield from _of_list(lines.read(), file)
            return
        yield from _of_lines(lines, file)


def _of_lines(lines: BinaryIO | gzip.GzipFile, file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows may have hundreds of megabytes: a line is let go before its row is used, and a row before the next one is
    read."""
    number = 0
    while line := lines.readline():
        number += 1
        if line.strip():
            where = f"{file}:{number}"
            row = _object(line, where)
            del line
            yield where, row
            del row


def _of_list(text: bytes, file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise BadFile(f"{file}: this is not JSON: {error}") from error
    if not isinstance(content, list):
        raise BadFile(f"{file}: this is no JSON list; JSON lines are read from .jsonl")
    for number, row in enumerate(content, 1):
        if not isinstance(row, dict):
            raise BadFile(f"{file}:{number}: this is no JSON object")
        yield f"{file}:{number}", row


def _of_parquet(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise BadFile(f"{file}: Parquet needs pyarrow, which is not installed: pip install pyarrow") from error
    number = 0
    try:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(batch_size=1):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{file}:{number}", row
    except pa.ArrowException as error:
        raise BadFile(f"{file}:{number + 1}: this cannot be read as Parquet: {error}") from error


class Journal:
    """A JSONL file that a run appends to. What it held is in ``rows``; each line written is on disk when ``write``
    returns to the caller, so that a run can be ended at any time and begun again.

    Raises:
        BadFile: it holds something else. A last line without its end was cut, and is removed.
    """

    def __init__(self, path: Path) -> None:
        whole = path.read_bytes() if path.exists() else b""
        whole = whole[: whole.rfind(b"\n") + 1]
        self.rows = [_object(line, f"{path}:{number}") for number, line in enumerate(whole.split(b"\n")[:-1], 1)]
        self._path = path
        self._file = path.open("ab")
        self._file.truncate(len(whole))

    def write(self, row: Mapping[str, Any]) -> None:
        """Append a line.

        Raises:
            ValueError: it holds a number that is not finite.
        """
        self._file.write(write_json(row) + b"\n")
        self._file.flush()

    def bad(self, reason: str) -> BadFile:
        """Return the error for a line that is not what it should be."""
        return BadFile(f"{self._path} {reason}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _object(line: str | bytes, where: str) -> dict[str, Any]:
    try:
        row = _parsed(line)
    except ValueError as error:
        raise BadFile(f"{where}: this is not JSON: {error}") from error
    if not isinstance(row, dict):
        raise BadFile(f"{where}: this is no JSON object")
    return row


def _parsed(line: str | bytes) -> Any:
    """Parse JSON without a copy of the text. The standard library reads what that parser refuses: half of a surrogate
    pair, a mark of the byte order."""
    try:
        return from_json(line)
    except ValueError:
        return json.loads(line)
