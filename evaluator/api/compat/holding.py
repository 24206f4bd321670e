"""A full queue makes drop-in clients wait, in the order in which they came."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from evaluator.errors import HeldTooLong, QueueFull
from evaluator.queueing.base import Queue
from evaluator.queueing.quotas import holder

R = TypeVar("R")


class HeldQueue:
    """The line in front of a queue."""

    def __init__(self, queue: Queue, hold_s: float) -> None:
        self._queue, self._hold_s = queue, hold_s
        self._firsts: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Held by whoever is first, of each key's holder: none waits for another's share. Handed on in order."""

    async def taken_in(self, count: int, take: Callable[[], R]) -> R:
        """Return what ``take`` returns, once the queue has room for its ``count`` tasks.

        Raises:
            HeldTooLong: it had none for ``hold_s`` seconds.
            BatchTooLarge: it never will.
        """
        first = self._firsts[holder()]
        if not first.locked():
            with contextlib.suppress(QueueFull):
                return take()
        try:
            async with asyncio.timeout(self._hold_s), first:
                while True:
                    try:
                        return take()
                    except QueueFull:
                        await self._queue.room(count)
        except TimeoutError as error:
            raise HeldTooLong(self._hold_s) from error
