"""Run as a program of its own: two slots of the tier named, a hostile program in one of them for as long as it may run,
and honest ones in the other meanwhile. Prints, as JSON, what came of the honest ones alone and beside it.

``python neighbour_probe.py TIER PYTHON DIRECTORY KIND``; the directory is one that programs may read, with a module in
it; the kind is what the hostile program takes.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import replace

from sandbox.execution import Execution, PythonScript, SlotFailed
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
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
HOSTILE_WALL_S, AT_LEAST = 4.0, 3
_PAUSE_S = 0.1
"""Between two honest programs: other tests need the CPU too."""


def main() -> None:
    tier, python, directory, kind = sys.argv[1:]
    runtime = replace(python_runtime(python), reads=(directory,))
    try:
        first, second = Slot(Tier(tier), runtime), Slot(Tier(tier), runtime)
    except SlotFailed as error:
        print(json.dumps({"refused": str(error)}))
        return

    def honest() -> tuple[str, float]:
        code = HONEST[kind].format(directory=directory).encode()
        started = time.monotonic()
        done = second.run(PythonScript(("main.py",), {"main.py": code}, collect=("answer",)), RunLimits())
        return done.collected.get("answer", done.stderr).decode(), time.monotonic() - started

    def hostile() -> Execution:
        code = HOSTILE[kind].format(module=f"{directory}/shared.py").encode()
        return first.run(PythonScript(("main.py",), {"main.py": code}), RunLimits(wall_s=HOSTILE_WALL_S))

    alone, _ = honest()
    ended: list[Execution] = []
    beside: list[tuple[str, float]] = []
    thread = threading.Thread(target=lambda: ended.append(hostile()))
    thread.start()
    while thread.is_alive() or len(beside) < AT_LEAST:
        beside.append(honest())
        thread.join(_PAUSE_S)
    for slot in (first, second):
        slot.close()
    result = {
        "held": ended[0].stdout.decode(),
        "alone": alone,
        "beside": sorted({said for said, _ in beside}),
        "slowest_s": max(took for _, took in beside),
        "hostile_s": HOSTILE_WALL_S,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
