"""Measurements that take longer than one sitting: what is done stays in a file, and the next run goes on from there."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
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
) -> tuple[list[Row], int]:
    """Make the rows of each item, except of those whose rows the file has, until the time is over.

    Returns:
        The rows in the order of the items, and the number of items that are left.
    """
    ends_at = time.monotonic() + 60 * minutes
    lines = results.read_text().splitlines() if results.exists() else []
    known: dict[str, list[Row]] = {line["of"]: line["rows"] for line in map(json.loads, lines)}
    rows: list[Row] = []
    left = 0
    with results.open("a") as file:
        for item in items:
            key = str(name(item))
            if key not in known and time.monotonic() > ends_at:
                left += 1
                continue
            if key not in known:
                known[key] = list(make(item))
                file.write(json.dumps({"of": key, "rows": known[key]}) + "\n")
                file.flush()
            rows += known[key]
    return rows, left
