"""Process trees as procfs shows them, where they share a CPU with others."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

from sandbox.kernel.processes import CpuWaits

ON_ONE_CPU = f"import os; os.sched_setaffinity(0, {{{min(os.sched_getaffinity(0))}}})"
HOG = f"{ON_ONE_CPU}\nwhile True: pass"
WAITER = f"""{ON_ONE_CPU}
def waited_ns():
    with open("/proc/self/schedstat") as file:
        return int(file.read().split()[1])

while waited_ns() < 20_000_000:
    pass
print(waited_ns(), flush=True)
input()
"""
"""Has to wait for a CPU, says for how long, and ends when it is told to."""
ONE_AFTER_THE_OTHER = 'for each in 1 2; do "$0" -S -c "$1"; done'


def test_waits_of_processes_that_have_ended_count() -> None:
    with ExitStack() as stack:

        def start(*command: str, **streams: Any) -> subprocess.Popen[bytes]:
            process = stack.enter_context(subprocess.Popen(command, **streams))
            stack.callback(process.kill)
            return process

        for _ in range(2):
            start(sys.executable, "-S", "-c", HOG)
        pipe = subprocess.PIPE
        shell = start("sh", "-c", ONE_AFTER_THE_OTHER, sys.executable, WAITER, stdin=pipe, stdout=pipe)
        assert shell.stdin
        assert shell.stdout
        waits, said_s = CpuWaits(shell.pid), 0.0
        for _ in range(2):
            said_s += int(shell.stdout.readline()) / 1e9
            waits.look()
            assert waits.total_s >= said_s
            shell.stdin.write(b"\n")
            shell.stdin.flush()
        assert shell.wait(60) == 0
        before = waits.total_s
        waits.look()
        assert waits.total_s == before
