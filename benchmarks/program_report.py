"""The report of ``program_sets`` about its rows: the share that agrees with the stock runners, and each other by
name."""

from __future__ import annotations

import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from benchmarks.machine import RUN_ALL
from benchmarks.program_problems import Problem
from benchmarks.resumable import Row
from evaluator.cli.grade import stream_reports
from evaluator.local import local_service
from evaluator.schema import Submission

_WORKERS = 2
_COPIES = 4
"""Times that each reference is graded to measure the rate."""


def report_lines(rows: Sequence[Row], ways: Sequence[str]) -> list[str]:
    """Tables by set and way, then what disagrees."""
    by_set: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_set[row["set"]].append(row)
    lines = [
        "| set | suites have a reference | references stock accepts | of which accepted | mutants stock refuses | "
        "of which accepted | mutants stock accepts | of which refused | weak suites |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_counts(name, way, members) for name, members in by_set.items() for way in ways]
    lines += ["", *_costs(rows, ways), "", *_named(rows, ways)]
    return lines


def _counts(name: str, way: str, rows: Iterable[Row]) -> str:
    references = [row for row in rows if row["what"] == "reference" and row["stock"]]
    mutants = [row for row in rows if row["what"] != "reference" and not row.get("varies")]
    refused, right = ([row for row in mutants if row["stock"] is wanted] for wanted in (False, True))
    numbers = (
        len(references),
        sum(map(_accepts(way), references)),
        len(refused),
        sum(map(_accepts(way), refused)),
        len(right),
        len(right) - sum(map(_accepts(way), right)),
        sum(row[way]["trust"].get("level") == "weak" for row in references),
    )
    return "| " + " | ".join([name, {"with": "yes", "without": "no"}[way], *map(str, numbers)]) + " |"


def _accepts(way: str) -> Any:
    return lambda row: row[way]["verdict"] == "accepted"


def _costs(rows: Iterable[Row], ways: Sequence[str]) -> Iterator[str]:
    """CPU of all processes beyond what program and tests take in a stock runner."""
    groups: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for row in rows:
        for way in ways:
            if row["what"] == "reference" and row[way]["verdict"] == "accepted":
                kind = (row["set"], row["framework"], str(row[way]["trust"].get("way")))
                groups[kind].append(1000 * (row[way]["cpu_s"] - row["own_s"]))
    yield "| set | framework | way | references | CPU beyond its own, ms: mean | p90 |"
    yield "|---|---|---|---|---|---|"
    for kind, values in sorted(groups.items()):
        high = sorted(values)[int(0.9 * len(values))]
        # The kernel counts in ticks of 10 ms, so that the mean says more than the median.
        yield f"| {' | '.join(kind)} | {len(values)} | {statistics.fmean(values):.1f} | {high:.1f} |"


def _named(rows: Iterable[Row], ways: Sequence[str]) -> Iterator[str]:
    for row in rows:
        for way in ways:
            said = row[way]
            accepted = said["verdict"] == "accepted"
            if accepted != row["stock"]:
                verdict = f"stock {'accepts' if row['stock'] else 'refuses'}, we say {said['verdict']}"
                varies = ", but stock's verdict varies" * bool(row.get("varies"))
                reason = " ".join(said["reason"].split())[:160]
                yield f"- {row['set']} {row['id']}, {row['what']}, {way} reference: {verdict}{varies}; {reason}"
            elif row["what"] == "reference" and not row["stock"] and way == ways[0]:
                said_by_stock = " ".join(row["stock_text"].split())[-120:]
                yield f"- {row['set']} {row['id']}: stock refuses the reference; {said_by_stock}"


def throughput_lines(problems: Sequence[Problem], python: str | None, copies: int = _COPIES) -> list[str]:
    """Rows a second of each set through a service with two workers, once its suites are prepared."""
    lines = ["| set | rows | rows/s |", "|---|---|---|"]
    sets = list(dict.fromkeys(problem.set for problem in problems))
    settings = {**RUN_ALL, **({"MICROCODER_PYTHON": python} if python else {})}
    with local_service(workers=_WORKERS, settings=settings) as service:
        for name in sets:
            members = [problem for problem in problems if problem.set == name]
            _all_graded(service.url, members, 1)
            started = time.perf_counter()
            count = _all_graded(service.url, members, copies)
            lines.append(f"| {name} | {count} | {count / (time.perf_counter() - started):.1f} |")
    return [*lines, f"({_WORKERS} workers on {len(os.sched_getaffinity(0))} CPUs)"]


def _all_graded(url: str, problems: Sequence[Problem], copies: int) -> int:
    submissions = [
        Submission.model_validate({"code": f"{problem.code}\n# {copy}\n", "suite": problem.suite(reference=True)})
        for copy in range(copies)
        for problem in problems
    ]
    return sum(1 for _ in stream_reports(url, submissions))
