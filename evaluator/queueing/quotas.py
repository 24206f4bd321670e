"""Quotas of each key: submissions per second, submissions at once."""

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
from evaluator.queueing.base import QueueWrapper
from evaluator.schema import RunReport, RunRequest, Submission, Suite, SuiteCheck
from evaluator.written_report import WrittenReport

_SOON_S = 1
"""Seconds for ``Retry-After`` where the real time depends on how long programs run."""


class Account:
    """The use of one key. Call all methods from the event loop's thread.

    The rate is a token bucket that holds one second's tokens. A larger batch is admitted when the bucket is full, and
    the balance goes below zero: so batches of any size pass, and the average rate holds.
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
        """Replace the key's limits. A balance below zero stays."""
        self._refill()
        self.key = key
        self._tokens = min(self._tokens, self._most())

    @contextmanager
    def request(self, most: int) -> Iterator[None]:
        """Count a request of any kind for as long as it is under way.

        Raises:
            QuotaReached: ``most`` requests of this key are under way.
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
        """Count submissions that the queue is about to take in.

        Raises:
            QuotaReached: they do not fit now; try again later.
            BatchTooLarge: they are more than this key may ever have at once.
        """
        if (most := self.key.concurrent) is not None:
            if count > most:
                raise BatchTooLarge(f"{count} submissions at once; this key may have {most}: send smaller batches")
            if self._running + count > most:
                self.refused["concurrency"] += 1
                raise QuotaReached(f"this key has {self._running} of {most} submissions waiting or running", _SOON_S)
        self.charge(count)

    def charge(self, count: int) -> None:
        """Count submissions for the rate alone, as for a job, whose submissions are stored and run later.

        Raises:
            QuotaReached: they do not fit now; try again later.
        """
        if (wait_s := self._wait_s(count)) > 0:
            self.refused["rate"] += 1
            raise QuotaReached(f"this key may send {self.key.rate:g} submissions each second", math.ceil(wait_s))
        if self.key.rate is not None:
            self._tokens -= count

    def watch(self, futures: Sequence[asyncio.Future[Any]]) -> None:
        """Count submissions as running until their futures are done."""
        self._running += len(futures)
        for future in futures:
            future.add_done_callback(self._leaves)

    def give_back(self, count: int) -> None:
        """Return the tokens of submissions that were admitted and that the queue did not take in."""
        if self.key.rate is not None:
            self._tokens = min(self._tokens + count, self._most())

    async def room(self, count: int) -> None:
        """Wait until ``count`` submissions may be admitted."""
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
        """Return the seconds until the bucket holds ``count`` tokens, or is full."""
        self._refill()
        missing = min(count, self._most()) - self._tokens
        return 0.0 if self.key.rate is None or missing <= 0 else missing / self.key.rate


account: ContextVar[Account | None] = ContextVar("account", default=None)
"""The account of the request that is being handled; None if the service asks for no keys."""
job_owner: ContextVar[str] = ContextVar("job_owner", default="")
"""The name of the key whose job is being fed to the queue, long after its request."""


def holder() -> str:
    """Return the name of the key that submissions come with; empty if the service asks for no keys."""
    of_request = account.get()
    return job_owner.get() or ("" if of_request is None else of_request.name)


class QuotaQueue(QueueWrapper):
    """Counts submissions to the queue inside against the quota of the request's key: raises ``QuotaReached`` too."""

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
        with _admitted(len(submissions)) as futures:
            futures += super().grade(submissions)
        return futures

    def run(self, request: RunRequest) -> asyncio.Future[RunReport]:
        with _admitted(1) as futures:
            futures.append(future := super().run(request))
        return future

    def check(self, suite: Suite) -> asyncio.Future[SuiteCheck]:
        with _admitted(1) as futures:
            futures.append(future := super().check(suite))
        return future

    async def room(self, count: int) -> None:
        """Wait until ``count`` tasks may fit into the queue and into the key's quota."""
        if (holder := account.get()) is not None:
            await holder.room(count)
        await super().room(count)


@contextmanager
def _admitted(count: int) -> Iterator[list[asyncio.Future[Any]]]:
    """Admit ``count`` submissions against the key's quota. Append their futures to the list; submissions without one
    are given back."""
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
