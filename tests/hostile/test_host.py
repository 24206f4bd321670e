"""The look at the host sees what it should: each thing is broken here on purpose, and must be told."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import secrets
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.kernel.cgroup_v1 import GroupV1
from tests.hostile.host import Ours, Snapshot
from tests.hostile.program import parse
from tests.waiting import until

_IPC_REMOVE, _IPC_CREATE = 0, 0o1600

Breakage = Callable[[Ours], AbstractContextManager[object]]


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    """As if this test were the runner and its own user the jail's."""
    for name in ("canary", "box", "box/work"):
        (tmp_path / name).mkdir()
    (tmp_path / "canary" / "canary").write_text("as it was")
    return Ours(
        uids=frozenset({os.geteuid()}),
        mark=secrets.token_hex(8),
        canary=tmp_path / "canary",
        runner=os.getpid(),
        box=str(tmp_path / "box"),
    )


@contextlib.contextmanager
def a_process(_: Ours) -> Iterator[None]:
    with subprocess.Popen(["sleep", "1000"]) as process:
        yield
        process.kill()


@contextlib.contextmanager
def a_marked_file(ours: Ours) -> Iterator[None]:
    path = Path("/dev/shm", f"x-{ours.mark}")
    path.touch()
    yield
    path.unlink()


@contextlib.contextmanager
def a_file_in_the_box(ours: Ours) -> Iterator[None]:
    Path(str(ours.box), "work", "left").touch()
    yield


@contextlib.contextmanager
def shared_memory(_: Ours) -> Iterator[None]:
    libc = ctypes.CDLL(None)
    number = libc.shmget(0, 4096, _IPC_CREATE)
    assert number >= 0
    yield
    libc.shmctl(number, _IPC_REMOVE, None)


@contextlib.contextmanager
def a_listener(_: Ours) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)):
        yield


@contextlib.contextmanager
def an_abstract_name(ours: Ours) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as named:
        named.bind(f"\0{ours.mark}")
        yield


@contextlib.contextmanager
def a_changed_canary(ours: Ours) -> Iterator[None]:
    (ours.canary / "canary").write_text("changed")
    yield


@contextlib.contextmanager
def a_canary_of_another_mode(ours: Ours) -> Iterator[None]:
    (ours.canary / "canary").chmod(0o600)
    (ours.canary / "canary").chmod(0o607)
    yield


@contextlib.contextmanager
def an_entry_beside_the_canary(ours: Ours) -> Iterator[None]:
    (ours.canary / "new").touch()
    yield


@contextlib.contextmanager
def a_control_group(_: Ours) -> Iterator[None]:
    try:
        group = GroupV1(900)
    except OSError as error:
        pytest.skip(f"this host grants no control group: {error}")
    yield
    group.close()


@contextlib.contextmanager
def another_affinity(_: Ours) -> Iterator[None]:
    before = os.sched_getaffinity(0)
    if len(before) == 1:
        pytest.skip("one CPU leaves nothing to choose")
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@contextlib.contextmanager
def a_descriptor(_: Ours) -> Iterator[None]:
    with tempfile.TemporaryFile():
        yield


BREAKAGES: list[tuple[str, Breakage]] = [
    ("jail", a_process),
    ("below", a_process),
    ("of_our_users", a_process),
    ("files", a_marked_file),
    ("box", a_file_in_the_box),
    ("ipc", shared_memory),
    ("sockets", a_listener),
    ("sockets", an_abstract_name),
    ("canary", a_changed_canary),
    ("canary", a_canary_of_another_mode),
    ("canary", an_entry_beside_the_canary),
    ("groups", a_control_group),
    ("settings", another_affinity),
    ("descriptors", a_descriptor),
]


@pytest.mark.parametrize(("field", "breakage"), BREAKAGES, ids=[f"{f}-{b.__name__}" for f, b in BREAKAGES])
def test_what_is_broken_is_told(field: str, breakage: Breakage, ours: Ours) -> None:
    if field == "of_our_users":
        ours = replace(ours, uids=frozenset({os.geteuid()}))
    before = Snapshot.take(ours)
    with breakage(ours):
        after = Snapshot.take(ours)
        told = replace(before, of_our_users=after.of_our_users - 1).traces(after)
    assert [line for line in told if line.startswith(f"{field}: ")], told


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mounts", frozenset({"tmpfs /mnt tmpfs"})),
        ("keys", frozenset({"1000000000: 1 1/1 1/200 9/20000"})),
        ("hostname", "another"),
        ("clock_s", 0.0),
    ],
)
def test_what_a_test_cannot_break_is_told_too(field: str, value: object, ours: Ours) -> None:
    before = Snapshot.take(ours)
    assert [line.split(":")[0] for line in before.traces(replace(before, **{field: value}))] == [field]


def test_a_quiet_host_leaves_no_traces(ours: Ours) -> None:
    """Others of this user may leave something between two looks, not between each two."""

    def is_quiet() -> bool:
        before = Snapshot.take(ours)
        return before.traces(replace(Snapshot.take(ours), of_our_users=0)) == []

    until(is_quiet, "two looks in a row see the same")


@pytest.mark.parametrize("header", ["# verdikt: accepted", "# in landlock: accepted", "# out of process: no"])
def test_a_header_that_is_not_in_the_language_is_an_error(header: str) -> None:
    with pytest.raises(ValueError, match=re.escape("x/y.py")):
        parse("x/y.py", header + "\nprint()\n")
