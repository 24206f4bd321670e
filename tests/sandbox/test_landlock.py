"""Rights that a process keeps to files, TCP, signals and abstract sockets under Landlock."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.kernel import landlock
from sandbox.kernel.landlock import DEVICE, READ, WRITE, Access, Rule
from sandbox.kernel.libc import prctl
from tests.sandbox.test_seccomp import DEADLINE_S, PR_GET_NO_NEW_PRIVS, in_child

LEVEL = landlock.abi()
SYSTEM: list[Rule] = [(path, READ) for path in ("/usr", "/bin", "/lib", "/lib64") if os.path.exists(path)]

pytestmark = pytest.mark.skipif(LEVEL == 0, reason="this kernel has no Landlock, or does not use it")


def since(level: int, what: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        level > LEVEL, reason=f"{what} are Landlock's from level {level} on, this kernel has {LEVEL}"
    )


def under(rules: list[Rule], action: Callable[[], Any], *, scoped: bool = True) -> Any:
    """Return the result of ``action`` in a child that is restricted to ``rules``."""

    def enter() -> Any:
        landlock.restrict(rules, scoped=scoped)
        return action()

    return in_child(enter)


@pytest.fixture
def readable(tmp_path: Path) -> Path:
    """A directory with a file in it, for a READ rule."""
    directory = tmp_path / "readable"
    directory.mkdir()
    (directory / "file").write_text("content")
    return directory


@pytest.fixture
def writable(tmp_path: Path) -> Path:
    """A directory with a file and a directory in it, for a WRITE rule."""
    directory = tmp_path / "writable"
    (directory / "below").mkdir(parents=True)
    (directory / "file").write_text("content")
    return directory


def test_a_read_rule_lets_files_be_read_and_directories_be_listed(readable: Path) -> None:
    read = under([(str(readable), READ)], lambda: ((readable / "file").read_text(), os.listdir(readable)))
    assert read == ("content", ["file"])


@pytest.mark.parametrize(
    "change",
    [
        lambda directory: (directory / "file").write_text("changed"),
        lambda directory: (directory / "new").touch(),
        lambda directory: (directory / "new").mkdir(),
        lambda directory: (directory / "new").symlink_to("file"),
        lambda directory: (directory / "file").rename(directory / "other"),
        lambda directory: (directory / "new").hardlink_to(directory / "file"),
        lambda directory: (directory / "file").unlink(),
        lambda directory: os.mkfifo(directory / "new"),
        pytest.param(lambda directory: os.truncate(directory / "file", 0), marks=since(3, "truncations")),
    ],
    ids=["write", "create", "mkdir", "symlink", "rename", "link", "unlink", "mkfifo", "truncate"],
)
def test_a_read_rule_lets_nothing_be_changed(readable: Path, change: Callable[[Path], object]) -> None:
    with pytest.raises(PermissionError):
        under([(str(readable), READ)], lambda: change(readable) and None)
    assert [(file.name, file.read_text()) for file in readable.iterdir()] == [("file", "content")]


def test_a_read_rule_lets_programs_be_executed() -> None:
    rules = [*SYSTEM, ("/dev/null", DEVICE)]
    assert under(rules, lambda: subprocess.run(["/bin/echo", "hello"], capture_output=True).stdout) == b"hello\n"


def test_a_program_outside_the_rules_is_not_executed(readable: Path) -> None:
    with pytest.raises(PermissionError):
        under([(str(readable), READ)], lambda: os.execv("/bin/true", ["true"]))


@pytest.mark.parametrize(
    "action",
    [
        lambda outside: (outside / "file").read_text(),
        os.listdir,
        lambda outside: (outside / "file").write_text("changed"),
        lambda outside: (outside / "new").touch(),
    ],
    ids=["read", "list", "write", "create"],
)
def test_what_no_rule_names_is_out_of_reach(
    readable: Path, writable: Path, tmp_path: Path, action: Callable[[Path], object]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("secret")
    with pytest.raises(PermissionError):
        under([(str(readable), READ), (str(writable), WRITE)], lambda: action(outside))


def test_a_link_into_the_outside_leads_nowhere(writable: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("secret")

    def follow() -> str:
        (writable / "link").symlink_to(tmp_path / "outside")
        return (writable / "link").read_text()

    with pytest.raises(PermissionError):
        under([(str(writable), WRITE)], follow)


def test_a_write_rule_lets_everything_beneath_be_changed(writable: Path) -> None:
    def change() -> list[str]:
        (writable / "file").write_text("changed")
        (writable / "new").mkdir()
        (writable / "new" / "file").write_text("#!/bin/true")
        (writable / "link").symlink_to("file")
        (writable / "file").rename(writable / "renamed")
        (writable / "below").rmdir()
        (writable / "link").unlink()
        os.mkfifo(writable / "fifo")
        return sorted(os.listdir(writable))

    assert under([(str(writable), WRITE)], change) == ["fifo", "new", "renamed"]


def test_a_written_program_is_executed(writable: Path) -> None:
    def write_and_run() -> int:
        program = writable / "program"
        program.write_text("#!/bin/sh\nexit 7\n")
        program.chmod(0o755)
        return subprocess.run([program], timeout=DEADLINE_S).returncode

    assert under([*SYSTEM, (str(writable), WRITE)], write_and_run) == 7


@since(2, "moves between directories")
def test_files_move_between_directories_beneath_a_write_rule(writable: Path) -> None:
    under([(str(writable), WRITE)], lambda: (writable / "file").rename(writable / "below" / "file") and None)
    assert (writable / "below" / "file").read_text() == "content"


@since(3, "truncations")
def test_files_are_truncated_beneath_a_write_rule(writable: Path) -> None:
    under([(str(writable), WRITE)], lambda: os.truncate(writable / "file", 3))
    assert (writable / "file").read_text() == "con"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_no_device_is_made_beneath_a_write_rule(writable: Path) -> None:
    with pytest.raises(PermissionError):
        under([(str(writable), WRITE)], lambda: os.mknod(writable / "null", 0o020666, os.makedev(1, 3)))


def test_a_device_is_read_and_written() -> None:
    def use() -> tuple[str, int]:
        with open("/dev/null", "w") as file:  # with O_TRUNC, as a shell's > does
            file.write("gone")
        with open("/dev/null", "r+b", buffering=0) as file:
            return file.read().decode(), file.write(b"gone")

    assert under([("/dev/null", DEVICE)], use) == ("", 4)


def test_a_device_beside_the_allowed_one_is_out_of_reach() -> None:
    with pytest.raises(PermissionError):
        under([("/dev/null", DEVICE)], lambda: open("/dev/zero", "rb").close())


@since(5, "controls of devices")
@pytest.mark.skipif(not os.path.exists("/dev/ptmx"), reason="no terminals here")
@pytest.mark.parametrize(("access", "allowed"), [(DEVICE, True), (Access.READ_FILE | Access.WRITE_FILE, False)])
def test_a_device_is_controlled_by_a_device_rule_only(access: Access, allowed: bool) -> None:
    def control() -> int | None:
        with open("/dev/ptmx", "r+b", buffering=0) as terminal:
            try:
                os.tcgetpgrp(terminal.fileno())
            except OSError as error:
                return error.errno
        return None

    error = under([("/dev/ptmx", access)], control)
    assert (error != errno.EACCES) is allowed


def test_a_rule_about_a_file_is_about_that_file_alone(readable: Path) -> None:
    (readable / "other").write_text("secret")
    rules: list[Rule] = [(str(readable / "file"), WRITE)]
    assert under(rules, lambda: (readable / "file").read_text()) == "content"
    with pytest.raises(PermissionError):
        under(rules, lambda: (readable / "other").read_text())


def test_a_rule_may_name_an_open_descriptor(readable: Path) -> None:
    descriptor = os.open(readable, os.O_PATH)
    try:
        assert under([(descriptor, READ)], lambda: (readable / "file").read_text()) == "content"
        assert os.fstat(descriptor).st_ino == readable.stat().st_ino
    finally:
        os.close(descriptor)


def test_a_path_that_is_not_there_is_an_error_and_leaves_no_descriptor(readable: Path) -> None:
    before = os.listdir("/proc/self/fd")
    with pytest.raises(FileNotFoundError):
        landlock.prepare([(str(readable), READ), (str(readable / "missing"), READ)])
    assert os.listdir("/proc/self/fd") == before


def test_one_ruleset_serves_many_children(readable: Path) -> None:
    def read(name: str) -> str:
        landlock.restrict_self(ruleset)
        return (readable / name).read_text()

    ruleset = landlock.prepare([(str(readable / "file"), READ)])
    try:
        assert [in_child(lambda: read("file")) for _ in range(3)] == ["content"] * 3
        (readable / "later").write_text("secret")
        with pytest.raises(PermissionError):
            in_child(lambda: read("later"))
    finally:
        os.close(ruleset)


def test_a_ruleset_is_closed_where_another_program_starts() -> None:
    ruleset = landlock.prepare([])
    try:
        assert not os.get_inheritable(ruleset)
    finally:
        os.close(ruleset)


def test_restrictions_reach_what_is_started_and_are_not_lifted(readable: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("secret")

    def read_in_a_program() -> int:
        landlock.restrict([("/", WRITE)])
        return subprocess.run(["/bin/cat", str(tmp_path / "outside")], stderr=subprocess.PIPE).returncode

    assert under([*SYSTEM, (str(readable), READ)], read_in_a_program) == 1


def test_the_restricted_gain_no_privileges_by_exec() -> None:
    assert under([], lambda: prctl(PR_GET_NO_NEW_PRIVS)) == 1


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@since(4, "TCP connections")
def test_tcp_connections_are_refused(listener: socket.socket) -> None:
    with socket.socket() as client, pytest.raises(PermissionError):
        under([], lambda: client.connect(listener.getsockname()))


@since(4, "TCP connections")
def test_tcp_ports_are_refused() -> None:
    with socket.socket() as server, pytest.raises(PermissionError):
        under([], lambda: server.bind(("127.0.0.1", 0)))


@pytest.fixture
def abstract() -> Iterator[socket.socket]:
    """A listening abstract socket of the host."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0landlock-{os.getpid()}-{id(server)}")
        server.listen()
        yield server


def connect(address: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)


@since(6, "scopes")
def test_abstract_sockets_outside_are_out_of_reach(abstract: socket.socket) -> None:
    with pytest.raises(PermissionError):
        under([], lambda: connect(abstract.getsockname()))


@since(6, "scopes")
def test_signals_stay_inside() -> None:
    with pytest.raises(PermissionError):
        under([], lambda: os.kill(os.getppid(), 0))


@since(6, "scopes")
def test_signals_between_the_restricted_are_sent() -> None:
    def kill_own_child() -> int:
        child = os.fork()
        if child == 0:
            signal.pause()
        os.kill(child, signal.SIGTERM)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert under([], kill_own_child) == -signal.SIGTERM


def test_without_scopes_signals_and_abstract_sockets_get_out(abstract: socket.socket) -> None:
    def reach_out() -> None:
        os.kill(os.getppid(), 0)
        connect(abstract.getsockname())

    under([], reach_out, scoped=False)


@pytest.mark.parametrize(
    ("level", "unknown"),
    [
        (1, Access.REFER | Access.TRUNCATE | Access.IOCTL_DEV),
        (2, Access.TRUNCATE | Access.IOCTL_DEV),
        (3, Access.IOCTL_DEV),
        (4, Access.IOCTL_DEV),
        (5, Access(0)),
        (99, Access(0)),
    ],
)
def test_rights_that_a_level_does_not_know_are_left_out(level: int, unknown: Access) -> None:
    assert landlock.rights_at(level) == landlock.ALL & ~unknown
