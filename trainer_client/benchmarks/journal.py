"""JSONL files: read with the place of every line, and written so that what was cut off in the middle does no harm."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from evaluator.schema import write_json
from trainer_client.benchmarks.task import BadFile


def rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSONL file, which may be compressed (``.gz``), each with where it stands. Read line by line.

    Raises:
        BadFile: a line is no object.
    """
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                where = f"{file}:{number}"
                yield where, _object(line, where)


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
        row = json.loads(line)
    except ValueError as error:
        raise BadFile(f"{where}: this is not JSON: {error}") from error
    if not isinstance(row, dict):
        raise BadFile(f"{where}: this is no JSON object")
    return row
