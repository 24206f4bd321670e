"""Measurements that take longer than one sitting: what is done stays in a file, and the next run goes on from there."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

Row = dict[str, Any]
Item = TypeVar("Item")


def add_options(parser: argparse.ArgumentParser, results: str) -> None:
    """Add the options that such measurements share; ``results`` is the file's name by default."""
    parser.add_argument("--python", help="the interpreter for submissions")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end, without a report, after so many")
    parser.add_argument("--results", type=Path, default=Path(results), help="what is done; run it again to go on")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")


def measure(
    items: Iterable[Item],
    name: Callable[[Item], Hashable],
    make: Callable[[Item], Iterable[Row]],
    results: Path,
    minutes: float,
    threads: int = 1,
) -> tuple[list[Row], int]:
    """Make the rows of each item, except of those whose rows the file has, until the time is over.

    Returns:
        The rows in the order of the items, and the number of items that are left.
    """
    ends_at = time.monotonic() + 60 * minutes
    by_key = {str(name(item)): item for item in items}
    known = _read(results)
    lock = Lock()
    with results.open("a") as file, ThreadPoolExecutor(threads) as pool:

        def make_one(key: str) -> None:
            if time.monotonic() > ends_at:
                return
            rows = list(make(by_key[key]))
            with lock:
                known[key] = rows
                file.write(json.dumps({"of": key, "rows": rows}) + "\n")
                file.flush()
                print(f"{len(known.keys() & by_key)} of {len(by_key)}: {key}", file=sys.stderr, flush=True)

        for made in [pool.submit(make_one, key) for key in by_key if key not in known]:
            try:
                made.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    return [row for key in by_key for row in known.get(key, ())], len(by_key.keys() - known.keys())


def _read(results: Path) -> dict[str, list[Row]]:
    lines = results.read_text().splitlines() if results.exists() else []
    return {line["of"]: line["rows"] for line in map(json.loads, lines)}
