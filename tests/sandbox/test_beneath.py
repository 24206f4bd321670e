"""Below a directory that a program could write in, the slot's owner opens the program's own files and nothing else."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.kernel import beneath, mounts, namespaces, seccomp
from sandbox.kernel.disk import BoundedDirectory, empty
from sandbox.kernel.libc import PR_SET_NO_NEW_PRIVS, prctl

OPENAT2 = 437
ALLOW, ERROR = 0x7FFF0000, 0x00050000
EXCHANGE = 2
ANOTHER_UID = 1_700_000_000

InThread = Callable[..., Any]


def refuse_openat2(answer: int) -> None:
    """Have this thread's calls of openat2 answered so, as a kernel or a container without it does."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    steps = [(0x20, 0, 0, 0), (0x15, 0, 1, OPENAT2), (0x06, 0, 0, ERROR | answer), (0x06, 0, 0, ALLOW)]
    seccomp.install(b"".join(struct.pack("=HBBI", code, yes, no, value) for code, yes, no, value in steps))


@pytest.fixture(params=[None, errno.ENOSYS, errno.EPERM], ids=["openat2", "an old kernel", "a filter that refuses it"])
def in_thread(request: pytest.FixtureRequest) -> Iterator[InThread]:
    """Call a function where openat2 can be used, or where it cannot."""
    beneath.has_openat2.cache_clear()
    settle = (lambda: None) if request.param is None else (lambda: refuse_openat2(request.param))
    with ThreadPoolExecutor(1, initializer=settle) as thread:
        if request.param is None and not thread.submit(beneath.has_openat2).result():
            pytest.skip("this kernel has no openat2, or a filter refuses it")
        yield lambda function, *arguments, **named: thread.submit(function, *arguments, **named).result()
    beneath.has_openat2.cache_clear()


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A directory with a file in it, beside one with a canary."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "answer").write_text("canary")
    (tmp_path / "box" / "a" / "b").mkdir(parents=True)
    (tmp_path / "box" / "a" / "b" / "answer").write_text("own")
    (tmp_path / "box" / "answer").write_text("own")
    return tmp_path / "box"


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def read(box: Path, path: str, owner: int | None = None) -> bytes:
    with opened(box) as directory:
        descriptor = beneath.open_file(directory, path, owner=os.geteuid() if owner is None else owner)
        with open(descriptor, "rb") as file:
            return file.read()


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("path", ["answer", "a/b/answer", "./a/./b/answer"])
def test_a_file_is_read(in_thread: InThread, box: Path, path: str) -> None:
    assert in_thread(read, box, path) == b"own"


def link_to(target: str) -> Callable[[Path], None]:
    return lambda place: place.symlink_to(target)


def socket_at(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound, contextlib.chdir(place.parent):
        bound.bind(place.name)


PLANTED: dict[str, tuple[str, str, Callable[[Path], None]]] = {
    "a link": ("x", "x", link_to("../outside/answer")),
    "an absolute link": ("x", "x", link_to("/etc/passwd")),
    "a link to a file beside it": ("x", "x", link_to("answer")),
    "a link to itself": ("x", "x", link_to("x")),
    "a link on the way": ("x", "x/answer", link_to("../outside")),
    "a link on the way to a directory beside it": ("x", "x/b/answer", link_to("a")),
    "a link behind a directory": ("a/x", "a/x/answer", link_to("../../outside")),
    "a link of /proc on the way": ("x", "x/etc/passwd", link_to("/proc/self/root")),
    "a link of /proc": ("x", "x", link_to("/proc/self/exe")),
    "a pipe": ("x", "x", os.mkfifo),
    "a directory": ("x", "x", os.mkdir),
    "a socket": ("x", "x", socket_at),
}


@pytest.mark.parametrize(("place", "path", "plant"), PLANTED.values(), ids=PLANTED)
def test_what_is_no_file_of_the_programs_is_refused(
    in_thread: InThread, box: Path, place: str, path: str, plant: Callable[[Path], None]
) -> None:
    plant(box / place)
    before = open_descriptors()
    with pytest.raises(beneath.Refused):
        in_thread(read, box, path)
    assert open_descriptors() == before


@pytest.mark.parametrize("path", ["../outside/answer", "a/../../outside/answer", "/etc/passwd"])
def test_a_path_that_leads_away_is_refused(in_thread: InThread, box: Path, path: str) -> None:
    with pytest.raises(beneath.Refused):
        in_thread(read, box, path)


@pytest.mark.parametrize("path", ["absent", "absent/answer", "answer/answer"])
def test_what_is_not_there_is_told_from_what_is_refused(in_thread: InThread, box: Path, path: str) -> None:
    with pytest.raises((FileNotFoundError, NotADirectoryError)):
        in_thread(read, box, path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has files of two users")
def test_a_hard_link_to_another_users_file_is_refused(in_thread: InThread, box: Path) -> None:
    os.link(box.parent / "outside" / "answer", box / "x")
    os.chown(box / "answer", ANOTHER_UID, ANOTHER_UID)
    assert in_thread(read, box, "answer", ANOTHER_UID) == b"own"
    with pytest.raises(beneath.Refused):
        in_thread(read, box, "x", ANOTHER_UID)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_refused(in_thread: InThread, box: Path) -> None:
    try:
        os.mknod(box / "x", 0o600 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this host lets nobody make devices")
    with pytest.raises(beneath.Refused):
        in_thread(read, box, "x")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
@pytest.mark.parametrize("path", ["a/answer", "a/b/answer"])
def test_another_file_system_is_refused(in_thread: InThread, box: Path, path: str) -> None:
    def mounted() -> None:
        try:
            namespaces.unshare(namespaces.NEWNS)  # of this thread alone, with which it ends
        except PermissionError:
            pytest.skip("this host lets nobody mount")
        mounts.make_private()
        mounts.mount_tmpfs(str(box / "a"), size=1 << 20, inodes=16)
        (box / "a" / "b").mkdir()
        (box / path).write_text("canary")

    in_thread(mounted)
    with pytest.raises(beneath.Refused):
        in_thread(read, box, path)


def test_a_lease_on_a_file_keeps_nobody_waiting(in_thread: InThread, box: Path) -> None:
    holds = (
        "import fcntl, os, signal, sys\nsignal.signal(signal.SIGIO, signal.SIG_IGN)\n"
        "file = os.open(sys.argv[1], os.O_RDWR)\nfcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)\n"
        "print('held', flush=True)\ninput()"
    )
    command = [sys.executable, "-c", holds, str(box / "answer")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(BlockingIOError):
            in_thread(read, box, "answer")
        holder.communicate(b"\n")


SWAPS = f"""
import ctypes, sys
libc = ctypes.CDLL(None)
one, other = (name.encode() for name in sys.argv[1:])
print("swaps", flush=True)
while True:
    libc.renameat2(-100, one, -100, other, {EXCHANGE})
"""


@contextlib.contextmanager
def swapped(one: Path, other: Path) -> Iterator[None]:
    """Exchange two names as fast as can be, by another process."""
    if not hasattr(ctypes.CDLL(None), "renameat2"):
        pytest.skip("the C library has no renameat2")
    command = [sys.executable, "-c", SWAPS, str(one), str(other)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as swapper:
        assert swapper.stdout is not None
        assert swapper.stdout.readline() == b"swaps\n"
        try:
            yield
        finally:
            swapper.kill()


def test_a_directory_and_a_link_that_are_swapped_all_the_time_show_nothing_foreign(
    in_thread: InThread, box: Path
) -> None:
    (box / "link").symlink_to("../outside")
    (box / "d").mkdir()
    (box / "d" / "answer").write_text("own")
    seen = []

    def look() -> None:
        while seen.count(b"own") < 500 or seen.count(b"refused") < 500:
            try:
                seen.append(read(box, "d/answer"))
            except beneath.Refused:
                seen.append(b"refused")

    with swapped(box / "d", box / "link"):
        in_thread(look)
    assert set(seen) == {b"own", b"refused"}


def test_a_bound_counts_what_lies_below_and_nothing_behind_a_link(in_thread: InThread, box: Path) -> None:
    for number in range(100):
        (box.parent / "outside" / str(number)).touch()
    for name in ("link", "a/link"):
        (box / name).symlink_to(box.parent / "outside")
    with contextlib.closing(BoundedDirectory(str(box), max_bytes=1 << 20, max_files=6)) as bounded:
        assert not in_thread(bounded.is_over)
    with contextlib.closing(BoundedDirectory(str(box), max_bytes=1 << 20, max_files=5)) as bounded:
        assert in_thread(bounded.is_over)


def test_a_link_that_is_swapped_with_a_directory_all_the_time_adds_nothing_to_a_bound(
    in_thread: InThread, box: Path
) -> None:
    for number in range(100):
        (box.parent / "outside" / str(number)).touch()
    (box / "link").symlink_to("../outside")

    def look() -> list[bool]:
        found = []
        for _ in range(2000):
            with contextlib.closing(BoundedDirectory(str(box), max_bytes=1 << 20, max_files=10)) as bounded:
                found.append(bounded.is_over())
        return found

    with swapped(box / "a", box / "link"):
        assert not any(in_thread(look))


def test_a_bound_is_found_though_files_come_and_go(in_thread: InThread, box: Path) -> None:
    comes_and_goes = (
        "import os, sys\nos.chdir(sys.argv[1])\nprint(flush=True)\nwhile True:\n"
        "    for n in range(50): open(f'n{n}', 'w').close()\n    for n in range(50): os.unlink(f'n{n}')"
    )
    for number in range(20):
        (box / str(number)).touch()
    command = [sys.executable, "-c", comes_and_goes, str(box)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        for _ in range(300):
            with contextlib.closing(BoundedDirectory(str(box), max_bytes=1 << 20, max_files=20)) as bounded:
                assert in_thread(bounded.is_over)
        writer.kill()


def test_what_lies_deeper_than_a_path_can_name_is_over_its_bound(in_thread: InThread, box: Path) -> None:
    dig(box, 60, "d" * 100)
    with contextlib.closing(BoundedDirectory(str(box), max_bytes=1 << 40, max_files=1 << 20)) as bounded:
        assert in_thread(bounded.is_over)
    empty(str(box))  # pytest cannot


def dig(box: Path, depth: int, name: str = "d") -> None:
    at = os.open(box, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=at)
        deeper = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = deeper
    os.close(at)


def test_a_directory_is_emptied_and_what_its_links_lead_to_stays(in_thread: InThread, box: Path) -> None:
    dig(box, 200)
    for name in ("link", "a/link", "0", "a/0", "a/1"):
        (box / name).symlink_to(box.parent / "outside")
    (box / "a" / "b").chmod(0)
    (box / "a").chmod(0)
    (box / "closed" / "inner").mkdir(parents=True)
    (box / "closed" / "inner").chmod(0)
    os.mkfifo(box / "pipe")
    in_thread(empty, str(box))
    assert list(box.iterdir()) == []
    assert (box.parent / "outside" / "answer").read_text() == "canary"


def test_a_link_in_the_place_of_the_directory_itself_is_not_emptied(in_thread: InThread, box: Path) -> None:
    (box.parent / "link").symlink_to(box)
    with pytest.raises(NotADirectoryError):
        in_thread(empty, str(box.parent / "link"))
    assert (box / "answer").exists()
