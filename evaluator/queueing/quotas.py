"""Quotas of each key: submissions per second, submissions at once."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from evaluator.cancellation import wait_for_event
from evaluator.counts import CountRow, Counts, Kind
from evaluator.errors import BatchTooLarge, QuotaReached
from evaluator.keys import Key
from evaluator.queueing.base import QueueWrapper
from evaluator.schema import RunReport, RunRequest, Submission, Suite, SuiteCheck
from evaluator.written_report import WrittenReport

_SOON_S = 1
"""Seconds for ``Retry-After`` where the real time depends on how long programs run."""
RECHECK_S = 0.1
"""Seconds between two looks for room: other processes make room without notice."""
_REASONS = {"rate": Kind.REFUSED_RATE, "concurrency": Kind.REFUSED_CONCURRENCY, "requests": Kind.REFUSED_REQUESTS}


class Account:
    """The use of one key. Call all methods from the event loop's thread.

    The rate is a token bucket that holds one second's tokens. A larger batch is admitted when the bucket is full, and
    the balance goes below zero: so batches of any size pass, and the average rate holds.
    """

    def __init__(
        self, name: str, key: Key, row: CountRow | None = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        """``row`` has the key's counts; by default its own, which no other process shares."""
        self.name = name
        self.key = key
        self._row = row or Counts().row(name)
        self._now = now
        self._one_left = asyncio.Event()

    @property
    def refused(self) -> dict[str, int]:
        """The number of requests that were refused, by reason."""
        return {reason: self._row.total(kind) for reason, kind in _REASONS.items()}

    def limit(self, key: Key) -> None:
        """Replace the key's limits. A balance below zero stays."""
        with self._row.lock():
            tokens = self._tokens()
            self.key = key
            self._row.set_tokens(min(tokens, self._most()), self._now())

    @contextmanager
    def request(self, most: int) -> Iterator[None]:
        """Count a request of any kind for as long as it is under way.

        Raises:
            QuotaReached: ``most`` requests of this key are under way.
        """
        with self._row.lock():
            if self._row.total(Kind.REQUESTS) >= most:
                self._row.add(Kind.REFUSED_REQUESTS, 1)
                raise QuotaReached(f"this key has {most} requests under way", _SOON_S)
            self._row.add(Kind.REQUESTS, 1)
        try:
            yield
        finally:
            self._row.add(Kind.REQUESTS, -1)

    def admit(self, count: int) -> None:
        """Count submissions that the queue is about to take in. ``leave`` counts each when it has its answer.

        Raises:
            QuotaReached: they do not fit now; try again later.
            BatchTooLarge: they are more than this key may ever have at once.
        """
        if (most := self.key.concurrent) is not None and count > most:
            raise BatchTooLarge(f"{count} submissions at once; this key may have {most}: send smaller batches")
        with self._row.lock():
            if most is not None and (running := self._row.total(Kind.RUNNING)) + count > most:
                self._row.add(Kind.REFUSED_CONCURRENCY, 1)
                raise QuotaReached(f"this key has {running} of {most} submissions waiting or running", _SOON_S)
            self._charge(count)
            self._row.add(Kind.RUNNING, count)

    def charge(self, count: int) -> None:
        """Count submissions for the rate alone, as for a job, whose submissions are stored and run later.

        Raises:
            QuotaReached: they do not fit now; try again later.
        """
        with self._row.lock():
            self._charge(count)

    def _charge(self, count: int) -> None:
        if self.key.rate is None:
            return
        tokens = self._tokens()
        if (wait_s := self._wait_s(count, tokens)) > 0:
            self._row.add(Kind.REFUSED_RATE, 1)
            raise QuotaReached(f"this key may send {self.key.rate:g} submissions each second", math.ceil(wait_s))
        self._row.set_tokens(tokens - count, self._now())

    def leave(self, _: object = None) -> None:
        """Count a submission no longer as running."""
        self._row.add(Kind.RUNNING, -1)
        self._one_left.set()

    def give_back(self, count: int) -> None:
        """Return the tokens of submissions that were charged and that the queue did not take in."""
        if self.key.rate is not None and count:
            with self._row.lock():
                self._row.set_tokens(min(self._tokens() + count, self._most()), self._now())

    async def room(self, count: int) -> None:
        """Wait until ``count`` submissions may be admitted."""
        while self._running_with(count) > max(count, self.key.concurrent or math.inf):
            self._one_left.clear()
            await wait_for_event(self._one_left, RECHECK_S)
        if (wait_s := self._wait_s(count, self._tokens())) > 0:
            await asyncio.sleep(wait_s)

    def _running_with(self, count: int) -> int:
        return self._row.total(Kind.RUNNING) + count

    def _most(self) -> float:
        return max(1.0, self.key.rate or 0.0)

    def _tokens(self) -> float:
        """Return the tokens that the bucket holds now."""
        if not self._row.tokens_at:
            return self._most()
        return min(self._most(), self._row.tokens + (self._now() - self._row.tokens_at) * (self.key.rate or 0.0))

    def _wait_s(self, count: int, tokens: float) -> float:
        """Return the seconds until a bucket with these tokens holds ``count`` of them, or is full."""
        missing = min(count, self._most()) - tokens
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
        for _ in range(count - len(futures)):
            holder.leave()
        for future in futures:
            future.add_done_callback(holder.leave)
