"""Cost of a whole run through the slot, pinned, alternating with the least that it could cost.

A Python program stands beside a bare fork of the same warm interpreter, an executable beside fork, exec and wait
without any isolation.

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
WARM_UP = 50
FORK_AND_EXEC = """
import json, os, sys, time

taken = []
for _ in range(int(sys.argv[1])):
    started = time.perf_counter()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(os.open('/dev/null', os.O_RDONLY), 0)
        os.dup2(writing, 1)
        os.execv(sys.argv[2], sys.argv[2:])
    os.close(writing)
    while os.read(reading, 4096): pass
    os.close(reading)
    os.waitpid(child, 0)
    taken.append(time.perf_counter() - started)
print(json.dumps(taken))
"""
FORK_ONLY = """
import gc, importlib, json, os, sys, time
for name in {warm!r}:
    importlib.import_module(name)
gc.collect(); gc.freeze()
taken = []
for _ in range(int(sys.argv[1])):
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    taken.append(time.perf_counter() - started)
print(json.dumps(taken))
"""


def fork_only(runtime: Runtime, count: int) -> list[float]:
    """Seconds for fork, exit and wait, without any isolation, of an interpreter with the same modules."""
    command = [runtime.python, "-c", FORK_ONLY.format(warm=runtime.warm), str(count)]
    taken: list[float] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return taken


def fork_and_exec(runtime: Runtime, program: Executable, count: int) -> list[float]:
    """Seconds for fork, exec and wait, and reading what it writes, without any isolation, by a small interpreter."""
    command = [runtime.python, "-IS", "-c", FORK_AND_EXEC, str(count), *program.argv]
    taken: list[float] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return taken


def through(slot: Slot, count: int, program: Program = PROGRAM) -> list[float]:
    """Seconds for whole runs, one directly after the other: what one slot can do."""
    taken = []
    for _ in range(count):
        started = time.perf_counter()
        if not slot.run(program, RunLimits(), b"x\n").clean:
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
    taken: dict[str, list[float]] = {"fork only": [], "fork, exec and wait": []}
    with contextlib.ExitStack() as opened:
        slots: dict[str, Slot] = {}
        for tier, native in itertools.product(Tier, (True, False)):
            name = tier.value if native else f"{tier.value}, without the helper in C"
            with contextlib.suppress(SlotFailed):
                slots[name] = opened.enter_context(contextlib.closing(Slot(tier, runtime, native=native)))
                through(slots[name], WARM_UP)
        for _ in range(10):  # alternating, so that a busy moment of the machine meets all alike
            taken["fork only"] += fork_only(runtime, options.runs // 10)
            taken["fork, exec and wait"] += fork_and_exec(runtime, EXECUTABLE, options.runs // 10)
            for name, slot in slots.items():
                taken.setdefault(name, []).extend(through(slot, options.runs // 10))
                taken.setdefault(f"{name}, {EXECUTABLE.argv[0]}", []).extend(
                    through(slot, options.runs // 10, EXECUTABLE)
                )
    rows = ["| ms per run | median | p90 | × fork only, or fork, exec and wait |", "|---|---|---|---|"]
    for name, values in taken.items():
        middle, late = statistics.median(values), statistics.quantiles(values, n=10)[8]
        is_executable = name.endswith((f", {EXECUTABLE.argv[0]}", "exec and wait"))
        base = statistics.median(taken["fork, exec and wait" if is_executable else "fork only"])
        rows.append(f"| {name} | {middle * 1e3:.2f} | {late * 1e3:.2f} | {middle / base:.1f} |")
    print(before, runtime.python, *rows, sep="\n")
    if options.record:
        title = f"A whole run through a slot ({options.runs} runs of {os.path.basename(runtime.python)}, pinned)"
        record(title, "python -m benchmarks.slot", before, rows)


if __name__ == "__main__":
    main()
