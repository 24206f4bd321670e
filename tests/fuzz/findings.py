"""Trying a property for so long, and what a fuzzer tells when its time is over."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

import hypothesis
from hypothesis import HealthCheck, Phase, strategies

_ROUND = 50
"""Examples between two looks at the clock."""
LEAST = 10
"""So many inputs are tried whatever time that takes."""


class Found(NamedTuple):
    """The number of inputs that were tried, the faults (each with an input that shows it), and remarks."""

    executions: int
    findings: list[str]
    note: str = ""


def search(
    inputs: strategies.SearchStrategy[Any], holds: Callable[[Any], None], seconds: float, seed: int
) -> tuple[int, list[str]]:
    """Try ``holds`` on inputs, other ones with each seed, until the time is over and a few were tried, or it has raised
    something. Return how many were tried, and what was found."""
    tried, until = 0, time.monotonic() + seconds

    @hypothesis.settings(
        max_examples=_ROUND,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.target, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @hypothesis.given(inputs)
    def trial(given: Any) -> None:
        nonlocal tried
        if time.monotonic() < until or tried < LEAST:
            tried += 1
            holds(given)

    for number in range(seed, 1 << 62):
        if time.monotonic() >= until and tried >= LEAST:
            return tried, []
        try:
            hypothesis.seed(number)(trial)()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return tried, ["".join(traceback.format_exception(error))]
    raise AssertionError("there are always more seeds")
