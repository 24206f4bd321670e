"""A job: a batch that the service grades whether or not anybody stays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from evaluator.schema import JobAccepted, JobOver, JobReport, JobStatus, Report, Submission, Suite, Webhook
from trainer_client.chunks import item_of
from trainer_client.errors import BadReply, DeadlineExceeded, UnknownSuite
from trainer_client.replies import lines, parse
from trainer_client.retry import Backoff, Transient, retry
from trainer_client.uploads import SuiteNames, Uploads

if TYPE_CHECKING:
    from trainer_client.exchange import Exchange

_WAIT_S = 20.0
"""One request waits so long: less than a client goes without the beginning of an answer, or a proxy allows."""


class JobSubmission:
    """A job on its way to the service, its suites apart from it."""

    def __init__(self, submissions: Sequence[Submission], webhook: Webhook | None, key: str, names: SuiteNames) -> None:
        items = [item_of(position, submission, 0, names) for position, submission in enumerate(submissions)]
        self._suites: dict[str, Suite] = dict(item.suite for item in items if item.suite is not None)
        webhook_field = b"" if webhook is None else b',"webhook":' + webhook.model_dump_json(exclude_none=True).encode()
        self._body = b'{"submissions":[' + b",".join(item.body for item in items) + b"]" + webhook_field + b"}"
        self._headers = {"Idempotency-Key": f'"{key}"'}

    async def send(self, exchange: Exchange, uploads: Uploads, backoff: Backoff) -> JobAccepted:
        """
        Raises:
            Unreachable, RequestRefused, UnknownSuite, ServiceFault, BadReply
        """
        while True:
            try:
                await uploads.ensure(self._suites)
                answer = await exchange.send("POST", "/v1/jobs", self._body, slow=True, headers=self._headers)
                return parse(JobAccepted, answer.body)
            except Transient as fault:
                await backoff.pause(fault)
            except UnknownSuite as refused:
                if not any(name in refused.detail for name in self._suites):
                    raise
                uploads.forget(self._suites)  # the service has thrown it away since
                await backoff.pause(Transient(str(refused), retry_after_s=0.0))


class AsyncJob:
    """A job at the service. It goes on, connected or not. Where there is none (any more) all methods raise
    ``RequestRefused``; their other errors are those of ``AsyncEvaluatorClient.grade_many``."""

    def __init__(self, job_id: str, exchange: Callable[[], Exchange], patience_s: float) -> None:
        """``exchange`` returns the connections of the running loop."""
        self.id = job_id
        self._path = f"/v1/jobs/{quote(job_id, safe='')}"
        self._exchange, self._patience_s = exchange, patience_s

    async def status(self) -> JobStatus:
        """Ask how the job fares; ``reports`` is null."""
        return await self._status(0.0)

    async def wait(self, timeout_s: float | None = None) -> JobStatus:
        """Wait until the job is over, without ``timeout_s`` for as long as that takes.

        Raises:
            DeadlineExceeded: it was not over in time; it goes on.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while not (job := await self._status(_WAIT_S)).over:
                    pass
                return job
        except TimeoutError:
            raise DeadlineExceeded(f"the job was not over within {timeout_s} s") from None

    async def reports(self) -> AsyncGenerator[Report, None]:
        """Yield each submission's report, once, as they come; ``index`` is its place; across broken connections and
        restarts of the service."""
        backoff, exchange, last = Backoff(self._patience_s), self._exchange(), 0
        while True:
            try:
                async with exchange.stream("GET", f"{self._path}/events?after={last}") as pieces:
                    async for line in lines(pieces):
                        event = _event(line)
                        if isinstance(event, JobOver):
                            return
                        if event.id != last + 1:
                            raise BadReply(f"the job's events must rise: {event.id} came after {last}")
                        last = event.id
                        backoff.reset()
                        yield event.report
                raise Transient("the stream ended before the job was over")
            except Transient as fault:
                await backoff.pause(fault)

    async def cancel(self) -> JobStatus:
        """Cancel the submissions without a report; a job that is over stays as it is."""
        return parse(JobStatus, await self._sent("DELETE", {}))

    async def forget(self) -> None:
        """Remove the job with all its reports."""
        await self._sent("DELETE", {"forget": "true"})

    async def _status(self, wait_s: float) -> JobStatus:
        """Wait for the job's end for at most so many seconds."""
        return parse(JobStatus, await self._sent("GET", {"reports": "false", "wait": f"{wait_s:g}"}))

    async def _sent(self, method: str, query: dict[str, str]) -> bytes:
        exchange, path = self._exchange(), f"{self._path}?{urlencode(query)}"
        answer = await retry(lambda: exchange.send(method, path), Backoff(self._patience_s))
        return answer.body


def _event(line: bytes) -> JobReport | JobOver:
    try:
        kind = json.loads(line).get("event")
    except (ValueError, AttributeError):
        kind = None
    if kind == "report":
        return parse(JobReport, line)
    if kind == "over":
        return parse(JobOver, line)
    raise BadReply(f"this is no event of a job: {line[:200]!r}")
