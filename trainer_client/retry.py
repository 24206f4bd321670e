"""Retries: pauses between attempts, and the time after which to give up."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from trainer_client.errors import Unreachable

_log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 5.0
_FEWEST_FAILURES = 3
"""A single failure may come after a long time, and say nothing about the next try."""
_Answer = TypeVar("_Answer")


class Transient(Exception):
    """A failure that another try may get past. ``alive``: the service answered; it is busy, not gone."""

    def __init__(self, message: str, *, retry_after_s: float | None = None, alive: bool = False) -> None:
        super().__init__(message)
        self.retry_after_s, self.alive = retry_after_s, alive


class Backoff:
    """Failures in a row of one thing that is being tried, and the pauses between."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._failures = 0
        self._since: float | None = None

    def reset(self) -> None:
        """Note a success."""
        self._failures, self._since = 0, None

    async def pause(self, fault: Transient) -> None:
        """Wait as long as the service asked for, and a random while more (full jitter), so that all who were turned
        away together do not come back together.

        Raises:
            Unreachable: it has been failing for too long.
        """
        now = time.monotonic()
        if fault.alive or self._since is None:
            self._since = now
        elif self._failures >= _FEWEST_FAILURES and now - self._since > self._patience_s:
            raise Unreachable(
                f"gave up after {now - self._since:.0f} s without success; last error: {fault}"
            ) from fault
        longest_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._failures, 16))
        self._failures += 1
        pause_s = (fault.retry_after_s or 0.0) + random.uniform(0, longest_s)
        _log.info("trying again in %.2f s: %s", pause_s, fault)
        await asyncio.sleep(pause_s)


async def retry(attempt: Callable[[], Awaitable[_Answer]], backoff: Backoff) -> _Answer:
    """Repeat an attempt until it works.

    Raises:
        Unreachable: it has been failing for too long.
    """
    while True:
        try:
            return await attempt()
        except Transient as fault:
            await backoff.pause(fault)
