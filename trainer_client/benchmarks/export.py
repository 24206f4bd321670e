"""Export of scored samples: a table with one row for each, for a notebook or a data set."""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evaluator.schema import Report, Verdict, write_json
from trainer_client.benchmarks.report import Run
from trainer_client.benchmarks.task import BadFile, BenchmarkProgram, BenchmarkTask

SUFFIXES = (".jsonl", ".csv", ".parquet")
COLUMNS = (
    "run", "task_id", "sample", "kind", "platform", "date", "language", "verdict", "accepted", "passed", "total",
    "reason", "cpu_s", "memory_bytes", "program",
)  # fmt: skip


def check(file: Path) -> None:
    """See that a file can be written.

    Raises:
        BadFile: it is of another kind, its folder is missing, or Parquet's library is.
    """
    if file.suffix not in SUFFIXES:
        raise BadFile(f"--export {file}: not a known kind of file; known are {', '.join(SUFFIXES)}")
    if not file.absolute().parent.is_dir():
        raise BadFile(f"--export {file}: there is no folder {file.parent}")
    if file.suffix == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        raise BadFile(f"--export {file}: Parquet needs pyarrow, which is not installed: pip install pyarrow")


def rows(runs: Sequence[Run]) -> Iterator[dict[str, Any]]:
    """Yield a row for each sample of each run, in the order of the problems."""
    for run in runs:
        for task in run.tasks:
            samples = zip(run.programs[task.id], run.reports[task.id], strict=True)
            for number, (program, report) in enumerate(samples):
                yield _row(run.label, task, number, program, report)


def write(runs: Sequence[Run], file: Path) -> Path:
    """Write the samples of runs, as the file's ending says, and return the file."""
    if file.suffix == ".csv":
        with file.open("w", newline="", encoding="utf-8", errors="surrogateescape") as lines:
            table = csv.DictWriter(lines, COLUMNS)
            table.writeheader()
            table.writerows(rows(runs))
    elif file.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist([_valid(row) for row in rows(runs)], _schema(pa)), file)
    else:
        file.write_bytes(b"".join(write_json(row) + b"\n" for row in rows(runs)))
    return file


def _row(label: str, task: BenchmarkTask, number: int, program: BenchmarkProgram, report: Report) -> dict[str, Any]:
    failure = report.first_failure
    return {
        "run": label,
        "task_id": task.id,
        "sample": number,
        "kind": task.kind,
        "platform": task.platform,
        "date": task.date,
        "language": program.language,
        "verdict": report.verdict.value,
        "accepted": report.verdict is Verdict.ACCEPTED,
        "passed": report.passed,
        "total": report.total,
        "reason": report.reason or (failure.reason if failure else None),
        "cpu_s": max((test.cpu_s for test in report.tests if test.cpu_s is not None), default=None),
        "memory_bytes": max(
            (test.memory_bytes for test in report.tests if test.memory_bytes is not None), default=None
        ),
        "program": program.text,
    }


def _valid(row: dict[str, Any]) -> dict[str, Any]:
    """Replace half of a surrogate pair, which Parquet's texts cannot hold."""
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in row.items()
    }


def _schema(pa: Any) -> Any:
    kinds = {"sample": pa.int64(), "accepted": pa.bool_(), "passed": pa.int64(), "total": pa.int64(),
             "cpu_s": pa.float64(), "memory_bytes": pa.int64()}  # fmt: skip
    return pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
