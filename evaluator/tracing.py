"""OpenTelemetry traces: a span for each request and, within it, one for each program. Imported only if
``MICROCODER_TRACES`` is set.

The standard's own variables say where traces go, how many, and under which name (``OTEL_EXPORTER_OTLP_ENDPOINT``,
``OTEL_TRACES_SAMPLER``, ``OTEL_SERVICE_NAME``, …: https://opentelemetry.io/docs/specs/otel/configuration/). The API
process sends the spans of its workers' work as well: it knows their times to the millisecond, on this host's clock.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import FastAPI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, Status, StatusCode, Tracer

from evaluator.engine import VERSION
from evaluator.log import request_id
from evaluator.queueing.base import Queue, QueueWrapper
from evaluator.schema import RunReport, RunRequest, Submission, Verdict
from evaluator.written_report import WrittenReport

_UNTRACED = "healthz,readyz,metrics"
"""Routes without spans: monitoring requests them every few seconds."""
_NANOSECONDS = 1_000_000_000


class Traces:
    """The spans of one process, sent in the background until ``close``."""

    def __init__(self) -> None:
        name = {} if os.environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "microcoder-evaluator"}
        self._provider = TracerProvider(resource=Resource.create({SERVICE_VERSION: VERSION, **name}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))

    def of_requests(self, app: FastAPI) -> None:
        """Make a span for each request, below the caller's if it sent ``traceparent`` (W3C Trace Context)."""
        FastAPIInstrumentor.instrument_app(
            app,
            tracer_provider=self._provider,
            excluded_urls=_UNTRACED,
            exclude_spans=["receive", "send"],
            server_request_hook=_name_request,
        )

    def of_programs(self, queue: Queue) -> Queue:
        """Wrap a queue so that each program it takes in has a span."""
        return _TracedQueue(queue, self._provider.get_tracer("evaluator", VERSION))

    def close(self) -> None:
        """Send the remaining spans."""
        self._provider.shutdown()


class _TracedQueue(QueueWrapper):
    def __init__(self, inside: Queue, tracer: Tracer) -> None:
        super().__init__(inside)
        self._tracer = tracer

    def grade(self, submissions: Sequence[Submission]) -> list[asyncio.Future[WrittenReport]]:
        """Grade as the queue inside does, with a span for each submission."""
        futures = super().grade(submissions)
        for submission, future in zip(submissions, futures, strict=True):
            span = self._begin("grade", submission.language)
            span.set_attribute("microcoder.suite_id", submission.suite_id or "")
            future.add_done_callback(partial(_graded, span, time.time_ns()))
        return futures

    def run(self, request: RunRequest) -> asyncio.Future[RunReport]:
        """Run as the queue inside does, with a span."""
        future = super().run(request)
        future.add_done_callback(partial(_end, self._begin("run", request.language)))
        return future

    def _begin(self, name: str, language: str) -> Span:
        # A child of the request's span. No request waits for a job's programs: each of them begins a trace of its own.
        attributes = {"microcoder.language": language, "microcoder.request_id": request_id.get() or ""}
        return self._tracer.start_span(name, attributes=attributes)


def _graded(span: Span, taken_ns: int, future: asyncio.Future[WrittenReport]) -> None:
    if not future.cancelled() and future.exception() is None:
        report = future.result()
        # Not after the end, should the host's clock have been set back meanwhile.
        span.add_event("began", timestamp=min(taken_ns + int(report.queued_s * _NANOSECONDS), time.time_ns()))
        span.set_attributes(
            {
                "microcoder.verdict": report.verdict.value,
                "microcoder.passed": report.passed,
                "microcoder.total": report.total,
                "microcoder.cached": report.cached,
                "microcoder.queued_s": report.queued_s,
                "microcoder.run_s": report.run_s,
                "microcoder.cpu_s": report.cpu_s,
            }
        )
        if report.verdict is Verdict.JUDGE_ERROR:
            span.set_status(Status(StatusCode.ERROR, report.reason))
    _end(span, future)


def _end(span: Span, future: asyncio.Future[Any]) -> None:
    if future.cancelled():
        span.set_attribute("microcoder.cancelled", True)
    elif (error := future.exception()) is not None:
        span.set_status(Status(StatusCode.ERROR, str(error)))
    span.end()


def _name_request(span: Span, scope: dict[str, Any]) -> None:
    """Add the request's id to its span, as logs, the answer's header and every problem have it."""
    if span.is_recording():
        span.set_attribute("microcoder.request_id", request_id.get() or "")
