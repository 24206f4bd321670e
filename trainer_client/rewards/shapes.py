"""From a report to a number: how much of the tests have to pass for how much reward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evaluator.schema import Detail, Policy, Report, Verdict


@dataclass(frozen=True, slots=True)
class Shape:
    """A reward in [0, 1], or None where the program was not judged. ``policy`` and ``detail`` are what the service
    is asked for: it stops at the first failure unless every test counts, and tells of each test only where that
    matters."""

    name: str
    policy: Policy
    _of_judged: Callable[[Report], float]
    detail: Detail = "summary"

    def __call__(self, report: Report) -> float | None:
        return self._of_judged(report) if report.verdict.is_score else None


def _binary(report: Report) -> float:
    return float(report.verdict is Verdict.ACCEPTED)


def _fraction(report: Report) -> float:
    return report.passed / report.total if report.total else _binary(report)


def _weighted(report: Report) -> float:
    return report.score or 0.0


def _lcb_strict(report: Report) -> float:
    return float(report.verdict is Verdict.ACCEPTED and all(test.strict is not False for test in report.tests))


binary = Shape("binary", "first_failure", _binary)
"""1 if every test passed, else 0."""
fraction = Shape("fraction", "all", _fraction)
"""Passed tests over all tests."""
weighted = Shape("weighted", "all", _weighted)
"""The passed tests' share of the weight, by the suite's ``weight``."""
lcb_strict = Shape("lcb_strict", "first_failure", _lcb_strict, "tests")
"""As ``binary``, and every output also passes exact comparison (a report's ``strict``): no reward rests on what a
checker forgives. Suites should then use the ``lcb`` checker, or ``lines``."""

SHAPES = {shape.name: shape for shape in (binary, fraction, weighted, lcb_strict)}


def shape_of(shape: Shape | str) -> Shape:
    """Return a shape, or the one of a name, as configuration files give it.

    Raises:
        ValueError: there is none of that name.
    """
    if isinstance(shape, Shape):
        return shape
    if shape not in SHAPES:
        raise ValueError(f"unknown reward shape {shape!r}; known are: {', '.join(SHAPES)}")
    return SHAPES[shape]
