"""Readiness: a probe program is judged as everybody's are."""

from __future__ import annotations

import asyncio
import logging
import random
import time

from evaluator.errors import ApiError, NotReady, QueueFull
from evaluator.log import request_id
from evaluator.queueing.base import Queue
from evaluator.schema import Limits, Submission, Suite, TestCase

_log = logging.getLogger(__name__)
_FRESH_S = 5.0
"""An answer holds for so long: asking often makes no work."""
_PATIENCE_S = 5.0
_CODE = "print(sum(map(int, input().split())))"


class ReadinessProbe:
    """Judges a program when it is asked, at most every few seconds; who asks meanwhile hears the same."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._trying: asyncio.Task[str | None] | None = None
        self._tried_at = 0.0

    async def check(self) -> None:
        """
        Raises:
            NotReady: the program was not judged, or not as it should.
        """
        if self._trying is None or (self._trying.done() and time.monotonic() - self._tried_at > _FRESH_S):
            self._trying = asyncio.create_task(self._fault())
        if (fault := await asyncio.shield(self._trying)) is not None:
            raise NotReady(fault)

    async def _fault(self) -> str | None:
        """Return what is wrong. A queue that has much to do is not: it answers when it is the probe's turn."""
        request_id.set(None)  # of this task alone: whoever asked first did not send this program
        try:
            [judged] = self._queue.grade([_submission()])
            try:
                await asyncio.wait([judged], timeout=_PATIENCE_S)
                if not judged.done():
                    return None if self._busy() else f"a probe program was not judged in {_PATIENCE_S:g} s"
                report = judged.result()
            finally:
                judged.cancel()
        except QueueFull:
            return None
        except ApiError as error:
            _log.error("a probe program was not judged", extra={"reason": error.detail})
            return "a probe program was not judged; the log says why"
        else:
            if report.score == 1:
                return None
            # What went wrong names our own files, which are nobody's business but the operator's.
            _log.error("a probe program was misjudged", extra={"verdict": report.verdict, "reason": report.reason})
            return f"a probe program was judged {report.verdict}; the log says why"
        finally:
            self._tried_at = time.monotonic()

    def _busy(self) -> bool:
        """Tell if every worker may well have something else to do than the probe."""
        now = self._queue.readiness()
        return now.queued - 1 >= now.workers_ready > 0


def _submission() -> Submission:
    """One that no cache knows, and that needs a whole answer."""
    a, b = random.randrange(1 << 30), random.randrange(1 << 30)
    tests = (TestCase(input=f"{a} {b}\n", output=f"{a + b}\n"),)
    suite = Suite(mode="stdio", tests=tests, limits=Limits(cpu_s=2, memory_mb=256), isolation="per_test")
    return Submission(code=_CODE, suite=suite, detail="summary")
