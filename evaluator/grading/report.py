"""Putting a report together: the verdict of all tests, the score, and texts cut to a length that travels."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from pydantic import JsonValue, TypeAdapter

from evaluator.engine import ENGINE
from evaluator.grading.outcome import Case, TestOutcome
from evaluator.harness.excerpt import json_excerpt
from evaluator.schema import (
    CompileReport,
    Detail,
    FirstFailure,
    Report,
    Submission,
    Suite,
    TestGroup,
    TestReport,
    Text,
    Verdict,
    to_text,
    well_formed,
)
from sandbox.build import CompileFailed
from sandbox.execution import Limit

OUTPUT_BYTES = 64 * 1024
"""Bytes of each stream that a report with detail "full" carries."""
FAILURE_BYTES = 2 * 1024
"""Bytes of each text that the first failure carries."""
REASON_CHARACTERS = 2 * 1024
LOG_CHARACTERS = 16 * 1024
_TESTS: TypeAdapter[tuple[TestReport, ...]] = TypeAdapter(tuple[TestReport, ...])
"""All tests of a report at once, which takes half as long as one after the other."""


NO_GROUPS: Mapping[str, TestGroup] = MappingProxyType({})


class Weighted(Protocol):
    """The part of a test on which the score depends."""

    @property
    def weight(self) -> float: ...

    @property
    def group(self) -> str | None: ...


class Listed(Weighted, Protocol):
    """Part of a test that every report needs."""

    @property
    def name(self) -> str | None: ...


def unjudged(submission: Submission, suite: Suite, verdict: Verdict, reason: str) -> Report:
    """A submission of which no test was run. A fault of ours has no score; a program that is none has 0."""
    return Report(
        id=submission.id,
        verdict=verdict,
        score=0.0 if verdict.is_score else None,
        passed=0,
        total=max(1, len(suite.tests)),
        reason=_as_reason(reason),
        engine=ENGINE,
    )


def not_compiled(submission: Submission, suite: Suite, error: CompileFailed, compiler: str) -> Report:
    """A program that the compiler, or Python's parser, refused. ``compiler`` is its version."""
    return unjudged(submission, suite, Verdict.COMPILE_ERROR, "the program does not compile").model_copy(
        update={"compile": failed_compile(error, compiler), "wall_only": error.stopped_by is Limit.WALL}
    )


def failed_compile(error: CompileFailed, compiler: str) -> CompileReport:
    """The message of a compiler that refused a program."""
    log = well_formed(error.log[:LOG_CHARACTERS])
    report = CompileReport(ok=False, log=log, cpu_s=error.cpu_s, compiler=compiler)
    return report if error.stopped_by is None else report.model_copy(update={"stopped_by": error.stopped_by.value})


def judged(
    submission: Submission,
    tests: Sequence[Listed],
    case: Callable[[int], Case],
    outcomes: Mapping[int, TestOutcome],
    compiled: CompileReport | None,
    groups: Mapping[str, TestGroup] = NO_GROUPS,
) -> Report:
    """The report of the tests that were run; outcomes are by the number of their test. Of the first that failed
    ``case`` tells what is shown. ``groups`` are the suite's."""
    failures = [i for i, outcome in outcomes.items() if not outcome.accepted]
    failed = min(failures, default=None)
    passed = len(outcomes) - len(failures)
    return Report(
        id=submission.id,
        verdict=Verdict.ACCEPTED if failed is None else outcomes[failed].verdict,
        score=float(passed == len(tests)) if submission.policy == "first_failure" else share(tests, outcomes, groups),
        passed=passed,
        total=len(tests),
        tests=_TESTS.validate_python([_test(tests[i], i, outcomes[i], submission.detail) for i in sorted(outcomes)])
        if submission.detail != "summary"
        else (),
        first_failure=None if failed is None else _first_failure(case(failed), failed, outcomes[failed]),
        compile=compiled,
        wall_only=any(outcomes[i].execution.stopped_by is Limit.WALL for i in failures),
        beside_others=any(outcome.execution.beside_others for outcome in outcomes.values()),
        engine=ENGINE,
    )


def cut(data: bytes, size: int) -> Text:
    """The first ``size`` bytes, as they travel; a character that the cut would halve is left out."""
    if len(data) <= size:
        return to_text(data)
    head = data[:size]
    whole = head.decode(errors="ignore").encode()
    return to_text(whole if data.startswith(whole) and size - len(whole) < 4 else head)


def _test(test: Listed, index: int, outcome: TestOutcome, detail: Detail) -> dict[str, Any]:
    """A ``TestReport``, before it is one."""
    execution = outcome.execution
    reason = outcome.full_reason if execution.beside_others else outcome.reason
    report: dict[str, Any] = {
        "index": index,
        "name": test.name and _as_reason(test.name),
        "verdict": outcome.verdict,
        "cpu_s": execution.cpu_s,
        "wall_s": execution.wall_s,
        "memory_bytes": execution.peak_memory,
        "reason": reason and _as_reason(reason),
        "matched_by": outcome.matched_by,
        "strict": outcome.strict,
        "points": outcome.points or None,
    }
    if detail == "full":
        report |= {name: cut(getattr(execution, name), OUTPUT_BYTES) for name in ("stdout", "stderr")}
        report["result"] = None if outcome.result is None else _result(outcome.result)
    return report


def _result(written: bytes) -> str | None:
    """The JSON text of a function's value, of what its process wrote, which may be anything."""
    if len(written) > OUTPUT_BYTES:
        return None
    try:
        return json.dumps(json.loads(written)["value"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _first_failure(case: Case, index: int, outcome: TestOutcome) -> FirstFailure:
    return FirstFailure(
        index=index,
        verdict=outcome.verdict,
        reason=outcome.full_reason and _as_reason(outcome.full_reason),
        input=_short(case.input),
        expected=_short(case.expected),
        output=_short(outcome.output),
        stderr=cut(outcome.execution.stderr, FAILURE_BYTES),
    )


def _short(value: bytes | JsonValue) -> JsonValue:
    """A value as it is where it is small, else the beginning of its text."""
    if isinstance(value, bytes):
        text = cut(value, FAILURE_BYTES)
        return text if isinstance(text, str) else text.model_dump()
    shown: JsonValue = json_excerpt(value, FAILURE_BYTES)
    return shown


def _as_reason(text: str) -> str:
    """A text that a submission may have had a hand in, as it can travel."""
    return well_formed(text[:REASON_CHARACTERS])


def share(tests: Sequence[Weighted], outcomes: Mapping[int, TestOutcome], groups: Mapping[str, TestGroup]) -> float:
    """Return how much of the tests' weight counts, from 0 to 1. ``groups`` are the suite's: one whose tests count
    together earns the part that its worst test does. ``fsum`` does not depend on the order of the tests."""
    credits = [outcomes[number].credit if number in outcomes else 0.0 for number in range(len(tests))]
    earned = list(zip(tests, credits, strict=True))
    failed = {test.group for test, credit in earned if credit < 1 and test.group is not None}
    barred = _barred(failed, groups)
    joint = {name for name in failed if name not in groups or not groups[name].each_test}
    lowest = {name: min(credit for test, credit in earned if test.group == name) for name in joint}
    counting = [
        test.weight * (credit if test.group is None else lowest.get(test.group, credit))
        for test, credit in earned
        if test.group not in barred
    ]
    return math.fsum(counting) / math.fsum(test.weight for test in tests)


def _barred(failed: set[str], groups: Mapping[str, TestGroup]) -> set[str]:
    """Return the groups that require one that failed, or one that is barred itself."""
    barred: set[str] = set()
    while more := {
        name
        for name, group in groups.items()
        if name not in barred and not (failed | barred).isdisjoint(group.requires)
    }:
        barred |= more
    return barred
