"""Whatever a hostile process says, passes along and leaves, its owner comes to a verdict, and loses nothing by it."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import strategies as st

from evaluator.grading.grader import Grader, open_grader
from evaluator.schema import Report, Submission, Suite
from evaluator.settings import Settings
from sandbox.execution import SlotFailed
from sandbox.isolation import Tier
from sandbox.slot import Slot
from tests.fuzz import hostile
from tests.fuzz.findings import Found, search

_LIMITS = {"cpu_s": 0.5, "wall_s": 0.7, "memory_mb": 128, "output_mb": 1}
_SYSTEMS_PYTHON = "/usr/bin/python3"
_SECRET = secrets.token_hex(8)
"""Questions that no program can answer: none of these is ever accepted."""
_INTERACTOR = f"import sys\nprint(1, flush=True)\nsys.exit(42 if sys.stdin.readline().strip() == {_SECRET!r} else 43)\n"
_BROKEN_SUITE = "checker"
"""Modes and checkers whose programs are the suite's own: where they fail, the suite is to blame, and that is said."""
_SUITES: dict[str, dict[str, Any]] = {
    "stdio": {"mode": "stdio", "tests": [{"input": str(n), "output": f"{_SECRET}{n}"} for n in range(8)]},
    "empty": {"mode": "stdio", "tests": [{"input": str(n), "output": _SECRET if n == 7 else ""} for n in range(8)]},
    "function": {
        "mode": "function",
        "function": {"name": "solve"},
        "tests": [{"input": [n], "output": _SECRET if n == 7 else 1} for n in range(8)],
    },
    "program": {"mode": "program", "tests": [{"test_code": f"assert solve(1) == {_SECRET!r}\nassert solve(2) == 3"}]},
    "beside": {
        "mode": "program",
        "program": {"apart": False},
        "tests": [{"test_code": f"assert solve(1) == {_SECRET!r}"}],
    },
    "interactive": {
        "mode": "interactive",
        "interactor": {"language": "python", "code": _INTERACTOR, "protocol": "icpc"},
        "tests": [{"input": ""}],
    },
}
_TRIALS = st.tuples(st.sampled_from([*_SUITES, _BROKEN_SUITE]), hostile.ACTS, st.booleans())


class Owner:
    """A grader, and what it has when nothing runs."""

    def __init__(self, grader: Grader) -> None:
        self.grader = grader
        self.verdicts: Counter[str] = Counter()
        for name in (*_SUITES, _BROKEN_SUITE):  # slots are made when they are first needed
            self._graded(name, [["end", "exit"]], at_once=True)
        self._discarded, self._open = self.grader.slots_discarded, _open_descriptors()

    def holds(self, trial: tuple[str, list[hostile.Act], bool]) -> None:
        """Judge a program that does these acts.

        Raises:
            AssertionError: it was not judged, was accepted, cost a slot, or left a descriptor open.
        """
        name, acts, at_once = trial
        report = self._graded(name, acts, at_once=at_once)
        self.verdicts[report.verdict] += 1
        discarded, self._discarded = self.grader.slots_discarded - self._discarded, self.grader.slots_discarded
        left, self._open = _open_descriptors() - self._open, _open_descriptors()
        assert name == _BROKEN_SUITE or report.verdict not in ("judge_error", "accepted"), report
        assert discarded == 0, report
        assert left == 0, f"{left} descriptors left open"

    def _graded(self, name: str, acts: list[hostile.Act], *, at_once: bool) -> Report:
        if name == _BROKEN_SUITE:
            code, suite = "print(1)", _checked_by(hostile.program(acts))
        else:
            code, suite = hostile.program(acts, at_once=at_once), _SUITES[name]
        made = Suite.model_validate({**suite, "limits": _LIMITS})
        return self.grader.grade(Submission(code=code, suite=made), made)


def fuzz(data: Path, seconds: float, seed: int, tier: Tier, native: bool) -> Found:
    """Judge hostile programs in a tier for so long, with a grader that keeps its things in ``data``; with ``native`` by
    the helper in C.

    Raises:
        SlotFailed: this host does not grant the tier.
    """
    with _grader(data, tier, native) as grader:
        owner = Owner(grader)
        tried, findings = search(_TRIALS, owner.holds, seconds, seed)
        return Found(tried, findings, ", ".join(f"{n} {verdict}" for verdict, n in owner.verdicts.most_common()))


def _grader(data: Path, tier: Tier, native: bool) -> Grader:
    """A grader of that tier; under the system's interpreter where ours lies in somebody's home."""
    settings = Settings(data_dir=data, results_mb=0, workers=1, log_level="error")
    with mock.patch("sandbox.sandbox.strongest", lambda runtime, _: Slot(tier, runtime, native=native)):
        try:
            return open_grader(settings)
        except SlotFailed:
            return open_grader(settings.model_copy(update={"python": _SYSTEMS_PYTHON}))


def _checked_by(code: str) -> dict[str, Any]:
    checker = {"kind": "program", "language": "python", "code": code, "protocol": "icpc"}
    return {"mode": "stdio", "checker": checker, "tests": [{"input": "", "output": "1"}]}


def _open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))
