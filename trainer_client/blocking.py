"""The client for programs that have no event loop, or one that is not to be touched."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from evaluator.schema import Isolation, LanguageInfo, Readiness, Report, RunReport, RunRequest, Submission
from trainer_client.client import AsyncEvaluatorClient, restored
from trainer_client.settings import ClientSettings

_Answer = TypeVar("_Answer")


class EvaluatorClient:
    """``AsyncEvaluatorClient``, in an event loop and a thread of its own: it works from any thread, inside or outside a
    running event loop (which it blocks, like any call that waits), and after a fork.

    Args:
        url: of the service; by default ``MICROCODER_URL``, else ``http://127.0.0.1:8000``.
        options: the other fields of ``ClientSettings``, such as ``api_key`` and ``timeout_s``.
    """

    def __init__(self, url: str | None = None, **options: Any) -> None:
        self._client = AsyncEvaluatorClient(url, **options)
        self._loops: dict[int, _Loop] = {}

    @property
    def settings(self) -> ClientSettings:
        """What it was made with."""
        return self._client.settings

    def grade(self, submission: Submission) -> Report:
        """As ``AsyncEvaluatorClient.grade``."""
        return self._wait(self._client.grade(submission))

    def grade_many(
        self, submissions: Sequence[Submission], *, on_report: Callable[[Report], object] | None = None
    ) -> list[Report]:
        """As ``AsyncEvaluatorClient.grade_many``; ``on_report`` is called in the client's thread."""
        return self._wait(self._client.grade_many(submissions, on_report=on_report))

    def start(self, submissions: Sequence[Submission]) -> Future[list[Report]]:
        """``grade_many`` without waiting. From a coroutine: ``await asyncio.wrap_future(client.start(...))``, in
        whichever event loop that runs. Cancelling the future withdraws what is not yet graded."""
        return self._loop.submit(self._client.grade_many(submissions))

    def stream(self, submissions: Iterable[Submission]) -> Iterator[Report]:
        """As ``AsyncEvaluatorClient.stream``. The submissions are taken from their source in the client's thread."""
        reports = self._client.stream(submissions)

        async def following() -> Report | None:
            return await anext(reports, None)

        try:
            while (report := self._wait(following())) is not None:
                yield report
        finally:
            self._wait(_closed(reports))

    def run(self, request: RunRequest) -> RunReport:
        """As ``AsyncEvaluatorClient.run``."""
        return self._wait(self._client.run(request))

    def languages(self) -> tuple[LanguageInfo, ...]:
        """As ``AsyncEvaluatorClient.languages``."""
        return self._wait(self._client.languages())

    def isolation(self) -> Isolation:
        """As ``AsyncEvaluatorClient.isolation``."""
        return self._wait(self._client.isolation())

    def ready(self) -> Readiness:
        """As ``AsyncEvaluatorClient.ready``."""
        return self._wait(self._client.ready())

    def close(self) -> None:
        """Close all connections and end the thread. What is used again afterwards starts again."""
        loop = self._loops.pop(os.getpid(), None)
        if loop is not None:
            loop.submit(self._client.aclose()).result()
            loop.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return restored, (type(self), self.settings)

    @property
    def _loop(self) -> _Loop:
        # One for each process, put in place by a single step: a lock could be held by another thread at the moment
        # of a fork, and would stay so in the child.
        loop = self._loops.get(os.getpid())
        if loop is None:
            mine = _Loop()
            loop = self._loops.setdefault(os.getpid(), mine)
            if loop is not mine:
                mine.stop()
        return loop

    def _wait(self, coroutine: Coroutine[Any, Any, _Answer]) -> _Answer:
        future = self._loop.submit(coroutine)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # the caller was interrupted; otherwise it is over anyway
            raise


class _Loop:
    """An event loop that runs in a daemon thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="microcoder-client", daemon=True)
        self._thread.start()

    def submit(self, coroutine: Coroutine[Any, Any, _Answer]) -> Future[_Answer]:
        """Have a coroutine run."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def stop(self) -> None:
        """End the thread once what runs now is done."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _closed(stream: AsyncGenerator[Report, None]) -> None:
    await stream.aclose()
