"""Run as a program of its own: opens a slot of the tier named and prints, as JSON, what its programs can do.

``python jail_probe.py TIER PYTHON``
"""

from __future__ import annotations

import json
import sys

from sandbox.execution import Execution, PythonScript, SlotFailed
from sandbox.isolation import Tier
from sandbox.kernel import processes
from sandbox.limits import MIB, RunLimits
from sandbox.slot import Slot
from sandbox.toolchain import python_runtime

LEAVE_BEHIND = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(1000)\nprint('left')"
FORK = """
import os, time
made = 0
try:
    while made < 500:
        if os.fork() == 0: time.sleep(1000)
        made += 1
except BlockingIOError:
    print(8 < made < 20)
"""
LOOK_AROUND = """
import os, socket
for path in ('/etc/hostname', '/etc/shadow', '/proc/1/environ'):
    try: print(len(open(path).read()))
    except OSError: pass
try: socket.socket()
except OSError: pass
else: print('a socket')
print(sorted(os.listdir('.')))
"""


def main() -> None:
    try:
        slot = Slot(Tier(sys.argv[1]), python_runtime(sys.argv[2]))
    except SlotFailed as error:
        print(json.dumps({"refused": str(error)}))
        return

    def run(code: str, **limits: float) -> Execution:
        program = PythonScript(("main.py",), {"main.py": code.encode()})
        return slot.run(program, RunLimits(**limits))  # type: ignore[arg-type]

    grow = "x = []\nwhile True: x.append(bytearray(1 << 20))"
    result = {
        "cpu": run("while True: pass", cpu_s=0.3).stopped_by,
        "memory": run(grow, memory_bytes=64 * MIB).stopped_by,
        "left": run(LEAVE_BEHIND).stdout.decode(),
        "looked": run(LOOK_AROUND).stdout.decode(),
        "forked": run(FORK, processes=16).stdout.decode(),
        "alive": len(processes.descendants(slot.pid)),
        "groups": slot.group.version,
    }
    slot.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
