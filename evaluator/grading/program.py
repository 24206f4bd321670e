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

from evaluator.checking.text import count_elements
from evaluator.grading.outcome import Case, JudgeBroken, Outcome, describe_exit, failure
from evaluator.harness.tester import RESULT, TESTS
from evaluator.schema import Policy, ProgramSpec, Verdict
from sandbox.execution import Execution, Limit, Program
from sandbox.limits import MIB, Limits
from sandbox.sandbox import CompileFailed, Sandbox

SUBMISSION = "solution.py"
_SERVER, _TESTER = "evaluator.harness.server", "evaluator.harness.tester"
_TESTS_CPU_S = 20.0
_TESTS_MEMORY = 1024 * MIB
"""What tests may use for themselves, at least: beyond what the submission may."""

_MOST_ELEMENTS = 1 << 18
"""Of the JSON that tests write beside a submission, which may write it in their place: more than 50,000 tests have."""
_GONE: dict[str, Any] = {"gone": True}
"""In the place of a result: the program ended, or there is none to be believed."""

Judged = list[tuple[Case, Outcome | None]]
"""Each assertion or test with how it went; None where it was not reached."""


def run_python(
    sandbox: Sandbox, code: bytes, spec: ProgramSpec, test_code: str, limits: Limits, policy: Policy
) -> Judged:
    """Run one test code against a Python submission. Tests that cannot run, or do not end, are the suite's fault only
    if they do the same beside an empty program: nothing that a submission does is to be taken for it.

    Raises:
        CompileFailed: Python's parser refused the submission.
        JudgeBroken: the test code cannot run, or does not end.
        SlotFailed: a fault of ours.
    """
    asked = {
        "test_code": test_code,
        "entry_point": spec.entry_point,
        "policy": policy,
        "prelude": spec.prelude,
        "apart": spec.apart,
    }
    run = _run_apart if spec.apart else _run_beside
    execution, result = run(sandbox, code, asked, limits)
    if _may_be_the_tests_fault(execution, result, spec.apart):
        # Under policy all, so that what follows a first failure is reached too.
        _require_working_tests(*run(sandbox, b"", {**asked, "policy": "all"}, limits))
    return _judged(execution, result)


def _may_be_the_tests_fault(execution: Execution, result: dict[str, Any], apart: bool) -> bool:
    """Whether the tests could not run, were stopped, or kept the program waiting until it was stopped."""
    stopped = execution.stopped_by is not None and (execution.stopped_by is Limit.WALL or not apart)
    return stopped or "stopped" in result or "broken" in result


def _require_working_tests(execution: Execution, result: dict[str, Any]) -> None:
    """Make sure that tests came to their end beside an empty program.

    Raises:
        JudgeBroken: they did not.
    """
    if "broken" in result:
        raise JudgeBroken(_text(result["broken"]))
    if execution.stopped_by is not None:
        stopped = Outcome.stopped(execution, execution.stopped_by)
        raise JudgeBroken(f"the tests do not end beside an empty program: {stopped.reason}")


def _run_apart(
    sandbox: Sandbox, code: bytes, asked: dict[str, Any], limits: Limits
) -> tuple[Execution, dict[str, Any]]:
    server = Program((_SERVER,), {SUBMISSION: code}, python=True, module=True)
    tester = Program((_TESTER,), {TESTS: _written(asked)}, python=True, module=True, collect=(RESULT,))
    execution, testing, left = sandbox.converse(server, limits, tester, _for_tests(limits), lambda _: False)
    if testing.stderr:
        execution = execution._replace(stderr=execution.stderr + testing.stderr)
    if RESULT in testing.collected:
        return execution, _parsed(testing.collected[RESULT])
    if execution.stopped_by is not None or left:
        return execution, _GONE
    limit = Limit.OUTPUT if RESULT in testing.oversize else testing.stopped_by
    if limit is not None:
        # Its readings are those of the tests, which had to do with what the program answered.
        return testing._replace(stopped_by=limit), {"stopped": "the tests did not end with what the program answered"}
    return execution, {"broken": f"the tests ended early: {describe_exit(testing)}"}


def _run_beside(
    sandbox: Sandbox, code: bytes, asked: dict[str, Any], limits: Limits
) -> tuple[Execution, dict[str, Any]]:
    token = secrets.token_hex(16)
    files = {SUBMISSION: code, TESTS: _written(asked)}
    program = Program((_TESTER,), files, python=True, module=True, collect=(RESULT,))
    execution = sandbox.run(program, limits, token.encode() + b"\n")
    written = execution.collected.get(RESULT, b"")
    if RESULT in execution.oversize or count_elements(written) > _MOST_ELEMENTS:
        return execution._replace(stopped_by=Limit.OUTPUT), _GONE
    result = _parsed(written)
    return execution, result if result.get("token") == token else _GONE


def _written(asked: dict[str, Any]) -> bytes:
    return json.dumps(asked).encode()


def _for_tests(limits: Limits) -> Limits:
    cpu_s = limits.cpu_s + _TESTS_CPU_S
    # They wait for as long as the submission may take.
    return Limits(cpu_s=cpu_s, wall_s=limits.wall_s + 2 * cpu_s, memory_bytes=limits.memory_bytes + _TESTS_MEMORY)


def _parsed(result: bytes) -> dict[str, Any]:
    """What the tests wrote; where they run beside the submission it may be anything."""
    try:
        parsed = json.loads(result)
    except (ValueError, RecursionError):
        return _GONE
    items = parsed.get("items") if isinstance(parsed, dict) else None
    return parsed if isinstance(items, list) and all(isinstance(item, dict) for item in items) else _GONE


def _judged(execution: Execution, result: dict[str, Any]) -> Judged:
    """What the tests say, and for the first that was not reached, why."""
    if "syntax_error" in result:
        raise CompileFailed(_text(result["syntax_error"]), execution.cpu_s)
    stopped = _stopped(execution, result)
    told: Judged = [(_case(item), _outcome(execution, item)) for item in result.get("items", ())]
    if stopped is None:
        # What was not reached though all was run is in a branch not taken: no test.
        failed = any(outcome is not None and not outcome.accepted for _, outcome in told)
        told = [(case, outcome) for case, outcome in told if failed or outcome is not None]
        return told or [(Case("tests"), _of_checks(execution, result))]
    reached = [(case, outcome) for case, outcome in told if outcome is not None]
    missed = [case for case, outcome in told if outcome is None] or [Case("tests")]
    return [*reached, (missed[0], stopped), *((case, None) for case in missed[1:])]


def _of_checks(execution: Execution, result: dict[str, Any]) -> Outcome:
    """Of tests without assertions: all that they check by other means has passed. What nobody tested has not."""
    if result.get("checked") is True:
        return Outcome(Verdict.ACCEPTED, execution, matched_by="assertions", strict=True)
    return Outcome(Verdict.WRONG_ANSWER, execution, "no test was reached with this program", strict=False)


def _stopped(execution: Execution, result: dict[str, Any]) -> Outcome | None:
    """What ended the program before its tests were done."""
    if execution.stopped_by is not None:
        stopped = Outcome.stopped(execution, execution.stopped_by)
        return stopped._replace(reason=f"{result['stopped']}: {stopped.reason}") if "stopped" in result else stopped
    if "raised" in result or "broken" in result:
        reason = result["raised"] if "raised" in result else result["broken"]
        return _raised(execution, _text(reason), _text(result.get("trace", "")))
    if "gone" in result:
        if (failed := failure(execution)) is not None:
            return failed
        return Outcome(Verdict.RUNTIME_ERROR, execution, "the program ended before its tests did")
    return None


def _raised(execution: Execution, reason: str, trace: str) -> Outcome:
    shown = execution._replace(stderr=execution.stderr + trace.encode())
    return Outcome(Verdict.RUNTIME_ERROR, shown, reason)


def _case(item: dict[str, Any]) -> Case:
    return Case(name=_text(item.get("name")))


def _outcome(execution: Execution, item: dict[str, Any]) -> Outcome | None:
    if "failed" in item:
        return Outcome(Verdict.WRONG_ANSWER, execution, _text(item["failed"]), strict=False)
    if "error" in item:
        return _raised(execution, _text(item["error"]), _text(item.get("trace", "")))
    return Outcome(Verdict.ACCEPTED, execution, matched_by="assertions", strict=True) if "passed" in item else None


def _text(value: object) -> str:
    """Text that travels: half of a character becomes a question mark, and what is no text nothing."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def as_one(judged: Judged) -> Outcome:
    """The outcome of a test that is a whole test code: its first failure, or accepted."""
    outcomes = [outcome for _, outcome in judged if outcome is not None]
    return next((outcome for outcome in outcomes if not outcome.accepted), outcomes[-1])
