"""From one run to the verdict of one test."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue

from evaluator.checking.match import Match
from evaluator.schema import Mode, TestCase, Verdict
from sandbox.execution import Execution, Limit

_OF_LIMIT = {
    Limit.CPU: Verdict.TIME_LIMIT_EXCEEDED,
    Limit.WALL: Verdict.TIME_LIMIT_EXCEEDED,
    Limit.MEMORY: Verdict.MEMORY_LIMIT_EXCEEDED,
    Limit.OUTPUT: Verdict.OUTPUT_LIMIT_EXCEEDED,
}
_REASON_OF_LIMIT = {
    Limit.CPU: "used {0.cpu_s:.2f} s of CPU time",
    Limit.WALL: "still running after {0.wall_s:.1f} s, having used {0.cpu_s:.2f} s of CPU time",
    Limit.MEMORY: "needed more memory than the limit",
    Limit.OUTPUT: "wrote more than the limit",
}
_BESIDE_OTHERS = "beside other programs, which slowed it down {0.slowdown:.2f} times; it was not run again alone"
_LAST_LINE, _TAIL_BYTES = 200, 64 * 1024
_ACCEPTED = Verdict.ACCEPTED
"""A member looked up in its enum costs more than the rest of a comparison, before Python 3.12."""


class JudgeBroken(Exception):
    """The suite's own code (a checker, an interactor, test code) cannot judge; the message says what is wrong with
    it."""


@dataclass(frozen=True, slots=True)
class Case:
    """Part of a test that a report shows beside how it went."""

    name: str | None = None
    weight: float = 1.0
    input: bytes | JsonValue = None
    expected: bytes | JsonValue = None
    group: str | None = None

    @classmethod
    def of(cls, test: TestCase, mode: Mode) -> Case:
        """The case of a suite's test."""
        if mode == "program":
            return cls(test.name, test.weight, test.test_code, group=test.group)
        if mode == "function":
            return cls(test.name, test.weight, test.input, test.output)
        several = isinstance(test.output, list) or test.output is None
        return cls(test.name, test.weight, test.stdin, test.output if several else test.expected)


class TestOutcome(NamedTuple):
    """Result of one test. ``output`` is what was compared: the program's stdout, or a function's value. ``result`` is
    what a function's process wrote of it."""

    verdict: Verdict
    execution: Execution
    reason: str | None = None
    matched_by: str | None = None
    strict: bool | None = None
    output: bytes | JsonValue = None
    result: bytes | None = None
    points: float = 0.0
    """Of one that is not accepted, the share of the test's weight that a checker gave for it."""

    @classmethod
    def compared(
        cls, execution: Execution, output: bytes | JsonValue, match: Match, *, strict: bool, result: bytes | None = None
    ) -> TestOutcome:
        """The program ended well, and its output was compared."""
        verdict = _ACCEPTED if match.accepted else Verdict.WRONG_ANSWER
        return cls(verdict, execution, match.reason, match.rule, strict, output, result, match.points)

    @property
    def accepted(self) -> bool:
        """True if the verdict is that."""
        return self.verdict is _ACCEPTED

    @property
    def credit(self) -> float:
        """The share of the test's weight that the program has earned."""
        return 1.0 if self.accepted else self.points

    @property
    def full_reason(self) -> str | None:
        """The reason, and on what the verdict rests where that is not what one expects."""
        if not self.execution.beside_others:
            return self.reason
        reason = self.reason or _REASON_OF_LIMIT[Limit.CPU].format(self.execution)
        return f"{reason} ({_BESIDE_OTHERS.format(self.execution)})"

    @classmethod
    def stopped(cls, execution: Execution, limit: Limit) -> TestOutcome:
        """A limit ended the program."""
        return cls(_OF_LIMIT[limit], execution, _REASON_OF_LIMIT[limit].format(execution), output=execution.stdout)


def failure(execution: Execution) -> TestOutcome | None:
    """Judge a run whatever it wrote; None: nothing is wrong. Limits win over the exit status, that over the output."""
    return None if execution.clean else unclean(execution)


def unclean(execution: Execution) -> TestOutcome:
    """Judge a run that is not clean."""
    if execution.stopped_by is not None:
        return TestOutcome.stopped(execution, execution.stopped_by)
    return TestOutcome(Verdict.RUNTIME_ERROR, execution, describe_exit(execution), output=execution.stdout)


def describe_exit(execution: Execution) -> str:
    """``exit code 1: ValueError: ...`` or ``killed by SIGSEGV``."""
    if execution.signal is not None:
        try:
            return f"killed by {signal.Signals(execution.signal).name}"
        except ValueError:
            return f"killed by signal {execution.signal}"
    # The rest may be megabytes of blank lines.
    lines = execution.stderr.rstrip()[-_TAIL_BYTES:].decode(errors="replace").strip().splitlines()
    last_line = f": {lines[-1][:_LAST_LINE]}" if lines else ""
    return f"exit code {execution.exit_code}{last_line}"
