"""A pair of datagram sockets is allowed, and an end of one might be turned to the socket of a service on the host."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.execution import PythonScript
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.slot import Slot

SEND = """
import socket
left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
try:
    left.{call}
    print('sent')
except OSError: print('refused')
"""


@pytest.fixture
def service() -> Iterator[tuple[socket.socket, str]]:
    """A socket that every user may send to, as that of a system's log is, and its name."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(directory / "log"))
        (directory / "log").chmod(0o777)
        listener.setblocking(False)
        yield listener, str(directory / "log")
    shutil.rmtree(directory)


@pytest.mark.parametrize("call", ["sendto(b'hostile', {name!r})", "connect({name!r})"])
def test_a_program_cannot_turn_a_pair_to_a_name(slot: Slot, service: tuple[socket.socket, str], call: str) -> None:
    listener, name = service
    assert said_by(slot, call.format(name=name)) == b"refused\n"
    with pytest.raises(BlockingIOError):
        listener.recv(64)


def test_a_message_with_a_name_goes_through_only_where_the_program_sees_the_hosts_files(
    slot: Slot, service: tuple[socket.socket, str]
) -> None:
    """A filter does not see the name, which lies in memory, and Landlock has no right for named sockets:
    docs/security.md names the gap. A plain user's programs may send no message at all."""
    listener, name = service
    reaches = slot.tier is not Tier.NAMESPACES and os.geteuid() == 0
    assert said_by(slot, f"sendmsg([b'hostile'], [], 0, {name!r})") == (b"sent\n" if reaches else b"refused\n")
    if reaches:
        assert listener.recv(64) == b"hostile"


def said_by(slot: Slot, call: str) -> bytes:
    program = PythonScript(("main.py",), {"main.py": SEND.format(call=call).encode()})
    return slot.run(program, RunLimits()).stdout
