"""Control groups, version 2 (cgroup-v2.rst in the kernel's documentation)."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from sandbox.kernel import processes
from sandbox.kernel.group_files import PREFIX, reclaim, remove, remove_abandoned, value_of
from sandbox.limits import RunLimits

LEAF = f"{PREFIX}-service"
"""The group to which our own processes move: one with controllers for its children may hold no process itself."""
CONTROLLERS = ("memory", "pids")


class GroupV2:
    """One pooled group: made once, used by one run after the other."""

    version = 2
    look_every_s = float("inf")

    def __init__(self, number: int) -> None:
        """
        Raises:
            OSError: there is no such hierarchy, or this process may not use it; the message says what to do.
        """
        self.name = f"{PREFIX}-{os.getpid()}-{number}"
        base = usable_base()
        remove_abandoned(base)
        self._at = base / self.name
        self._at.mkdir()
        try:
            self._write("memory.oom.group", "1")  # a tree that lost one process to the limit is over
            if (self._at / "memory.swap.max").exists():
                self._write("memory.swap.max", "0")
            self._cpu = os.open(self._at / "cpu.stat", os.O_RDONLY | os.O_CLOEXEC)
            self._events = os.open(self._at / "memory.events", os.O_RDONLY | os.O_CLOEXEC)
            self._current = os.open(self._at / "memory.current", os.O_RDONLY | os.O_CLOEXEC)
            self._peak = _resettable_peak(self._at)
        except OSError:
            remove(self._at)
            raise
        self._limits: RunLimits | None = None
        self._cpu_before = 0.0
        self._oom_before = 0

    def open_entries(self) -> list[int]:
        """Descriptors through which a process joins by writing ``0``. The caller closes them.

        The wait that ``cgroup_v1`` avoids cannot be avoided here: a group with a memory limit takes whole processes.
        A hierarchy mounted with ``favordynmods`` (cgroups(7)) has none.
        """
        return [os.open(self._at / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)]

    def reclaim(self) -> bool:
        """Return whether what earlier programs left charged is no longer worth mentioning."""
        return reclaim(self._charged, lambda: self._write("memory.reclaim", str(self._charged())))

    def begin(self, limits: RunLimits) -> None:
        """Set the limits of the next run and remember where the counters stand."""
        if limits != self._limits:
            self._write("memory.max", str(limits.memory_bytes))
            self._write("pids.max", str(limits.processes))
            self._limits = limits
        if self._peak is not None:
            os.pwrite(self._peak, b"0", 0)
        self._cpu_before = self._cpu_total()
        self._oom_before = self._oom_kills()

    def cpu_s(self) -> float:
        """CPU seconds of the whole tree since ``begin``."""
        return self._cpu_total() - self._cpu_before

    def final_cpu_s(self, reaped_s: float) -> float:
        """Return ``cpu_s``: the kernel also counts what nobody waited for."""
        return self.cpu_s()

    def over_memory(self) -> bool:
        """Return whether the kernel killed any process of the tree for want of memory since ``begin``."""
        return self._oom_kills() > self._oom_before

    def peak_memory(self) -> int:
        """The most bytes charged at one time since ``begin``; 0 where the kernel cannot say (before 6.12)."""
        return int(os.pread(self._peak, 32, 0)) if self._peak is not None else 0

    def close(self) -> None:
        """Remove the group and whatever is left in it."""
        for descriptor in (self._cpu, self._events, self._current, self._peak):
            if descriptor is not None:
                os.close(descriptor)
        self._at.rmdir()

    def _charged(self) -> int:
        return int(os.pread(self._current, 32, 0))

    def _write(self, file: str, text: str) -> None:
        (self._at / file).write_text(text)

    def _cpu_total(self) -> float:
        return value_of(b"usage_usec", os.pread(self._cpu, 4096, 0)) / 1e6

    def _oom_kills(self) -> int:
        return value_of(b"oom_kill", os.pread(self._events, 4096, 0))


def usable_base() -> Path:
    """The group beneath which we may make groups with memory and process limits; made usable if need be.

    Raises:
        OSError: there is none; the message says what to do.
    """
    base = own_directory()
    if base.name == LEAF:
        base = base.parent
    available = (base / "cgroup.controllers").read_text().split()
    if missing := set(CONTROLLERS) - set(available):
        raise FileNotFoundError(f"cgroup v2 offers no {' and no '.join(sorted(missing))} controller at {base}")
    if set(CONTROLLERS) <= set((base / "cgroup.subtree_control").read_text().split()):
        return base
    with _locked(base):
        _move_to_leaf(base)
        (base / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in CONTROLLERS))
    return base


def own_directory() -> Path:
    """Find this process's group in the unified hierarchy (cgroups(7)).

    Raises:
        FileNotFoundError: it is not mounted.
    """
    path = next((line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line[:3] == "0::"), None)
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, after = line.split(" - ", 1)
        if path is not None and after.startswith("cgroup2 "):
            root, point = before.split(" ")[3:5]
            return Path(point, os.path.relpath(path, root) if path.startswith(root) else ".")
    raise FileNotFoundError("cgroup v2 is not mounted")


def _move_to_leaf(base: Path) -> None:
    """Move our processes out of ``base``. In a container of our own that is all; elsewhere others' must not be there.

    Raises:
        PermissionError: others' processes are there too.
    """
    inside = {int(pid) for pid in (base / "cgroup.procs").read_text().split()}
    ours = _family()
    in_container = Path("/proc/self/cgroup").read_text().strip() == "0::/"
    if inside - ours and not in_container:
        raise PermissionError(
            f"the control group {base} holds other processes too; start the service in one of its own, as by "
            "systemd-run --scope -p Delegate=yes microcoder serve, or as a systemd unit with Delegate=yes"
        )
    leaf = base / LEAF
    leaf.mkdir(exist_ok=True)
    for pid in inside:
        with contextlib.suppress(ProcessLookupError):
            (leaf / "cgroup.procs").write_text(str(pid))


def _family() -> set[int]:
    """This process and what is below it; with its parent where that is the service, which runs the same program."""
    try:
        same = os.path.samefile(f"/proc/{os.getppid()}/exe", "/proc/self/exe")
    except OSError:
        same = False
    head = os.getppid() if same else os.getpid()
    return {head, *processes.descendants(head)}


@contextlib.contextmanager
def _locked(base: Path) -> Iterator[None]:
    """Workers start side by side; one of them rearranges the groups at a time."""
    descriptor = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _resettable_peak(group: Path) -> int | None:
    """memory.peak, where writing to it starts a new peak for this descriptor (since 6.12)."""
    try:
        descriptor = os.open(group / "memory.peak", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        os.pwrite(descriptor, b"0", 0)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
