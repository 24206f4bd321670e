"""Who waits for news of a job is woken when there is some."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator


class News:
    """Set when something about a job may have changed."""

    def __init__(self, changes: Changes, recheck_s: float) -> None:
        self._changes, self._recheck_s = changes, recheck_s
        self.told = asyncio.Event()

    def read(self) -> None:
        """Call before looking at the job: what is told from here on is news."""
        if not self._changes.closing:
            self.told.clear()

    async def wait(self, longest_s: float) -> None:
        """Return when there may be news, or after that time. News from elsewhere may get lost, so it is never long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.told.wait(), min(longest_s, self._recheck_s))


class Changes:
    """All methods are called from the event loop's thread."""

    def __init__(self, recheck_s: float) -> None:
        self.closing = False
        """Nobody is to wait any longer: the service is about to end."""
        self._recheck_s = recheck_s
        self._waiting: defaultdict[str, set[News]] = defaultdict(set)

    @contextlib.contextmanager
    def of(self, job_id: str) -> Iterator[News]:
        """News of a job for as long as a block lasts."""
        news = News(self, self._recheck_s)
        self._waiting[job_id].add(news)
        if self.closing:
            news.told.set()
        try:
            yield news
        finally:
            self._waiting[job_id].discard(news)
            if not self._waiting[job_id]:
                del self._waiting[job_id]

    def tell(self, job_id: str) -> None:
        """Something has changed."""
        for news in self._waiting.get(job_id, ()):
            news.told.set()

    def close(self) -> None:
        """Let everybody go."""
        self.closing = True
        for waiting in self._waiting.values():
            for news in waiting:
                news.told.set()
