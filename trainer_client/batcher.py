"""Submissions that come one by one: those that come together travel in one request."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from evaluator.schema import Report, Submission
from trainer_client.errors import DeadlineExceeded, EvaluatorError, RequestRefused

_REFUSED_WHOEVER_ASKS = (401, 403)
"""Statuses that speak of the key and not of a submission: smaller requests would be refused as well."""
_GATHER_S = 0.002
"""Time for which a submission waits for others, so that a burst of them is not a request each."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A submission and the future of its report."""

    submission: Submission
    report: asyncio.Future[Report]


class SubmissionBatcher:
    """Sends submissions as they come, in one event loop.

    A request lasts as long as its slowest program. So a new one begins for what comes meanwhile, up to
    ``max_requests`` at once: as many programs, at least, are then at the service, and the others wait here.
    """

    def __init__(
        self,
        stream: Callable[[Sequence[Submission]], AsyncGenerator[Report, None]],
        *,
        max_requests: int,
        max_submissions: int,
    ) -> None:
        """``stream`` sends submissions and yields their reports, with ``index`` the place; ``max_submissions`` are
        those of one request."""
        self._stream = stream
        self._max_requests, self._max_submissions = max_requests, max_submissions
        self._waiting: deque[_Waiting] = deque()
        self._requests: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def submit(self, submission: Submission, timeout_s: float | None) -> asyncio.Future[Report]:
        """Send a submission, and return the future of its report. Its errors are those of ``stream``, and
        ``DeadlineExceeded`` after ``timeout_s``. Cancelling it withdraws the submission, unless others travel with it.
        """
        loop = asyncio.get_running_loop()
        report: asyncio.Future[Report] = loop.create_future()
        if timeout_s is not None:
            timer = loop.call_later(timeout_s, _expire, report, timeout_s)
            report.add_done_callback(lambda _: timer.cancel())
        self._waiting.append(_Waiting(submission, report))
        if self._timer is None:
            self._timer = loop.call_later(_GATHER_S, self._send_gathered)
        return report

    def close(self) -> None:
        """Withdraw everything: futures without a report are cancelled."""
        waiting, self._waiting = self._waiting, deque()
        for each in waiting:
            each.report.cancel()
        for request in self._requests:
            request.cancel()

    def _send_gathered(self) -> None:
        self._timer = None
        self._send()

    def _send(self) -> None:
        """Start requests for what waits, as far as there is room for them."""
        while self._waiting and len(self._requests) < self._max_requests:
            batch: list[_Waiting] = []
            while self._waiting and len(batch) < self._max_submissions:
                if not (each := self._waiting.popleft()).report.done():
                    batch.append(each)
            if batch:
                self._start(batch)

    def _start(self, batch: list[_Waiting]) -> None:
        request = asyncio.get_running_loop().create_task(self._grade(batch))
        self._requests.add(request)

        def end(_: object) -> None:
            self._requests.discard(request)
            error = None if request.cancelled() else request.exception()
            for each in batch:
                if error is not None:
                    _settle(each, error)
                each.report.cancel()  # those without a report: the client was closed
            self._send()

        def abandon(_: object) -> None:
            if all(each.report.done() for each in batch):
                request.cancel()

        request.add_done_callback(end)
        for each in batch:
            each.report.add_done_callback(abandon)

    async def _grade(self, batch: list[_Waiting]) -> None:
        """Send a request and hand its reports out. One that is refused goes again in halves: one submission that the
        service does not take costs no other its report."""
        open_ = [each for each in batch if not each.report.done()]
        try:
            async with aclosing(self._stream([each.submission for each in open_])) as reports:
                async for report in reports:
                    assert report.index is not None
                    _settle(open_[report.index], report.model_copy(update={"index": None}))
        except RequestRefused as refused:
            rest = [each for each in open_ if not each.report.done()]
            if len(open_) == 1 or refused.status in _REFUSED_WHOEVER_ASKS:
                for each in rest:
                    _settle(each, refused)
            else:
                middle = (len(rest) + 1) // 2
                await asyncio.gather(self._grade(rest[:middle]), self._grade(rest[middle:]))
        except EvaluatorError as error:
            for each in open_:
                _settle(each, error)


def _settle(waiting: _Waiting, outcome: Report | BaseException) -> None:
    """Hand out a report or an error, unless nobody waits for it any more."""
    if waiting.report.done():
        return
    if isinstance(outcome, BaseException):
        waiting.report.set_exception(outcome)
    else:
        waiting.report.set_result(outcome)


def _expire(report: asyncio.Future[Report], timeout_s: float) -> None:
    if not report.done():
        report.set_exception(DeadlineExceeded(f"no report came within {timeout_s} s"))
