"""Running a submission's tests: which, in what order, and how many to a process.

Several light tests share a process where the suite allows it (``isolation``: "shared"). Why that can be trusted: no
expected output is in the program's reach; it does not know the order; and all tests of a process together stay
within one test's limits, so each by itself does, whatever it found prepared. What a process's first test shows is as
good as if it had run alone, and counts whatever it is; of the others only acceptance counts, and what was not accepted
becomes the first of another process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from evaluator.grading.outcome import Outcome
from evaluator.schema import Policy, Verdict
from sandbox.execution import Execution, Input, Program
from sandbox.limits import Limits
from sandbox.sandbox import Sandbox
from sandbox.slot import SlotFailed

Result = TypeVar("Result")
_log = logging.getLogger(__name__)

ATTEMPTS = 2
"""How often a test is tried when the sandbox, and not the program, fails."""
_ROOM = 2.0
"""A further test must fit into what is left of the limit so many times, by the slowest before it."""


@dataclass(frozen=True, slots=True)
class Runs:
    """What the tests of one submission have in common. ``given`` and ``judged`` are by a test's number."""

    sandbox: Sandbox
    program: Program
    limits: Limits
    given: Callable[[int], Input]
    judged: Callable[[int, Execution], Outcome]
    policy: Policy
    shared: bool

    def outcomes(self, order: list[int]) -> dict[int, Outcome]:
        """Run the tests in that order, until the policy says that it is enough. Outcomes are by a test's number.

        Raises:
            CompileFailed: Python's parser refused the program.
            JudgeBroken: the suite's checker cannot judge.
            SlotFailed: a fault of ours, again and again.
        """
        found: dict[int, Outcome] = {}
        waiting = list(order)
        while waiting and not self._enough(found):
            process = _Process(self, waiting)
            tried(process.run)
            found.update(process.found)
            waiting = [number for number in waiting if number not in found]
        return found

    def _enough(self, found: dict[int, Outcome]) -> bool:
        failed = any(outcome.verdict is not Verdict.ACCEPTED for outcome in found.values())
        return failed and self.policy == "first_failure"


class _Process:
    """Tests that one process runs, one after the other."""

    def __init__(self, runs: Runs, waiting: list[int]) -> None:
        self._runs, self._waiting = runs, waiting
        self.found: dict[int, Outcome] = {}
        self._at = 0
        self._used_s = self._slowest_s = 0.0

    def run(self) -> None:
        """The first of the waiting tests, and as many more as may share its process."""
        self._at, self._used_s, self._slowest_s = 0, 0.0, 0.0
        following = self._following if self._runs.shared and len(self._waiting) > 1 else None
        first = self._runs.given(self._waiting[0])
        self._note(self._runs.sandbox.run_several(self._runs.program, self._runs.limits, first, following))

    def _following(self, execution: Execution) -> Input | None:
        accepted = self._note(execution)
        self._used_s += execution.cpu_s
        self._slowest_s = max(self._slowest_s, execution.cpu_s)
        room = self._runs.limits.cpu_s - self._used_s >= _ROOM * self._slowest_s
        if not accepted or not room or self._at + 1 == len(self._waiting):
            return None
        self._at += 1
        return self._runs.given(self._waiting[self._at])

    def _note(self, execution: Execution) -> bool:
        """Judge what the current test did. Only of the first one is anything but acceptance kept."""
        number = self._waiting[self._at]
        if number in self.found:  # told when it ended; this is the end of its process
            return True
        outcome = self._runs.judged(number, execution)
        accepted = outcome.verdict is Verdict.ACCEPTED
        if accepted or self._at == 0:
            self.found[number] = outcome
        return accepted


def tried(run: Callable[[], Result]) -> Result:
    """Do it; once more where the sandbox failed, which has replaced its slot meanwhile, before it counts as our fault.

    Raises:
        SlotFailed: a fault of ours.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return run()
        except SlotFailed as error:
            _log.warning("the sandbox failed and was replaced: %s", error)
    return run()
