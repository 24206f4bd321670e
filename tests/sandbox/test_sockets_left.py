"""Sockets that a program sends through each other: nobody has them when it has ended, and the kernel keeps them until its
collector comes by, with every descriptor that lies in them."""

from __future__ import annotations

import pytest

from sandbox.execution import Execution, Program
from sandbox.limits import MIB, Limits
from sandbox.slot import Slot

LEAK = """
import array, os, socket
def leak(*descriptors):
    left, right = socket.socketpair()
    both = [left.fileno(), right.fileno(), *descriptors]
    left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", both))])
"""
FILES = LEAK + "leak(os.open('held', os.O_CREAT | os.O_RDWR))"
DESCRIPTORS = LEAK + "try:\n    while True: leak(*[0] * 200)\nexcept OSError as error: print(error.errno)"
MEMORY = LEAK + (
    "held = [os.memfd_create(name) for name in 'ab']\nfor each in held: os.write(each, bytes(45 << 20))\nleak(*held)"
)
TOO_MANY_REFERENCES = b"109\n"


def run(slot: Slot, code: str, *collect: str) -> Execution:
    program = Program(("main.py",), {"main.py": code.encode()}, python=True, collect=collect)
    return slot.run(program, Limits(cpu_s=5.0, wall_s=20.0, memory_bytes=128 * MIB))


def test_files_in_them_keep_no_directory_in_use(slot: Slot) -> None:
    for _ in range(3):
        assert run(slot, FILES).clean
    assert run(slot, "import os\nprint(os.listdir())").stdout == b"['main.py']\n"


def test_descriptors_in_them_keep_no_later_program_from_being_collected_from(slot: Slot) -> None:
    for _ in range(3):
        assert run(slot, DESCRIPTORS).stdout == TOO_MANY_REFERENCES
        assert run(slot, "open('answer', 'w').write('42')", "answer").collected == {"answer": b"42"}


def test_memory_in_them_counts_for_no_later_program(slot: Slot) -> None:
    if run(slot, "import os\nos.memfd_create('a')").exit_code:
        pytest.skip("this tier refuses memory files")
    for _ in range(3):
        assert run(slot, MEMORY).clean
        assert run(slot, "held = bytes(90 << 20)").clean
