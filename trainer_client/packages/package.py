"""A problem package as a suite, and its submissions with what its author expects of each."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from evaluator.schema import Report, Suite, Verdict
from trainer_client.packages.files import PackageFault
from trainer_client.packages.generator import GeneratedTest, Run

_ACCEPTED = frozenset({Verdict.ACCEPTED})
_WRONG = frozenset({Verdict.WRONG_ANSWER})
_SLOW = frozenset({Verdict.TIME_LIMIT_EXCEEDED})
_CRASH = frozenset({Verdict.RUNTIME_ERROR, Verdict.MEMORY_LIMIT_EXCEEDED, Verdict.OUTPUT_LIMIT_EXCEEDED})
KINDS: Mapping[str, frozenset[Verdict]] = {
    "AC": _ACCEPTED,
    "WA": _WRONG,
    "TLE": _SLOW,
    "RTE": _CRASH,
    "MLE": frozenset({Verdict.MEMORY_LIMIT_EXCEEDED}),
    "OLE": frozenset({Verdict.OUTPUT_LIMIT_EXCEEDED}),
    "CE": frozenset({Verdict.COMPILE_ERROR}),
    "IE": frozenset({Verdict.JUDGE_ERROR}),
}
"""Verdicts by the abbreviations of the packages' formats. A crash includes what needs too much memory or writes too
much: the formats have no words of their own for it."""
FAILURES = ("WA", "TLE", "RTE")
_TOLERANCE = 1e-6


def verdicts(*kinds: str) -> frozenset[Verdict]:
    """Return the verdicts that abbreviations stand for."""
    return frozenset().union(*(KINDS[kind] for kind in kinds))


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand of a package's author: of the tests that ``covers`` (all by default) each verdict is in ``permitted``
    and one is in ``required``; ``overall`` holds for the submission's verdict, ``score`` for its points."""

    label: str
    permitted: frozenset[Verdict] | None = None
    required: frozenset[Verdict] | None = None
    overall: frozenset[Verdict] | None = None
    score: tuple[float, float] | None = None
    partial: bool = False
    """The score is more than nothing and less than all."""
    covers: Callable[[str], bool] | None = None

    def objection(self, report: Report, points: float) -> str:
        """Return how a report differs from it, "" if it does not. ``points`` are those of the whole suite."""
        seen = self._seen(report)
        if not seen and self.covers is not None:
            return "no test of the report is among those that it covers"
        if self.permitted is not None and (strange := sorted(seen - self.permitted)):
            return f"{strange[0]}, where only {_named(self.permitted)} may be"
        if self.required is not None and seen.isdisjoint(self.required):
            return f"no test is {_named(self.required)}"
        if self.overall is not None and report.verdict not in self.overall:
            return f"{report.verdict}, not {_named(self.overall)}"
        return self._score_objection(report, points)

    def _seen(self, report: Report) -> frozenset[Verdict]:
        """Return the verdicts of the tests that it covers. The formats call a test accepted that is worth something."""
        if not report.tests:
            return frozenset({report.verdict})
        covers = self.covers
        tests = [test for test in report.tests if covers is None or covers(test.name or "")]
        return frozenset(Verdict.ACCEPTED if test.points else test.verdict for test in tests)

    def _score_objection(self, report: Report, points: float) -> str:
        score = (report.score or 0.0) * points
        if self.partial and not 0 < score < points:
            return f"{score:g} of {points:g} points, which is not a part of them"
        if self.score is not None and not self.score[0] - _TOLERANCE <= score <= self.score[1] + _TOLERANCE:
            return f"{score:g} points, not {self.score[0]:g} to {self.score[1]:g}"
        return ""


def by_label(*demands: Demand) -> dict[str, Demand]:
    """Return demands by their labels."""
    return {each.label: each for each in demands}


def _named(group: frozenset[Verdict]) -> str:
    return " or ".join(sorted(group))


@dataclass(frozen=True, slots=True)
class PackageSubmission:
    """A program of the package's author. ``obstacle`` says why it cannot be graded, "" if it can."""

    name: str
    language: str = ""
    code: str = ""
    demands: tuple[Demand, ...] = ()
    obstacle: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    """Limits that the package states for this one alone."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Sources by their paths where there are several, instead of ``code``."""

    @property
    def label(self) -> str:
        """The words of its author: what it is expected to get."""
        return ", ".join(dict.fromkeys(each.label for each in self.demands)) or "nothing"

    @property
    def program(self) -> Mapping[str, Any]:
        """The fields of a submission that say what is graded."""
        return {"language": self.language, **({"files": self.files} if self.files else {"code": self.code})}

    @property
    def is_right(self) -> bool:
        """True if all of its tests are to be accepted."""
        return any(each.permitted == _ACCEPTED and each.covers is None for each in self.demands)

    def awaits(self, verdict: Verdict) -> bool:
        """Tell whether a verdict on the whole is one that its author names."""
        return any(each.overall is not None and verdict in each.overall for each in self.demands)

    def objection(self, report: Report, points: float) -> str:
        """Return how a report differs from what is expected, "" if it does not."""
        objections = (each.objection(report, points) for each in self.demands)
        return next((each for each in objections if each), "")


@dataclass(frozen=True, slots=True)
class TimeRule:
    """The time limit of a package that states none: so many times as much as the slowest right submission needs,
    rounded up to a multiple of ``resolution_s``, and at least that."""

    factor: float
    resolution_s: float = 1.0

    def limit_s(self, slowest_s: float) -> float:
        """Return the limit, in CPU seconds."""
        return max(1, math.ceil(self.factor * slowest_s / self.resolution_s - _TOLERANCE)) * self.resolution_s


@dataclass(frozen=True, slots=True)
class Package:
    """A problem package that a suite can say. ``fields`` are the suite's, but for its limits."""

    format: str
    name: str
    fields: Mapping[str, Any]
    limits: Mapping[str, Any]
    """Those that the package states."""
    submissions: Sequence[PackageSubmission] = ()
    title: str = ""
    statement: str = ""
    license: str = ""
    points: float = 1.0
    """Points of a submission that passes everything."""
    time_rule: TimeRule | None = None
    """Rule by which to find the time limit, None if it is stated."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """The format's usual limits where a package states none."""
    generated: Sequence[GeneratedTest] = ()
    """Tests of ``fields`` that are not made yet: ``with_generated_tests`` makes them."""
    notes: Sequence[str] = ()
    """Facts about the package that a suite says differently, or leaves out, without harm to verdicts."""

    def with_generated_tests(self, run: Run) -> Package:
        """Return the package with the tests that its generators make.

        Raises:
            PackageFault: a generator does not compile, or failed.
        """
        if not self.generated:
            return self
        tests = list(self.fields["tests"])
        for each in self.generated:
            tests[each.number] = {**tests[each.number], **each.fields(run)}
        return replace(self, fields={**self.fields, "tests": tests}, generated=())

    def suite(self, **limits: Any) -> Suite:
        """Return the suite. ``limits`` win over those of the package.

        Raises:
            PackageFault: it is not valid; the message says why.
        """
        if self.generated:
            raise PackageFault(
                f"{self.name}: its tests come from a generator, which has to run before there is a suite"
            )
        chosen = {**self.defaults, **self.limits, **limits}
        try:
            return Suite.model_validate({**self.fields, "limits": chosen})
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise PackageFault(f"{self.name}: no valid suite comes of it: {place}: {first['msg']}") from error


def wire_text(data: bytes) -> str | dict[str, str]:
    """Return bytes as they travel."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}
