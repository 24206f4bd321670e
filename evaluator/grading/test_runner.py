"""Running a submission's tests: which, in what order, and how many to a process.

Several light tests share a process where the suite allows it (``isolation``: "shared"). A program gets one answer to
each test, as if each had its own process:

- No expected output is in the program's reach, it does not know the order of the tests, and all tests of a process
  together stay within one test's limits.
- The first test of a process counts whatever its verdict. Of the others only acceptance counts at once; a test that
  fails there runs again in a process of its own. If it fails there too, that is its verdict.
- If it passes there, the program has given two answers to one test: it behaves differently in a shared process, keeps
  something from test to test, or leaves its answers to chance. Then nothing that its shared processes said counts, and
  all tests run again, one process each.
- A program that ignores its input but answers by the place of a test in its process could guess the tests of a small
  suite. Suites of fewer than 4 tests do not share processes. Up to 15 tests, a process runs its first test twice, at an
  odd and at an even place, and must pass both times.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
FEW_TESTS, _MANY_TESTS = 4, 16
"""Fewer than the first do not share: a program that guesses is right too often. From the second on nothing is repeated:
one that answers by the places of tests, and not by their inputs, is right in less than one case of ten thousand."""
_PROCESS_S = 0.0014
"""Approximate cost of a process. A test that takes longer is not worth repeating to save one."""
_GROWTH = 16
"""Growth factor from one batch to the next."""
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
class TestRunner:
    """What the tests of one submission have in common. ``given``, ``expected`` and ``judged`` are by a test's number;
    ``expected`` is the output that it will have most likely. ``shared``: tests may share a process."""

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
        outcomes = self._of_shared_processes(order) if self.shared else None
        return self._one_by_one(order) if outcomes is None else outcomes

    def _one_by_one(self, order: list[int]) -> dict[int, Outcome]:
        """Each test in a process of its own."""
        outcomes: dict[int, Outcome] = {}
        for number in order:
            outcomes[number] = self.judged(number, tried(partial(self._run_alone, number)))
            if self._is_enough(outcomes[number]):
                break
        return outcomes

    def _run_alone(self, number: int) -> Execution:
        """Run a test in a process of its own. Where the suite's tests may share one, it is made like those: the program
        is not to know which it is in."""
        test, expected = self.given(number), self.expected(number)
        if self.shared:
            return self.sandbox.run_several(self.program, self.limits, test, lambda _: Given(), expected)
        return self.sandbox.run(self.program.with_files(test.files), self.limits, test.stdin, expected)

    def _of_shared_processes(self, order: list[int]) -> dict[int, Outcome] | None:
        """The outcomes of tests that share processes; None where the program may have had two answers to one test."""
        found: dict[int, Outcome] = {}
        failed: list[int] = []  # in a shared process
        waiting, most, small = list(order), _MOST, len(order) < _MANY_TESTS
        while waiting:
            first = waiting[0]
            if first in failed:
                found[first] = self.judged(first, tried(partial(self._run_alone, first)))
                if found[first].accepted:
                    return None
                failed.remove(first)
                suspects: list[int] = []
            else:
                process = tried(partial(self._run_process, waiting, failed, most, repeats=small))
                if process.contradicted:
                    return None
                found.update(process.found)
                most, suspects = process.most, process.suspects
                failed += process.failed
            if self._is_enough(found[first]):
                break
            ahead = [number for number in dict.fromkeys(failed + suspects) if number not in found]
            waiting = [*ahead, *(number for number in waiting if number not in found and number not in ahead)]
        return found

    def _run_process(self, waiting: list[int], failed: list[int], most: int, *, repeats: bool) -> _Process:
        process = _Process(self, waiting, failed, most, repeats=repeats)
        process.run()
        return process

    def _is_enough(self, outcome: Outcome) -> bool:
        return self.policy == "first_failure" and not outcome.accepted


class _Process:
    """Tests that one process runs, one after the other: the first by itself, then batches that grow while all is well.

    A batch costs one exchange with the process, whatever its size. With ``repeats``, each batch has the first test once
    more: a program whose answers depend on the place of a test, and not on its input, contradicts itself there.
    """

    def __init__(self, runner: TestRunner, waiting: list[int], failed: list[int], most: int, *, repeats: bool) -> None:
        self._runner, self._first, self._repeats = runner, waiting[0], repeats
        self._others = [number for number in waiting[1:] if number not in failed]
        self._light_s = min(_LIGHT_S, len(self._others) * _PROCESS_S) if repeats else _LIGHT_S
        self.most = most
        """How many tests a batch may have: fewer once a process ended in the middle of one."""
        self.found: dict[int, Outcome] = {}
        self.failed: list[int] = []
        """What was not accepted in a batch, or ended the process there. Its own process decides."""
        self.suspects: list[int] = []
        """The test that a process was in when it had to be stopped; those beside it need not wait for it again."""
        self.contradicted = False
        """The first test failed when it was repeated, or was to be repeated and was not."""
        self._batch: list[int] = []
        self._begun = 0
        self._used_s = self._slowest_s = self._longest_s = 0.0

    def run(self) -> None:
        """The first of the waiting tests, and as many more as may share its process."""
        runner, given, expected = self._runner, self._runner.given(self._first), self._runner.expected(self._first)
        done = runner.sandbox.run_several(runner.program, runner.limits, given, self._following, expected)
        if self._first not in self.found:  # it ended its process
            self.found[self._first] = runner.judged(self._first, done)

    def _following(self, told: Told) -> Given:
        if self._batch:
            all_accepted = self._note_batch(told)
        else:
            outcome = self.found[self._first] = self._runner.judged(self._first, told.done[0])
            all_accepted = outcome.accepted
        # A process that asks for more without having done anything has only looked at its tests.
        if told.then is not Then.ASKS or not all_accepted or not told.done:
            return Given()
        self._begun += len(told.done)
        self._used_s += sum([execution.cpu_s for execution in told.done])
        if told.imported < _MANY_MODULES:
            self._slowest_s = max(self._slowest_s, told.slowest_s)
            self._longest_s = max(self._longest_s, told.longest_s)
        if self._slowest_s > self._light_s:
            return Given()
        patience_s = _PATIENCE_S + _SLOWER * self._slowest_s
        return Given(self._next_batch(), patience_s, patience_s + _SLOWER * self._longest_s)

    def _note_batch(self, told: Told) -> bool:
        """Judge what the tests of a batch did, and keep what was accepted. Returns whether all were."""
        numbers, rest = self._batch[: len(told.done)], self._batch[len(told.done) :]
        judged, failed = self._runner.judged, []
        for number, execution in zip(numbers, told.done, strict=True):
            outcome = judged(number, execution)
            if not outcome.accepted:
                failed.append(number)
            else:
                self.found.setdefault(number, outcome)
        if told.then is Then.ENDED:
            failed += rest[:1]
        if told.then is Then.ASKS:
            self._others[:0] = [number for number in rest if number != self._first]
        else:
            self.most = max(1, len(self._batch) // _GROWTH)
            if told.then is Then.GONE:
                self.suspects = self._batch[told.begun - 1 : told.begun]
        self.failed += [number for number in failed if number != self._first]
        self.contradicted = self._first in failed or (self._first in rest and (bool(numbers) or self.contradicted))
        return not failed

    def _next_batch(self) -> list[Input]:
        """The next tests: as many as surely keep the limit together."""
        room = int((self._runner.limits.cpu_s - self._used_s) / (_ROOM * max(self._slowest_s, _LEAST_S)))
        growth = max(1, len(self._batch)) * _GROWTH
        numbers: list[int] = []
        inputs: list[Input] = []
        size, given = 0, self._runner.given
        for number in self._others[: min(self.most, growth, room)]:
            if size > _BATCH_BYTES:
                break
            stdin, files = next_input = given(number)
            size += len(stdin)
            if files:
                size += sum(map(len, files.values()))
            numbers.append(number)
            inputs.append(next_input)
        del self._others[: len(numbers)]
        if self._repeats and numbers:
            # An even place, as late as possible: the process has begun with the first test at place 1.
            place = len(numbers) if (self._begun + len(numbers)) % 2 else len(numbers) - 1
            numbers.insert(place, self._first)
            inputs.insert(place, given(self._first))
        self._batch = numbers
        return inputs


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
