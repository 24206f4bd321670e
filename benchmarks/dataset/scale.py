"""Memory of a large run: problems with gigabytes of tests, one row of 200 MB, a column of more than 2 GiB.

``python -m benchmarks.dataset.scale [--problems 10000] [--tests-gb 3] [--row-mb 200] [--record]``. Rows are made as
LiveCodeBench writes them, from seeds; collect and process run in a process of their own, whose peak is measured. The
column is of statements: their parts are then read by every library that is installed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.machine import facts, record
from trainer_client.dataset.files import sha256_of
from trainer_client.dataset.parts import ProblemFiles, write_problems
from trainer_client.dataset.row import Problem

RESULTS = Path(__file__).with_name("RESULTS.md")
MIB, GIB = 2**20, 2**30
_SEED = 11
_WORDS = ("array", "sum", "path", "tree", "node", "edge", "prime", "sort", "queue", "stack", "digit", "board", "cost")


def rows(problems: int, tests_bytes: int, large_bytes: int) -> Iterator[dict[str, Any]]:
    """Rows of LiveCodeBench's form. Sizes of suites differ by a factor of a hundred, as real ones do."""
    chance = random.Random(_SEED)
    weights = [chance.lognormvariate(0, 1.2) for _ in range(problems)]
    scale = tests_bytes / sum(weights)
    for number, weight in enumerate(weights):
        yield _row(chance, number, int(weight * scale))
    yield _row(chance, problems, large_bytes)


def _row(chance: random.Random, number: int, size: int) -> dict[str, Any]:
    count = max(1, min(40, size // 200))
    tests = []
    for _ in range(count):
        text = chance.randbytes(max(4, size // count // 2)).hex()
        tests.append({"input": text, "output": text[:20], "testtype": "stdin"})
    return {
        "question_title": f"Problem {number}",
        "question_content": " ".join(chance.choices(_WORDS, k=200)),
        "platform": "atcoder",
        "question_id": f"p{number:06d}",
        "contest_id": "c",
        "contest_date": "2024-01-02",
        "starter_code": "",
        "difficulty": "easy",
        "public_test_cases": "[]",
        "private_test_cases": json.dumps(tests),
        "metadata": "{}",
    }


def measured(folder: Path) -> tuple[float, float]:
    """Seconds and peak resident MiB of collect and process. Of a run in pieces: their sum, and the largest peak."""
    done = folder / "pieces.json"
    pieces = json.loads(done.read_text()) if done.exists() else []
    started = time.perf_counter()
    command = [sys.executable, "-m", "evaluator", "dataset", "run", "--config", str(folder / "dataset.yaml")]
    process = subprocess.Popen([*command, "--until", "process"], stderr=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    _, status, usage = os.wait4(process.pid, 0)
    pieces.append([time.perf_counter() - started, usage.ru_maxrss / 1024])
    done.write_text(json.dumps(pieces))
    if status:
        raise SystemExit(f"the run ended with {status}")
    return sum(seconds for seconds, _ in pieces), max(peak for _, peak in pieces)


def wide_column(folder: Path, size: int) -> None:
    """Parts whose statements have so many bytes together."""
    chance = random.Random(_SEED)
    count = size // (4 * MIB) + 1
    write_problems((Problem(f"p{n:05d}", statement=chance.randbytes(2 * MIB).hex()) for n in range(count)), folder)


def _pandas(module: Any, files: list[str]) -> int:
    return int(sum(module.read_parquet(each)["statement"].str.len().sum() for each in files))


def _polars(module: Any, files: list[str]) -> int:
    column = module.scan_parquet(files).select(module.col("statement").str.len_bytes().sum())
    return int(column.collect().item())


def _duckdb(module: Any, files: list[str]) -> int:
    return int(module.sql(f"select sum(length(statement)) from read_parquet({files})").fetchall()[0][0])


def _datasets(module: Any, files: list[str]) -> int:
    loaded = module.load_dataset("parquet", data_files=files, split="train", streaming=True)
    return sum(len(row["statement"]) for row in loaded)


def _pyarrow(module: Any, files: list[str]) -> int:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    column: Any = pq.ParquetDataset(files).read(columns=["statement"])["statement"].combine_chunks()
    return int(pc.sum(pc.binary_length(column)).as_py())


_READERS: dict[str, Callable[[Any, list[str]], int]] = {
    "pyarrow": _pyarrow,
    "pandas": _pandas,
    "polars": _polars,
    "duckdb": _duckdb,
    "datasets": _datasets,
}
"""The characters of the column, as each library reads them."""


def readable(folder: Path) -> list[str]:
    """A line for each library: read in full, or what it said."""
    files = [str(each) for each in ProblemFiles(folder).files()]
    expected = len(files) and sum(len(each.statement) for each in ProblemFiles(folder))
    lines = []
    for name, read in _READERS.items():
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:
            lines.append(f"- {name}: not installed")
            continue
        found = read(module, files)
        lines.append(
            f"- {name} {getattr(module, '__version__', '')}: {'all' if found == expected else found} of {expected:,}"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=10_000)
    parser.add_argument("--tests-gb", type=float, default=3.0)
    parser.add_argument("--row-mb", type=int, default=200)
    parser.add_argument("--column-gb", type=float, default=2.1)
    parser.add_argument("--work", type=Path, help="where rows and runs lie, to go on after an interruption")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    before = facts()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        folder = options.work or Path(name)
        lines = [*_of_rows(folder, options), "", *_of_column(folder / "wide", options.column_gb)]
    print("\n".join(lines))
    print(f"peak here {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    if options.record:
        command = f"python -m benchmarks.dataset.scale --problems {options.problems} --tests-gb {options.tests_gb}"
        record("Scale", command, before, lines, RESULTS)


def _of_rows(folder: Path, options: argparse.Namespace) -> Iterator[str]:
    """Make the rows, take them through collect and process, and again."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "rows.jsonl"
    if not (folder / "dataset.yaml").exists():
        with file.open("w") as lines:
            for row in rows(options.problems, int(options.tests_gb * GIB), options.row_mb * MIB):
                lines.write(json.dumps(row) + "\n")
        sources = [{"format": "livecodebench", "files": [str(file)]}]
        config = {"run": f"{folder}/run", "dataset": f"{folder}/dataset", "collect": {"sources": sources}}
        (folder / "dataset.yaml").write_text(json.dumps(config))  # JSON is YAML
    seconds, peak = measured(folder)
    written = len(ProblemFiles(folder / "run" / "02-process"))
    stored = sum(each.stat().st_size for each in (folder / "run" / "suites").rglob("*.zst"))
    again = measured(folder)[0] - seconds
    yield f"{written:,} of {options.problems + 1:,} problems, {file.stat().st_size / GIB:.2f} GiB of rows, one of"
    yield f"{options.row_mb} MB: collect and process in {seconds:.0f} s, peak {peak:,.0f} MiB; again, all done, in"
    yield f"{again:.1f} s. Suites take {stored / GIB:.2f} GiB on disk."


def _of_column(folder: Path, column_gb: float) -> Iterator[str]:
    """Write a column of so many GiB and read it by every library."""
    folder.mkdir(exist_ok=True)
    wide_column(folder, int(column_gb * GIB))
    files = ProblemFiles(folder).files()
    yield f"A column of {column_gb} GiB ({len(files)} parts, the first {sha256_of(files[0])[:12]}), read back:"
    yield from ["", *readable(folder)]


if __name__ == "__main__":
    main()
