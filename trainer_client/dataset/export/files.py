"""Writers of rows to JSON lines and to Parquet, one row after the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, Self

import pyarrow as pa
import pyarrow.parquet as pq

from trainer_client.dataset.config import ExportFormat
from trainer_client.dataset.files import disk_errors

GROUP_BYTES = 32 * 2**20
_TEXT = pa.large_string()
_MESSAGES = pa.list_(pa.struct([("role", _TEXT), ("content", _TEXT)]))
_INFO = pa.struct([("id", _TEXT), ("language", _TEXT)])
SCHEMAS: Mapping[ExportFormat, pa.Schema] = {
    "trl": pa.schema(
        [("id", _TEXT), ("prompt", _MESSAGES), ("language", _TEXT), ("suite", _TEXT), ("suite_id", _TEXT)]
    ),
    "verl": pa.schema(
        [
            ("data_source", _TEXT),
            ("prompt", _MESSAGES),
            ("ability", _TEXT),
            ("reward_model", pa.struct([("style", _TEXT), ("ground_truth", _TEXT)])),
            ("extra_info", _INFO),
        ]
    ),
    "skyrl": pa.schema(
        [
            ("data_source", _TEXT),
            ("prompt", _MESSAGES),
            ("env_class", _TEXT),
            ("reward_spec", pa.struct([("method", _TEXT), ("ground_truth", _TEXT)])),
            ("extra_info", _INFO),
        ]
    ),
}


class Writer(Protocol):
    """The protocol of writers of rows."""

    def write(self, row: Mapping[str, Any]) -> None:
        """Add a row."""

    def close(self) -> None:
        """Finish the file."""


class JsonLines:
    """A ``Writer`` of one JSON object on each line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def write(self, row: Mapping[str, Any]) -> None:
        """Halves of surrogate pairs are written as escapes."""
        with disk_errors(self._path):
            self._file.write(json.dumps(row, allow_nan=False))
            self._file.write("\n")

    def close(self) -> None:
        with disk_errors(self._path):
            self._file.close()


class Table:
    """A ``Writer`` of Parquet with an explicit schema, in row groups of about ``GROUP_BYTES``."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._schema = path, schema
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._rows: list[Mapping[str, Any]] = []
        self._bytes = 0

    def write(self, row: Mapping[str, Any]) -> None:
        self._rows.append(row)
        self._bytes += _size(row)
        if self._bytes >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        with disk_errors(self._path):
            self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            with disk_errors(self._path):
                table = pa.Table.from_pylist([dict(row) for row in self._rows], schema=self._schema)
                self._writer.write_table(table, row_group_size=len(table))
        self._rows, self._bytes = [], 0


class Writers:
    """The writers of all formats and splits. A file is opened with its first row."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[tuple[str, str], Writer] = {}

    def write(self, name: ExportFormat, split: str, row: Mapping[str, Any]) -> None:
        """Add a row to a format's file."""
        if (name, split) not in self._open:
            self._open[name, split] = self._writer(name, split)
        self._open[name, split].write(row)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._open.values():
            writer.close()

    def _writer(self, name: ExportFormat, split: str) -> Writer:
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        if name in SCHEMAS:
            return Table(folder / f"{split}.parquet", SCHEMAS[name])
        return JsonLines(folder / f"{split}.jsonl")


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_size(each) for each in value.values())
    return sum(_size(each) for each in value) if isinstance(value, list) else 0
