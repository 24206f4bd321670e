"""Test codes in Python: each judges a submission assertion by assertion.

Python's tests run in one of two ways, which is fixed before any submission is seen (``preparing``): apart, in a process
of their own that calls the submission's functions with plain values; or sealed, in the submission's process, from where
the values of each assertion are sent out, to be judged elsewhere (``judging.verdicts``). For other languages see
``joined_tests``.

Whose fault it is that tests cannot run, or do not end, is not a submission's to say. With a reference they did run;
without one they are run once beside a program that does nothing: what happens there too is the suite's fault.
"""

from __future__ import annotations

import re
from typing import Any

from evaluator.grading.outcome import Case, JudgeBroken, TestOutcome, failure
from evaluator.grading.prepared import PreparedTest
from evaluator.grading.trial import Trial, Trials
from evaluator.schema import Policy, Verdict
from sandbox.build import CompileFailed
from sandbox.execution import Execution

Judged = list[tuple[Case, TestOutcome | None]]
"""Each assertion or test with how it went; None where it was not reached."""

_NOTHING = b"""class _Nothing:
    def __init__(self, *arguments, **named):
        raise NotImplementedError

def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Nothing
"""
"""A program that has whatever tests import of it, and does nothing. To tests that share its name space an empty one
does the same: there, pytest would take what it has for marks."""
_OF_THE_SUITE = re.compile(
    r"ModuleNotFoundError: No module named '(?P<module>[\w.]+)'"
    r"|FixtureLookupError: \('(?P<fixture>\w+)'"
    r"|async def functions are not natively supported"
    r"|'yield' keyword is allowed in fixtures|yield tests were removed"
)
"""A fault of tests that is written in their text and keeps them from running."""
_NOTHING_TESTED = (
    "the test code tests nothing: it needs an assertion that is reached, a function named test_..., a class of tests, "
    "or a check(candidate) and the suite's entry_point"
)
_ENDED = "the program ended before its tests did"


def run(trials: Trials, code: bytes, test: PreparedTest, policy: Policy) -> Judged:
    """Run one test code against a Python submission.

    Raises:
        CompileFailed: Python's parser refused the submission.
        JudgeBroken: the test code cannot judge any.
        SlotFailed: a fault of ours.
    """
    if test.reason is not None:
        raise JudgeBroken(test.reason)
    expectation = None if test.reference is None else test.reference.expectation
    trial = trials.run(code, test, policy, expectation)
    fault = None
    if test.reference is None and _may_be_the_tests_fault(trial):
        fault = trials.fault_of(test, _fault_beside_nothing)
    if fault is not None:
        raise JudgeBroken(fault)
    return _until_failure(_judged(trial), policy)


def _may_be_the_tests_fault(trial: Trial) -> bool:
    """Return whether the tests were stopped, came to no end, or say something that is written in their text."""
    if trial.accepted:
        return False
    return _comes_to_no_end(trial) or trial.result.get("idle") is True or _fault_of_suite(trial) is not None


def _comes_to_no_end(trial: Trial) -> bool:
    return trial.execution.stopped_by is not None or trial.broken is not None or trial.result.get("gone") is True


def _fault_beside_nothing(trials: Trials, test: PreparedTest) -> str | None:
    """Say why the tests cannot judge, by their run beside a program that does nothing: under policy all, so that
    what follows a first failure is reached too."""
    trial = trials.run(_NOTHING if test.sealed["separate"] else b"", test, "all", None)
    if trial.execution.stopped_by is not None:
        reason = TestOutcome.stopped(trial.execution, trial.execution.stopped_by).reason
        return f"the tests do not end beside a program that does nothing: {reason}"
    if trial.broken is not None:
        return trial.broken
    if trial.result.get("gone") is True:
        return "the tests end their process, whatever the program does"
    if (fault := _fault_of_suite(trial)) is not None:
        return fault
    return _NOTHING_TESTED if trial.result.get("idle") is True else None


def _fault_of_suite(trial: Trial) -> str | None:
    for item in trial.items:
        if (match := _OF_THE_SUITE.search(f"{_text(item.get('failed'))}\n{_text(item.get('error'))}")) is None:
            continue
        if match["module"]:
            return f"the tests import {match['module']}, which the runtime for submissions does not have"
        if match["fixture"]:
            return f"the tests want the fixture {match['fixture']}, which pytest does not have or cannot make"
        return f"the tests are no plain functions: {match[0]}"
    return None


def _judged(trial: Trial) -> Judged:
    """Cases and outcomes of the tests, and for the first that was not reached, why."""
    execution, result = trial.execution, trial.result
    if isinstance(result.get("syntax_error"), str):
        raise CompileFailed(_text(result["syntax_error"]), execution.cpu_s)
    judged: Judged = [(_case(item), _outcome(execution, item)) for item in trial.items]
    stopped = _stopped(trial)
    if stopped is not None:
        reached = [(case, outcome) for case, outcome in judged if outcome is not None]
        missed = [case for case, outcome in judged if outcome is None] or [Case("tests")]
        return [*reached, (missed[0], stopped), *((case, None) for case in missed[1:])]
    if not trial.accepted and all(outcome is None or outcome.accepted for _, outcome in judged):
        judged.append(
            (Case("tests"), TestOutcome(Verdict.WRONG_ANSWER, execution, "the tests did not pass", strict=False))
        )
    return judged


def _stopped(trial: Trial) -> TestOutcome | None:
    """Outcome of a program that ended before its tests were done."""
    execution, result = trial.execution, trial.result
    if execution.stopped_by is not None:
        stopped = TestOutcome.stopped(execution, execution.stopped_by)
        return stopped._replace(reason=f"{trial.broken}: {stopped.reason}") if trial.broken else stopped
    if trial.broken is not None:
        return TestOutcome(Verdict.RUNTIME_ERROR, execution, trial.broken)
    if isinstance(result.get("raised"), str):
        return _raised(execution, _text(result["raised"]), _text(result.get("trace")))
    if result.get("gone") is True:
        return failure(execution) or TestOutcome(Verdict.RUNTIME_ERROR, execution, _ENDED)
    return None


def _until_failure(judged: Judged, policy: Policy) -> Judged:
    """Under policy first_failure nothing is said of what comes after it."""
    if policy == "all":
        return judged
    first = next((i for i, (_, outcome) in enumerate(judged) if outcome and not outcome.accepted), len(judged))
    return [*judged[: first + 1], *((case, None) for case, _ in judged[first + 1 :])]


def _raised(execution: Execution, reason: str, trace: str) -> TestOutcome:
    shown = execution._replace(stderr=execution.stderr + trace.encode())
    return TestOutcome(Verdict.RUNTIME_ERROR, shown, reason)


def _case(item: dict[str, Any]) -> Case:
    return Case(name=_text(item.get("name")), expected=_text(item.get("expected")) or None)


def _outcome(execution: Execution, item: dict[str, Any]) -> TestOutcome | None:
    if "failed" in item:
        output = _text(item.get("got")) or None
        return TestOutcome(Verdict.WRONG_ANSWER, execution, _text(item["failed"]), strict=False, output=output)
    if "error" in item:
        return _raised(execution, _text(item["error"]), _text(item.get("trace")))
    return TestOutcome(Verdict.ACCEPTED, execution, matched_by="assertions", strict=True) if "passed" in item else None


def _text(value: object) -> str:
    """Text that travels: half of a character becomes a question mark, and what is no text nothing."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def as_one(judged: Judged) -> TestOutcome:
    """The outcome of a test that is a whole test code: its first failure, or accepted."""
    outcomes = [outcome for _, outcome in judged if outcome is not None]
    return next((outcome for outcome in outcomes if not outcome.accepted), outcomes[-1])
