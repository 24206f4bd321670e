"""The owner believes only what can be true of what comes over a jail's own sockets."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.kernel.cgroups import Group, new_group
from sandbox.monitor import RunFailed
from tests.fuzz.jail import Message, monitor

NOW = time.monotonic()
REPORT: dict[str, Any] = {"status": 0, "cpu_s": 0.1, "peak_memory": 4096, "ended": NOW}


@pytest.fixture(scope="module")
def group() -> Iterator[Group]:
    made = new_group()
    yield made
    made.close()


def said(**changed: Any) -> bytes:
    return json.dumps({**REPORT, **changed}).encode()


def left_out(name: str) -> bytes:
    return json.dumps({key: value for key, value in REPORT.items() if key != name}).encode()


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
    started = json.dumps({"started": NOW - 2}).encode()
    assert ended(group, [Message(b"{}", 1), Message(started, 0)], [said()]) == pytest.approx(2)


@pytest.mark.parametrize(
    "report",
    [
        b"nonsense",
        b"[]",
        b"{}",
        b"[" * 60_000,
        *map(left_out, REPORT),
        said(status=0x7F),  # stopped, and not ended
        said(status=1 << 40),
        said(status=-1),
        said(status=0.5),
        said(status="0"),
        said(cpu_s=float("nan")),
        said(cpu_s=-1),
        said(peak_memory=float("inf")),
        said(peak_memory=None),
        said(ended=NOW + 1e6),
        said(ended=True),
    ],
    ids=lambda report: report[:70].decode(),
)
def test_what_is_no_report_is_a_fault(group: Group, report: bytes) -> None:
    with pytest.raises(RunFailed):
        ended(group, [], [report])


@pytest.mark.parametrize(
    "message",
    [
        {"started": NOW + 1e6},
        {"started": float("nan")},
        {"started": "now"},
        {"syntax_error": 5},
        {"files_refused": ["a"]},
        {"failed": None},
        {"failed": "setsid"},
        ["started"],
        None,
    ],
    ids=str,
)
def test_what_is_no_message_of_a_child_is_a_fault(group: Group, message: Any) -> None:
    with pytest.raises(RunFailed):
        ended(group, [Message(json.dumps(message).encode(), 1)], [said()])


@pytest.mark.parametrize("descriptors", [1, 2, 5])
def test_descriptors_that_nobody_asked_for_are_closed(group: Group, descriptors: int) -> None:
    ended(group, [Message(b"{}", descriptors)] * 3, [said()])
    with pytest.raises(RunFailed, match="setsid"):
        ended(group, [Message(b"{}", descriptors), Message(b'{"failed": "setsid"}', descriptors)], [said()])
