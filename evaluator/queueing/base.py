"""The protocol of queues, as the API uses them, with a wrapper to derive from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from evaluator.languages import Languages
from evaluator.schema import Readiness, RunReport, RunRequest, Submission, Suite, SuiteCheck
from evaluator.schema.console import WorkerInfo
from evaluator.suites import SuiteStore
from evaluator.written_report import WrittenReport


class WorkerRefused(Exception):
    """A worker cannot work on this host; the message is the worker's reason."""


class RedisRefused(Exception):
    """The answer at a URL is not a Redis's, or that of one which does not let us in: waiting does not help. The message
    says what to do."""


class Queue(Protocol):
    """Takes submissions in, hands reports out. Bounded: a request that does not fit is refused at once."""

    @property
    def suites(self) -> SuiteStore:
        """The store in which the workers find a suite by its name."""

    @property
    def languages(self) -> Languages:
        """The languages that the workers judge.

        Raises:
            NotReady: no worker has reported its languages yet.
        """

    async def start(self) -> None:
        """Return once programs can be judged.

        Raises:
            WorkerRefused: a worker cannot work on this host; the message says why.
        """

    async def close(self) -> None:
        """Let running submissions finish, for as long as the settings say; leave no process behind."""

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
        """Take all submissions in, or none. Cancel a future to drop its submission.

        Raises:
            QueueFull, BatchTooLarge: they do not fit.
        """

    def run(self, request: RunRequest) -> asyncio.Future[RunReport]:
        """Take in one program to run.

        Raises:
            QueueFull: it does not fit.
        """

    def check(self, suite: Suite) -> asyncio.Future[SuiteCheck]:
        """Take in one suite to check.

        Raises:
            QueueFull: it does not fit.
        """

    async def room(self, count: int) -> None:
        """Wait until ``count`` tasks may fit. Another request may still be faster: be ready for ``QueueFull``."""

    def readiness(self) -> Readiness:
        """Return the number of workers that are up, and the length of the queue."""

    def warnings(self) -> tuple[str, ...]:
        """Return what keeps the workers from being reached, as sentences for whoever runs the service."""

    async def workers(self) -> tuple[WorkerInfo, ...]:
        """Return the workers that are up, and what each of them does."""

    async def refresh(self) -> None:
        """Look at once which languages and packages there are. Return once all workers know them, which may take as
        long as the tasks that they have in hand.

        Raises:
            NotReady: the workers cannot be asked.
            JudgeFault: the look failed, and the next one tries again.
        """


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

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
        return self._inside.grade(submissions)

    def run(self, request: RunRequest) -> asyncio.Future[RunReport]:
        return self._inside.run(request)

    def check(self, suite: Suite) -> asyncio.Future[SuiteCheck]:
        return self._inside.check(suite)

    async def room(self, count: int) -> None:
        await self._inside.room(count)

    def readiness(self) -> Readiness:
        return self._inside.readiness()

    def warnings(self) -> tuple[str, ...]:
        return self._inside.warnings()

    async def workers(self) -> tuple[WorkerInfo, ...]:
        return await self._inside.workers()

    async def refresh(self) -> None:
        await self._inside.refresh()
