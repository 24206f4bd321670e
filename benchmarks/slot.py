"""Cost of a whole run through the slot beside a bare fork of the same warm interpreter: pinned, alternating.

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
from sandbox.execution import PythonScript, SlotFailed
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.runtime import Runtime
from sandbox.slot import Slot
from sandbox.toolchain import python_runtime

PROGRAM = PythonScript(("main.py",), {"main.py": b"print(input())"})
WARM_UP = 50
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


def through(slot: Slot, count: int) -> list[float]:
    """Seconds for whole runs, one directly after the other: what one slot can do."""
    taken = []
    for _ in range(count):
        started = time.perf_counter()
        if not slot.run(PROGRAM, RunLimits(), b"x\n").clean:
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
    taken: dict[str, list[float]] = {"fork only": []}
    with contextlib.ExitStack() as opened:
        slots: dict[str, Slot] = {}
        for tier, native in itertools.product(Tier, (True, False)):
            name = tier.value if native else f"{tier.value}, without the helper in C"
            with contextlib.suppress(SlotFailed):
                slots[name] = opened.enter_context(contextlib.closing(Slot(tier, runtime, native=native)))
                through(slots[name], WARM_UP)
        for _ in range(10):  # alternating, so that a busy moment of the machine meets all alike
            taken["fork only"] += fork_only(runtime, options.runs // 10)
            for name, slot in slots.items():
                taken.setdefault(name, []).extend(through(slot, options.runs // 10))
    rows = ["| ms per run | median | p90 | × fork only |", "|---|---|---|---|"]
    base = statistics.median(taken["fork only"])
    for name, values in taken.items():
        middle, late = statistics.median(values), statistics.quantiles(values, n=10)[8]
        rows.append(f"| {name} | {middle * 1e3:.2f} | {late * 1e3:.2f} | {middle / base:.1f} |")
    print(before, runtime.python, *rows, sep="\n")
    if options.record:
        title = f"A whole run through a slot ({options.runs} runs of {os.path.basename(runtime.python)}, pinned)"
        record(title, "python -m benchmarks.slot", before, rows)


if __name__ == "__main__":
    main()
