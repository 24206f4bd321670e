"""Cost of a light run in each language, and of its compiler; beside another version of the project, in turns.

``python -m benchmarks.languages [--before TREE] [--rounds 3] [--count 8] [--record]``. ``TREE`` is a checkout of
another version with its helper built. Each round is a new process of each version: a grader without kept results and
with an empty store of compiled programs. The first submission compiles; the others find the program compiled.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.machine import facts, record

PROJECT = Path(__file__).parents[1]
PROGRAMS = PROJECT / "tests" / "languages" / "programs"
SQL = "CREATE TABLE numbers (value INTEGER); INSERT INTO numbers VALUES (17), (25);"
FUNCTIONS = {
    "python": "def f(x):\n    return x + 1\n",
    "cpp": "int f(int x) { return x + 1; }\n",
    "java": "class Solution { public int f(int x) { return x + 1; } }\n",
    "javascript": "function f(x) { return x + 1; }\n",
    "typescript": "function f(x: number): number { return x + 1; }\n",
}
_MEASURE = """
import json, sys, tempfile, time
from pathlib import Path
import psutil
from evaluator.grading.grader import open_grader
from evaluator.schema import Submission, Suite
from evaluator.settings import Settings

me = psutil.Process()
def cpu_s():
    times = (each.cpu_times() for each in (me, *me.children(recursive=True)))
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)

work = json.load(sys.stdin)
with tempfile.TemporaryDirectory() as data, open_grader(Settings(data_dir=Path(data), results_mb=0)) as grader:
    for name, language, code, fields in work["submissions"]:
        if language not in grader.languages.versions:
            continue
        suite = Suite.model_validate(fields)
        submission = Submission.model_validate({"language": language, "code": code, "suite": fields})
        first = grader.grade(submission, suite)
        if first.verdict != "accepted":
            sys.exit(f"{name}: {first.verdict} {first.reason} {first.compile}")
        grader.grade(submission, suite)
        walls, began_s = [], cpu_s()
        while len(walls) < work["count"] or (sum(walls) < 1 and len(walls) < 100):
            started = time.perf_counter()
            grader.grade(submission, suite)
            walls.append(time.perf_counter() - started)
        used_s = (cpu_s() - began_s) / len(walls)
        compiler_s = first.compile.cpu_s if first.compile is not None else 0.0
        print(json.dumps([name, compiler_s, 1000 * used_s, 1000 * min(walls)]), flush=True)
"""
Figures = dict[str, tuple[float, float, float]]
"""CPU seconds of the compiler, CPU and wall milliseconds of a run, by the submission's name."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="checkout of another version")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--count", type=int, default=8, help="submissions in each language and round, at least: they go on for a second"
    )
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    asked = parser.parse_args()
    before, trees = facts(), [PROJECT, *filter(None, [asked.before])]
    rounds: list[list[Figures]] = [[] for _ in trees]
    for _ in range(asked.rounds):
        for results, tree in zip(rounds, trees, strict=True):
            results.append(measure(tree, asked.count))
    lines = [
        *table([medians(results) for results in rounds]),
        "",
        f"(median of {asked.rounds} rounds, in turns, counted in ticks of 10 ms; wall time is the least of a round)",
    ]
    print(before, *lines, sep="\n")
    if asked.record:
        other = f" --before {_name(asked.before)}" if asked.before else ""
        record("A light run in each language", f"python -m benchmarks.languages{other}", before, lines)


def submissions() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield name, language, code and suite of each light submission."""
    limits = {"cpu_s": 10, "memory_mb": 512}
    for path in sorted(PROGRAMS.glob("*/hello.*")):
        name = path.parent.name
        test = {"input": SQL if name == "sql" else "17 25\n", "output": "42\n"}
        yield name, name, path.read_text(), {"mode": "stdio", "tests": [test], "limits": limits}
    for name, code in FUNCTIONS.items():
        tests = [{"input": [n], "output": n + 1} for n in range(3)]
        yield (
            f"{name}, a function",
            name,
            code,
            {
                "mode": "function",
                "function": {"name": "f"},
                "tests": tests,
                "limits": limits,
            },
        )


def measure(tree: Path, count: int) -> Figures:
    """Return the figures of one version, of a process of its own."""
    work = json.dumps({"count": count, "submissions": list(submissions())})
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    command = [sys.executable, "-c", _MEASURE]
    done = subprocess.run(command, input=work, cwd=tree, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return {name: (each[0], each[1], each[2]) for name, *each in map(json.loads, done.stdout.splitlines())}


def medians(rounds: list[Figures]) -> Figures:
    """Return the median of each figure."""
    return {
        name: (
            statistics.median(each[name][0] for each in rounds),
            statistics.median(each[name][1] for each in rounds),
            statistics.median(each[name][2] for each in rounds),
        )
        for name in rounds[0]
    }


def table(versions: list[Figures]) -> Iterator[str]:
    """Yield the lines of a table; with two versions the other one's figures stand first."""
    if len(versions) == 1:
        yield "| submission | compiler, CPU s | a run, CPU ms | a run, ms |"
        yield "|---|---|---|---|"
        for name, (compiler_s, cpu_ms, wall_ms) in versions[0].items():
            yield f"| {name} | {compiler_s:.2f} | {cpu_ms:.1f} | {wall_ms:.1f} |"
        return
    own, other = versions
    yield "| submission | compiler, CPU s: before | after | a run, CPU ms: before | after | a run, ms: before | after |"
    yield "|---|---|---|---|---|---|---|"
    for name, after in own.items():
        old = other.get(name)
        cells = [
            f"{old[place]:.{digits}f} | {after[place]:.{digits}f}" if old else f"| {after[place]:.{digits}f}"
            for place, digits in enumerate((2, 1, 1))
        ]
        yield f"| {name} | {' | '.join(cells)} |"


def _name(tree: Path) -> str:
    """Return a checkout's commit, or the name of a directory that is none."""
    command = ["git", "-C", str(tree), "describe", "--always"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or tree.resolve().name


if __name__ == "__main__":
    main()
