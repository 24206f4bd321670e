"""Process trees as procfs(5) shows them."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from typing import NamedTuple


def descendants(root: int) -> set[int]:
    """Live processes below ``root``, itself left out (``stat``: the fourth field is the parent)."""
    parents = _parents()
    tree = {root}
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return tree - {root}


def below(root: int) -> set[int]:
    """Find descendants by the kernel's lists of children: other processes of the machine do not add to the time that
    it takes. One that begins or ends meanwhile may be left out (proc_tid_children(5)), one that has ended be there."""
    if not _LISTS_CHILDREN:
        return descendants(root)
    tree: set[int] = set()
    waiting = [root]
    while waiting:
        more = _children(waiting.pop()) - tree
        tree |= more
        waiting += more
    return tree


def children(parent: int) -> set[int]:
    """Live processes directly below ``parent``."""
    return {pid for pid, above in _parents().items() if above == parent}


class Usage(NamedTuple):
    """A process as ``stat`` has it: its parent, when it began (in ticks since the machine did), its CPU seconds, and
    those of the children that it waited for, with theirs. Both are cut to ticks."""

    parent: int
    began: int
    own_s: float
    children_s: float


def usage(pid: int) -> Usage | None:
    """Read what a process has used, its dead threads included; None when it is gone."""
    fields = _stat(pid)
    if not fields:
        return None
    user, system, users, systems = map(int, fields[11:15])
    return Usage(int(fields[1]), int(fields[19]), (user + system) / _TICKS, (users + systems) / _TICKS)


def cpu_clock_s(pid: int) -> float | None:
    """CPU seconds of a process, to the nanosecond and up to now (clock_getcpuclockid(3)); None when it is gone."""
    try:
        return time.clock_gettime(~pid << 3 | _CPUCLOCK_SCHED)
    except OSError:
        return None


def is_running(pid: int) -> bool:
    """Return whether any of its threads runs, or would if it had a CPU (``stat``: state R)."""
    return b"R" in _states(pid)


def resident_bytes(pid: int) -> int:
    """Resident memory that is the process's own (not shared with a file or another); 0 when it is gone."""
    return _memory(pid, b"RssAnon")


def shared_bytes(pid: int) -> int:
    """Resident memory that is in no file and that other processes may share; 0 when it is gone."""
    return _memory(pid, b"RssShmem")


def whole_resident_bytes(pid: int) -> int:
    """All resident memory, shared or not, as ``ru_maxrss`` counts it; 0 when it is gone."""
    return _memory(pid, b"VmRSS")


def waited_for_cpu_s(root: int) -> float:
    """The longest that any one thread below ``root`` was ready to run and had no CPU (``schedstat``), in seconds."""
    return max((waited for _, _, waited in _threads_below(root)), default=0) / 1e9


def wanted_cpu_s(root: int) -> float:
    """The longest that any one thread below ``root`` ran or was ready to run, in seconds."""
    return max((ran + waited for _, ran, waited in _threads_below(root)), default=0) / 1e9


class CpuWaits:
    """Waits for a CPU below ``root``, with those of threads that have ended since: a compiler's driver runs one program
    after the other, and none of them waits for long."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._seen: dict[str, int] = {}
        self.total_s = 0.0
        """For each time from one look to the next, the longest that any one thread waited in it."""

    def look(self) -> None:
        """Add what was waited since the last look. What a thread waited between that and its end is not seen."""
        now = {thread: waited for thread, _, waited in _threads_below(self._root)}
        longest = max((waited - self._seen.get(thread, 0) for thread, waited in now.items()), default=0)
        self.total_s += max(0, longest) / 1e9
        self._seen = now


def is_blocked(root: int) -> bool:
    """Return whether every thread below ``root`` sleeps until something happens (``stat``: state S). One that waits for
    a CPU or a disk, or was stopped, does not: it goes on by itself."""
    return all(state in _BLOCKED for pid in below(root) for state in _states(pid))


def is_asleep(root: int) -> bool:
    """Return whether everything below ``root`` is blocked and a thread sleeps for a time that it chose (nanosleep(2)).
    False where the kernel does not tell in what its threads are blocked (``wchan``)."""
    return is_blocked(root) and any(b"nanosleep" in place for place in _places_below(root))


def tasks_of(uid: int) -> int:
    """Count the threads of a user, in all of its processes: what RLIMIT_NPROC counts (getrlimit(2))."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                count += len(os.listdir(f"/proc/{entry}/task")) if os.stat(f"/proc/{entry}").st_uid == uid else 0
            except OSError:
                continue  # it ended while we looked
    return count


_CPUCLOCK_SCHED = 2
_TICKS = os.sysconf("SC_CLK_TCK")
_BLOCKED = frozenset({b"S", b"Z", b"X", b"I"})
"""Of a thread: it sleeps, or has ended."""


def _threads_below(root: int) -> Iterator[tuple[str, int, int]]:
    """Each thread's id, and the nanoseconds that it ran and waited."""
    for pid in below(root):
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                yield thread, *_schedstat(f"{pid}/task/{thread}")


def _places_below(root: int) -> Iterator[bytes]:
    """Functions of the kernel in which threads are blocked."""
    for pid in below(root):
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/wchan", "rb") as place:
                    yield place.read()


def _states(pid: int) -> set[bytes]:
    """The states of a process's threads; none where it is gone."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return set()
    return {fields[0] for thread in threads if (fields := _stat(f"{pid}/task/{thread}"))}


def _memory(pid: int, name: bytes) -> int:
    """One line of ``status``. A first thread that has ended has none, though others of the process may live on."""
    try:
        for path in (f"/proc/{pid}", *(f"/proc/{pid}/task/{thread}" for thread in os.listdir(f"/proc/{pid}/task"))):
            with open(f"{path}/status", "rb") as status:
                _, separator, rest = status.read().partition(b"\n" + name + b":")
            if separator:
                return int(rest.split(None, 1)[0]) * 1024
    except OSError:
        pass  # it ended while we looked
    return 0


def _schedstat(path: str) -> tuple[int, int]:
    """Nanoseconds run and waited; 0 when it is gone."""
    try:
        with open(f"/proc/{path}/schedstat", "rb") as schedstat:
            ran, waited, _ = map(int, schedstat.read().split())
    except OSError:
        return 0, 0
    return ran, waited


_LISTS_CHILDREN = os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children")


def _children(pid: int) -> set[int]:
    """The children of a process's threads; none where it is gone."""
    pids: set[int] = set()
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                pids.update(map(int, file.read().split()))
    except OSError:
        pass  # it ended while we looked: what was read stands
    return pids


def _parents() -> dict[int, int]:
    stats = ((int(entry), _stat(entry)) for entry in os.listdir("/proc") if entry.isdigit())
    return {pid: int(fields[1]) for pid, fields in stats if fields and not _is_dead(fields)}


def _is_dead(fields: list[bytes]) -> bool:
    """A process whose first thread has ended looks like a dead one, but for its number of threads."""
    return fields[0] == b"Z" and int(fields[17]) <= 1


def _stat(pid: int | str) -> list[bytes]:
    """The fields of ``stat`` after the name, from the state on; empty when the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return stat.read().rsplit(b")", 1)[1].split()
    except OSError:
        return []
