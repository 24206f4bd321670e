"""What one holder of a key may have done: so many submissions each second, so many at once."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from evaluator.errors import BatchTooLarge, QuotaReached
from evaluator.keys import Key
from evaluator.queueing.around import Around
from evaluator.schema import Report, RunReport, RunRequest, Submission, Suite, SuiteCheck

_SOON_S = 1
"""When to try again where it depends on how long programs run."""


class Account:
    """One key's use. All methods are called from the event loop's thread.

    The rate is a token bucket that holds a second's worth. A batch of more than that is let in whole when the bucket is
    full, and what it takes beyond is owed: so batches of any size pass, and the average holds.
    """

    def __init__(self, name: str, key: Key, now: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.key = key
        self.refused = {"rate": 0, "concurrency": 0, "requests": 0}
        self._requests = 0
        self._now = now
        self._tokens = self._most()
        self._at = now()
        self._running = 0
        self._one_left = asyncio.Event()

    def limit(self, key: Key) -> None:
        """Other limits from now on; what is owed stays owed."""
        self._refill()
        self.key = key
        self._tokens = min(self._tokens, self._most())

    @contextmanager
    def request(self, most: int) -> Iterator[None]:
        """Count a request for as long as it is under way, whatever it asks for.

        Raises:
            QuotaReached: ``most`` are.
        """
        if self._requests >= most:
            self.refused["requests"] += 1
            raise QuotaReached(f"this key has {most} requests under way", _SOON_S)
        self._requests += 1
        try:
            yield
        finally:
            self._requests -= 1

    def admit(self, count: int) -> None:
        """Count submissions that are being taken in.

        Raises:
            QuotaReached: not now.
            BatchTooLarge: never.
        """
        if (most := self.key.concurrent) is not None:
            if count > most:
                raise BatchTooLarge(f"{count} submissions at once; this key may have {most}: send smaller batches")
            if self._running + count > most:
                self.refused["concurrency"] += 1
                raise QuotaReached(f"this key has {self._running} of {most} submissions waiting or running", _SOON_S)
        self.charge(count)

    def charge(self, count: int) -> None:
        """Count submissions for the rate alone: those of a job are kept, and run as there is room.

        Raises:
            QuotaReached: not now.
        """
        if (wait_s := self._wait_s(count)) > 0:
            self.refused["rate"] += 1
            raise QuotaReached(f"this key may send {self.key.rate:g} submissions each second", math.ceil(wait_s))
        if self.key.rate is not None:
            self._tokens -= count

    def watch(self, futures: Sequence[asyncio.Future[Any]]) -> None:
        """They count as running until they are done."""
        self._running += len(futures)
        for future in futures:
            future.add_done_callback(self._leaves)

    def give_back(self, count: int) -> None:
        """What was admitted was not taken in after all."""
        if self.key.rate is not None:
            self._tokens = min(self._tokens + count, self._most())

    async def room(self, count: int) -> None:
        """Return once so many may be admitted."""
        while self.key.concurrent is not None and self._running + count > max(count, self.key.concurrent):
            self._one_left.clear()
            await self._one_left.wait()
        if (wait_s := self._wait_s(count)) > 0:
            await asyncio.sleep(wait_s)

    def _leaves(self, _: object) -> None:
        self._running -= 1
        self._one_left.set()

    def _most(self) -> float:
        return max(1.0, self.key.rate or 0.0)

    def _refill(self) -> None:
        now = self._now()
        self._tokens = min(self._most(), self._tokens + (now - self._at) * (self.key.rate or 0.0))
        self._at = now

    def _wait_s(self, count: int) -> float:
        """Seconds until the bucket holds so many, or is full."""
        self._refill()
        missing = min(count, self._most()) - self._tokens
        return 0.0 if self.key.rate is None or missing <= 0 else missing / self.key.rate


account: ContextVar[Account | None] = ContextVar("account", default=None)
"""Whose request is being handled; None where no keys are asked for."""
job_owner: ContextVar[str] = ContextVar("job_owner", default="")
"""Whose job is being fed to the queue, long after its request."""


def holder() -> str:
    """Return the name of whose key it is that submissions come with; empty where no keys are asked for."""
    of_request = account.get()
    return job_owner.get() or ("" if of_request is None else of_request.name)


class QuotaQueue(Around):
    """Submissions to the queue inside count for whoever's request they come from."""

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[Report]]:
        """Take all of them in, or none.

        Raises:
            QueueFull, QuotaReached, BatchTooLarge: they do not fit.
        """
        with _admitted(len(submissions)) as futures:
            futures += super().grade(submissions)
        return futures

    def run(self, request: RunRequest) -> asyncio.Future[RunReport]:
        """Take in one program to run.

        Raises:
            QueueFull, QuotaReached: it does not fit.
        """
        with _admitted(1) as futures:
            futures.append(future := super().run(request))
        return future

    def check(self, suite: Suite) -> asyncio.Future[SuiteCheck]:
        """Take in one suite to check.

        Raises:
            QueueFull, QuotaReached: it does not fit.
        """
        with _admitted(1) as futures:
            futures.append(future := super().check(suite))
        return future

    async def room(self, count: int) -> None:
        """Return once ``count`` tasks may fit, into the holder's share as well."""
        if (holder := account.get()) is not None:
            await holder.room(count)
        await super().room(count)


@contextmanager
def _admitted(count: int) -> Iterator[list[asyncio.Future[Any]]]:
    """Takes the futures of what is taken in."""
    futures: list[asyncio.Future[Any]] = []
    holder = account.get()
    if holder is None:
        yield futures
        return
    holder.admit(count)
    try:
        yield futures
    finally:
        holder.give_back(count - len(futures))
        holder.watch(futures)
