"""Extraction under limits of its own: a long answer is read in a process that the kernel ends if it costs too much.

Answers that models write take milliseconds, whatever their size. The limits are for texts made to cost more.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from evaluator.confinement import OUT_OF_MEMORY, OverLimit, WorkBounds, describe_excess, run_confined
from evaluator.extraction import extract
from evaluator.extraction.explanation import Explanation, explain
from sandbox.limits import MIB

if TYPE_CHECKING:
    from evaluator.schema import Suite

T = TypeVar("T")
BOUNDS = WorkBounds(cpu_s=10, memory_bytes=1024 * MIB)
LONG = 1 << 17
"""Characters from which on an answer has a process of its own. A shorter one takes a third of a second at most,
whatever it holds."""


def extract_bounded(response: str, language: str, suite: Suite | None = None) -> str | None:
    """Return what ``extract`` returns, under limits. Call it only where no other thread holds a lock that extraction
    needs: it forks, and other threads do not exist in the fork.

    Raises:
        OverLimit: reading the response takes more than ``BOUNDS``.
    """
    return bounded(partial(extract, response, language, suite), response)


def program_bounded(response: str, language: str, suite: Suite | None = None) -> str:
    """Return the program in a response, under the limits of ``extract_bounded`` and where that may be called.

    Raises:
        NoProgram: there is none; the message says why.
        OverLimit: reading the response takes more than ``BOUNDS``.
    """
    return bounded(partial(_program, response, language, suite), response)


def _program(response: str, language: str, suite: Suite | None) -> str:
    program = extract(response, language, suite)
    if program is None:
        raise NoProgram(explain(response, language, suite).reason)
    return program


def bounded(work: Callable[[], T], response: str) -> T:
    """Do work on a response, under limits where it is long. Call it only where ``extract_bounded`` may be called.

    Raises:
        OverLimit: it takes more than ``BOUNDS``.
    """
    return work() if len(response) <= LONG else run_confined(work, BOUNDS)


class NoProgram(Exception):
    """A response holds no complete program; the message says why."""


class Extractor:
    """Extraction under the same limits for an event loop, which it does not block."""

    def __init__(self, processes: int) -> None:
        """Read at most ``processes`` long responses at a time."""
        self._free = asyncio.Semaphore(processes)

    async def explain(self, response: str, language: str, suite: Suite | None) -> Explanation:
        """Explain what is taken of a response of at most ``LONG`` characters."""
        async with self._free:
            return await asyncio.to_thread(explain, response, language, suite)

    async def extract(self, response: str, language: str) -> str | None:
        """Return the program in ``response``, or None if there is none.

        Raises:
            OverLimit: reading the response takes more than ``BOUNDS``.
            RuntimeError: the process that reads it failed.
        """
        if len(response) <= LONG:
            return await asyncio.to_thread(extract, response, language)
        async with self._free:
            return await _extract_apart(response, language)


async def _extract_apart(response: str, language: str) -> str | None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "evaluator.extraction", language),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        output, _ = await process.communicate(response.encode("utf-8", "surrogatepass"))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    code = process.returncode
    if code is not None and (code == OUT_OF_MEMORY or code < 0):
        raise OverLimit(describe_excess(BOUNDS, code))
    if code != 0:
        raise RuntimeError(f"extraction ended with code {code}")
    program: str | None = json.loads(output)
    return program
