"""Reports on their way from a worker to a client: written by the worker, and not read again on the way."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

from evaluator.schema import Report, Verdict, write_json

_OWN_FIELDS = {"id", "index", "cached", "queued_s"}
"""The fields that change on the way; all others are in ``rest``."""


class WrittenReport(BaseModel):
    """A report: the fields that the service itself reads, and the rest as JSON. To parse and write a report of many
    tests once more would cost the API process more than everything else that it does for a submission."""

    model_config = ConfigDict(frozen=True)

    id: str | None
    verdict: Verdict
    score: float | None
    passed: int
    total: int
    reason: str | None
    cached: bool
    repeatable: bool
    """True if another run would give the same verdict."""
    run_s: float
    cpu_s: float | None
    """CPU seconds of all tests together. None where the report does not list its tests."""
    queued_s: float = 0.0
    rest: str
    """The other fields and the closing brace of the JSON object."""

    @classmethod
    def of(cls, report: Report) -> Self:
        """Write a report."""
        return cls(
            id=report.id,
            verdict=report.verdict,
            score=report.score,
            passed=report.passed,
            total=report.total,
            reason=report.reason,
            cached=report.cached,
            repeatable=report.repeatable,
            run_s=report.run_s,
            cpu_s=sum(test.cpu_s or 0.0 for test in report.tests) if report.tests else None,
            queued_s=report.queued_s,
            rest=report.model_dump_json(exclude=_OWN_FIELDS)[1:],
        )

    def to_json(self, index: int | None = None) -> bytes:
        """Return the report for its client. ``index`` is its place in the batch."""
        fields = {"id": self.id, "index": index, "cached": self.cached, "queued_s": self.queued_s}
        return b"%b,%b" % (write_json(fields)[:-1], self.rest.encode())
