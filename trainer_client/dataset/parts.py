"""Storage of problems in Parquet: parts of sorted rows, read one row group at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trainer_client.dataset.row import Problem, Rejection, problem_schema, rejection_schema, to_arrow, write_canonical

GROUP_BYTES = 32 * 2**20
"""Bytes of a row group in Arrow's memory, about; a single row may be larger. Hubs do not show groups above 286 MiB."""
PART_BYTES = 256 * 2**20
_ROWS_PER_LOOK = 64
"""Rows whose size is measured together: measuring each row would take longer than writing it."""


@dataclass(frozen=True, slots=True)
class ProblemFiles:
    """A set of problems in a folder's parts (``stage.Problems``)."""

    folder: Path

    def __len__(self) -> int:
        return sum(map(count_rows, self.files()))

    def __iter__(self) -> Iterator[Problem]:
        for file in self.files():
            for row in _rows(file):
                yield Problem.from_json(row)

    def files(self) -> list[Path]:
        """Return the parts, in the order of their rows."""
        return sorted(self.folder.glob("part-*.parquet"))


def write_problems(problems: Iterable[Problem], folder: Path) -> int:
    """Write problems, which must be sorted by id, to parts in ``folder``. Return their number."""
    schema = problem_schema()
    count, number, size = 0, 0, 0
    writer: pq.ParquetWriter | None = None
    try:
        for table in _tables(map(to_arrow, problems), schema):
            if writer is None or size > PART_BYTES:
                if writer is not None:
                    writer.close()
                writer = pq.ParquetWriter(folder / f"part-{number:05d}.parquet", schema, compression="zstd")
                number, size = number + 1, 0
            writer.write_table(table, row_group_size=len(table))
            count, size = count + len(table), size + table.nbytes
        if writer is None:  # a set without problems has a file with the columns too
            writer = pq.ParquetWriter(folder / "part-00000.parquet", schema, compression="zstd")
    finally:
        if writer is not None:
            writer.close()
    return count


def write_rejections(rejections: Iterable[Rejection], file: Path) -> int:
    """Write rejections to one file. Return their number."""
    rows = (
        {"id": r.id, "stage": r.stage, "reason": r.reason, "evidence": write_canonical(r.evidence).decode()}
        for r in rejections
    )
    schema = rejection_schema()
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for table in _tables(rows, schema):
            writer.write_table(table, row_group_size=len(table))
            count += len(table)
    return count


def read_rejections(file: Path) -> list[Rejection]:
    """Return the rejections of a file; none if it does not exist."""
    if not file.exists():
        return []
    import json

    return [Rejection(r["id"], r["stage"], r["reason"], json.loads(r["evidence"])) for r in _rows(file)]


def count_rows(file: Path) -> int:
    """Return the number of rows that a file states.

    Raises:
        OSError, ValueError: it is missing or damaged.
    """
    return int(pq.ParquetFile(file).metadata.num_rows)


def _tables(rows: Iterable[dict[str, Any]], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield tables of about ``GROUP_BYTES``, each a row group."""
    waiting: list[pa.Table] = []
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _ROWS_PER_LOOK or _large(row):
            waiting.append(pa.Table.from_pylist(batch, schema=schema))
            batch = []
            if sum(table.nbytes for table in waiting) >= GROUP_BYTES:
                yield pa.concat_tables(waiting).combine_chunks()
                waiting = []
    if batch:
        waiting.append(pa.Table.from_pylist(batch, schema=schema))
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()


def _large(row: dict[str, Any]) -> bool:
    return sum(len(value) for value in row.values() if isinstance(value, str)) > GROUP_BYTES // _ROWS_PER_LOOK


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(file) as parquet:
        for group in range(parquet.num_row_groups):
            for batch in parquet.read_row_group(group).to_batches(max_chunksize=_ROWS_PER_LOOK):
                yield from batch.to_pylist()
