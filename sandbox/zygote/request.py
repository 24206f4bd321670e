"""Messages of the owner to a child that waits: memory files of packed numbers and names, then contents.

``protocol.py`` has the layouts of their records; ``messages.c`` reads the same. Names end with a zero byte.

A program: ``PROGRAM``, a ``FILE`` for each file, the strings (command line, environment as ``NAME=value``, names to
collect, names of files), the files' contents.

A batch of tests: ``BATCH``, a ``TEST`` for each test, a ``FILE`` for each file, the files' names; then inputs and
files, test by test.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sandbox.kernel import memory_file
from sandbox.zygote.protocol import BATCH, FILE, PROGRAM, TEST, Flag

if TYPE_CHECKING:  # the owner's, and never in the jail
    from sandbox.execution import Input, Program


class ProcessBounds(NamedTuple):
    """Bounds to which the kernel holds each process of a program; 0 processes: as many as it likes."""

    cpu_s: int
    stack_bytes: int
    processes: int


def write_program(program: Program, bounds: ProcessBounds, *, session: bool) -> int:
    """A descriptor to send. The caller closes it."""
    flags = Flag.PYTHON * program.python | Flag.MODULE * program.module | Flag.SESSION * session
    flags |= Flag.REHEARSAL * program.rehearsal
    environment = [f"{name}={value}" for name, value in program.environment.items()]
    kinds = (program.argv, environment, program.collect, program.files)
    strings = b"".join(_name(text) for kind in kinds for text in kind)
    head = PROGRAM.pack(*bounds, flags, *map(len, kinds), len(strings))
    sizes = b"".join(FILE.pack(len(data)) for data in program.files.values())
    return memory_file.holding("request", b"".join([head, sizes, strings, *program.files.values()]))


def write_tests(tests: Sequence[Input], turn_ns: int) -> int:
    """A descriptor to send. The caller closes it."""
    numbers: list[int] = []
    sizes: list[int] = []
    names: list[bytes] = []
    contents: list[bytes] = []
    for stdin, files in tests:
        numbers += (len(stdin), len(files))
        contents.append(stdin)
        if files:
            sizes += map(len, files.values())
            names += map(_name, files)
            contents += files.values()
    layout = f"<{BATCH.codes}{TEST.codes * len(tests)}{FILE.codes * len(sizes)}"
    head = struct.pack(layout, turn_ns, len(tests), len(sizes), *numbers, *sizes)
    return memory_file.holding("tests", b"".join([head, *names, *contents]))


class ProgramRequest(NamedTuple):
    """A program as the child has it, its files not yet placed."""

    bounds: ProcessBounds
    flags: int
    argv: tuple[bytes, ...]
    environment: tuple[bytes, ...]
    collect: tuple[bytes, ...]
    files: dict[bytes, bytes]


def read_program(body: int) -> ProgramRequest:
    """Parse what ``write_program`` wrote.

    Raises:
        struct.error: it says more or less than it holds.
    """
    data = whole(body)
    cpu_s, stack_bytes, processes, flags, *counts, length = PROGRAM.unpack_from(data)
    names_at = PROGRAM.size + FILE.size * counts[3]
    sizes = [size for (size,) in FILE.iter_unpack(data[PROGRAM.size : names_at])]
    *strings, rest = data[names_at : names_at + length].split(b"\0")
    whole_size = names_at + length + sum(sizes)
    if rest or not counts[0] or len(strings) != sum(counts) or len(sizes) != counts[3] or len(data) != whole_size:
        raise struct.error("a request that says more or less than it holds")
    names = iter(strings)
    argv, environment, collect, files = (tuple(next(names) for _ in range(count)) for count in counts)
    contents = dict(zip(files, _cut(data, names_at + length, sizes), strict=True))
    return ProgramRequest(ProcessBounds(cpu_s, stack_bytes, processes), flags, argv, environment, collect, contents)


def place(files: dict[bytes, bytes]) -> None:
    """Write files into the working directory.

    Raises:
        OSError: they do not fit.
    """
    for name, data in files.items():
        if b"/" in name:
            os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "wb", buffering=0) as file:
            if file.write(data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)


def _name(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass") + b"\0"


def whole(body: int) -> bytes:
    """Read all of a memory file."""
    return os.pread(body, os.fstat(body).st_size, 0)


def _cut(data: bytes, at: int, sizes: Sequence[int]) -> Iterator[bytes]:
    for size in sizes:
        yield data[at : at + size]
        at += size
