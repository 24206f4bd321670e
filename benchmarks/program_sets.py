"""References and mutants of data sets of program mode, judged by the grader and by the stock runners in the same jail.

``python -m benchmarks.program_sets CORPUS [--sets humaneval mbpp ...] [--limit N] [--record]``; CORPUS holds labelled
programs (``benchmarks.accuracy``) and ``problem_sets``; ``--suites FILE.py`` adds files that list suites by ``add(name,
program, tests)``. What the sets import must be in the environment of submissions (``--python``, or ``microcoder
runtime``). Results go to ``--results``; run it again to go on where it ended, as after ``--minutes``.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.machine import facts, record
from benchmarks.mutants import mutants
from benchmarks.program_problems import MAX_CPU_S, SETS, WALL_S, Problem, problems
from benchmarks.program_report import report_lines, throughput_lines
from benchmarks.resumable import Row, add_options, measure
from evaluator.grading.grader import Grader, open_grader
from evaluator.runtime import interpreter
from evaluator.schema import Report, Submission
from evaluator.settings import Settings
from tests.grading.stock import Stock, framework_of, run_stock, run_stock_each

_LEAST_CPU_S, _CPU_FACTOR = 0.5, 20
"""The limit of a problem's programs, from what a right one takes: many a mutant does not end."""
_AGAIN = 3
"""Runs of the stock runner where it and the grader disagree: a suite that depends on chance has no verdict."""


@dataclass(frozen=True)
class Options:
    """The options of a measurement."""

    mutants: int
    ways: tuple[str, ...]
    """``with`` a reference in the suite, ``without``, or both."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sets", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--suites", nargs="*", type=Path, default=[], help="files that list suites by add(...)")
    parser.add_argument("--limit", type=int, help="so many problems of each set")
    parser.add_argument("--mutants", type=int, default=10)
    parser.add_argument("--reference", action=argparse.BooleanOptionalAction, help="with it only, or without only")
    add_options(parser, "program_sets.jsonl")
    parser.add_argument("--rate", action=argparse.BooleanOptionalAction, default=True, help="measure rows a second too")
    parser.add_argument("--note", help="a line for the record: how the results were made")
    asked = parser.parse_args()
    ways = ("with", "without") if asked.reference is None else ("with",) if asked.reference else ("without",)
    before = facts()
    python = asked.python or interpreter(Settings())
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data), python=python, results_mb=0)
        with open_grader(settings) as grader:
            found = list(problems(grader, asked.corpus, asked.sets, asked.suites, asked.limit))
            options = Options(asked.mutants, ways)
            rows, left = measure(
                found,
                lambda each: (each.set, each.id),
                lambda each: _of_problem(grader, each, options),
                asked.results,
                asked.minutes,
            )
    if left:
        print(f"{left} of {len(found)} problems are left: run it again")
        return
    lines = [*report_lines(rows, ways), *(["", *throughput_lines(found, python)] if asked.rate else [])]
    print(before, *lines, sep="\n")
    if asked.record:
        sets = " ".join([*asked.sets, *(f"--suites {file.name}" for file in asked.suites)])
        command = f"python -m benchmarks.program_sets {asked.corpus.name} --sets {sets} --mutants {asked.mutants}"
        record("Data sets of program mode", command, before, [*([asked.note, ""] if asked.note else []), *lines])


def _of_problem(grader: Grader, problem: Problem, options: Options) -> Iterator[Row]:
    """The reference's row, and those of its mutants where a stock runner accepts it."""
    stock = _stock(grader, problem, problem.code, MAX_CPU_S)
    cpu_s = min(MAX_CPU_S, _LEAST_CPU_S + _CPU_FACTOR * stock.own_s)
    suites = {way: problem.suite(reference=way == "with", cpu_s=cpu_s) for way in options.ways}
    for suite in suites.values():
        _grade(grader, problem.code, suite)  # prepares the suite
    yield _row(grader, problem, "reference", problem.code, suites, stock)
    if not stock.accepted:
        return
    changed = [(what, problem.given + code) for what, code in mutants(problem.changeable, options.mutants, problem.id)]
    stocks = run_stock_each(
        grader,
        [code for _, code in changed],
        problem.tests,
        entry_point=problem.entry_point,
        cpu_s=cpu_s,
        wall_s=WALL_S,
    )
    for (what, code), said in zip(changed, stocks, strict=True):
        yield _row(grader, problem, what, code, suites, said)


def _row(grader: Grader, problem: Problem, what: str, code: str, suites: dict[str, Row], stock: Stock) -> Row:
    row: Row = {
        "set": problem.set,
        "id": problem.id,
        "what": what,
        "framework": framework_of(problem.tests),
        "stock": stock.accepted,
        "stock_text": stock.text[-200:],
        "own_s": stock.own_s,
    }
    for way, suite in suites.items():
        with _cpu_time() as spent:
            started = time.perf_counter()
            report = _grade(grader, code, suite)
            wall_s = time.perf_counter() - started
        row[way] = _facts(report) | {"cpu_s": spent[0], "wall_s": wall_s}
    if any((row[way]["verdict"] == "accepted") != stock.accepted for way in suites):
        answers = {_stock(grader, problem, code, MAX_CPU_S).accepted for _ in range(_AGAIN)} | {stock.accepted}
        row["varies"] = len(answers) > 1
    return row


def _stock(grader: Grader, problem: Problem, code: str, cpu_s: float) -> Stock:
    return run_stock(grader, code, problem.tests, entry_point=problem.entry_point, cpu_s=cpu_s, wall_s=WALL_S)


def _facts(report: Report) -> Row:
    failure = report.first_failure
    trust = report.trust.model_dump() if report.trust is not None else {}
    reason = (failure.reason if failure else None) or report.reason or ""
    return {"verdict": report.verdict.value, "reason": reason[:300], "trust": trust}


def _grade(grader: Grader, code: str, suite: Row) -> Report:
    submission = Submission.model_validate({"code": code, "suite": suite})
    assert submission.suite is not None
    return grader.grade(submission, submission.suite)


@contextmanager
def _cpu_time() -> Iterator[list[float]]:
    """CPU seconds of this process and all below it, the jail's included, that a block takes."""
    spent: list[float] = []
    before = _tree_cpu_s()
    yield spent
    spent.append(_tree_cpu_s() - before)


def _tree_cpu_s() -> float:
    total = 0.0
    me = psutil.Process()
    for process in [me, *me.children(recursive=True)]:
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total


if __name__ == "__main__":
    main()
