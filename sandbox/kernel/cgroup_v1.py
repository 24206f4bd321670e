"""Control groups, version 1: memory, process count and CPU time of a whole process tree."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sandbox.kernel.group_files import PREFIX, reclaim, remove, remove_abandoned, value_of
from sandbox.limits import RunLimits

CONTROLLERS = ("memory", "pids", "cpuacct")


def own_directories(controllers: Collection[str] = CONTROLLERS) -> dict[str, Path]:
    """Find this process's group in each hierarchy of these controllers that is mounted (cgroups(7))."""
    relative: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        relative.update(dict.fromkeys(names.split(","), path))
    groups: dict[str, Path] = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, after = line.split(" - ", 1)
        kind, _, options = after.split(" ", 2)
        root, point = before.split(" ")[3:5]
        if kind != "cgroup":
            continue
        for controller in set(options.split(",")) & set(controllers):
            path = relative.get(controller, "/")
            inside = os.path.relpath(path, root) if path.startswith(root) else "."
            groups[controller] = Path(point, inside)
    return groups


@dataclass(frozen=True, slots=True)
class _Files:
    memory: Path
    pids: Path
    cpuacct: Path


class GroupV1:
    """One pooled group: made once, used by one run after the other."""

    version = 1
    look_every_s = float("inf")

    def __init__(self, number: int) -> None:
        """
        Raises:
            OSError: a controller is missing or this process may not create groups.
        """
        self.name = name = f"{PREFIX}-{os.getpid()}-{number}"
        own = own_directories()
        if missing := set(CONTROLLERS) - own.keys():
            raise FileNotFoundError(f"cgroup v1 controllers not mounted: {', '.join(sorted(missing))}")
        for controller in CONTROLLERS:
            remove_abandoned(own[controller])
        self._at = _Files(*(own[controller] / name for controller in CONTROLLERS))
        directories: list[Path] = []
        try:
            for path in (self._at.memory, self._at.pids, self._at.cpuacct):
                path.mkdir()
                directories.append(path)
        except OSError:
            for path in directories:
                path.rmdir()
            raise
        self._usage = os.open(self._at.cpuacct / "cpuacct.usage", os.O_RDONLY | os.O_CLOEXEC)
        self._charged = os.open(self._at.memory / "memory.usage_in_bytes", os.O_RDONLY | os.O_CLOEXEC)
        self._oom = os.open(self._at.memory / "memory.oom_control", os.O_RDONLY | os.O_CLOEXEC)
        self._peak = os.open(self._at.memory / "memory.max_usage_in_bytes", os.O_RDWR | os.O_CLOEXEC)
        self._memory_bytes = 1 << 62  # what a new group has
        self._processes = 0
        self._cpu_before = 0.0
        self._oom_before = 0

    def open_entries(self) -> list[int]:
        """Descriptors through which a process of one thread joins by writing ``0``. The caller closes them.

        Moving a whole process (``cgroup.procs``) first waits until no thread of the machine is being made or ends, 5 to
        20 ms where nobody was moved just before; a thread that moves itself waits for nobody.
        """
        directories = (self._at.memory, self._at.pids, self._at.cpuacct)
        return [os.open(path / "tasks", os.O_WRONLY | os.O_CLOEXEC) for path in directories]

    def reclaim(self) -> bool:
        """Return whether what earlier programs left charged is no longer worth mentioning."""
        return reclaim(lambda: int(os.pread(self._charged, 32, 0)), self._force_empty)

    def begin(self, limits: RunLimits) -> None:
        """Set the limits of the next run and remember where the counters stand."""
        if limits.memory_bytes != self._memory_bytes:
            self._set_memory(limits.memory_bytes)
        if limits.processes != self._processes:
            (self._at.pids / "pids.max").write_text(str(limits.processes))
            self._processes = limits.processes
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
        # memory.failcnt stays 0 after an OOM kill (seen on 6.18), and a parent may exit 0 after its child was
        # killed: the kernel's own oom_kill counter is the one honest witness.
        return self._oom_kills() > self._oom_before

    def peak_memory(self) -> int:
        """The most bytes charged at one time since ``begin``."""
        return int(os.pread(self._peak, 32, 0))

    def close(self) -> None:
        """Remove the group and whatever is left in it."""
        for descriptor in (self._usage, self._charged, self._oom, self._peak):
            os.close(descriptor)
        for path in (self._at.memory, self._at.pids, self._at.cpuacct):
            remove(path)

    def _force_empty(self) -> None:
        (self._at.memory / "memory.force_empty").write_text("0")

    def _set_memory(self, size: int) -> None:
        plain, with_swap = (self._at.memory / f"memory.{name}limit_in_bytes" for name in ("", "memsw."))
        # memory+swap may never be below memory: the order depends on the direction.
        order = (with_swap, plain) if size > self._memory_bytes else (plain, with_swap)
        for path in order:
            if path.exists():
                path.write_text(str(size))
        self._memory_bytes = size

    def _cpu_total(self) -> float:
        return int(os.pread(self._usage, 32, 0)) / 1e9

    def _oom_kills(self) -> int:
        return value_of(b"oom_kill", os.pread(self._oom, 256, 0))


def made_by(pid: int) -> list[Path]:
    """The groups that a process made and has not removed."""
    return [path for parent in own_directories().values() for path in parent.glob(f"{PREFIX}-{pid}-*")]
