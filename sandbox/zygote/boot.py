"""First steps of a slot: build the jail around this process, then become its init."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import os
import re
import signal
import socket
import sys
import types
from collections.abc import Collection
from pathlib import Path

from sandbox.kernel import mounts, namespaces
from sandbox.kernel.libc import PR_SET_CHILD_SUBREAPER, PR_SET_DUMPABLE, PR_SET_PDEATHSIG, prctl
from sandbox.zygote import init
from sandbox.zygote.config import Config
from sandbox.zygote.protocol import Word
from sandbox.zygote.python_main import compile_source
from sandbox.zygote.scripts import MODULES

native: types.ModuleType | None
try:  # now: from within the jail it cannot be seen
    native = importlib.import_module("sandbox.zygote._native")
except ImportError:  # it was not built, or not for this interpreter
    native = None

_COUNTERS = ("loadavg", "stat", "vmstat", "cgroups")
"""Files of /proc that runtimes read and in which a program could leave word for one after it: they count what all
processes have done. In the jail they stay as they were when it was built."""
_OPEN = {*_COUNTERS, "cpuinfo", "filesystems", "meminfo", "mounts", "net", "self", "sys", "thread-self", "version"}
"""All that can be read in the jail's /proc, beside the processes: the rest counts what others do, or is of the host."""
_SETTINGS_CLOSED = (
    "fs/aio-nr",
    "fs/dentry-state",
    "fs/file-nr",
    "fs/inode-nr",
    "fs/inode-state",
    "fs/quota",
    "kernel/ns_last_pid",
    "kernel/pty/nr",
)
"""Counters in /proc/sys, where all else is set by the host."""
_FROZEN = "/run/proc"
_BUILTINS = dict(vars(builtins))
ETC = {
    "/etc/passwd": "root:x:0:0:root:/:/bin/false\nsandbox:x:1000:1000:sandbox:/run/box/work:/bin/sh\n",
    "/etc/group": "root:x:0:\nsandbox:x:1000:\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


def main() -> None:
    """Entry point: ``argv[1]`` is the descriptor of the configuration."""
    config = Config.load(Path(f"/proc/self/fd/{sys.argv[1]}").read_bytes())
    os.close(int(sys.argv[1]))
    control = socket.socket(fileno=config.control)
    try:
        if config.tier == "namespaces":
            # The death of its first process ends all of a pid namespace. Where there is none, this process must
            # outlive its owner for as long as it takes to end the program: it sees the control socket close.
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            last_pid = _enter_namespaces(config, control)
        else:
            prctl(PR_SET_CHILD_SUBREAPER, 1)
            last_pid = None
        _warm(config)
    except OSError as error:
        control.send(Word.BROKEN.to_bytes() + f"cannot build the jail: {error}".encode())
        os._exit(1)
    # Nobody looks into this process through /proc (only now: a plain user's maps are written through it too).
    prctl(PR_SET_DUMPABLE, 0)
    helper = native if config.native else None
    control.send((Word.PYTHON if helper is None else Word.NATIVE).to_bytes())
    init.serve(config, control, helper, last_pid)


def _warm(config: Config) -> None:
    for name in config.warm:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name, source in config.modules.items():
        _define(name, source)
    for name in config.modules:
        if rehearse := vars(sys.modules[name]).get("rehearse"):
            rehearse()
    # Found only by a program that is one of them.
    packages = {name.partition(".")[0] for name in config.modules}
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        MODULES[name] = sys.modules.pop(name)


def _define(name: str, source: str) -> None:
    """Make a module of its source, and the packages above it: there is no file of it in the jail."""
    package, _, _ = name.rpartition(".")
    for above in (package[: match.start()] for match in re.finditer(r"\.|$", package) if package):
        sys.modules.setdefault(above, types.ModuleType(above)).__dict__.setdefault("__path__", [])
    module = types.ModuleType(name)
    module.__file__ = f"<{name}>"
    # Of their own: a program may replace what is in builtins, and go on with its tests.
    module.__dict__["__builtins__"] = _BUILTINS
    sys.modules[name] = module
    exec(compile_source(source.encode(), module.__file__), module.__dict__)
    if package:
        setattr(sys.modules[package], name.rpartition(".")[2], module)


def _enter_namespaces(config: Config, control: socket.socket) -> int | None:
    """Leave the host behind. Returns in the jail's first process only, with the file by which it can say what process
    id comes next, where the kernel has one (CONFIG_CHECKPOINT_RESTORE).

    As root the file system is built first, with the host's rights, and the user namespace is entered after;
    a plain user needs the user namespace to build anything.
    """
    if not config.privileged:
        uid = os.getuid()
        namespaces.unshare(namespaces.NEWUSER)
        namespaces.forbid_setgroups("self")
        namespaces.map_users("self", inside=(1000,), outside=(uid,))
    namespaces.unshare(namespaces.NEWNS)
    mounts.make_private()
    frozen = _counters()
    mounts.build_root(config.visible, ETC | {f"{_FROZEN}/{name}": text for name, text in frozen.items()})
    if config.privileged:
        namespaces.unshare(namespaces.NEWUSER | namespaces.EVERYTHING_BUT_USERS)
        control.send(Word.MAP_USERS.to_bytes())
        if control.recv(16) != Word.USERS_MAPPED.to_bytes():
            raise OSError("the owner could not map users")
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
    else:
        namespaces.unshare(namespaces.EVERYTHING_BUT_USERS)
    first = os.fork()
    if first:
        _wait_for(first, control)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    mounts.mount("proc", "/proc", "proc", mounts.MS_NOSUID | mounts.MS_NODEV | mounts.MS_NOEXEC, "hidepid=2")
    last_pid = None
    with contextlib.suppress(OSError):
        last_pid = os.open("/proc/sys/kernel/ns_last_pid", os.O_WRONLY | os.O_CLOEXEC)
    _cover_proc(frozen)
    socket.sethostname("sandbox")
    return last_pid


def _cover_proc(frozen: Collection[str]) -> None:
    for name in frozen:
        mounts.bind_read_only(f"{_FROZEN}/{name}", f"/proc/{name}")
    closed = [name for name in os.listdir("/proc") if name not in _OPEN and not name.isdigit()]
    for path in (*closed, *(f"sys/{name}" for name in _SETTINGS_CLOSED)):
        if os.path.exists(f"/proc/{path}"):
            mounts.close(f"/proc/{path}")


def _counters() -> dict[str, str]:
    """The contents of those that this host has and shows us."""
    contents = {}
    for name in _COUNTERS:
        with contextlib.suppress(OSError):
            contents[name] = Path("/proc", name).read_text()
    return contents


def _wait_for(first: int, control: socket.socket) -> None:
    """Stay as the parent of the jail's first process, so that it dies with us; end as it ends."""
    control.close()
    with contextlib.suppress(ChildProcessError):
        _, status = os.waitpid(first, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    os._exit(1)
