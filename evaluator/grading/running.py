"""Running a submission's tests: which, in what order, and how many to a process.

Several light tests share a process where the suite allows it (``isolation``: "shared"). Why that can be trusted: no
expected output is in the program's reach; it does not know the order; and all tests of a process together stay
within one test's limits, so each by itself does, whatever it found prepared. What a process's first test shows is as
good as if it had run alone, and counts whatever it is; of the others only acceptance counts, and what was not accepted
has another process to itself. A program of which such a test is accepted there keeps something from test to test or
leaves its answers to chance: the rest of its tests get a process each, or it would have two chances at every one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evaluator.grading.outcome import Outcome
from evaluator.schema import Policy
from sandbox.execution import Execution, Input, Program
from sandbox.limits import Limits
from sandbox.sandbox import Sandbox
from sandbox.several import Given, Then, Told
from sandbox.slot import SlotFailed

Result = TypeVar("Result")
_log = logging.getLogger(__name__)

ATTEMPTS = 2
"""How often a test is tried when the sandbox, and not the program, fails."""
_ROOM = 2.0
"""A further test must fit into what is left of the limit so many times, by the slowest before it."""
_GROWTH = 16
"""So many times as many tests in the next batch."""
_MOST = 64
_LEAST_S = 1e-6
_LIGHT_S = 0.03
"""What takes longer gains nothing by sharing a process, and what fails there has to be run again."""
_MANY_MODULES = 50
"""A test that imported so many (numpy does) took its time for them; those after it find them there."""
_PATIENCE_S, _SLOWER = 0.1, 4
"""A batch is stopped after so long and so many times its slowest test yet: a test that never ends then costs its limit
once, by itself, and not once more for those beside it."""
_BATCH_BYTES = 1 << 20
"""How much input a batch has, about."""


@dataclass(frozen=True, slots=True)
class Runs:
    """What the tests of one submission have in common. ``given``, ``expected`` and ``judged`` are by a test's number;
    ``expected`` is the output that it will have most likely."""

    sandbox: Sandbox
    program: Program
    limits: Limits
    given: Callable[[int], Input]
    expected: Callable[[int], bytes]
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
        doubted: list[int] = []
        waiting, most = list(order), _MOST if self.shared else 0
        while waiting:
            process = _Process(self, waiting, doubted, most)
            tried(process.run)
            found.update(process.found)
            accepted = found[waiting[0]].accepted  # as all others are that were found
            if not accepted and self.policy == "first_failure":
                break
            by_itself = accepted and waiting[0] in doubted
            most = 0 if by_itself else process.most
            doubted = [number for number in doubted + process.doubted if number not in found]
            ahead = dict.fromkeys(doubted + process.suspects)
            waiting = [*ahead, *(number for number in waiting if number not in found and number not in ahead)]
        return found


class _Process:
    """Tests that one process runs, one after the other: the first by itself, then batches that grow while all is well.

    A batch costs one exchange with the process, whatever its size.
    """

    def __init__(self, runs: Runs, waiting: list[int], doubted: list[int], most: int) -> None:
        self._runs, self._first = runs, waiting[0]
        alone = self._first in doubted
        self._others = [] if alone else [number for number in waiting[1:] if number not in doubted]
        self.most = most
        """How many tests a batch may have: fewer once a process ended in the middle of one."""
        self.found: dict[int, Outcome] = {}
        self.doubted: list[int] = []
        """What was not accepted in a batch, or ended the process there, and is decided by its own run."""
        self._given: list[int] = []
        self.suspects: list[int] = []
        """The test that a process was in when it had to be stopped; those beside it need not wait for it again."""
        self._used_s = self._slowest_s = self._longest_s = 0.0

    def run(self) -> None:
        """The first of the waiting tests, and as many more as may share its process."""
        self._given = [self._first]
        self._used_s = self._slowest_s = self._longest_s = 0.0
        runs, given, expected = self._runs, self._runs.given(self._first), self._runs.expected(self._first)
        if self.most and self._others:
            done = runs.sandbox.run_several(runs.program, runs.limits, given, self._following, expected)
        else:
            done = runs.sandbox.run(runs.program.with_files(given.files), runs.limits, given.stdin, expected)
        self._note([self._first], [done])

    def _following(self, told: Told) -> Given:
        accepted = self._note(self._given, told.done)
        behind = self._given[len(told.done) :]
        if told.then is not Then.ASKS:
            self.most = max(1, len(self._given) // _GROWTH)
            if told.then is Then.ENDED:
                self.doubted += behind[:1]
            else:
                self.suspects = self._given[told.begun - 1 : told.begun]
        if told.then is not Then.ASKS or not accepted:
            return Given()
        self._others[:0] = behind
        cpu_s = [execution.cpu_s for execution in told.done]
        self._used_s += sum(cpu_s)
        if told.imported < _MANY_MODULES:
            self._slowest_s = max([self._slowest_s, *cpu_s])
            self._longest_s = max([self._longest_s, *[execution.wall_s for execution in told.done]])
        if self._slowest_s > _LIGHT_S:
            return Given()
        patience_s = _PATIENCE_S + _SLOWER * self._slowest_s
        return Given(self._batch(), patience_s, patience_s + _SLOWER * self._longest_s)

    def _batch(self) -> list[Input]:
        """The next tests: as many as surely keep the limit together."""
        room = int((self._runs.limits.cpu_s - self._used_s) / (_ROOM * max(self._slowest_s, _LEAST_S)))
        inputs: list[Input] = []
        size, given = 0, self._runs.given
        for number in self._others[: min(self.most, _GROWTH * len(self._given), room)]:
            if size > _BATCH_BYTES:
                break
            stdin, files = next_input = given(number)
            size += len(stdin)
            if files:
                size += sum(map(len, files.values()))
            inputs.append(next_input)
        self._given = self._others[: len(inputs)]
        del self._others[: len(inputs)]
        return inputs

    def _note(self, numbers: Sequence[int], done: Sequence[Execution]) -> bool:
        """Judge what tests did. Only of the first one is anything but acceptance kept. Returns whether all that are new
        are accepted."""
        judged, all_accepted = self._runs.judged, True
        for number, execution in zip(numbers, done, strict=False):
            if number in self.found:  # told when it ended; this is the end of its process
                continue
            outcome = judged(number, execution)
            accepted = outcome.accepted
            if accepted or number == self._first:
                self.found[number] = outcome
            else:
                self.doubted.append(number)
            all_accepted = all_accepted and accepted
        return all_accepted


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
