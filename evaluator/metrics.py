"""The metrics for Prometheus, by all their names. docs/operations.md explains them; docker/prometheus has the
alerts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from evaluator.schema import Readiness, RunReport, Verdict
from evaluator.written_report import WrittenReport

disable_created_metrics()  # type: ignore[no-untyped-call]  # the time at which a series began is of no use here

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
METRICS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which Prometheus's client, as it is imported, chooses files that several processes add up."""
_MISSING_MODULE = re.compile(r"ModuleNotFoundError: No module named '(\w{1,64})")
_WELL_KNOWN = frozenset(
    ["numpy", "scipy", "pandas", "sympy", "networkx", "sortedcontainers", "sklearn", "torch", "matplotlib", "requests"]
)
"""Modules that are counted by name: programs can make up any number of others."""
Refusals = Mapping[tuple[str, str], int]
"""Counts by key and reason."""


class Metrics:
    """The metrics of an API process, and in its answer those of its siblings. Facts about workers, on other machines
    too, come through the queue."""

    def __init__(self, limit: int, readiness: Callable[[], Readiness], refusals: Callable[[], Refusals]) -> None:
        self._registry = CollectorRegistry()
        self._at_scrape = _AtScrape(limit, readiness, refusals)
        self._registry.register(self._at_scrape)
        self._runs = Counter(
            "microcoder_runs", "Reports by verdict and language.", ["verdict", "language"], registry=self._registry
        )
        self._executions = Counter(
            "microcoder_executions",
            "Programs run without judging, by language and the limit that ended them.",
            ["language", "stopped_by"],
            registry=self._registry,
        )
        self._cache_hits = Counter(
            "microcoder_cache_hits", "Reports of a program that had been judged before.", registry=self._registry
        )
        self._judge_errors = Counter(
            "microcoder_judge_errors", "Programs that were not judged, by a fault of ours.", registry=self._registry
        )
        self._missing_modules = Counter(
            "microcoder_missing_modules",
            "Reports of Python programs that failed for want of a module, by the module's name.",
            ["module"],
            registry=self._registry,
        )
        self._queued = Histogram(
            "microcoder_queue_seconds",
            "How long submissions waited for a worker.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._ran = Histogram(
            "microcoder_run_seconds",
            "How long a worker had a submission, by language.",
            ["language"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._requests = Histogram(
            "microcoder_request_seconds",
            "How long requests took, by route, method and status.",
            ["route", "method", "status"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def graded(self, language: str, report: WrittenReport) -> None:
        """Count a report that was delivered."""
        self._runs.labels(report.verdict.value, language).inc()
        if report.verdict is Verdict.JUDGE_ERROR:
            self._judge_errors.inc()
        if language == "python" and report.verdict is Verdict.RUNTIME_ERROR:
            self._count_missing_module(report.rest)
        if report.cached:
            self._cache_hits.inc()
        self._queued.observe(report.queued_s)
        self._ran.labels(language).observe(report.run_s)

    def _count_missing_module(self, rest: str) -> None:
        if (match := _MISSING_MODULE.search(rest)) is not None:
            self._missing_modules.labels(match[1] if match[1] in _WELL_KNOWN else "other").inc()

    def ran(self, language: str, report: RunReport) -> None:
        """Count a run without grading."""
        self._executions.labels(language, report.stopped_by or "none").inc()

    def failed(self) -> None:
        """Count a fault of ours that has no report."""
        self._judge_errors.inc()

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered completely."""
        self._requests.labels(route, method, str(status)).observe(seconds)

    def scrape(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        if METRICS_DIRECTORY not in os.environ:
            return generate_latest(self._registry)
        of_all = CollectorRegistry()
        of_all.register(self._at_scrape)
        MultiProcessCollector(of_all)  # type: ignore[no-untyped-call]
        return generate_latest(of_all)


class _AtScrape(Collector):
    """Metrics that are counted elsewhere, and read when Prometheus asks."""

    def __init__(self, limit: int, readiness: Callable[[], Readiness], refusals: Callable[[], Refusals]) -> None:
        self._limit, self._readiness, self._refusals = limit, readiness, refusals

    def collect(self) -> Iterator[Metric]:
        now = self._readiness()
        gauges: Iterable[tuple[str, str, float]] = (
            ("queue_submissions", "Submissions that wait or run.", now.queued),
            ("queue_limit", "Submissions that may wait or run before more are refused.", self._limit),
            ("queue_oldest_seconds", "How long the submission that has waited longest waits.", now.oldest_s),
            ("workers", "Workers that should be up; with Redis, those that are.", now.workers),
            ("workers_ready", "Workers that are up.", now.workers_ready),
        )
        for name, text, value in gauges:
            yield GaugeMetricFamily(f"microcoder_{name}", text, value)
        yield CounterMetricFamily("microcoder_slots_discarded", "Sandbox slots thrown away.", now.slots_discarded)
        yield CounterMetricFamily("microcoder_workers_lost", "Workers that went away by themselves.", now.workers_lost)
        refused = CounterMetricFamily(
            "microcoder_key_refusals", "Requests refused, by key and reason.", labels=["key", "reason"]
        )
        for labels, count in self._refusals().items():
            refused.add_metric(labels, count)
        yield refused
