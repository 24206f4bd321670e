"""Our own work on text that a submission supplies, under limits of its own.

All of it takes time and memory that are linear in the text. Where the text is large it is done in a child process all
the same, whose CPU time and memory the kernel bounds: what costs more than it may costs its submission, and no worker.
"""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable
from typing import NamedTuple, NoReturn, TypeVar

from sandbox.kernel.libc import PR_SET_PDEATHSIG, prctl
from sandbox.limits import MIB

T = TypeVar("T")
_WALL_FACTOR = 10
"""The child only computes. This is for a host that has no CPU time to give."""
_PIECE_BYTES = 1 << 20
_FAILED, OUT_OF_MEMORY = 70, 71
"""Exit codes of a child."""


class OverLimit(Exception):
    """The work needed more than it may; the message says of what."""


class WorkBounds(NamedTuple):
    """What a piece of work may use: whole seconds of CPU time, and bytes beyond what its process has at the start."""

    cpu_s: int
    memory_bytes: int


def confine(bounds: WorkBounds) -> None:
    """Bound this process. Beyond its CPU time the kernel ends it; beyond its memory it gets ``MemoryError``."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with open("/proc/self/statm", "rb") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    most = used + bounds.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu_s, bounds.cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_confined(work: Callable[[], T], bounds: WorkBounds) -> T:
    """Return what ``work`` returns, done in a fork of this process. Its result is pickled.

    Raises:
        OverLimit: it used more CPU time or memory than it may.
        Exception: what ``work`` raised.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _do(work, bounds, writer)
    os.close(writer)
    answer = None
    try:
        answer = _read(reader, _WALL_FACTOR * bounds.cpu_s)
    finally:
        os.close(reader)
        if answer is None:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if answer is None or code == OUT_OF_MEMORY or code < 0:
        raise OverLimit(describe_excess(bounds, code))
    if code != os.EX_OK:
        raise RuntimeError(f"a child process ended with code {code}")
    returned, value = pickle.loads(answer)
    if not returned:
        raise value
    result: T = value
    return result


def describe_excess(bounds: WorkBounds, code: int) -> str:
    """Return what a process used too much of, by its exit code, or minus the signal that ended it."""
    if code == OUT_OF_MEMORY:
        return f"more than {bounds.memory_bytes // MIB} MiB of memory"
    if code == -signal.SIGSEGV:
        return "more stack than there is"
    return f"more than {bounds.cpu_s} s"


def _do(work: Callable[[], T], bounds: WorkBounds, writer: int) -> NoReturn:
    """The child's whole life."""
    code = _FAILED
    try:
        confine(bounds)
        answer = _answer(work)
        with os.fdopen(writer, "wb") as file:
            file.write(answer)
        code = os.EX_OK
    except MemoryError:
        code = OUT_OF_MEMORY
    finally:
        os._exit(code)  # nothing that the parent has to tidy up at its end is the child's


def _answer(work: Callable[[], T]) -> bytes:
    try:
        return pickle.dumps((True, work()))
    except MemoryError:
        raise
    except Exception as error:
        return pickle.dumps((False, error))


def _read(reader: int, seconds: float) -> bytes | None:
    """Return all that the child writes; None if it does not end in time."""
    pieces: list[bytes] = []
    deadline, poll = time.monotonic() + seconds, select.poll()
    poll.register(reader, select.POLLIN)
    while poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        piece = os.read(reader, _PIECE_BYTES)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
    return None
