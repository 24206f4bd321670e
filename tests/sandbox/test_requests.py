"""A request that is none is refused by whoever gets it, the helper in C or Python, and costs nothing else."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import pytest

from sandbox.execution import PythonScript
from sandbox.kernel import memory_file
from sandbox.limits import RunLimits
from sandbox.slot import Slot
from sandbox.zygote import protocol, request
from sandbox.zygote.protocol import Word

PROGRAM = PythonScript(("main.py",), {"main.py": b"print(1)", "data.txt": b"abc"})
BOUNDS = request.ProcessBounds(cpu_s=3, stack_bytes=1 << 26, processes=64)
TIMEOUT_S = 60.0


def answer(slot: Slot, data: bytes, descriptors: int = 3) -> tuple[Word, bytes]:
    """Return the answer to such a request from the child that waits; then its slot is as it was."""
    slot.refresh()
    body = memory_file.holding("request", data)
    null = os.open("/dev/null", os.O_RDWR)
    try:
        socket.send_fds(slot.jail.requests, [Word.RUN.to_bytes()], [*[null] * descriptors, body])
    finally:
        os.close(body)
        os.close(null)
    slot.jail.requests.settimeout(TIMEOUT_S)
    try:
        assert slot.jail.requests.recv(1 << 16) == Word.DIRECTORY.to_bytes()
        message = slot.jail.requests.recv(1 << 16)
    finally:
        slot.jail.requests.setblocking(False)
    report = slot.jail.control.recv(1 << 16)
    assert report[0] == Word.REPORT
    assert len(report) == protocol.REPORT.size
    slot.jail.control.send(Word.CLEAR.to_bytes())
    slot.jail.ready = False
    return Word(message[0]), message[1:]


def right() -> bytes:
    body = request.write_program(PROGRAM, BOUNDS, session=False)
    try:
        return request.whole(body)
    finally:
        os.close(body)


def head(**changed: int) -> Callable[[bytes], bytes]:
    """The same request with other numbers in its head."""
    layout = protocol.PROGRAM

    def change(data: bytes) -> bytes:
        numbers = dict(zip(layout.formats, layout.unpack_from(data), strict=True)) | changed
        return layout.pack(*numbers.values()) + data[layout.size :]

    return change


def file_size(size: int) -> Callable[[bytes], bytes]:
    at = protocol.PROGRAM.size
    return lambda data: data[:at] + protocol.FILE.pack(size) + data[at + protocol.FILE.size :]


MALFORMED: dict[str, Callable[[bytes], bytes]] = {
    "no head": lambda data: data[:10],
    "a head alone": lambda data: data[: protocol.PROGRAM.size],
    "cut": lambda data: data[:-1],
    "something behind it": lambda data: data + b"x",
    "no command line": head(argc=0),
    "more strings than there are": head(argc=100),
    "fewer strings than there are": head(environment=0, argc=1, collect=0, files=1),
    "as many strings as can be said": head(environment=(1 << 32) - 1),
    "more files than there are": head(files=1 << 31),
    "strings longer than the message": head(strings=(1 << 32) - 1),
    "strings that do not end": head(strings=3),
    "a file larger than the message": file_size(1 << 40),
    "sizes that are too large together": file_size((1 << 64) - 1),
    "a string without its end": lambda data: data.replace(b"main.py\0", b"main.pyx"),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED)
def test_a_request_that_says_more_or_less_than_it_holds_is_refused(
    slot: Slot, change: Callable[[bytes], bytes]
) -> None:
    word, _ = answer(slot, change(right()))
    assert word is Word.FAILED
    assert slot.run(PROGRAM, RunLimits()).stdout == b"1\n"


@pytest.mark.parametrize("descriptors", [0, 2, 10])
def test_a_request_with_too_few_or_too_many_descriptors_is_refused(slot: Slot, descriptors: int) -> None:
    word, text = answer(slot, right(), descriptors)
    assert word is Word.FAILED
    assert b"descriptors" in text
    assert slot.run(PROGRAM, RunLimits()).stdout == b"1\n"


def test_a_request_without_its_program_is_refused(slot: Slot) -> None:
    word, _ = answer(slot, right().replace(b"main.py\0main.py\0", b"main.py\0other.p\0"))
    assert word is Word.FAILED


def test_a_request_is_taken_as_it_was_written(slot: Slot) -> None:
    word, _ = answer(slot, right())
    assert word is Word.STARTED
