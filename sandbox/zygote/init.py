"""The jail's first process: keeps one forked child waiting for the next program, ends runs, proves cleanliness.

It never reads a request: what a program is and gets goes from the slot's owner straight to the waiting child,
so that no fork of this process can hold another submission's code or another test's input.

``protocol.Word`` has the messages of the control socket: ``READY`` once per waiting child, then a ``REPORT`` per run.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import resource
import select
import signal
import socket
import sys
import time
import types
from dataclasses import dataclass
from typing import NoReturn

from sandbox.kernel import disk, mounts, processes
from sandbox.zygote import forks, protocol, run
from sandbox.zygote.config import Config
from sandbox.zygote.protocol import Word
from sandbox.zygote.scripts import warm_up


@dataclass(slots=True)
class _Tally:
    """Sums over the processes of a run that have ended. ``status`` is the main one's, None until it has."""

    status: int | None = None
    cpu_ns: int = 0
    peak_memory: int = 0


def serve(config: Config, control: socket.socket, native: types.ModuleType | None, last_pid: int | None) -> NoReturn:
    """One program after the other until the owner is gone. ``last_pid`` is the kernel's file of that name."""
    # Programs find no modules of ours.
    for name in [name for name in sys.modules if name.split(".")[0] == "sandbox"]:
        del sys.modules[name]
    warm_up(native, f"{config.box}/work")
    walls = run.Walls.prepare(config)
    requests = socket.socket(fileno=config.requests)
    if native is not None:
        options = mounts.tmpfs_options(size=config.box_bytes, inodes=config.box_inodes)
        native.prepare_jail(
            *(config.control, config.requests, config.groups, -1 if config.uid is None else config.uid),
            *(-1 if walls.ruleset is None else walls.ruleset, config.box, options, walls.filter_program),
            *(config.box_bytes, not config.groups, config.only_executables, -1 if last_pid is None else last_pid),
        )
    # A program's collector never walks (and so copies) what was here before it, nor gives back what was free by then.
    gc.collect()
    gc.freeze()
    if native is not None and config.tier == "namespaces":
        native.serve()
    left = 0
    while True:
        _make_box(config)
        if last_pid is not None:
            _restart_ids(last_pid)
        child = forks.fork()
        if child == 0:
            control.close()
            run.wait_and_become(config, walls, requests, native)
        try:
            control.send(Word.READY.to_bytes())
            control.send(_supervise(config, control, child))
            while (message := control.recv(16)) != Word.CLEAR.to_bytes():
                if not message:
                    _leave(config)
            left += _clear_box(config)
            if left > protocol.MAX_LEFT_BYTES:
                control.send(Word.WORN.to_bytes())
                _leave(config)
        except (BrokenPipeError, ConnectionResetError):
            _leave(config)


def _supervise(config: Config, control: socket.socket, child: int) -> bytes:
    """Wait for the program's main process, killing it when told to; then end whatever it left. Returns the report."""
    pidfd = os.pidfd_open(child)
    poller = select.poll()
    poller.register(control, select.POLLIN)
    poller.register(pidfd, select.POLLIN)
    tally = _Tally()
    while tally.status is None:
        for descriptor, _ in poller.poll(1000):
            if descriptor == control.fileno():
                if not control.recv(16):
                    _leave(config)
                _kill_everything(config)
        _reap(child, tally)
    ended_ns = time.monotonic_ns()
    os.close(pidfd)
    _end_all(config, child, tally)
    return protocol.REPORT.pack(Word.REPORT, tally.status, tally.cpu_ns, tally.peak_memory, ended_ns)


def _end_all(config: Config, main: int, tally: _Tally) -> None:
    """Kill what is left until nothing is; a tree that resists costs the slot."""
    deadline = time.monotonic() + protocol.SWEEP_S
    # Whatever a program starts becomes a child of this process when its parent ends: no child, no process.
    while _reap(main, tally):
        if time.monotonic() > deadline:
            os._exit(3)
        _kill_everything(config)
        time.sleep(protocol.DYING_S)


def _leave(config: Config) -> NoReturn:
    """The owner is gone: end, and leave nothing running."""
    _end_all(config, 0, _Tally())
    if config.tier != "namespaces":
        _clear_box(config)
        os.rmdir(config.box)
    os._exit(0)


def _reap(main: int, tally: _Tally) -> bool:
    """Collect the dead and add up what they used. Returns whether any child is left."""
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True
        if pid == main:
            tally.status = status
        tally.cpu_ns += round((usage.ru_utime + usage.ru_stime) * 1e9)
        tally.peak_memory = max(tally.peak_memory, usage.ru_maxrss * 1024)


def _kill_everything(config: Config) -> None:
    """Kill every process of the program."""
    if config.tier == "namespaces":
        _signal_all()
    elif config.uid is not None:
        # Only a process of that user may signal all of that user's processes and nobody else's.
        killer = os.fork()
        if killer == 0:
            os.setresuid(config.uid, config.uid, config.uid)
            _signal_all()
            os._exit(0)
        os.waitpid(killer, 0)
    else:
        for pid in processes.descendants(os.getpid()):
            _signal(pid)


def _signal_all() -> None:
    _signal(-1)


def _signal(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _restart_ids(last_pid: int) -> None:
    """Give each program the process ids that any other has: those that a program before it used up would tell of it.
    Where the kernel does not let us, they count on."""
    with contextlib.suppress(OSError):
        os.pwrite(last_pid, b"1", 0)


def _make_box(config: Config) -> None:
    if config.tier == "namespaces":
        mounts.mount_tmpfs(config.box, size=config.box_bytes, inodes=config.box_inodes)
    for name in protocol.BOX_DIRECTORIES:
        path = f"{config.box}/{name}"
        os.mkdir(path, 0o700)
        if config.uid is not None:
            os.chown(path, config.uid, config.uid, follow_symlinks=False)


def _clear_box(config: Config) -> int:
    """Let nothing of a program's files be there for the next. Returns how many bytes of them may still be held."""
    _collect_sockets()
    if config.tier == "namespaces":
        return _unmount(config)
    disk.empty(config.box)
    return 0


def _collect_sockets() -> None:
    """Have the kernel close what is in flight between sockets that nobody has any more: files of the box, memory, and
    descriptors that count against the next program's. Its collector starts when a socket is closed, and ends soon."""
    for end in socket.socketpair():
        end.close()


def _unmount(config: Config) -> int:
    """Unmount the box. With every process dead only sockets that the kernel has not collected yet can hold it; where
    that takes long, it is detached, so that they alone have it.

    Returns:
        How many bytes they still hold, or more than ``MAX_LEFT_BYTES`` where the jail is to be replaced.

    Raises:
        OSError: the box cannot be taken away.
    """
    deadline, held = time.monotonic() + protocol.SOCKETS_S, 0
    while not _is_unmounted(config.box):
        if held == 0:
            held = _used_bytes(config.box)
            deadline += min(held / protocol.UNMOUNT_BYTES_PER_S, protocol.SWEEP_S)
        if time.monotonic() > deadline:
            mounts.detach(config.box)
            break
        time.sleep(protocol.DYING_S)
    else:
        held = 0
    while config.uid is not None and _has_many_in_flight(config.uid):
        if time.monotonic() > deadline:
            return protocol.MAX_LEFT_BYTES + 1
        time.sleep(protocol.DYING_S)
    return held


def _is_unmounted(box: str) -> bool:
    try:
        mounts.unmount(box)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        return False
    return True


def _used_bytes(box: str) -> int:
    """Return the bytes that a tmpfs uses: removed files that are still open count."""
    space = os.statvfs(box)
    blocks, inodes = space.f_blocks - space.f_bfree, space.f_files - space.f_ffree
    return blocks * space.f_frsize + inodes * protocol.INODE_BYTES


def _has_many_in_flight(uid: int) -> bool:
    """Return whether the programs' user has so many descriptors in flight that the next program would feel it: who has
    more than it may have open can send none (unix(7), ETOOMANYREFS). It is the real user that counts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    one, other = socket.socketpair()
    with one, other:
        os.setresuid(uid, -1, -1)
        resource.setrlimit(resource.RLIMIT_NOFILE, (protocol.MAX_IN_FLIGHT, hard))
        try:
            socket.send_fds(one, [b"x"], [0])
        except OSError as error:
            return error.errno == errno.ETOOMANYREFS
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            os.setresuid(0, -1, -1)
    return False
