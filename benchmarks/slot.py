"""Cost of a whole run through the slot, pinned, alternating with the least that it could cost.

A Python program stands beside a fork of the same warm interpreter that runs it, an executable beside fork, exec and
wait, both without any isolation.

``python -m benchmarks.slot [--runs 500] [--python /usr/bin/python3] [--record]``
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import statistics
import subprocess
import tempfile
import time

from benchmarks.machine import facts, record
from sandbox.execution import Executable, Program, PythonScript, SlotFailed
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.runtime import Runtime
from sandbox.slot import Slot
from sandbox.toolchain import python_runtime

PROGRAM = PythonScript(("main.py",), {"main.py": b"print(input())"})
EXECUTABLE = Executable(("/usr/bin/cat",))
STDIN = b"x\n"
WARM_UP = 50
FORK_AND_RUN, FORK_AND_EXEC = "fork, run and wait", "fork, exec and wait"
BARE = """
import gc, importlib, json, os, sys, time
for name in {warm!r}:
    importlib.import_module(name)
gc.collect(); gc.freeze()
taken = []
for _ in range({count}):
    started = time.perf_counter()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        {child}
    os.close(writing)
    while os.read(reading, 4096): pass
    os.close(reading)
    os.waitpid(child, 0)
    taken.append(time.perf_counter() - started)
print(json.dumps(taken))
"""
WITH_STREAMS = "os.dup2(os.open({stdin!r}, os.O_RDONLY), 0); os.dup2(writing, 1); "
ENDS = "os._exit(0)"
RUNS = WITH_STREAMS + "exec(compile({source!r}, 'main.py', 'exec')); sys.stdout.flush(); os._exit(0)"
EXECUTES = WITH_STREAMS + "os.execv({argv[0]!r}, {argv!r})"


def bare(runtime: Runtime, count: int, child: str, warm: tuple[str, ...] = ()) -> list[float]:
    """Seconds for fork, what the child does, and wait, without any isolation, of an interpreter with these modules."""
    command = [runtime.python, "-IS", "-c", BARE.format(warm=warm, count=count, child=child)]
    taken: list[float] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return taken


def through(slot: Slot, count: int, program: Program = PROGRAM) -> list[float]:
    """Seconds for whole runs, one directly after the other: what one slot can do."""
    taken = []
    for _ in range(count):
        started = time.perf_counter()
        if not slot.run(program, RunLimits(), STDIN).clean:
            raise SystemExit("a run failed")
        taken.append(time.perf_counter() - started)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--python", help="interpreter for the programs")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    runtime = python_runtime(options.python)
    taken: dict[str, list[float]] = {"fork only": [], FORK_AND_RUN: [], FORK_AND_EXEC: []}
    with contextlib.ExitStack() as opened:
        stdin = opened.enter_context(tempfile.NamedTemporaryFile())
        stdin.write(STDIN)
        stdin.flush()
        runs = RUNS.format(stdin=stdin.name, source=PROGRAM.files["main.py"])
        executes = EXECUTES.format(stdin=stdin.name, argv=EXECUTABLE.argv)
        slots: dict[str, Slot] = {}
        starters: dict[str, Slot] = {}
        for tier, native in itertools.product(Tier, (True, False)):
            name = tier.value if native else f"{tier.value}, without the helper in C"
            with contextlib.suppress(SlotFailed):
                slots[name] = opened.enter_context(contextlib.closing(Slot(tier, runtime, native=native)))
                through(slots[name], WARM_UP)
                small = Slot(tier, runtime.for_executables(), native=native)
                starters[name] = opened.enter_context(contextlib.closing(small))
        for _ in range(10):  # alternating, so that a busy moment of the machine meets all alike
            taken["fork only"] += bare(runtime, options.runs // 10, ENDS, runtime.warm)
            taken[FORK_AND_RUN] += bare(runtime, options.runs // 10, runs, runtime.warm)
            taken[FORK_AND_EXEC] += bare(runtime, options.runs // 10, executes)
            for name, slot in slots.items():
                taken.setdefault(name, []).extend(through(slot, options.runs // 10))
                started = through(starters[name], options.runs // 10, EXECUTABLE)
                taken.setdefault(f"{name}, {EXECUTABLE.argv[0]}", []).extend(started)
    rows = ["| ms per run | median | p90 | × the same without isolation |", "|---|---|---|---|"]
    for name, values in taken.items():
        middle, late = statistics.median(values), statistics.quantiles(values, n=10)[8]
        is_executable = name == FORK_AND_EXEC or name.endswith(f", {EXECUTABLE.argv[0]}")
        base = statistics.median(taken[FORK_AND_EXEC if is_executable else FORK_AND_RUN])
        rows.append(f"| {name} | {middle * 1e3:.2f} | {late * 1e3:.2f} | {middle / base:.2f} |")
    print(before, runtime.python, *rows, sep="\n")
    if options.record:
        title = f"A whole run through a slot ({options.runs} runs of {os.path.basename(runtime.python)}, pinned)"
        record(title, "python -m benchmarks.slot", before, rows)


if __name__ == "__main__":
    main()
