"""Limits for our own work on text that a submission supplies.

All such work takes time and memory that are linear in the text. If the text is large, it runs in a child process all
the same, whose CPU time and memory the kernel limits: work that exceeds them fails its submission, and no worker."""

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
"""Factor on the child's CPU time. The child only computes, so this matters only on a host that is overloaded."""
_PIECE_BYTES = 1 << 20
_FAILED, OUT_OF_MEMORY = 70, 71
"""Exit codes of a child that failed."""


class OverLimit(Exception):
    """The work exceeded its limits; the message names the limit, as in "more than 10 s"."""


class WorkBounds(NamedTuple):
    """The limits of a piece of work: whole seconds of CPU time, and bytes beyond those of its process at the start."""

    cpu_s: int
    memory_bytes: int


def confine(bounds: WorkBounds) -> None:
    """Limit this process. Beyond its CPU time the kernel kills it; beyond its memory it gets ``MemoryError``."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with open("/proc/self/statm", "rb") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    most = used + bounds.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu_s, bounds.cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_confined(work: Callable[[], T], bounds: WorkBounds) -> T:
    """Run ``work`` in a fork of this process and return its result, which is pickled.

    Raises:
        OverLimit: it exceeded its CPU time or memory.
        Exception: any that ``work`` raised.
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
    """Describe the limit that a process exceeded. ``code`` is its exit code, or minus the signal that killed it."""
    if code == OUT_OF_MEMORY:
        return f"more than {bounds.memory_bytes // MIB} MiB of memory"
    if code == -signal.SIGSEGV:
        return "more stack than there is"
    return f"more than {bounds.cpu_s} s"


def _do(work: Callable[[], T], bounds: WorkBounds, writer: int) -> NoReturn:
    """Run ``work`` in the child, send its result, and exit."""
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
        os._exit(code)  # without the parent's handlers of exit and its cleanup


def _answer(work: Callable[[], T]) -> bytes:
    try:
        return pickle.dumps((True, work()))
    except MemoryError:
        raise
    except Exception as error:
        return pickle.dumps((False, error))


def _read(reader: int, seconds: float) -> bytes | None:
    """Return everything that the child writes, or None if it does not end in time."""
    pieces: list[bytes] = []
    deadline, poll = time.monotonic() + seconds, select.poll()
    poll.register(reader, select.POLLIN)
    while poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        piece = os.read(reader, _PIECE_BYTES)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
    return None
