"""Building a file system for the jail: tmpfs, read-only binds, pivot_root(2)."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from sandbox.kernel.libc import call, syscall

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
_MNT_DETACH = 2
_MOUNT_SETATTR = 442
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID, _MOUNT_ATTR_NODEV = 1, 2, 4

DEVICES = ("null", "zero", "full", "random", "urandom")
LINKS = {
    "tmp": "/run/box/tmp",
    "var/tmp": "/run/box/tmp",
    "dev/shm": "/run/box/shm",
    "dev/fd": "/proc/self/fd",
    "dev/stdin": "/proc/self/fd/0",
    "dev/stdout": "/proc/self/fd/1",
    "dev/stderr": "/proc/self/fd/2",
}
_CLOSED_FILE, _CLOSED_DIRECTORY = "/run/closed/file", "/run/closed/directory"


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """``mount(2)``.

    Raises:
        OSError: the kernel refused; the message names the target.
    """
    try:
        call("mount", source.encode(), target.encode(), kind.encode() if kind else None, flags, options.encode())
    except OSError as error:
        raise OSError(error.errno, f"mount {kind or 'bind'} on {target}: {os.strerror(error.errno or 0)}") from error


def unmount(target: str) -> None:
    """``umount(2)``: fails with EBUSY while anything still uses what is mounted there."""
    call("umount2", target.encode(), 0)


def detach(target: str) -> None:
    """Take away what is mounted there at once. It lives on, without a name, for as long as anything uses it."""
    call("umount2", target.encode(), _MNT_DETACH)


def make_private() -> None:
    """Keep every later mount to this mount namespace."""
    mount("none", "/", None, MS_REC | MS_PRIVATE)


def mount_tmpfs(target: str, *, size: int, inodes: int) -> None:
    """An empty file system of at most ``size`` bytes and ``inodes`` files."""
    mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, tmpfs_options(size=size, inodes=inodes))


def tmpfs_options(*, size: int, inodes: int) -> str:
    """Mount options that bound a tmpfs(5)."""
    return f"size={size},nr_inodes={inodes},mode=0755"


def bind_read_only(source: str, target: str, *, devices: bool = False) -> None:
    """Show ``source``, with all that is mounted beneath it, at ``target``, read-only: neither is anything changed
    there nor times of access. With ``devices`` those in it can be used, for writing too."""
    mount(source, target, None, MS_BIND | MS_REC)
    attributes = _MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID | (0 if devices else _MOUNT_ATTR_NODEV)
    buffer = ctypes.create_string_buffer(struct.pack("=QQQQ", attributes, 0, 0, 0), 32)
    path = ctypes.create_string_buffer(target.encode())
    syscall(_MOUNT_SETATTR, _AT_FDCWD, path, _AT_RECURSIVE, buffer, 32)


def close(path: str) -> None:
    """Put what nobody can read or list in the place of a file or directory. Only within a root that was built here."""
    mount(_CLOSED_DIRECTORY if os.path.isdir(path) else _CLOSED_FILE, path, None, MS_BIND)


def build_root(visible: Iterable[str], files: dict[str, str]) -> None:
    """Make a read-only root of the paths in ``visible`` and some small ``files``, and move into it.

    ``/proc`` stays the host's (a user namespace may mount a fresh one only where it sees a whole one), to be
    covered by a fresh one in the new pid namespace. ``/run/box`` is an empty directory.

    Raises:
        OSError: a mount was refused.
    """
    # Descriptors, since the new root hides what lies under its mount point (the interpreter may live there).
    sources = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in visible if not os.path.islink(path)}
    devices = {name: os.open(f"/dev/{name}", os.O_PATH | os.O_CLOEXEC) for name in DEVICES}
    proc = os.open("/proc", os.O_PATH | os.O_CLOEXEC)
    links = {path: os.readlink(path) for path in visible if os.path.islink(path)}
    root = "/tmp"
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=0755")
    _place(f"/proc/self/fd/{proc}", f"{root}/proc", directory=True)
    mount(f"/proc/self/fd/{proc}", f"{root}/proc", None, MS_BIND | MS_REC)
    # Outer paths first, so that a prefix inside another is placed on top of it or is there already.
    for path in sorted(sources):
        target = root + path
        if any(path.startswith(f"{other}/") for other in sources):
            continue
        source = f"/proc/self/fd/{sources[path]}"
        _place(source, target, directory=os.path.isdir(source))
        bind_read_only(source, target)
    for name, descriptor in devices.items():
        source, target = f"/proc/self/fd/{descriptor}", f"{root}/dev/{name}"
        _place(source, target, directory=False)
        bind_read_only(source, target, devices=True)
    for path, destination in (*links.items(), *LINKS.items()):
        link = Path(root, path.lstrip("/"))
        if not link.exists():  # a runtime installed under /tmp takes its place
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(destination)
    for path, text in files.items():
        file = Path(root, path.lstrip("/"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    Path(root, "run/box").mkdir(parents=True)
    os.makedirs(os.path.dirname(root + _CLOSED_FILE))
    os.mkdir(root + _CLOSED_DIRECTORY, mode=0)
    os.close(os.open(root + _CLOSED_FILE, os.O_CREAT | os.O_CLOEXEC, 0))
    for descriptor in (*sources.values(), *devices.values(), proc):
        os.close(descriptor)
    _pivot(root)


def _place(source: str, target: str, *, directory: bool) -> None:
    if directory:
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_CLOEXEC, 0o600))


def _pivot(root: str) -> None:
    os.chdir(root)
    # pivot_root(".", "."): the old root lies on top of the new one and is taken off again (pivot_root(2)).
    syscall(_PIVOT_ROOT[os.uname().machine], ctypes.create_string_buffer(b"."), ctypes.create_string_buffer(b"."))
    detach(".")
    os.chdir("/")
    mount("none", "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
