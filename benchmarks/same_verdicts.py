"""Verdicts of labelled programs at different numbers of clients, with shared processes and one for each test.

``python -m benchmarks.same_verdicts FILE.jsonl ... [--clients 1 4 16] [--isolation shared per_test] [--limit N]
[--minutes M] [--results FILE] [--before FILE] [--record]``. Every program is graded once in each configuration. Told is
each whose verdict is not the same in all of them, and whether it ran at its limit: there, a neighbour more or less
decides. Reports are added to ``--results`` as they come; run it again to go on. ``--before`` are the results of another
version, to compare with.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import httpx

from benchmarks.accuracy.labelled import Labelled, load
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.cli.grade import stream_reports
from evaluator.local import local_service
from evaluator.schema import Report, Submission

_SHARING_MODES = ("stdio", "function")
_ISOLATIONS = ("shared", "per_test")
_AT_LIMIT = 0.8
"""A run that used this share of its limit, or that a limit ended, may end differently beside others."""
_CHUNK = 16
"""Programs of one request: what is done when the time is over is not lost."""
Configuration = tuple[int, str]
"""Number of clients, and whether tests share processes."""
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="files of labelled programs")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--isolation", nargs="+", choices=_ISOLATIONS, default=_ISOLATIONS)
    parser.add_argument("--limit", type=int, help="so many programs, drawn at random")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end after so many")
    parser.add_argument("--results", type=Path, default=Path("same_verdicts.jsonl"))
    parser.add_argument("--before", type=Path, help="results of another version")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before, ends_at = facts(), time.monotonic() + 60 * options.minutes
    items = [item for file in options.files for item in load(file)]
    if options.limit is not None:
        items = random.Random(1).sample(items, min(options.limit, len(items)))
    configurations = [*itertools.product(options.clients, options.isolation)]
    _measure(items, configurations, options.results, ends_at)
    rows = [*_read(options.results), *({**row, "before": True} for row in _read(options.before))]
    lines = [*_told({item.id for item in items}, rows)]
    print(before, *lines, sep="\n")
    if options.record:
        names = " ".join(file.name for file in options.files)
        record("Verdicts at 1 to 16 clients", f"python -m benchmarks.same_verdicts {names}", before, lines)


def _measure(items: list[Labelled], configurations: list[Configuration], results: Path, ends_at: float) -> None:
    known = {(row["id"], row["clients"], row["isolation"]) for row in _read(results)}
    lock = Lock()
    with local_service(settings=RUN_ALL) as service, results.open("a") as file:
        languages = httpx.get(f"{service.url}/v1/languages", trust_env=False).json()["languages"]
        offered = {name for entry in languages for name in (entry["name"], *entry["aliases"])}

        def grade(part: Sequence[Labelled], configuration: Configuration) -> None:
            for start in range(0, len(part), _CHUNK):
                if time.monotonic() > ends_at:
                    return
                chunk = part[start : start + _CHUNK]
                for report in stream_reports(service.url, [_submission(item, configuration[1]) for item in chunk]):
                    row = _row(chunk[report.index or 0], configuration, report)
                    with lock:
                        file.write(json.dumps(row) + "\n")
                        file.flush()

        for configuration in configurations:
            clients = configuration[0]
            missing = [item for item in items if item.language in offered and (item.id, *configuration) not in known]
            with ThreadPoolExecutor(clients) as pool:
                for done in [pool.submit(grade, missing[at::clients], configuration) for at in range(clients)]:
                    done.result()


def _submission(item: Labelled, isolation: str) -> Submission:
    suite = dict(item.submission["suite"])
    if suite["mode"] in _SHARING_MODES:
        suite["isolation"] = isolation
    return Submission.model_validate({**item.submission, "suite": suite, "policy": "first_failure"})


def _row(item: Labelled, configuration: Configuration, report: Report) -> Row:
    limit_s = item.submission["suite"]["limits"]["cpu_s"]
    most_s = max((test.cpu_s or 0.0 for test in report.tests), default=0.0)
    at_limit = report.verdict == "time_limit_exceeded" or most_s > _AT_LIMIT * limit_s or not report.repeatable
    clients, isolation = configuration
    return {"id": item.id, "clients": clients, "isolation": isolation, "verdict": report.verdict, "at_limit": at_limit}


def _read(results: Path | None) -> list[Row]:
    return [*map(json.loads, results.read_text().splitlines())] if results is not None and results.exists() else []


def _told(ids: set[str], rows: list[Row]) -> Iterator[str]:
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        if row["id"] in ids:
            by_id.setdefault(row["id"], []).append(row)
    graded = Counter(map(_named, itertools.chain.from_iterable(by_id.values())))
    differ = {name: each for name, each in by_id.items() if len({row["verdict"] for row in each}) > 1}
    at_limit = {name for name, each in differ.items() if any(row["at_limit"] for row in each)}
    yield f"{len(by_id)} programs: {len(differ)} differ, {len(at_limit)} of these at their limit. Programs graded:"
    yield ""
    yield from (f"- {name} {count}" for name, count in graded.items())
    for name, each in differ.items():
        verdicts = "; ".join(f"{_named(row)} {row['verdict']}" for row in each)
        yield f"- {name}{' (at its limit)' * (name in at_limit)}: {verdicts}"


def _named(row: Row) -> str:
    return f"{'before, ' * bool(row.get('before'))}{row['clients']} clients, {row['isolation']}:"


if __name__ == "__main__":
    main()
