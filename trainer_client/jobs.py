"""A job: a batch that the service grades whether or not anybody stays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
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


class JobCalls:
    """Requests about one job, over one event loop's connections."""

    def __init__(self, job_id: str, exchange: Exchange, patience_s: float) -> None:
        self._path = f"/v1/jobs/{quote(job_id, safe='')}"
        self._exchange, self._patience_s = exchange, patience_s

    async def status(self, wait_s: float = 0.0) -> JobStatus:
        """Ask how the job fares; wait for its end for at most so many seconds."""
        return await self._ask("GET", {"reports": "false", "wait": f"{wait_s:g}"})

    async def wait(self, timeout_s: float | None) -> JobStatus:
        """Wait until the job is over.

        Raises:
            DeadlineExceeded
        """
        try:
            async with asyncio.timeout(timeout_s):
                while not (job := await self.status(_WAIT_S)).over:
                    pass
                return job
        except TimeoutError:
            raise DeadlineExceeded(f"the job was not over within {timeout_s} s") from None

    async def cancel(self) -> JobStatus:
        """Cancel what has no report yet."""
        return await self._ask("DELETE", {})

    async def forget(self) -> None:
        """Remove it with all its reports."""
        await self._sent("DELETE", {"forget": "true"})

    async def reports(self, after: int) -> AsyncGenerator[tuple[int, Report], None]:
        """Each report with its number, once, as they come; a stream that breaks is taken up after the last one."""
        backoff = Backoff(self._patience_s)
        while True:
            try:
                async with self._exchange.follow(f"{self._path}/events?after={after}") as pieces:
                    async for line in lines(pieces):
                        event = _event(line)
                        if isinstance(event, JobOver):
                            return
                        if event.id != after + 1:
                            raise BadReply(f"the job's events must rise: {event.id} came after {after}")
                        after = event.id
                        backoff.reset()
                        yield after, event.report
                raise Transient("the stream ended before the job was over")
            except Transient as fault:
                await backoff.pause(fault)

    async def _ask(self, method: str, query: dict[str, str]) -> JobStatus:
        return parse(JobStatus, await self._sent(method, query))

    async def _sent(self, method: str, query: dict[str, str]) -> bytes:
        path = f"{self._path}?{urlencode(query)}"
        answer = await retry(lambda: self._exchange.send(method, path), Backoff(self._patience_s))
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
