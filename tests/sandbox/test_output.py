"""A program's output, compared while it comes."""

from __future__ import annotations

import random
import tracemalloc

import pytest

from sandbox.execution import Limit, PythonScript
from sandbox.limits import MIB, RunLimits
from sandbox.output import OutputBuffer
from sandbox.slot import Slot

LINE = b"0123456789abcde\n"
WRITES = "import sys\nfor _ in range(int(input())): sys.stdout.write('0123456789abcde\\n' * 4096)"
PIECE = len(LINE) * 4096


@pytest.mark.parametrize("seed", range(200))
def test_what_came_is_whole_wherever_it_differs_and_is_cut(seed: int) -> None:
    chance = random.Random(seed)
    expected = chance.randbytes(chance.randrange(40))
    written = bytearray(expected[: chance.randrange(45)])
    for _ in range(chance.randrange(3)):
        written[chance.randrange(len(written) + 1) :] = chance.randbytes(chance.randrange(8))
    output, came, data = OutputBuffer(expected), 0, b""
    while came < len(written):
        data = bytes(written[came : came + chance.randint(1, 9)])
        output.add(data)
        came += len(data)
        assert len(output) == came
        assert output.whole() == written[:came]
    if data:
        last = chance.randint(1, len(data))
        output.cut(last)
        assert output.whole() == written[: came - last]


def test_what_was_expected_is_handed_back_itself() -> None:
    output = OutputBuffer(b"some lines\nof text\n")
    output.add(b"some lines\n")
    output.add(b"of text\n")
    assert output.whole() is output._expected


def _run(slot: Slot, pieces: int, expected: bytes, output_bytes: int = 64 * MIB) -> tuple[bytes, Limit | None, int]:
    """Output, limit, and by how many bytes our own memory grew at most meanwhile."""
    program = PythonScript(("main.py",), {"main.py": WRITES.encode()})
    limits = RunLimits(cpu_s=20.0, wall_s=60.0, memory_bytes=256 * MIB, output_bytes=output_bytes)
    tracemalloc.start()
    try:
        execution = slot.run(program, limits, b"%d\n" % pieces, expected)
        return execution.stdout, execution.stopped_by, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_large_right_output_takes_no_memory(slot: Slot) -> None:
    expected = LINE * (4096 * 400)
    output, stopped_by, grew = _run(slot, 400, expected)
    assert (output is expected, stopped_by) == (True, None)
    assert grew < len(expected) / 4


def test_a_wrong_output_is_kept_as_it_was_written(slot: Slot) -> None:
    expected = LINE * (4096 * 10) + b"one line more\n"
    for pieces in (3, 10, 11):
        output, stopped_by, _ = _run(slot, pieces, expected)
        assert (output, stopped_by) == (LINE * (4096 * pieces), None)


def test_the_limit_is_the_same_for_what_was_expected(slot: Slot) -> None:
    expected = LINE * (4096 * 10)
    for wanted in (expected, b""):
        output, stopped_by, _ = _run(slot, 10, wanted, output_bytes=5 * PIECE + 7)
        assert (output, stopped_by) == (expected[: 5 * PIECE + 7], Limit.OUTPUT)
