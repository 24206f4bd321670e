"""All that the service, the jail's Python and the helper in C must agree on: words, layouts, positions and bounds.

``protocol.h`` is written from this file by ``python -m tests.house.header``; a test fails while the two differ. It is
kept beside the sources, so that the helper can be built by a C compiler alone.

A message over a jail's sockets is a word of one byte, then what the word's comment says. Records are little-endian and
have no padding. A request and a batch of tests travel as memory files (``request.py``), their descriptors with a word.
"""

from __future__ import annotations

import struct
from enum import IntEnum, unique


@unique
class Word(IntEnum):
    """First byte of every message. Each has one meaning, whichever socket it comes over."""

    # Control socket, from the jail's first process.
    MAP_USERS = 1  # it has a user namespace, and waits for its users to be mapped
    PYTHON = 2  # the jail stands, and Python keeps it
    NATIVE = 3  # the jail stands, and the helper in C keeps it
    BROKEN = 4  # it cannot be built; a text says why
    READY = 5  # a child waits for a request
    REPORT = 6  # a run is over: REPORT
    WORN = 7  # in the place of READY: the owner had better start a new jail
    # Control socket, from the owner.
    USERS_MAPPED = 8
    KILL = 9  # end the run
    CLEAR = 10  # clear up, and make the next child
    # Requests, from the owner: the memory file of a program, and the others of RunDescriptor.
    RUN = 11
    # Requests, from the child that waits.
    DIRECTORY = 12  # its working directory comes along
    STARTED = 13  # the program starts: STARTED
    FAILED = 14  # a fault of ours; a text says which
    SYNTAX_ERROR = 15  # the source does not compile; a text says why
    FILES_REFUSED = 16  # the program's files do not fit; a text says which
    # The session's socket, from the process that runs tests.
    MORE = 17  # the tests ended, and it would take others: FIRST_TEST, or a CLAIM and the ends of files for each
    LAST = 18  # as MORE, but it ends in the test after those
    # The session's socket, from the owner: the memory file of tests, and at first the others of BatchDescriptor.
    TESTS = 19


class RecordLayout:
    """Layout of a record: a format of ``struct`` for each field, in order."""

    def __init__(self, **formats: str) -> None:
        self.formats = formats
        self.codes = "".join(formats.values())
        layout = struct.Struct(f"<{self.codes}")
        self.size = layout.size
        self.pack, self.unpack_from, self.iter_unpack = layout.pack, layout.unpack_from, layout.iter_unpack


STARTED = RecordLayout(word="B", at_ns="Q")
"""``at_ns`` and ``ended_ns`` are of the monotonic clock."""
REPORT = RecordLayout(word="B", status="i", cpu_ns="Q", peak_memory="Q", ended_ns="Q")
"""The main process's status (waitpid(2)), CPU time of the whole tree, most bytes that one process had, the end."""
FIRST_TEST = RecordLayout(word="B", modules="q")
"""Modules that the first test imported."""
CLAIM = RecordLayout(stdout_end="q", stderr_end="q", cpu_ns="q", wall_ns="q")
"""A test of a batch: where its output and its messages end in the session's files, and its times. For each file to be
collected there follows where that ends in the output, or -1."""
FILE_END = RecordLayout(at="q")

PROGRAM = RecordLayout(
    cpu_s="Q", stack_bytes="Q", processes="Q", flags="I", argc="I", environment="I", collect="I", files="I", strings="I"
)
"""Head of a request: bounds, ``Flag``, the number of strings of each kind, and their bytes together."""
BATCH = RecordLayout(turn_ns="Q", tests="I", files="I")
"""Head of a batch: its turn, how many tests, how many files."""
TEST = RecordLayout(stdin_bytes="Q", files="I")
"""One test of a batch: its input's size, and how many files it has."""
FILE = RecordLayout(bytes="Q")
"""Size of one file, of a request or of a batch."""
PROGRESS = RecordLayout(tests="Q")
"""Contents of the file that says how many tests of a batch were begun."""


class Flag(IntEnum):
    """Flags of a program."""

    PYTHON = 1
    MODULE = 2  # the first word of its command line names a module of ours
    SESSION = 4  # it runs once, then again for each test that comes over the session's socket
    REHEARSAL = 8  # it is ours, and programs after it write to the pages that it does


class RunDescriptor(IntEnum):
    """Descriptors that come with ``Word.RUN``, by position."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    BODY = 3  # the memory file of ``PROGRAM``
    EXTRA = 4  # the executable, or the session's socket; absent where there is neither


class BatchDescriptor(IntEnum):
    """Descriptors that come with ``Word.TESTS``, by position: all of them the first time, then the body alone."""

    BODY = 0  # the memory file of ``BATCH``
    STDIN = 1  # files in the place of the standard streams
    STDOUT = 2
    STDERR = 3
    PROGRESS = 4  # the file of ``PROGRESS``


MAX_DESCRIPTORS = 8
"""Descriptors that may come with one message."""
MAX_FAILURE_BYTES = 2048
"""Bytes of a text that says which file was refused, or what failed in C; more is cut."""
BOX_DIRECTORIES = ("work", "tmp", "shm")
"""Directories that a program may write in; it starts in the first."""
UMASK = 0o022
OPEN_FILES = 1024
"""Descriptors that a program may have open."""
CANNOT_START_STATUS = 127
"""Exit status where an executable cannot be started, as a shell has it."""
INTERRUPTED_STATUS = 0x102
"""Stands for the exit status of a script that ``KeyboardInterrupt`` ends: its process ends by SIGINT."""
LIMITS_OF_ALL = {
    "RLIMIT_CORE": 0,
    "RLIMIT_MSGQUEUE": 0,
    "RLIMIT_RTPRIO": 0,
    "RLIMIT_NICE": 0,
    "RLIMIT_MEMLOCK": 8 << 20,
    "RLIMIT_SIGPENDING": 4096,
}
"""Resources of which no program needs more, whatever the host grants the service."""
NAMES_SET_ANEW = ("argv", "orig_argv", "stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__")
"""Names of ``sys`` that each test of a process has anew."""

DYING_S = 0.0005
"""Time in which a killed process is gone, about."""
SWEEP_S = 10.0
"""Time for which processes may resist being killed before the slot is given up."""
SOCKETS_S = 0.05
"""Time in which the kernel is to collect sockets. One that lay in another takes it two ticks more than that one, so a
program can have it work for many seconds."""
UNMOUNT_BYTES_PER_S = 64 << 20
"""The more a box holds, the longer it is waited for: a second for so much."""
MAX_LEFT_BYTES = 4 << 20
"""Memory that programs of one jail may have left, all together, before it is replaced (``Word.WORN``)."""
MAX_IN_FLIGHT = 512
"""Descriptors that may still be in flight when the next program comes, which can send as many less."""
INODE_BYTES = 1024
"""Bytes that the kernel needs for a file of a tmpfs beside its contents."""
