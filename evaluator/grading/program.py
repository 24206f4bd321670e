"""program mode: the suite's test code decides, assertion by assertion.

Python's tests run in a slot of their own and use the submission's functions over pipes (``evaluator.harness``), so that
whatever the submission patches, prints or exits with reaches nothing but itself. Where that cannot be (other languages,
and suites that say ``"apart": false``) both run in one process, whose completion is shown by a token that the tests'
end prints: ``together``.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from evaluator.grading.outcome import Case, JudgeBroken, Outcome, describe_exit, failure
from evaluator.harness.tester import RESULT, TESTS
from evaluator.schema import Policy, ProgramSpec, Verdict
from sandbox.execution import Execution, Program
from sandbox.limits import MIB, Limits
from sandbox.sandbox import CompileFailed, Sandbox

SUBMISSION = "solution.py"
_SERVER, _TESTER = "evaluator.harness.server", "evaluator.harness.tester"
_TESTS_CPU_S = 20.0
_TESTS_MEMORY = 1024 * MIB
"""What tests may use for themselves, at least: beyond what the submission may."""

Judged = list[tuple[Case, Outcome | None]]
"""Each assertion or test with how it went; None where it was not reached."""


def run_python(
    sandbox: Sandbox, code: bytes, spec: ProgramSpec, test_code: str, limits: Limits, policy: Policy
) -> Judged:
    """Run one test code against a Python submission.

    Raises:
        CompileFailed: Python's parser refused the submission.
        JudgeBroken: the test code cannot run.
        SlotFailed: a fault of ours.
    """
    asked = {
        "test_code": test_code,
        "entry_point": spec.entry_point,
        "policy": policy,
        "prelude": spec.prelude,
        "apart": spec.apart,
    }
    tests = {TESTS: json.dumps(asked).encode()}
    if not spec.apart:
        return _run_beside(sandbox, {SUBMISSION: code, **tests}, limits)
    server = Program((_SERVER,), {SUBMISSION: code}, python=True, module=True)
    tester = Program((_TESTER,), tests, python=True, module=True, collect=(RESULT,))
    execution, testing, _ = sandbox.converse(server, limits, tester, _for_tests(limits), lambda _: False)
    result = testing.collected.get(RESULT)
    if execution.stopped_by is None and result is None:
        if testing.stopped_by is None:
            raise JudgeBroken(f"the tests ended early: {describe_exit(testing)}")
        ended = Outcome.stopped(testing, testing.stopped_by)
        reason = f"the tests did not end with what the program answered: {ended.reason}"
        return [(Case("tests"), ended._replace(reason=reason))]
    if testing.stderr:
        execution = execution._replace(stderr=execution.stderr + testing.stderr)
    return _judged(execution, _parsed(result or b""))


def _run_beside(sandbox: Sandbox, files: dict[str, bytes], limits: Limits) -> Judged:
    token = secrets.token_hex(16)
    program = Program((_TESTER,), files, python=True, module=True, collect=(RESULT,))
    execution = sandbox.run(program, limits, token.encode() + b"\n")
    result = _parsed(execution.collected.get(RESULT, b""))
    return _judged(execution, result if result.get("token") == token else {"gone": True})


def _for_tests(limits: Limits) -> Limits:
    cpu_s = limits.cpu_s + _TESTS_CPU_S
    # They wait for as long as the submission may take.
    return Limits(cpu_s=cpu_s, wall_s=limits.wall_s + 2 * cpu_s, memory_bytes=limits.memory_bytes + _TESTS_MEMORY)


def _parsed(result: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(result)
    except (ValueError, RecursionError):
        return {"gone": True}
    return parsed if isinstance(parsed, dict) else {"gone": True}


def _judged(execution: Execution, result: dict[str, Any]) -> Judged:
    """What the tests say, and for the first that was not reached, why."""
    if "syntax_error" in result:
        raise CompileFailed(str(result["syntax_error"]), execution.cpu_s)
    if "broken" in result and execution.stopped_by is None:
        raise JudgeBroken(str(result["broken"]))
    stopped = _stopped(execution, result)
    told: Judged = [(_case(item), _outcome(execution, item)) for item in result.get("items", ())]
    if stopped is None:
        # What was not reached though all was run is in a branch not taken: no test.
        failed = any(outcome is not None and not outcome.accepted for _, outcome in told)
        told = [(case, outcome) for case, outcome in told if failed or outcome is not None]
        return told or [(Case("tests"), Outcome(Verdict.ACCEPTED, execution, matched_by="assertions"))]
    reached = [(case, outcome) for case, outcome in told if outcome is not None]
    missed = [case for case, outcome in told if outcome is None] or [Case("tests")]
    return [*reached, (missed[0], stopped), *((case, None) for case in missed[1:])]


def _stopped(execution: Execution, result: dict[str, Any]) -> Outcome | None:
    """What ended the program before its tests were done."""
    if execution.stopped_by is not None:
        return Outcome.stopped(execution, execution.stopped_by)
    if "raised" in result:
        return _raised(execution, str(result["raised"]), str(result.get("trace", "")))
    if "gone" in result:
        if (failed := failure(execution)) is not None:
            return failed
        return Outcome(Verdict.RUNTIME_ERROR, execution, "the program ended before its tests did")
    return None


def _raised(execution: Execution, reason: str, trace: str) -> Outcome:
    shown = execution._replace(stderr=execution.stderr + trace.encode("utf-8", "replace"))
    return Outcome(Verdict.RUNTIME_ERROR, shown, reason)


def _case(item: dict[str, Any]) -> Case:
    return Case(name=str(item["name"]))


def _outcome(execution: Execution, item: dict[str, Any]) -> Outcome | None:
    if "failed" in item:
        return Outcome(Verdict.WRONG_ANSWER, execution, str(item["failed"]), strict=False)
    if "error" in item:
        return _raised(execution, str(item["error"]), str(item.get("trace", "")))
    return Outcome(Verdict.ACCEPTED, execution, matched_by="assertions", strict=True) if "passed" in item else None


def as_one(judged: Judged) -> Outcome:
    """The outcome of a test that is a whole test code: its first failure, or accepted."""
    outcomes = [outcome for _, outcome in judged if outcome is not None]
    return next((outcome for outcome in outcomes if not outcome.accepted), outcomes[-1])
