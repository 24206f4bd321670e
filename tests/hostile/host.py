"""Traces that a hostile program could leave on the host, and things it could take, looked at from outside the jail.

Other tests and services may run on the machine at the same time, so only what can be tied to this run counts: its
user ids, its processes, its mark (a random name that the programs use), its canary.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

from sandbox import isolation
from sandbox.kernel import processes
from sandbox.kernel.cgroup_v1 import own_directories
from sandbox.kernel.cgroup_v2 import own_directory
from sandbox.kernel.group_files import PREFIX

SHARED_DIRECTORIES = (
    "/",
    "/tmp",
    "/var/tmp",
    "/dev",
    "/dev/shm",
    "/dev/mqueue",
    "/run",
    "/run/lock",
    "/var/lock",
    "/etc",
)
_CLOCK_MAY_DRIFT_S = 1.0


@dataclass(frozen=True, slots=True)
class Ours:
    """By what things are known to be of this run."""

    uids: frozenset[int]
    """Users that the jail's programs run as, and nobody else but (without root) the runner."""
    mark: str
    canary: Path
    runner: int
    box: str | None
    """The slot's directory on the host, where it has one."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The host as far as it is ours. Two of them are equal where a program left nothing."""

    jail: frozenset[int]
    """The slot's own process: another one means that the slot broke and was replaced."""
    below: int
    of_our_users: int
    files: frozenset[str]
    box: frozenset[str]
    mounts: frozenset[str]
    ipc: frozenset[str]
    keys: frozenset[str]
    sockets: frozenset[str] | None
    """None where they were not looked at: the kernel walks long tables for it."""
    canary: tuple[tuple[str, int, bytes], ...]
    groups: frozenset[str]
    hostname: str
    settings: frozenset[str]
    """Priorities, limits, scheduling and oom_score_adj of the runner and of the slot's process."""
    descriptors: frozenset[str]
    clock_s: float

    @classmethod
    def take(cls, ours: Ours, *, sockets: bool = True) -> Snapshot:
        jail = frozenset(processes.children(ours.runner))
        return cls(
            jail=jail,
            below=len(processes.descendants(ours.runner)),
            of_our_users=sum(status.st_uid in ours.uids for status in _process_directories()),
            files=frozenset(_files(ours)),
            box=frozenset(_inside(ours.box)),
            mounts=frozenset(
                line for line in _lines("/proc/self/mounts") if ours.mark in line or str(ours.canary) in line
            ),
            ipc=frozenset(_ipc_objects(ours.uids)),
            keys=frozenset(line for line in _lines("/proc/key-users") if int(line.split(":")[0]) in ours.uids),
            sockets=frozenset(_sockets(ours)) if sockets else None,
            canary=tuple(_canary(ours.canary)),
            groups=frozenset(_groups(ours.runner)),
            hostname=socket.gethostname(),
            settings=frozenset(line for pid in (ours.runner, *jail) for line in _settings(pid, pid == ours.runner)),
            descriptors=frozenset(os.listdir("/proc/self/fd")),
            # Who is kept waiting between the two is late by so much.
            clock_s=max(time.time() - time.monotonic() for _ in range(3)),
        )

    def of_nobody(self) -> Snapshot:
        """As seen by a process that has no jail: what is said of the looking process itself is left out."""
        nothing: frozenset[str] = frozenset()
        return replace(self, jail=frozenset(), below=0, settings=nothing, descriptors=nothing)

    def traces(self, after: Snapshot) -> list[str]:
        """Say in words what has changed."""
        found = []
        for field in fields(self):
            was, now = getattr(self, field.name), getattr(after, field.name)
            if was is None or now is None:
                same = True
            elif field.name == "clock_s":
                same = abs(was - now) < _CLOCK_MAY_DRIFT_S
            elif field.name in ("below", "of_our_users"):
                same = now <= was
            else:
                same = was == now
            if not same:
                was, now = (was - now, now - was) if isinstance(was, frozenset) else (was, now)
                found.append(f"{field.name}: was {was}, is {now}")
        return found


def spare_uids(pid: int) -> frozenset[int]:
    """The user ids that slots of that process may give to their programs, where it is root."""
    return frozenset(isolation.spare_uids(pid))


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(errors="replace").splitlines()
    except OSError:
        return []


def _process_directories() -> Iterator[os.stat_result]:
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                yield os.stat(f"/proc/{entry}")
            except OSError:
                continue  # it ended while we looked


def _files(ours: Ours) -> Iterator[str]:
    """Entries of shared directories that are our programs'; a core file would be theirs too."""
    for directory in {*SHARED_DIRECTORIES, os.getcwd()}:
        try:
            entries = list(os.scandir(directory))
        except OSError:
            continue
        for entry in entries:
            try:
                owner = entry.stat(follow_symlinks=False).st_uid
            except OSError:
                continue
            if ours.mark in entry.name or (owner in ours.uids and not entry.path.startswith("/dev/pts")):
                yield entry.path


def _inside(box: str | None) -> Iterator[str]:
    """List the files in the box below its own three directories; there is none between two programs."""
    if box is not None:
        for directory, names, files in os.walk(box):
            if directory != box or files:
                yield from (f"{directory}/{name}" for name in (*names, *files))


def _ipc_objects(uids: frozenset[int]) -> Iterator[str]:
    for kind in ("shm", "sem", "msg"):
        header, *objects = _lines(f"/proc/sysvipc/{kind}") or [""]
        columns = [i for i, name in enumerate(header.split()) if name in ("uid", "cuid")]
        yield from (f"{kind} {line}" for line in objects if {int(line.split()[i]) for i in columns} & uids)


def _sockets(ours: Ours) -> Iterator[str]:
    """Those of our users by the tables' column of users; named local ones by our mark."""
    for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        for line in _lines(f"/proc/net/{kind}")[1:]:
            if int(line.split()[7]) in ours.uids:
                yield f"{kind} {line.split()[1]}"
    yield from (f"unix {line.split()[-1]}" for line in _lines("/proc/net/unix")[1:] if ours.mark in line)


def _canary(directory: Path) -> Iterator[tuple[str, int, bytes]]:
    for path in (directory, *sorted(directory.iterdir())):
        status = path.lstat()
        yield path.name, status.st_mode, path.read_bytes() if path.is_file() else b""


def _groups(runner: int) -> Iterator[str]:
    """Control groups of the runner's making, and whatever lies in them."""
    places = set(own_directories().values())
    with contextlib.suppress(FileNotFoundError):
        places.add(own_directory())
    for place in places:
        for made in place.glob(f"{PREFIX}-{runner}-*"):
            yield str(made)
            yield from (str(path) for path in made.iterdir() if path.is_dir())


def _settings(pid: int, is_runner: bool) -> Iterator[str]:
    who = "runner" if is_runner else "jail"
    try:
        yield f"{who}: priority {os.getpriority(os.PRIO_PROCESS, pid)}"
        yield f"{who}: scheduled as {os.sched_getscheduler(pid)} on {sorted(os.sched_getaffinity(pid))}"
        for name in ("limits", "oom_score_adj"):
            yield from (f"{who}: {name} {line}" for line in _lines(f"/proc/{pid}/{name}"))
    except ProcessLookupError:
        yield f"{who}: gone"
