"""The client for programs with an event loop."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

from evaluator.schema import (
    Isolation,
    JobStatus,
    LanguageInfo,
    LanguageList,
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
from evaluator.schema.console import Extraction, ExtractionRequest, JobList, LiveView, VerdictList
from trainer_client.batcher import SubmissionBatcher
from trainer_client.call import Call
from trainer_client.errors import DeadlineExceeded, EvaluatorError
from trainer_client.jobs import AsyncJob, JobSubmission
from trainer_client.replies import parse
from trainer_client.retry import Backoff, retry
from trainer_client.settings import ClientSettings
from trainer_client.uploads import SuiteNames, Uploads

if TYPE_CHECKING:
    from trainer_client.exchange import Exchange

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class _Connected:
    """The connections and names that belong to one event loop of one process."""

    exchange: Exchange
    uploads: Uploads
    batcher: SubmissionBatcher


class AsyncEvaluatorClient:
    """A client of the service, with coroutines. Every method may run many times at once, in one event loop at a time. A
    client that is used in another loop, or after a fork, opens connections anew. All calls raise the errors of
    ``grade_many``.

    Args:
        url: of the service; by default ``MICROCODER_URL``, else ``http://127.0.0.1:8000``.
        options: the other fields of ``ClientSettings``, such as ``api_key`` and ``timeout_s``. Calls take a
            ``timeout_s`` of their own, in seconds, which wins over that one.
    """

    def __init__(self, url: str | None = None, **options: Any) -> None:
        self.settings = ClientSettings.make(url, **options)
        self._names = SuiteNames()
        self._owner: tuple[int, asyncio.AbstractEventLoop] | None = None
        self._connected: _Connected | None = None

    async def grade(self, submission: Submission, *, timeout_s: float | None = None) -> Report:
        """Grade one submission."""
        [report] = await self.grade_many([submission], timeout_s=timeout_s)
        return report

    async def grade_many(
        self,
        submissions: Sequence[Submission],
        *,
        on_report: Callable[[Report], object] | None = None,
        timeout_s: float | None = None,
    ) -> list[Report]:
        """Grade many. Reports are in the order of the submissions; ``index`` is the place. ``on_report`` is called with
        each as it comes.

        Raises:
            Unreachable, DeadlineExceeded: their ``reports`` has what came through.
            RequestRefused, UnknownSuite: a submission cannot be graded here; the detail says which.
            ServiceFault, BadReply: the service failed.
        """
        reports: list[Report | None] = [None] * len(submissions)
        try:
            async with aclosing(self.stream(submissions, timeout_s=timeout_s)) as stream:
                async for report in stream:
                    assert report.index is not None
                    reports[report.index] = report
                    if on_report is not None:
                        on_report(report)
        except EvaluatorError as error:
            error.reports = reports
            raise
        return [report for report in reports if report is not None]

    async def stream(
        self, submissions: Iterable[Submission], *, timeout_s: float | None = None
    ) -> AsyncGenerator[Report, None]:
        """Yield reports as they come; ``index`` is the submission's place. Submissions are taken from their source when
        there is room for them on the way. Close it (``contextlib.aclosing``) when you leave early."""
        here = self._here()
        reports = self._reports(submissions, here.exchange, here.uploads, self._timeout(timeout_s))
        async with aclosing(reports) as stream:
            async for report in stream:
                yield report

    def submit(self, submission: Submission, *, timeout_s: float | None = None) -> asyncio.Future[Report]:
        """Start to grade one submission, and return the future of its report, without an ``index``. Call it as each
        sample is finished: then grading goes on while others are still being generated. Submissions that come together
        travel in one request; one that is refused costs no other its report. Cancelling the future withdraws the
        submission if it travels alone."""
        return self._here().batcher.submit(submission, self._timeout(timeout_s))

    async def submit_job(
        self,
        submissions: Sequence[Submission],
        *,
        webhook: Webhook | None = None,
        idempotency_key: str | None = None,
        timeout_s: float | None = None,
    ) -> AsyncJob:
        """Have many graded without waiting for them. The service keeps them, whatever happens here.

        The request is repeated until it is answered, under a key of its own, so that there is one job. Give
        ``idempotency_key`` where even this process may end and ask again: the same key and submissions, the same job.
        """
        here, limit_s = self._here(), self._timeout(timeout_s)
        submission = JobSubmission(submissions, webhook, idempotency_key or uuid.uuid4().hex, self._names)
        try:
            async with asyncio.timeout(limit_s):
                accepted = await submission.send(here.exchange, here.uploads, Backoff(self.settings.patience_s))
        except TimeoutError:
            raise DeadlineExceeded(f"the service did not accept the job within {limit_s} s") from None
        return self.job(accepted.job_id)

    def job(self, job_id: str) -> AsyncJob:
        """Name a job that was submitted before, here or elsewhere. Nothing is sent yet."""
        return AsyncJob(job_id, lambda: self._here().exchange, self.settings.patience_s)

    async def jobs(self, limit: int = 20) -> tuple[JobStatus, ...]:
        """List the newest jobs, without their reports; where keys are asked for, those of this key."""
        return (await self._ask("GET", f"/v1/jobs?limit={limit}", JobList)).jobs

    async def run(self, request: RunRequest, *, timeout_s: float | None = None) -> RunReport:
        """Run a program once, without judging it."""
        return await self._ask(
            "POST", "/v1/run", RunReport, request.model_dump_json().encode(), timeout_s=timeout_s, slow=True
        )

    async def check_suite(self, suite: Suite) -> SuiteCheck:
        """Ask what is known of a suite of mode program before any submission is seen."""
        body = suite.model_dump_json(exclude_defaults=True).encode()
        return await self._ask("POST", "/v1/suites/check", SuiteCheck, body, slow=True)

    async def store_suite(self, suite: Suite) -> str:
        """Have the service store a suite, unless it has it. Return its id, which submissions may name instead."""
        name = self._names.of(suite)
        await self._here().uploads.ensure({name: suite})
        return name

    async def languages(self) -> tuple[LanguageInfo, ...]:
        """List the languages that the service can judge."""
        return (await self._ask("GET", "/v1/languages", LanguageList)).languages

    async def refresh_languages(self) -> tuple[LanguageInfo, ...]:
        """Have the service look at once for languages and packages that were installed or removed, and list them. Where
        keys are asked for, it takes an operator's."""
        return (await self._ask("POST", "/v1/languages/refresh", LanguageList, slow=True)).languages

    async def extract(self, response: str, *, language: str = "python", suite: Suite | None = None) -> Extraction:
        """Ask what is taken of a model's answer as its program, and why the rest is not."""
        request = ExtractionRequest(response=response, language=language, suite=suite)
        body = request.model_dump_json(exclude_defaults=True).encode()
        return await self._ask("POST", "/v1/extract", Extraction, body)

    async def live(self) -> LiveView:
        """Ask how the service fares: workers, the last 15 minutes, judge errors, jobs, and what the host lacks."""
        return await self._ask("GET", "/v1/live", LiveView)

    async def verdicts(self, name: str = "", verdict: Verdict | None = None, limit: int = 20) -> VerdictList:
        """List the reports that the service keeps with their programs, by ids that hold ``name``.

        Raises:
            RequestRefused: it keeps none (``MICROCODER_EXPLORER_REPORTS``).
        """
        query = {"name": name, "limit": limit} | ({} if verdict is None else {"verdict": verdict.value})
        return await self._ask("GET", f"/v1/verdicts?{urlencode(query)}", VerdictList)

    async def isolation(self) -> Isolation:
        """Ask what the service's host grants."""
        return await self._ask("GET", "/v1/isolation", Isolation)

    async def ready(self, *, timeout_s: float | None = None) -> Readiness:
        """Wait until the service can grade, and return its state.

        Raises:
            Unreachable: it is not ready after ``patience_s``.
        """
        return await self._ask("GET", "/readyz", Readiness, timeout_s=timeout_s)

    async def aclose(self) -> None:
        """Close all connections."""
        connected, self._connected, self._owner = self._connected, None, None
        if connected is not None:
            connected.batcher.close()
            await connected.exchange.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __reduce__(self) -> tuple[Any, ...]:
        return restored, (type(self), self.settings)

    def _timeout(self, timeout_s: float | None) -> float | None:
        return self.settings.timeout_s if timeout_s is None else timeout_s

    async def _ask(
        self,
        method: str,
        path: str,
        model: type[_Model],
        body: bytes | None = None,
        *,
        timeout_s: float | None = None,
        slow: bool = False,
    ) -> _Model:
        exchange, limit_s = self._here().exchange, self._timeout(timeout_s)
        try:
            async with asyncio.timeout(limit_s):
                answer = await retry(
                    lambda: exchange.send(method, path, body, slow=slow), Backoff(self.settings.patience_s)
                )
        except TimeoutError:
            raise DeadlineExceeded(f"the service did not answer within {limit_s} s") from None
        return parse(model, answer.body)

    def _here(self) -> _Connected:
        """Return the running loop's connections. Those of another loop, or of the process that this one was forked
        from, are left alone: they can neither be used nor closed here."""
        owner = os.getpid(), asyncio.get_running_loop()
        if self._connected is None or self._owner != owner:
            # Loading httpx takes as long as all the rest, and longer where rich is installed: not before it is needed.
            from trainer_client.exchange import Exchange

            exchange = Exchange(self.settings)
            uploads = Uploads(exchange, self.settings.patience_s)
            batcher = SubmissionBatcher(
                lambda submissions: self._reports(submissions, exchange, uploads, None),
                max_requests=max(1, self.settings.connections // 2),  # the others are for calls
                max_submissions=self.settings.chunk_submissions,
            )
            self._connected = _Connected(exchange, uploads, batcher)
            self._owner = owner
        return self._connected

    def _reports(
        self, submissions: Iterable[Submission], exchange: Exchange, uploads: Uploads, timeout_s: float | None
    ) -> AsyncGenerator[Report, None]:
        call = Call(submissions, self.settings, exchange, uploads, self._names, request_id=uuid.uuid4().hex)
        return call.reports(timeout_s)


def restored(kind: type[Any], settings: ClientSettings) -> Any:
    """Make a client like the one that was pickled, without its connections."""
    return kind(**{each.name: getattr(settings, each.name) for each in fields(settings)})
