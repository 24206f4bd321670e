"""The tests of a submission: in what order they run, and how many to a process.

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
  suite. Suites of fewer than 4 tests do not share processes. Up to 15 tests, a process runs its first test once more
  after others, so that it has had an odd and an even place. What was accepted counts when that was accepted again.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from evaluator.grading.outcome import TestOutcome
from evaluator.schema import Policy
from sandbox.execution import Execution, Input, Limit, Program, SlotFailed
from sandbox.limits import RunLimits
from sandbox.sandbox import Sandbox
from sandbox.session import BatchEnd, BatchRequest, BatchResult, Session

Result = TypeVar("Result")
_log = logging.getLogger(__name__)

ATTEMPTS = 2
"""Attempts at a test when the sandbox, and not the program, fails."""
_ROOM_FACTOR = 2.0
"""A further test must fit into what is left of the limit so many times, by the slowest before it."""
FEW_TESTS, _MANY_TESTS = 4, 16
"""Fewer than the first do not share: a program that guesses is right too often. From the second on nothing is repeated:
one that answers by the places of tests, and not by their inputs, is right in less than one case of ten thousand."""
_PROCESS_S = 0.0014
"""Approximate cost of a process. A test that takes longer is not worth repeating to save one."""
_GROWTH = 16
"""Growth factor from one batch to the next."""
_SHRINKAGE = 4
"""Factor by which batches are smaller once a process was stopped in one."""
_MAX_TESTS_PER_BATCH = 64
_MIN_TEST_S = 1e-6
_LIGHT_S = 0.03
"""A test that takes longer gains nothing by sharing a process, and if it fails there it has to be run again."""
_FACTOR_S = 1e-3
"""Added to both, where a program's time is compared with that of others: of less nothing can be said."""
_MANY_MODULES = 50
"""A test that imported so many (numpy does) took its time for them; those after it find them there."""
_PATIENCE_S, _PATIENCE_FACTOR = 0.08, 2
_WALL_PATIENCE_S, _WALL_PATIENCE_FACTOR = 0.1, 4
"""A batch is stopped after so long and so many times its slowest test yet: a test that never ends then costs its limit
once, by itself, and not once more for those beside it."""
_MAX_BATCH_BYTES = 1 << 20
"""Input of a batch, about."""
MAX_PUT_OFF = 3
"""Tests of a program that are stopped soon and run last: one that fails another test then never costs its limit. One
that is too slow on more is likely so on all."""
_PUT_OFF_SHARE = 1 / 8
"""Part of the limit above which stopping a test soon saves too little."""
NOTHING_LEARNT: Mapping[int, float] = {}
Patience = Callable[[int], float]
"""CPU seconds after which a test, by its number, is put off."""


def _endless(_: int) -> float:
    return math.inf


def _no_arguments(_: int) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class TestRunner:
    """Runs the tests of one submission. ``input_of``, ``expected_of`` and ``judge`` take a test's number;
    ``expected_of`` returns the output that it will have most likely. ``shared``: tests may share a process."""

    sandbox: Sandbox
    program: Program
    limits: RunLimits
    input_of: Callable[[int], Input]
    expected_of: Callable[[int], bytes]
    judge: Callable[[int, Execution], TestOutcome]
    policy: Policy
    shared: bool
    arguments_of: Callable[[int], tuple[str, ...]] = _no_arguments
    """Arguments of a test's run, which only a process of its own can have."""

    def outcomes(
        self, order: list[int], patience_s: Patience = _endless, expected_s: Mapping[int, float] = NOTHING_LEARNT
    ) -> dict[int, TestOutcome]:
        """Run the tests in that order, until the policy says that it is enough. Outcomes are by a test's number. Where
        one failure is enough, a few tests that take longer than ``patience_s`` are put off until the others have run.
        A test that is likely slow shares no process with those before it: ``expected_s`` are the CPU seconds that tests
        took other programs on average.

        Raises:
            CompileFailed: Python's parser refused the program.
            JudgeBroken: the suite's checker cannot judge.
            SlotFailed: a fault of ours, again and again.
        """
        if self.policy != "first_failure":
            patience_s = _endless
        outcomes = self._run_in_shared_processes(order, patience_s, expected_s) if self.shared else None
        return self._run_one_by_one(order) if outcomes is None else outcomes

    def _run_one_by_one(self, order: list[int]) -> dict[int, TestOutcome]:
        """Run each test in a process of its own."""
        outcomes: dict[int, TestOutcome] = {}
        for number in order:
            outcomes[number] = self.judge(number, retry(partial(self._run_alone, number)))
            if self._is_enough(outcomes[number]):
                break
        return outcomes

    def _run_alone(self, number: int) -> Execution:
        """Run a test in a process of its own. Where the suite's tests may share one, it is made like those: the program
        is not to know which it is in."""
        test, expected = self.input_of(number), self.expected_of(number)
        if self.shared:
            with self.sandbox.session(self.program, self.limits) as session:
                return session.run(test, expected)
        program = self.program.with_files(test.files, self.arguments_of(number))
        return self.sandbox.run(program, self.limits, test.stdin, expected)

    def _run_in_shared_processes(
        self, order: list[int], patience_s: Patience, expected_s: Mapping[int, float]
    ) -> dict[int, TestOutcome] | None:
        """Run tests that share processes. Returns None where the program may have had two answers to one test."""
        outcomes: dict[int, TestOutcome] = {}
        failed: list[int] = []  # in a shared process
        put_off: list[int] = []
        waiting, max_tests, small = list(order), _MAX_TESTS_PER_BATCH, len(order) < _MANY_TESTS
        while waiting:
            first = waiting[0]
            if first in failed:
                outcomes[first] = self.judge(first, retry(partial(self._run_alone, first)))
                if outcomes[first].accepted:
                    return None
                failed.remove(first)
                suspects: list[int] = []
            else:
                patience = patience_s(first)
                if len(put_off) >= MAX_PUT_OFF or first in put_off or patience > self.limits.cpu_s * _PUT_OFF_SHARE:
                    patience = math.inf
                elsewhere = failed + put_off
                process = retry(
                    partial(self._run_process, waiting, elsewhere, max_tests, expected_s, patience, repeats=small)
                )
                if process.contradicted:
                    return None
                outcomes.update(process.outcomes)
                max_tests, suspects = process.max_tests, process.suspects
                failed += process.failed
                if patience < math.inf:
                    put_off, suspects = put_off + suspects, []
            if first in outcomes and self._is_enough(outcomes[first]):
                break
            ahead = [number for number in dict.fromkeys(failed + suspects) if number not in outcomes]
            last = [number for number in put_off if number not in outcomes and number not in ahead]
            others = [number for number in waiting if number not in outcomes]
            waiting = [*ahead, *(number for number in others if number not in ahead and number not in last), *last]
        return outcomes

    def _run_process(
        self,
        waiting: list[int],
        elsewhere: list[int],
        max_tests: int,
        expected_s: Mapping[int, float],
        patience_s: float,
        *,
        repeats: bool,
    ) -> _SharedProcess:
        process = _SharedProcess(self, waiting, elsewhere, max_tests, expected_s, repeats=repeats)
        process.run(patience_s)
        return process

    def _is_enough(self, outcome: TestOutcome) -> bool:
        return self.policy == "first_failure" and not outcome.accepted


class _SharedProcess:
    """Tests that one process runs, one after the other: the first by itself, then batches that grow while all is well.

    A batch costs one exchange with the process, whatever its size. With ``repeats``, each batch has the first test once
    more: a program whose answers depend on the place of a test, and not on its input, contradicts itself there. Where
    the process does not come to it, what was accepted waits for the next batch's.
    """

    def __init__(
        self,
        runner: TestRunner,
        waiting: list[int],
        elsewhere: list[int],
        max_tests: int,
        expected_s: Mapping[int, float],
        *,
        repeats: bool,
    ) -> None:
        """``elsewhere`` are tests that have to run in processes of their own."""
        self._runner, self._first, self._expected_s, self._repeats = runner, waiting[0], expected_s, repeats
        self._others = [number for number in waiting[1:] if number not in elsewhere]
        self.max_tests = max_tests
        """Tests that a batch may have: fewer once a process ended in the middle of one."""
        self.outcomes: dict[int, TestOutcome] = {}
        self.failed: list[int] = []
        """Tests that were not accepted in a batch, or ended the process. Each runs again in a process of its own."""
        self.suspects: list[int] = []
        """The test that a process was in when it had to be stopped: those beside it need not wait for it again. The
        first, where that took longer than it was given."""
        self.contradicted = False
        """The first test failed when it was repeated."""
        self._unconfirmed: dict[int, TestOutcome] = {}
        """Accepted outcomes since the first test was last repeated."""
        self._batch: list[int] = []
        self._ended_tests = 0
        self._used_s = self._others_used_s = self._slowest_s = self._longest_s = 0.0

    def run(self, patience_s: float = math.inf) -> None:
        """Run the first of the waiting tests, for so much CPU time, and as many more as may share its process."""
        runner, first = self._runner, self._first
        with runner.sandbox.session(runner.program, runner.limits) as session:
            execution = session.run(runner.input_of(first), runner.expected_of(first), patience_s)
            if patience_s < runner.limits.cpu_s and execution.stopped_by is Limit.CPU:
                self.suspects = [first]
                return
            outcome = self.outcomes[first] = runner.judge(first, execution)
            if not (session.alive and outcome.accepted):
                return
            self._ended_tests, self._used_s = 1, execution.cpu_s
            self._others_used_s = self._expected_s.get(first, 0.0)
            if session.imported_modules < _MANY_MODULES:
                self._slowest_s, self._longest_s = execution.cpu_s, execution.wall_s
            self._run_batches(session)

    def _run_batches(self, session: Session) -> None:
        while session.alive and (batch := self._next_batch()):
            self._batch = batch
            patience_s = _PATIENCE_S + _PATIENCE_FACTOR * self._slowest_s
            wall_s = patience_s + _WALL_PATIENCE_S + _WALL_PATIENCE_FACTOR * self._longest_s
            result = session.run_batch(BatchRequest([*map(self._runner.input_of, batch)], patience_s, wall_s))
            all_accepted = self._note(result)
            # A process that asks for more without having done anything has only looked at its tests.
            if not (all_accepted and result.executions):
                return
            self._ended_tests += len(result.executions)
            self._used_s += sum([execution.cpu_s for execution in result.executions])
            self._others_used_s += sum(
                [self._expected_s.get(number, 0.0) for number in batch[: len(result.executions)]]
            )
            self._slowest_s = max(self._slowest_s, result.slowest_s)
            self._longest_s = max(self._longest_s, result.longest_s)

    def _note(self, result: BatchResult) -> bool:
        """Judge what the tests of a batch did, and keep what was accepted. Returns whether all were."""
        count, judge, failed = len(result.executions), self._runner.judge, []
        numbers, rest = self._batch[:count], self._batch[count:]
        for number, execution in zip(numbers, result.executions, strict=True):
            outcome = judge(number, execution)
            if not outcome.accepted:
                failed.append(number)
            else:
                self._unconfirmed.setdefault(number, outcome)
        if result.end is BatchEnd.ENDED:
            failed += rest[:1]
            self.max_tests = max(1, len(self._batch) // _GROWTH)
        elif result.end is BatchEnd.ASKS:
            self._others[:0] = [number for number in rest if number != self._first]
        else:
            self.max_tests = max(1, len(self._batch) // _SHRINKAGE)
            self.suspects = self._batch[result.begun - 1 : result.begun]
        self.failed += [number for number in failed if number != self._first]
        self.contradicted = self._first in failed
        repeated = numbers.count(self._first) == self._batch.count(self._first)
        if not self.contradicted and (repeated or not self._repeats):
            self.outcomes = self._unconfirmed | self.outcomes
            self._unconfirmed = {}
        return not failed

    def _next_batch(self) -> list[int]:
        """Take the next tests, and the first once more where what is accepted waits for it."""
        numbers = self._next_tests()
        if self._repeats and (numbers or self._unconfirmed):
            # At an even place, as late as possible: the process has begun with the first test at place 1.
            next_is_even = self._ended_tests % 2
            if not numbers:
                return [self._first] if next_is_even else [self._first] * 2
            place = len(numbers) if (len(numbers) + next_is_even) % 2 else len(numbers) - 1
            numbers.insert(place, self._first)
        return numbers

    def _next_tests(self) -> list[int]:
        """Take as many tests as surely keep the limit together, if sharing the process is cheaper than another."""
        room = min(self.max_tests, max(1, len(self._batch)) * _GROWTH, len(self._others))
        # Where a repeat is due in any case, more tests do not bring it about.
        repeat_is_worth_s = room * _PROCESS_S if self._repeats and not self._unconfirmed else _LIGHT_S
        if self._slowest_s > min(_LIGHT_S, repeat_is_worth_s):
            return []
        spare_s = self._runner.limits.cpu_s - self._used_s
        room = min(room, int(spare_s / (_ROOM_FACTOR * max(self._slowest_s, _MIN_TEST_S))))
        numbers: list[int] = []
        left: list[int] = []
        size, light_s = 0, self._light_s()
        for place, number in enumerate(self._others):
            if size > _MAX_BATCH_BYTES or len(numbers) >= room:
                left += self._others[place:]
                break
            if self._expected_s.get(number, 0.0) <= light_s:
                stdin, files = self._runner.input_of(number)
                size += len(stdin) + (sum(map(len, files.values())) if files else 0)
                numbers.append(number)
            else:
                left.append(number)
        self._others = left
        return numbers

    def _light_s(self) -> float:
        """CPU seconds that a test may have taken other programs, to be a light one for this program: it has been slower
        than those by some factor so far."""
        return _LIGHT_S * min(1.0, (self._others_used_s + _FACTOR_S) / (self._used_s + _FACTOR_S))


def retry(run: Callable[[], Result]) -> Result:
    """Run it; once more where the sandbox failed, which has replaced its slot meanwhile, before it counts as our fault.

    Raises:
        SlotFailed: a fault of ours.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return run()
        except SlotFailed as error:
            _log.warning("the sandbox failed and was replaced: %s", error)
    return run()
