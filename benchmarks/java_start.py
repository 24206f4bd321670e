"""CPU and wall time of a small Java program in the sandbox, beside the same command without any isolation.

``python -m benchmarks.java_start [--runs 20] [--python /usr/bin/python3] [--record]``. Both start the same ``main.jar``
by the same command line, with the class data that the JDK brings, and alternate. The first run follows the compilation.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.machine import facts, record
from sandbox.execution import Program
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.toolchain import languages, python_runtime

CODE = b"""import java.util.*;
public class Main {
    public static void main(String[] arguments) {
        Scanner input = new Scanner(System.in);
        System.out.println(input.nextInt() + 1);
    }
}"""
LIMITS = RunLimits(memory_bytes=512 * MIB)
Result = TypeVar("Result")
Spent = tuple[float, float]
"""CPU and wall seconds."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--python", help="interpreter for the slots")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as directory:
        inside, outside = _measure(Path(directory), options.python, options.runs)
    lines = ["| `java` of a small program | CPU s, median | first | wall s, median | first |", "|---" * 5 + "|"]
    for name, spent in {"in the sandbox": inside, "without isolation": outside}.items():
        cells = (f"{statistics.median(part):.3f} | {part[0]:.3f}" for part in zip(*spent, strict=True))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    ratios = [
        statistics.median(of_inside) / statistics.median(of_outside)
        for of_inside, of_outside in zip(zip(*inside, strict=True), zip(*outside, strict=True), strict=True)
    ]
    lines.append(f"| ratio | {ratios[0]:.2f} | | {ratios[1]:.2f} | |")
    print(before, *lines, sep="\n")
    if options.record:
        record(f"Start of Java ({options.runs} runs)", "python -m benchmarks.java_start", before, lines)


def _measure(directory: Path, python: str | None, runs: int) -> tuple[list[Spent], list[Spent]]:
    sandbox = Sandbox(python_runtime(python), cache=directory / "compiled")
    try:
        with sandbox.build(languages()["java"], CODE, LIMITS) as built:
            program = built.program
            bare = directory / "bare"
            bare.mkdir()
            for name, data in program.files.items():
                (bare / name).write_bytes(data)
            pairs = [(_inside(sandbox, program), _outside(program, bare)) for _ in range(runs)]
    finally:
        sandbox.close()
    return [inside for inside, _ in pairs], [outside for _, outside in pairs]


def _inside(sandbox: Sandbox, program: Program) -> Spent:
    execution, wall_s = _timed(lambda: sandbox.run(program, LIMITS, b"4\n"))
    assert execution.stdout == b"5\n", execution
    return execution.cpu_s, wall_s


def _outside(program: Program, directory: Path) -> Spent:
    """Run a program of ours, not a submission's, as anybody would."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done, wall_s = _timed(
        lambda: subprocess.run(program.argv, cwd=directory, input=b"4\n", capture_output=True, check=True)
    )
    assert done.stdout == b"5\n", done
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall_s


def _timed(run: Callable[[], Result]) -> tuple[Result, float]:
    began = time.perf_counter()
    return run(), time.perf_counter() - began


if __name__ == "__main__":
    main()
