"""What the API asks of a queue."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from evaluator.languages import Languages
from evaluator.schema import Readiness, Report, RunReport, RunRequest, Submission, Suite, SuiteCheck
from evaluator.suites import SuiteStore


class WorkerRefused(Exception):
    """A worker cannot work on this host; the message is what it said."""


class Queue(Protocol):
    """Takes submissions in, hands reports out. Bounded: what does not fit is refused at once."""

    @property
    def suites(self) -> SuiteStore:
        """Where the workers find a suite by its name."""

    @property
    def languages(self) -> Languages:
        """What the workers judge.

        Raises:
            NotReady: no worker has said so yet.
        """

    async def start(self) -> None:
        """Return once programs can be judged.

        Raises:
            WorkerRefused: a worker cannot work on this host; the message says why.
        """

    async def close(self) -> None:
        """Let running submissions finish, for as long as the settings say; leave no process behind."""

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[Report]]:
        """Take all of them in, or none. Cancel a future to drop a submission that still waits.

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
        """Return once ``count`` tasks may fit. That they do is known by trying: others may have been faster."""

    def readiness(self) -> Readiness:
        """How many workers are up, and how long the queue is."""
