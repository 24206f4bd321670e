"""Many submissions, one call: chunks go out, reports come in, what got lost goes out again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterable
from typing import TYPE_CHECKING

from evaluator.schema import Report, Submission
from trainer_client.chunks import Chunk, chunked
from trainer_client.errors import DeadlineExceeded, RequestRefused, UnknownSuite
from trainer_client.replies import lines, parse
from trainer_client.retry import Backoff, Transient
from trainer_client.settings import ClientSettings
from trainer_client.uploads import SuiteNames, Uploads

if TYPE_CHECKING:
    from trainer_client.exchange import Exchange

_SUITE_ID = re.compile(r"sha256:[0-9a-f]{64}")


class Call:
    """Submissions on their way through one service."""

    def __init__(
        self,
        submissions: Iterable[Submission],
        settings: ClientSettings,
        exchange: Exchange,
        uploads: Uploads,
        names: SuiteNames,
        *,
        request_id: str,
    ) -> None:
        self._settings, self._exchange, self._uploads = settings, exchange, uploads
        self._request_id, self._requests = request_id, 0
        self._chunks = chunked(
            submissions,
            most=settings.chunk_submissions,
            most_bytes=settings.chunk_bytes,
            retries=settings.judge_error_retries,
            names=names,
        )
        self._arrived: asyncio.Queue[Report | BaseException | None] = asyncio.Queue()

    async def reports(self, timeout_s: float | None) -> AsyncGenerator[Report, None]:
        """Each submission's report, once, as they come, within ``timeout_s`` seconds from now.

        Raises:
            DeadlineExceeded, Unreachable, RequestRefused, ServiceFault, BadReply
        """
        deadline = None if timeout_s is None else asyncio.get_running_loop().time() + timeout_s
        workers = [asyncio.create_task(self._work()) for _ in range(self._settings.concurrent_chunks)]
        running = len(workers)
        try:
            while running:
                # Only around the waiting: what the caller does with a report is its own time, and its own task.
                try:
                    async with asyncio.timeout_at(deadline):
                        arrived = await self._arrived.get()
                except TimeoutError:
                    raise DeadlineExceeded(
                        f"not all reports came within {timeout_s} s; those that did are in `reports`"
                    ) from None
                if isinstance(arrived, BaseException):
                    raise arrived
                if arrived is None:
                    running -= 1
                else:
                    yield arrived
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self) -> None:
        try:
            for chunk in self._chunks:
                await self._grade(chunk)
            self._arrived.put_nowait(None)
        except Exception as error:
            self._arrived.put_nowait(error)

    async def _grade(self, chunk: Chunk) -> None:
        """See a chunk through."""
        backoff = Backoff(self._settings.patience_s)
        while chunk.missing:
            before = len(chunk.missing)
            try:
                await self._uploads.ensure(chunk.suites)
                await self._ask(chunk)
            except Transient as fault:
                if len(chunk.missing) < before:
                    backoff.reset()
                await backoff.pause(fault)
            except RequestRefused as refused:
                if refused.status == 413 and len(chunk.missing) > 1:
                    for half in chunk.halves():
                        await self._grade(half)
                    return
                await backoff.pause(self._retriable(chunk, refused))

    async def _ask(self, chunk: Chunk) -> None:
        """Send one request for what is missing. Reports that come through are kept, whatever happens to the rest."""
        body = chunk.request()
        self._requests += 1
        request_id = f"{self._request_id}-{self._requests}"
        async with self._exchange.stream("POST", "/v1/grade/batch", body, request_id=request_id) as pieces:
            async for line in lines(pieces):
                report = chunk.take(parse(Report, line))
                if report is not None:
                    self._arrived.put_nowait(report)
        if not chunk.answered:
            raise Transient("the service's answer ended early")

    def _retriable(self, chunk: Chunk, refused: RequestRefused) -> Transient:
        """Decide what to make of a refusal: a suite that the service has lost is sent again; the rest is the caller's.

        Raises:
            RequestRefused
        """
        ours = chunk.suites
        lost = set(_SUITE_ID.findall(refused.detail)) or set(ours)
        if isinstance(refused, UnknownSuite) and lost and lost <= ours.keys():
            self._uploads.forget(ours)
            return Transient(str(refused), retry_after_s=0.0)
        detail = chunk.in_terms_of_the_call(refused.detail)
        raise type(refused)({**refused.problem, "detail": detail}, refused.request_id) from None
