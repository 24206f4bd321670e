"""A forger against whole data sets: does a program that knows the delivered text, and computes nothing, win a suite?

``python -m benchmarks.forger CORPUS [--sets humaneval mbpp ...] [--suites FILE.py ...] [--python PATH] [--record]``;
arguments as of ``benchmarks.program_sets``. Every suite is sealed, also those that would go apart, where a program does
not even see the text. ``benchmarks/forging.py`` has the rules; they run in the jail.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.forging import COMPUTED
from benchmarks.machine import facts, record
from benchmarks.program_problems import SETS, Problem, problems
from benchmarks.resumable import Row, add_options, measure
from evaluator import harness
from evaluator.grading.grader import open_grader, run_limits
from evaluator.grading.prepared import PreparedSuites, PreparedTest
from evaluator.grading.preparing import Preparer
from evaluator.languages import Languages
from evaluator.runtime import interpreter
from evaluator.schema import Suite
from evaluator.settings import Settings
from sandbox.execution import Execution, PythonModule
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.store import HashStore

_LIMITS = RunLimits(cpu_s=120.0, wall_s=600.0, memory_bytes=2048 * MIB, collect_bytes=16 * MIB)
_BANDS = (0, 4, 8, 16, 32)
"""Bits from which on suites are counted together."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sets", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--suites", nargs="*", type=Path, default=[], help="files that list suites by add(...)")
    parser.add_argument("--limit", type=int, help="so many problems of each set")
    add_options(parser, "forger.jsonl")
    asked = parser.parse_args()
    before = facts()
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data), python=asked.python or interpreter(Settings()), results_mb=0)
        with open_grader(settings) as grader:
            members = list(problems(grader, asked.corpus, asked.sets, asked.suites, asked.limit))
        with _forger(settings) as forger:
            rows, left = measure(
                members,
                lambda each: (each.set, each.id),
                lambda each: [forger.try_suite(each)],
                asked.results,
                asked.minutes,
            )
    if left:
        print(f"{left} of {len(members)} suites are left: run it again")
        return
    lines = _report(rows)
    print(before, *lines, sep="\n")
    if asked.record:
        record("A forger who is given the delivered text", "python -m benchmarks.forger", before, lines)


class Forger:
    """Forges the records of suites."""

    def __init__(self, sandbox: Sandbox, languages: Languages, suites: PreparedSuites) -> None:
        self._sandbox, self._languages = sandbox, languages
        self._preparer = Preparer(sandbox, languages, suites)

    def try_suite(self, problem: Problem) -> Row:
        """Try all forgers on the sealed suite of a problem."""
        form = problem.suite(reference=True)
        suite = Suite.model_validate({**form, "program": {**form["program"], "apart": False}})
        limits = run_limits(suite.limits, self._languages.require("python"))
        prepared = self._preparer.prepared(suite, None, limits)
        row: Row = {"set": problem.set, "id": problem.id}
        [test] = prepared.tests
        if test.reason is not None or prepared.trust is None:
            return {**row, "unusable": test.reason}
        trust = {"bits": prepared.trust.bits, "level": prepared.trust.level}
        return {**row, **trust, **self._forged(test, self._records(suite, test, problem.code, limits))}

    def _records(self, suite: Suite, test: PreparedTest, code: str, limits: RunLimits) -> bytes:
        """Return the records that an honest run sends."""
        assert suite.program is not None
        executions: list[Execution] = []
        trials = replace(self._preparer.trials(suite.program, limits), on_run=executions.append)
        trials.run(code.encode(), test, "all", None)
        return executions[0].collected.get("records", b"")

    def _forged(self, test: PreparedTest, records: bytes) -> Row:
        files = {"suite.json": test.conditions, "records": records}
        program = PythonModule(("benchmarks.forging",), files, collect=("forged.json",), runtime="tests")
        execution = self._sandbox.run_author(program, _LIMITS)
        if not execution.clean:
            raise RuntimeError(f"the forger did not end: {execution}")
        forged: Row = json.loads(execution.collected["forged.json"])
        return forged


@contextmanager
def _forger(settings: Settings) -> Iterator[Forger]:
    languages = Languages.probe(settings)
    runtime = languages.python_runtime(harness.sources())
    tests = harness.test_runtime(runtime)
    forging = Path(__file__).with_name("forging.py").read_text()
    runtimes = {
        "tests": replace(tests, modules={**tests.modules, "benchmarks.forging": forging}),
        "judge": harness.judge_runtime(runtime),
    }
    sandbox = Sandbox(runtime, runtimes=runtimes, cache=settings.data_dir / "compiled")
    suites = PreparedSuites(HashStore(settings.data_dir / "prepared_suites", max_bytes=64 * MIB))
    try:
        yield Forger(sandbox, languages, suites)
    finally:
        sandbox.close()


def _report(rows: list[Row]) -> list[str]:
    usable = [row for row in rows if "unusable" not in row]
    lines = [
        "| set | suites | strong | won of those | one builtin computes | weak | won of those | rules a suite |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [_line(name, [row for row in usable if row["set"] == name]) for name in dict.fromkeys(_sets(usable))]
    lines += ["", "| bits | suites | won |", "|---|---|---|"]
    for low, high in zip(_BANDS, (*_BANDS[1:], 10**9), strict=True):
        band = [row for row in usable if low <= row["bits"] < high]
        lines.append(f"| {low} and more | {len(band)} | {sum(map(_is_won, band))} |")
    rates = Counter(row["best"][1] for row in usable if row["records"])
    lines += ["", "Best rules: " + ", ".join(f"{name} ({count})" for name, count in rates.most_common(5)), ""]
    lines += [
        f"- {row['set']} {row['id']}, {row['bits']} bits, {row['records']} records: won by {row['winners'][0]}"
        for row in usable
        if row["level"] == "strong" and _is_won(row)
    ]
    lines += [f"- {row['set']} {row['id']}: unusable, {row['unusable'][:160]}" for row in rows if "unusable" in row]
    return lines


def _sets(rows: list[Row]) -> list[str]:
    return [row["set"] for row in rows]


def _line(name: str, rows: list[Row]) -> str:
    strong, weak = ([row for row in rows if row["level"] == level] for level in ("strong", "weak"))
    computed = sum(bool(row["winners"]) and not _is_won(row) for row in strong)
    mean = sum(row["rules"] for row in rows) / len(rows)
    counts = (len(rows), len(strong), sum(map(_is_won, strong)), computed, len(weak), sum(map(_is_won, weak)))
    return f"| {name} | {' | '.join(map(str, counts))} | {mean:.0f} |"


def _is_won(row: Row) -> bool:
    """Tell whether a rule that computes nothing wins the suite."""
    return any(not name.startswith(COMPUTED) for name in row["winners"])


if __name__ == "__main__":
    main()
