"""The end of tasks that would go on for ever, and waits in them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

_AGAIN_S = 1.0
"""Longer than such a task takes to clear up."""


async def cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks that speak with Redis, and wait until all have ended.

    A task may lose a cancellation: where it comes together with a timeout, Redis's client makes an error of the
    connection of both, after which the task tries again. So it is cancelled until it has ended.
    """
    remaining = set(tasks)
    while remaining:
        for task in remaining:
            task.cancel()
        _, remaining = await asyncio.wait(remaining, timeout=_AGAIN_S)


async def wait_for_event(event: asyncio.Event, longest_s: float | None) -> None:
    """Wait until the event is set, for so long at most. A cancellation that comes together with the event is not lost,
    as it is by ``asyncio.wait_for`` before Python 3.12."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            await event.wait()
