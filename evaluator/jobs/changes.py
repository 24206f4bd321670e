"""Notification of those that wait for a change of a job."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator


class News:
    """A signal that something about a job may have changed."""

    def __init__(self, changes: Changes, recheck_s: float) -> None:
        self._changes, self._recheck_s = changes, recheck_s
        self.event = asyncio.Event()

    def read(self) -> None:
        """Reset the signal. Call it before you read the job: later changes set it again."""
        if not self._changes.closing:
            self.event.clear()

    async def wait(self, longest_s: float) -> None:
        """Wait until there may be news, for at most ``longest_s`` seconds. Changes by other processes may go unnoticed,
        so it never waits longer than the interval of rechecks."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.event.wait(), min(longest_s, self._recheck_s))


class Changes:
    """The signals of all jobs that somebody waits for. Call all methods from the event loop's thread."""

    def __init__(self, recheck_s: float) -> None:
        self.closing = False
        """True once the service is about to end: nobody is to wait any longer."""
        self._recheck_s = recheck_s
        self._waiting: defaultdict[str, set[News]] = defaultdict(set)

    @contextlib.contextmanager
    def of(self, job_id: str) -> Iterator[News]:
        """Subscribe to a job's changes for the length of a ``with`` block."""
        news = News(self, self._recheck_s)
        self._waiting[job_id].add(news)
        if self.closing:
            news.event.set()
        try:
            yield news
        finally:
            self._waiting[job_id].discard(news)
            if not self._waiting[job_id]:
                del self._waiting[job_id]

    def tell(self, job_id: str) -> None:
        """Wake all that wait for this job."""
        for news in self._waiting.get(job_id, ()):
            news.event.set()

    def close(self) -> None:
        """Wake all that wait for any job, and let nobody wait from now on."""
        self.closing = True
        for waiting in self._waiting.values():
            for news in waiting:
                news.event.set()
