"""A wrapper around a queue, to derive from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from evaluator.languages import Languages
from evaluator.queueing.base import Queue
from evaluator.schema import Readiness, Report, RunReport, RunRequest, Submission, Suite, SuiteCheck
from evaluator.suites import SuiteStore


class QueueWrapper:
    """A queue that hands every call to the queue inside. Subclasses override what they add to."""

    def __init__(self, inside: Queue) -> None:
        self._inside = inside

    @property
    def suites(self) -> SuiteStore:
        return self._inside.suites

    @property
    def languages(self) -> Languages:
        return self._inside.languages

    async def start(self) -> None:
        await self._inside.start()

    async def close(self) -> None:
        await self._inside.close()

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[Report]]:
        return self._inside.grade(submissions)

    def run(self, request: RunRequest) -> asyncio.Future[RunReport]:
        return self._inside.run(request)

    def check(self, suite: Suite) -> asyncio.Future[SuiteCheck]:
        return self._inside.check(suite)

    async def room(self, count: int) -> None:
        await self._inside.room(count)

    def readiness(self) -> Readiness:
        return self._inside.readiness()
