"""Run as a program of its own: two slots of the tier named, a hostile program in one of them, and honest ones in the
other meanwhile. Prints, as JSON, what came of the honest ones alone and beside it.

``python neighbour_probe.py TIER PYTHON DIRECTORY KIND``; the directory is one that programs may read, with a module in
it; the kind is what the hostile program takes.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import replace

from sandbox.execution import Execution, PythonScript, SlotFailed
from sandbox.isolation import Tier
from sandbox.kernel import memory_file, processes
from sandbox.limits import RunLimits
from sandbox.program_run import Streams
from sandbox.slot import Slot
from sandbox.toolchain import python_runtime

HOLDS = """
import array, fcntl, signal, socket, sys, time
signal.signal(signal.SIGIO, signal.SIG_IGN)
held = []
held.append(open({module!r}))
try:
    fcntl.fcntl(held[-1], fcntl.F_SETLEASE, fcntl.F_WRLCK)
except OSError: pass
try:
    fcntl.flock(held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError: pass
try:
    while True:
        held.append(socket.socketpair())
        held[-1][0].setblocking(False)
        for _ in range(200): held[-1][0].sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0] * 5))])
except OSError: pass
print('held', flush=True)
time.sleep(1000)
"""
FILLS = """
import os, time
for _ in range(3): os.fork()
held = []
try:
    while True: held.append(os.pipe())
except OSError: pass
time.sleep(1000)
"""
HOSTILE = {"files and descriptors": HOLDS, "pipes": FILLS}
SIZE_OF_A_PIPE = """
import fcntl, os
open('answer', 'w').write(str(fcntl.fcntl(os.pipe()[0], fcntl.F_GETPIPE_SZ)))
"""
IMPORT_AND_SEND = """
import array, socket, sys
sys.path.append({directory!r})
import shared
left, right = socket.socketpair()
try:
    socket.send_fds(left, [b'x'], [0])
    sent = 'sent'
except OSError as error:
    sent = str(error.errno)
open('answer', 'w').write(sent + ' ' + shared.ANSWER)
"""
HONEST = {"files and descriptors": IMPORT_AND_SEND, "pipes": SIZE_OF_A_PIPE}
BESIDE = 3
"""Honest programs that run beside the hostile one. Those that end only when it has ended do not count."""
_HOSTILE_WALL_S = 20.0
"""Less than the kernel lets anybody wait for a lease (proc_sys_fs(5), lease-break-time)."""
_LOOK_S, _CALM_LOOKS = 0.02, 10
"""Time from one look at the hostile program to the next; looks in a row at which it is blocked once it holds all."""


def main() -> None:
    tier, python, directory, kind = sys.argv[1:]
    runtime = replace(python_runtime(python), reads=(directory,))
    try:
        first, second = Slot(Tier(tier), runtime), Slot(Tier(tier), runtime)
    except SlotFailed as error:
        print(json.dumps({"refused": str(error)}))
        return

    def honest() -> str:
        code = HONEST[kind].format(directory=directory).encode()
        done = second.run(PythonScript(("main.py",), {"main.py": code}, collect=("answer",)), RunLimits())
        return done.collected.get("answer", done.stderr).decode()

    alone = honest()
    hostile = _Hostile(first, HOSTILE[kind].format(module=f"{directory}/shared.py"))
    beside: list[str] = []
    while hostile.is_alive() and len(beside) < BESIDE:
        said = honest()
        beside += [said] if hostile.is_alive() else []
    held = hostile.end()
    for slot in (first, second):
        slot.close()
    print(json.dumps({"held": held, "alone": alone, "beside": beside}))


class _Hostile:
    """A program that runs in a thread of ours until it is ended. It holds all that it takes once this is made."""

    def __init__(self, slot: Slot, code: str) -> None:
        self._slot, self._code, self._ended = slot, code, list[Execution]()
        self._until, self._may_run = os.pipe()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        calm_looks = 0
        while self.is_alive() and calm_looks < _CALM_LOOKS:
            time.sleep(_LOOK_S)
            calm_looks = calm_looks + 1 if slot.has_program and processes.is_blocked(slot.pid) else 0

    def _run(self) -> None:
        program = PythonScript(("main.py",), {"main.py": self._code.encode()})
        streams = Streams(memory_file.readable("stdin", [b""]), until=self._until)
        self._slot.refresh()
        self._ended.append(self._slot.run_connected(program, RunLimits(wall_s=_HOSTILE_WALL_S), streams))

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def end(self) -> str:
        """Return what it wrote."""
        os.close(self._may_run)
        self._thread.join()
        os.close(self._until)
        return self._ended[0].stdout.decode()


if __name__ == "__main__":
    main()
