"""Extraction under limits of its own: a long answer is read in a process that the kernel ends when it costs too much.

Answers of any size that models write take milliseconds. The limits are for texts that are made to cost more.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from functools import partial
from typing import TYPE_CHECKING

from evaluator.confinement import OUT_OF_MEMORY, OverLimit, WorkBounds, describe_excess, run_confined
from evaluator.extraction import extract
from sandbox.limits import MIB

if TYPE_CHECKING:
    from evaluator.schema import Suite

BOUNDS = WorkBounds(cpu_s=10, memory_bytes=1024 * MIB)
LONG = 1 << 17
"""Characters. What is shorter takes a third of a second at most, whatever it holds; a process would cost it more."""


def extract_bounded(response: str, language: str, suite: Suite | None = None) -> str | None:
    """Return what ``extract`` returns. For a process that has no thread beside the caller's, or none that holds a lock
    which extraction needs: the other threads do not go on in a fork.

    Raises:
        OverLimit: to read the response takes more than ``BOUNDS``.
    """
    if len(response) <= LONG:
        return extract(response, language, suite)
    return run_confined(partial(extract, response, language, suite), BOUNDS)


class Extractor:
    """The same for an event loop, which goes on meanwhile."""

    def __init__(self, processes: int) -> None:
        """Read that many long responses at a time, at most."""
        self._free = asyncio.Semaphore(processes)

    async def extract(self, response: str, language: str) -> str | None:
        """Return the program in ``response``, or None if there is none.

        Raises:
            OverLimit: to read the response takes more than ``BOUNDS``.
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
        found, _ = await process.communicate(response.encode("utf-8", "surrogatepass"))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    code = process.returncode
    if code is not None and (code == OUT_OF_MEMORY or code < 0):
        raise OverLimit(describe_excess(BOUNDS, code))
    if code != 0:
        raise RuntimeError(f"extraction ended with code {code}")
    program: str | None = json.loads(found)
    return program
