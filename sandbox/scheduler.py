"""Turns on the machine: a program runs at the same time as others, and again exclusively if it ends a little late.

Neighbours slow a program down. One that ends over its CPU limit, but within the grace, therefore runs again while no
other program runs on the machine. If that cannot be, it is judged by its CPU time divided by the slowdown that was
measured.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from sandbox.contention import MachineLock
from sandbox.enforcer import QUIET_GRACE
from sandbox.execution import Execution, Input, Limit, Program
from sandbox.limits import RunLimits
from sandbox.pair import Conversation
from sandbox.pool import SlotPool
from sandbox.session import Session

SHARED_GRACE = 1.5
"""Factor by which others may slow a program down at most: two threads of one core slow each other by less."""
_EXCLUSIVE_RUNS = 2
"""Number of runs in which a program may show that it keeps its limit while it is exclusive. One that misses it by more
than ``QUIET_GRACE``, in CPU time or by the clock, is too slow; all others wait meanwhile, so it is not asked again."""
_EXCLUSIVE_S_PER_SUBMISSION = 15.0
RunResult = tuple[Execution, Conversation | None]
"""A run's execution, and its conversation where it had one."""
RunWithin = Callable[[RunLimits], RunResult]
"""Runs a program within such limits."""


class RunScheduler:
    """Gives programs their turns on the machine. Not for use from several threads."""

    def __init__(self, machine: MachineLock, pool: SlotPool) -> None:
        self.machine, self._pool = machine, pool
        self._holder, self._exclusive_left_s = "", math.inf

    @contextmanager
    def of_submission(self, holder: str) -> Iterator[None]:
        """Count all that runs meanwhile as one submission's, sent with the key of ``holder`` ("" without keys)."""
        before = self._holder, self._exclusive_left_s
        self._holder, self._exclusive_left_s = holder, _EXCLUSIVE_S_PER_SUBMISSION
        try:
            yield
        finally:
            self._holder, self._exclusive_left_s = before

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Run something while others run. If its slot breaks, the slots are replaced."""
        with self.machine.shared(), self._pool.replacing():
            yield

    def run(self, limits: RunLimits, run: RunWithin, *, may_be_exclusive: bool = True) -> RunResult:
        """Run a program while others run; again exclusively if it ends late, and may."""
        if not self._pool.calibrator.is_calibrated:
            self._calibrate_if_idle()
        with self.machine.shared(), self._pool.replacing():
            result = run(limits._replace(cpu_grace=SHARED_GRACE))
        return self.settle(limits, result, run if may_be_exclusive else None) if result[0].late else result

    @contextmanager
    def session(self, program: Program, limits: RunLimits) -> Iterator[Session]:
        """Run a program's tests in one process while others run; the first again exclusively if it ends late."""
        if not self._pool.calibrator.is_calibrated:
            self._calibrate_if_idle()
        with ExitStack() as turn:
            turn.enter_context(self.machine.shared())
            turn.enter_context(self._pool.replacing())
            with _ScheduledSession(self, self._pool, turn, program, limits) as session:
                yield session

    def settle(self, limits: RunLimits, late: RunResult, run: RunWithin | None) -> RunResult:
        """Settle whether a late program keeps its limit: run it again exclusively, where there is a way to ``run`` it
        and time for that, else correct its CPU time by the slowdown."""
        again = None if run is None else self._run_exclusively(limits, late, run)
        return again or (_without_slowdown(late[0], limits), late[1])

    def _calibrate_if_idle(self) -> None:
        with self.machine.exclusive_if_idle() as granted:
            if granted:
                self._pool.calibrator.calibrate()

    def _run_exclusively(self, limits: RunLimits, late: RunResult, run: RunWithin) -> RunResult | None:
        """Run again a program that ended late. Returns None where that would show nothing (it slept) or may not be (the
        time for it is used up)."""
        execution, conversation = late
        seconds = QUIET_GRACE * (limits.cpu_s + (conversation.judge.cpu_s if conversation else 0.0))
        bounds = limits._replace(cpu_grace=QUIET_GRACE, wall_s=min(seconds, limits.wall_s), exclusive=True)
        result = None
        for _ in range(_EXCLUSIVE_RUNS if execution.idle_s <= execution.cpu_s else 0):
            self._pool.clear()  # before others have to wait
            with self._exclusive(seconds) as granted, self._pool.replacing():
                if not granted:
                    break
                self._pool.calibrator.calibrate()
                result = run(bounds)
            if not result[0].late:
                break
        return None if result is None or _shows_nothing(*result) else result

    @contextmanager
    def _exclusive(self, seconds: float) -> Iterator[bool]:
        """Have the machine exclusively for so long at most. Yields whether the submission and its holder may."""
        if seconds > self._exclusive_left_s:
            yield False
            return
        began = time.monotonic()
        try:
            with self.machine.exclusive(self._holder, seconds) as granted:
                yield granted
        finally:
            self._exclusive_left_s -= time.monotonic() - began


class _ScheduledSession(Session):
    """A session in a turn on the machine. If its first test ends late, the turn ends, and the test runs again."""

    def __init__(
        self, scheduler: RunScheduler, pool: SlotPool, turn: ExitStack, program: Program, limits: RunLimits
    ) -> None:
        super().__init__(pool.of_program(program), program, limits._replace(cpu_grace=SHARED_GRACE))
        self._scheduler, self._pool, self._turn = scheduler, pool, turn
        self._whole_program, self._exact_limits = program, limits

    def run(self, test: Input, expected: bytes = b"", patience_s: float = math.inf) -> Execution:
        execution = super().run(test, expected, patience_s)
        if not execution.late:
            return execution

        def run_again(bounds: RunLimits) -> RunResult:
            with Session(self._pool.of_program(self._whole_program), self._whole_program, bounds) as session:
                return session.run(test, expected), None

        self._turn.close()
        return self._scheduler.settle(self._exact_limits, (execution, None), run_again)[0]


def _shows_nothing(execution: Execution, conversation: Conversation | None) -> bool:
    judge_was_stopped = conversation is not None and conversation.judge.stopped_by is not None
    return execution.stopped_by is Limit.WALL or judge_was_stopped


def _without_slowdown(execution: Execution, limits: RunLimits) -> Execution:
    """Judge a late program that was not run again exclusively by what it would have used without neighbours."""
    in_time = execution.cpu_s <= limits.cpu_s * min(execution.slowdown, SHARED_GRACE)
    return execution._replace(stopped_by=None if in_time else Limit.CPU, late=False, beside_others=True)
