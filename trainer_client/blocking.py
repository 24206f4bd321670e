"""The blocking client, for programs without an event loop of their own."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, Self, TypeVar

from evaluator.schema import (
    Isolation,
    JobStatus,
    LanguageInfo,
    Readiness,
    Report,
    RunReport,
    RunRequest,
    Submission,
    Suite,
    SuiteCheck,
    Verdict,
    Webhook,
)
from evaluator.schema.console import Extraction, LiveView, VerdictList
from trainer_client.client import AsyncEvaluatorClient, restored
from trainer_client.jobs import AsyncJob
from trainer_client.settings import ClientSettings

_Answer = TypeVar("_Answer")


class BackgroundLoop:
    """Runs until it is stopped. The thread is a daemon: it never keeps a process from ending."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="microcoder-client", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """True while the loop takes coroutines."""
        return not self._loop.is_closed()

    def submit(self, coroutine: Coroutine[Any, Any, _Answer]) -> Future[_Answer]:
        """Have a coroutine run."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def stop(self, last: Coroutine[Any, Any, None], *, wait: bool = True) -> None:
        """Cancel what runs, run ``last``, and end the thread."""
        self.submit(self._wind_up(last))
        if wait:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _wind_up(self, last: Coroutine[Any, Any, None]) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        try:
            await last
        finally:
            self._loop.stop()


class EvaluatorClient:
    """A client of the service. It works from any thread, after a fork, and inside a running event loop, which it blocks
    like any call that waits. The work is that of an ``AsyncEvaluatorClient`` in a thread of its own; its methods have
    the details and the errors.

    Args:
        url: of the service; by default ``MICROCODER_URL``, else ``http://127.0.0.1:8000``.
        options: the other fields of ``ClientSettings``, such as ``api_key`` and ``timeout_s``.
    """

    def __init__(self, url: str | None = None, **options: Any) -> None:
        self._client = AsyncEvaluatorClient(url, **options)
        self._loops: dict[int, BackgroundLoop] = {}

    @property
    def settings(self) -> ClientSettings:
        """The client's settings."""
        return self._client.settings

    def grade(self, submission: Submission, *, timeout_s: float | None = None) -> Report:
        """Grade one submission."""
        return self.complete(self._client.grade(submission, timeout_s=timeout_s))

    def grade_many(
        self,
        submissions: Sequence[Submission],
        *,
        on_report: Callable[[Report], object] | None = None,
        timeout_s: float | None = None,
    ) -> list[Report]:
        """Grade many; reports are in the order of the submissions. ``on_report`` is called in the client's thread."""
        return self.complete(self._client.grade_many(submissions, on_report=on_report, timeout_s=timeout_s))

    def start(self, submissions: Sequence[Submission], *, timeout_s: float | None = None) -> Future[list[Report]]:
        """Start ``grade_many`` without waiting for it. A coroutine of any event loop gets the reports by
        ``await asyncio.wrap_future(client.start(...))``. Cancelling the future withdraws what is not yet graded."""
        return self._loop.submit(self._client.grade_many(submissions, timeout_s=timeout_s))

    def submit(self, submission: Submission, *, timeout_s: float | None = None) -> Future[Report]:
        """Start to grade one submission without waiting for it, as each sample is finished."""

        async def submitted() -> Report:
            return await self._client.submit(submission, timeout_s=timeout_s)

        return self._loop.submit(submitted())

    def stream(self, submissions: Iterable[Submission], *, timeout_s: float | None = None) -> Iterator[Report]:
        """Yield reports as they come. The submissions are taken from their source in the client's thread."""
        return self.iterate(self._client.stream(submissions, timeout_s=timeout_s))

    def iterate(self, reports: AsyncGenerator[Report, None]) -> Iterator[Report]:
        """Follow a stream of reports in the client's thread."""
        loop = self._loop

        async def following() -> Report | None:
            return await anext(reports, None)

        async def closing() -> None:
            await reports.aclose()

        try:
            while (report := self.complete(following())) is not None:
                yield report
        finally:
            # Else the client was closed, and the stream with it, or its thread has ended with the interpreter.
            if loop.running and not sys.is_finalizing():
                loop.submit(closing()).result()

    def submit_job(
        self,
        submissions: Sequence[Submission],
        *,
        webhook: Webhook | None = None,
        idempotency_key: str | None = None,
        timeout_s: float | None = None,
    ) -> Job:
        """Have many graded without waiting for them; the service keeps them, whatever happens here."""
        submitted = self._client.submit_job(
            submissions, webhook=webhook, idempotency_key=idempotency_key, timeout_s=timeout_s
        )
        return self.job(self.complete(submitted).id)

    def job(self, job_id: str) -> Job:
        """Name a job that was submitted before, here or elsewhere. Nothing is sent yet."""
        return Job(self, self._client.job(job_id))

    def run(self, request: RunRequest, *, timeout_s: float | None = None) -> RunReport:
        """Run a program once, without judging it."""
        return self.complete(self._client.run(request, timeout_s=timeout_s))

    def check_suite(self, suite: Suite) -> SuiteCheck:
        """Ask what is known of a suite of mode program before any submission is seen."""
        return self.complete(self._client.check_suite(suite))

    def store_suite(self, suite: Suite) -> str:
        """Have the service store a suite, and return its id."""
        return self.complete(self._client.store_suite(suite))

    def languages(self) -> tuple[LanguageInfo, ...]:
        """List the languages that the service can judge."""
        return self.complete(self._client.languages())

    def refresh_languages(self) -> tuple[LanguageInfo, ...]:
        """Have the service look at once for languages and packages that were installed or removed, and list them."""
        return self.complete(self._client.refresh_languages())

    def extract(self, response: str, *, language: str = "python", suite: Suite | None = None) -> Extraction:
        """Ask what is taken of a model's answer as its program, and why the rest is not."""
        return self.complete(self._client.extract(response, language=language, suite=suite))

    def live(self) -> LiveView:
        """Ask how the service fares."""
        return self.complete(self._client.live())

    def verdicts(self, name: str = "", verdict: Verdict | None = None, limit: int = 20) -> VerdictList:
        """List the reports that the service keeps with their programs."""
        return self.complete(self._client.verdicts(name, verdict, limit))

    def jobs(self, limit: int = 20) -> tuple[JobStatus, ...]:
        """List the newest jobs, without their reports."""
        return self.complete(self._client.jobs(limit))

    def isolation(self) -> Isolation:
        """Ask what the service's host grants."""
        return self.complete(self._client.isolation())

    def ready(self, *, timeout_s: float | None = None) -> Readiness:
        """Wait until the service can grade, and return its state."""
        return self.complete(self._client.ready(timeout_s=timeout_s))

    def close(self) -> None:
        """Close all connections and end the thread. A client that is used afterwards starts again."""
        loop = self._loops.pop(os.getpid(), None)
        if loop is not None:
            loop.stop(self._client.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return restored, (type(self), self.settings)

    @property
    def _loop(self) -> BackgroundLoop:
        # One for each process, put in place by a single step: a lock could be held by another thread at the moment
        # of a fork, and would stay so in the child.
        process = os.getpid()
        loop = self._loops.get(process)
        if loop is None:
            mine = BackgroundLoop()
            loop = self._loops.setdefault(process, mine)
            if loop is not mine:
                mine.stop(_nothing())
            else:
                weakref.finalize(self, _end, self._client, loop, process).atexit = False
        return loop

    def complete(self, coroutine: Coroutine[Any, Any, _Answer]) -> _Answer:
        """Run a coroutine in the client's thread, and return its result."""
        future = self._loop.submit(coroutine)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # the caller was interrupted; otherwise it is over anyway
            raise


class Job:
    """``AsyncJob``, for programs that have no event loop."""

    def __init__(self, client: EvaluatorClient, job: AsyncJob) -> None:
        self._client, self._job = client, job

    @property
    def id(self) -> str:
        """The job's name at the service."""
        return self._job.id

    def status(self) -> JobStatus:
        """Ask how the job fares; ``reports`` is null."""
        return self._client.complete(self._job.status())

    def wait(self, timeout_s: float | None = None) -> JobStatus:
        """Wait until the job is over."""
        return self._client.complete(self._job.wait(timeout_s))

    def reports(self) -> Iterator[Report]:
        """Yield each submission's report, once, as they come."""
        return self._client.iterate(self._job.reports())

    def cancel(self) -> JobStatus:
        """Cancel the submissions without a report."""
        return self._client.complete(self._job.cancel())

    def forget(self) -> None:
        """Remove the job with all its reports."""
        self._client.complete(self._job.forget())


def _end(client: AsyncEvaluatorClient, loop: BackgroundLoop, process: int) -> None:
    """Clean up after a client that nobody closed. In a child of a fork the loop is its parent's affair."""
    if os.getpid() == process and loop.running and not sys.is_finalizing():
        loop.stop(client.aclose(), wait=False)


async def _nothing() -> None:
    """The last that a loop does that was not needed."""
