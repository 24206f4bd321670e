"""The owner believes only what can be true of what comes over a jail's own sockets."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator

import pytest

from sandbox.kernel.cgroups import Group, new_group
from sandbox.monitor import RunFailed
from sandbox.zygote.protocol import REPORT, STARTED, Word
from tests.fuzz.jail import Message, monitor

NOW_NS = time.monotonic_ns()
LATER_NS = NOW_NS + 10**15
DIRECTORY = Word.DIRECTORY.to_bytes()


@pytest.fixture(scope="module")
def group() -> Iterator[Group]:
    made = new_group()
    yield made
    made.close()


def report(**changed: int) -> bytes:
    fields = {"word": Word.REPORT, "status": 0, "cpu_ns": 10**8, "peak_memory": 4096, "ended_ns": NOW_NS}
    return REPORT.pack(*(fields | changed).values())


def ended(group: Group, requests: list[Message], reports: list[bytes]) -> float:
    """Return the run's time as its monitor has it; nothing is left open whatever came of it."""
    before = len(os.listdir("/proc/self/fd"))
    try:
        with contextlib.ExitStack() as ours:
            run = monitor(group, ours, requests, reports)
            try:
                run.await_end()
                return run.wall_s
            finally:
                run.close()
    finally:
        assert len(os.listdir("/proc/self/fd")) == before


def test_a_run_ends_with_its_report(group: Group) -> None:
    started = STARTED.pack(Word.STARTED, NOW_NS - 2 * 10**9)
    assert ended(group, [Message(DIRECTORY, 1), Message(started, 0)], [report()]) == pytest.approx(2)


@pytest.mark.parametrize(
    "message",
    {
        "text": b"nonsense",
        "long": b"[" * 60_000,
        "a word alone": Word.REPORT.to_bytes(),
        "cut": report()[:-1],
        "something behind it": report() + b"x",
        "another word": report(word=Word.READY),
        "stopped, and not ended": report(status=0x7F),
        "no status": report(status=1 << 30),
        "a negative status": report(status=-1),
        "an end to come": report(ended_ns=LATER_NS),
        "an end beyond all time": report(ended_ns=(1 << 64) - 1),
    }.items(),
    ids=lambda case: case[0],
)
def test_what_is_no_report_is_a_fault(group: Group, message: tuple[str, bytes]) -> None:
    with pytest.raises(RunFailed, match="no message"):
        ended(group, [], [message[1]])


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(STARTED.pack(Word.STARTED, LATER_NS), id="a start to come"),
        pytest.param(STARTED.pack(Word.STARTED, NOW_NS)[:-1], id="a start that is cut"),
        pytest.param(STARTED.pack(Word.STARTED, NOW_NS) + b"x", id="a start and a byte"),
        pytest.param(Word.STARTED.to_bytes(), id="a start without a time"),
        pytest.param(Word.DIRECTORY.to_bytes() + b"x", id="a directory and a byte"),
        pytest.param(Word.MORE.to_bytes(), id="another's word"),
        pytest.param(Word.FAILED.to_bytes() + b"setsid", id="a failure without a number"),
        pytest.param(b'{"started": 0}', id="JSON"),
        pytest.param(b"\0", id="a zero"),
    ],
)
def test_what_is_no_message_of_a_child_is_a_fault(group: Group, message: bytes) -> None:
    with pytest.raises(RunFailed):
        ended(group, [Message(message, 1)], [report()])


@pytest.mark.parametrize("descriptors", [1, 2, 5])
def test_descriptors_that_nobody_asked_for_are_closed(group: Group, descriptors: int) -> None:
    ended(group, [Message(DIRECTORY, descriptors)] * 3, [report()])
    failed = Word.FAILED.to_bytes() + b"setsid"
    with pytest.raises(RunFailed, match="setsid"):
        ended(group, [Message(DIRECTORY, descriptors), Message(failed, descriptors)], [report()])
