"""Programs with two faces: they ignore their input and answer by how they are run.

On a suite whose tests want different answers none of them is right, however it finds out which process it is in. One
that is accepted has been asked twice.
"""

from __future__ import annotations

import random
from typing import Any

SIGNS = {
    "descriptor 200": "os.path.exists('/proc/self/fd/200')",
    "number of descriptors": "len(os.listdir('/proc/self/fd')) > 4",
    "socket": "any(stat.S_ISSOCK(os.fstat(int(f)).st_mode) for f in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + f))",
    "stdout is a pipe": "stat.S_ISFIFO(os.fstat(1).st_mode)",
    "stdin's name": "'(deleted)' in os.readlink('/proc/self/fd/0') and os.fstat(0).st_nlink == 0 and os.fstat(1).st_nlink == 0",
    "stdin can be written": "fcntl.fcntl(0, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDWR",
    "a batch in memory": "'memfd:tests' in open('/proc/self/maps').read()",
    "not the first test": "vars(json).setdefault('kept', []).append(1) or len(json.kept) > 1",
    "an even test": "vars(json).setdefault('kept', []).append(1) or len(json.kept) % 2 == 0",
    "a used process": "time.process_time() > 0.02",
    "an old process": "time.clock_gettime(time.CLOCK_BOOTTIME) - int(open('/proc/self/stat').read().split()[21]) / os.sysconf('SC_CLK_TCK') > 0.03",
    "collections": "gc.get_stats()[2]['collections'] % 2 == 0",
    "frozen objects": "gc.get_freeze_count() > 0",
    "imported modules": "'xml' in sys.modules or not __import__('xml')",
    "process id": "os.getpid() % 2",
    "last process id": "int(open('/proc/loadavg').read().split()[4]) % 2",
    "page faults": "resource.getrusage(resource.RUSAGE_SELF).ru_minflt > 600",
}
"""Python expressions that are true of some processes."""

TELLERS = {
    "of its last test": "told = (os.getpid() // 2) % 64\nfor _ in range((number + 1) * 2 + 128 - os.getpid() % 128): os.fork() or os._exit(0)\n",
    "of its batches": "batch = not stat.S_ISFIFO(os.fstat(1).st_mode)\ntold = (os.getpid() // 2) % 64\nfor _ in range(2 if batch else 1): os.fork() or os._exit(0)\n",
}
"""Programs that leave word in the process ids for the next process, and answer by what they find."""

_IMPORTS = "import fcntl, gc, json, os, resource, socket, stat, struct, sys, time\n"

_PLAYER = """
asks = next(socket.socket(fileno=f) for f in range(3, 64) if os.path.exists(f'/proc/self/fd/{f}') and stat.S_ISSOCK(os.fstat(f).st_mode))
print(%(first)r, flush=True)
word, said, streams, turn = b'next', struct.pack('<q', 0), [], 0
while asks.send(word + said):
    _, (body, *new), _, _ = socket.recv_fds(asks, 64, 5)
    streams = new or streams
    os.ftruncate(streams[1], 0)
    count = struct.unpack_from('<Q2I', os.pread(body, 16, 0))[1]
    os.close(body)
    turn += 1
    ends, claimed = 0, min(count, %(claimed)s)
    said = b''
    for test in range(claimed):
        ends += os.pwrite(streams[1], %(answer)s, ends)
        said += struct.pack('<4q', ends, 0, 1000, 1000)
    word = %(word)s
"""
PLAYERS = {
    "claims all": {"first": "YES", "claimed": "count", "answer": "b'YES\\n'", "word": "b'next'"},
    "claims all, alternating": {"first": "NO", "claimed": "count", "answer": "[b'YES\\n', b'NO\\n'][test % 2]", "word": "b'next'"},
    "claims one at a time": {"first": "YES", "claimed": "1", "answer": "b'NO\\n'", "word": "b'next'"},
    "claims nothing": {"first": "YES", "claimed": "0", "answer": "b''", "word": "b'next'"},
    "claims nothing at first": {"first": "NO", "claimed": "0 if turn == 1 else count", "answer": "b'NO\\n'", "word": "b'next'"},
    "claims more than there are": {"first": "YES", "claimed": "10**6", "answer": "b'YES\\n'", "word": "b'next'"},
    "claims and ends": {"first": "NO", "claimed": "1", "answer": "b'NO\\n'", "word": "b'last'"},
}  # fmt: skip
"""Programs that play the interpreter's part on the socket over which tests are asked for."""


def programs() -> dict[str, tuple[str, str]]:
    """Mode and source of each program, by a name."""
    found = {}
    for name, sign in SIGNS.items():
        for face in ("'YES' if face else 'NO'", "'NO' if face else 'YES'"):
            found[f"stdio, {name}: {face}"] = ("stdio", f"{_IMPORTS}face = {sign}\nprint({face})")
        for face in ("face", "not face"):
            code = f"{_IMPORTS}def f(n):\n    face = {sign}\n    return {face}"
            found[f"function, {name}: {face}"] = ("function", code)
    for name, teller in TELLERS.items():
        for answer in ("told % 2", "told // 2 % 2"):  # whatever its input is
            code = f"{_IMPORTS}number = int(input())\n{teller}print('YES' if {answer} else 'NO')"
            found[f"teller, {name}: {answer}"] = ("stdio", code)
    for name, player in PLAYERS.items():
        found[f"player, {name}"] = ("stdio", _IMPORTS + _PLAYER % player)
    return found


def balanced_suite(mode: str, count: int, seed: int) -> dict[str, Any]:
    """A suite of ``count`` tests, half of which want yes (or True) and half no (or False)."""
    wanted = [number % 2 == 0 for number in range(count)]
    random.Random(seed).shuffle(wanted)
    if mode == "function":
        tests = [{"input": [number], "output": yes} for number, yes in enumerate(wanted)]
        return {"mode": mode, "function": {"name": "f"}, "tests": tests}
    return {
        "mode": mode,
        "tests": [{"input": f"{number}\n", "output": "YES\n" if yes else "NO\n"} for number, yes in enumerate(wanted)],
    }
